/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Inner loops that Lucene does not offer, each implemented in plain Java and with the Vector API.
 *
 * <p>{@link org.lucenelmdb.internal.kernels.Kernels} specifies what each kernel computes. {@code
 * ScalarKernels} is the reference implementation and runs everywhere. {@code VectorKernels} is the
 * only class that uses the module {@code jdk.incubator.vector}: it is compiled separately, found by
 * its name, and loaded only if the module is present. {@link
 * org.lucenelmdb.internal.kernels.Kernels#best} selects one of the two once per JVM. A new kernel
 * is a method of all three, and a test.
 *
 * <p>Kernels take arrays or {@link org.lucenelmdb.internal.offheap.OffHeapBytes}. They depend on
 * the package {@code offheap} only, and know nothing of fields, codes or Lucene's vectors.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.kernels;
