/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * One run of the benchmark: what it consists of, in which order, and the child JVMs that carry it
 * out. In builds and searches, the engines take turns round by round, so that whatever else the
 * machine does hits all alike; all else is measured once for each.
 *
 * <p>Knows no engine by name, and draws nothing.
 */
package org.lucenelmdb.bench.run;
