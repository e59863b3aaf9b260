/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * A run of the benchmark: its steps, their order, and the child JVMs that execute them. In builds
 * and searches, the engines take turns round by round, so that other load on the machine affects
 * all alike; all other measures run once per engine.
 *
 * <p>Independent of specific engines, and of reports.
 */
package org.lucenelmdb.bench.run;
