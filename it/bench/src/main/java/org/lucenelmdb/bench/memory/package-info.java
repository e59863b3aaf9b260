/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Limits of the memory of child processes, and the system's page cache.
 *
 * <p>Linux counts the pages of files that a process reads against the memory limit of its control
 * group. This is what makes an index larger than memory, whatever the machine has.
 */
package org.lucenelmdb.bench.memory;
