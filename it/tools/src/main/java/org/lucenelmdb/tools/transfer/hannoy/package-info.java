/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Environments of <a href="https://github.com/nnethercott/hannoy">hannoy</a> 0.1: an LMDB
 * environment with the records of one or more indexes.
 *
 * <ul>
 *   <li>A key is [int16] index, [int8] mode, [int32] item, [int8] level, big-endian.
 *   <li>Mode 0, item 0 is the metadata: the name of the distance, a zero byte, [int32] dimension,
 *       [int32] length of a bitmap, both big-endian, the bitmap of all items, the entry points as
 *       little-endian [int32], and [int8] the highest level.
 *   <li>Mode 0, item 1 is the version: major, minor and patch, each a big-endian [int32].
 *   <li>Mode 1 marks items that were changed since the last build.
 *   <li>Mode 2 has the links of an item on a level: [int8] 1, then a bitmap of items.
 *   <li>Mode 3 has an item: [int8] 0, the header of the distance, and the vector.
 * </ul>
 *
 * <p>Bitmaps are Roaring bitmaps in the portable format. Headers and vectors are in the byte order
 * of the machine, which is little-endian.
 */
package org.lucenelmdb.tools.transfer.hannoy;
