/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * One run of the benchmark: what it consists of, in which order, and the child JVMs that carry it
 * out. The contestants take turns, so that whatever else the machine does hits all alike.
 *
 * <p>Knows no contestant by name, and draws nothing.
 */
package org.lucenelmdb.bench.run;
