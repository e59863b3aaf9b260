/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Access to memory outside the heap, and the budget for it.
 *
 * <p>{@link org.lucenelmdb.internal.offheap.Foreign} is the only class of the library that calls
 * {@code java.lang.foreign}, apart from one load in the vector kernels. {@link
 * org.lucenelmdb.internal.offheap.OffHeapBytes} is a range of mapped or allocated memory, with
 * {@link org.lucenelmdb.internal.offheap.OffHeapInts} and {@link
 * org.lucenelmdb.internal.offheap.OffHeapBits} as an array and a set on top of it. {@link
 * org.lucenelmdb.internal.offheap.BuildMemory} is the memory of one build, released as a whole. A
 * {@link org.lucenelmdb.internal.offheap.MemoryBudget} grants it; {@link
 * org.lucenelmdb.internal.offheap.BuildBudgets} has one budget for flushes and one for merges.
 *
 * <p>{@link org.lucenelmdb.internal.offheap.PageAdvice} tells the operating system how mapped files
 * are read. {@link org.lucenelmdb.internal.offheap.RecordPrefetch} brings records of them into
 * memory and caches, all of a batch at once. A {@link
 * org.lucenelmdb.internal.offheap.PreloadBudget} limits what is read ahead.
 *
 * <p>Build memory is allocated by the C library, or is a mapped file. It counts neither as heap nor
 * as the JVM's direct memory, whose limit derives from the heap's, and pages that were never
 * written occupy no memory. JNR loads the C library for the first allocation, so never for a
 * search; advice needs no JNR.
 *
 * <p>This package depends on no other package of the library; kernels, the store and everything
 * above depend on it. The meaning of the bytes is defined by the packages that use them.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.offheap;
