/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Index files of <a href="https://github.com/nmslib/hnswlib">hnswlib</a> 0.5 to 0.8 with float
 * vectors, as its {@code saveIndex} writes them on a little-endian 64-bit machine:
 *
 * <ul>
 *   <li>[int64] offset of the links in an element, which is 0
 *   <li>[int64] capacity; [int64] number of elements
 *   <li>[int64] length of an element; [int64] offset of its label; [int64] offset of its vector
 *   <li>[int32] highest level; [int32] entry node
 *   <li>[int64] the maximum number of neighbors above level 0; [int64] that on level 0; [int64] M
 *   <li>[float64] factor of random levels; [int64] beam width of the build
 *   <li>for each element: [int16] number of neighbors on level 0; [int8] whose lowest bit marks a
 *       deleted element; [int8] 0; neighbors as [int32], with room for the maximum; the vector,
 *       each component a [float32]; [int64] label
 *   <li>for each element: [int32] length of its links above level 0, and these: for each level from
 *       1, [int32] number of neighbors, and neighbors as [int32], with room for the maximum
 * </ul>
 *
 * <p>The file has neither the metric nor the type of the components.
 */
package org.lucenelmdb.tools.transfer.hnswlib;
