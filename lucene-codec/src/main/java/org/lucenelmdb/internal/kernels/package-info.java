/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The inner loops that Lucene does not have, each twice: in plain Java, and with the Vector API.
 *
 * <p>{@link org.lucenelmdb.internal.kernels.Kernels} says what a kernel computes, {@link
 * org.lucenelmdb.internal.kernels.ScalarKernels} is the definition that runs everywhere, and {@code
 * VectorKernels} is the only class that knows the module {@code jdk.incubator.vector}: it is
 * compiled on its own, found by its name, and loaded only where that module is. Which of the two
 * computes is chosen once, by {@link org.lucenelmdb.internal.kernels.Kernels#best}. To add a
 * kernel, add a method to these three, and to their test.
 *
 * <p>Kernels take arrays on the heap, or {@link org.lucenelmdb.internal.offheap.OffHeapBytes}, know
 * nothing of fields or Lucene's vectors, and depend on no other package.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.kernels;
