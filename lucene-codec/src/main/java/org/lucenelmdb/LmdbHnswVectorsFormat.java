/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.util.packed.DirectWriter;
import org.lucenelmdb.build.GraphBuilder;
import org.lucenelmdb.resources.MemoryBudget;

/**
 * A vectors format that keeps the vectors and the HNSW graphs of a segment in an LMDB image inside
 * the segment's file, with the edges as Roaring bitmaps, and searches them there.
 *
 * <p>Every score is a number. With {@link VectorSimilarityFunction#COSINE}, a new document's zero
 * vector is rejected. A query may be one, and merges may bring some in from formats that let them
 * in: the cosine of a zero vector counts as 0, so its score is 0.5.
 *
 * <p>The fields of a segment that use this format share two files. Integers are signed two's
 * complement and little-endian, unless said otherwise. Offsets and addresses are in bytes.
 *
 * <h2>.vec (image) file</h2>
 *
 * <ul>
 *   <li>{@linkplain CodecUtil#writeIndexHeader index header}, codec name {@value
 *       #VECTORS_CODEC_NAME}
 *   <li>zeros up to a multiple of the image's page size
 *   <li>an LMDB 0.9 environment, as its file is on a little-endian 64-bit machine: copied out, any
 *       LMDB opens it (with {@code MDB_NOSUBDIR})
 *   <li>{@linkplain CodecUtil#writeFooter footer}
 * </ul>
 *
 * <p>The environment has named databases. The integers of keys are unsigned and <b>big-endian</b>,
 * so that records sort by them. A field is numbered by its place in the .vem file, from 0; ordinals
 * number the vectors of a field in the order of their documents; the nodes of a graph are numbered
 * so that neighbours lie together if the field has codes, which tell the ordinals, else by
 * ordinals. A database without records may be missing. <i>Roaring bitmap</i> is the <a
 * href="https://github.com/RoaringBitmap/RoaringFormatSpec">portable format</a>.
 *
 * <table>
 *   <caption>Databases</caption>
 *   <tr><th>name</th><th>key</th><th>value</th></tr>
 *   <tr><td>vectors</td><td>[int16] field, [int32] block</td><td>[int32] offset of the first vector
 *     in this value, [int32] number of vectors, zeros up to that offset, the vectors of consecutive
 *     ordinals (block 0 begins with ordinal 0, and all blocks but the last have 2^<i>shift</i>
 *     vectors), zeros. A vector is its elements, [float32] or [int8], and the address of every vector
 *     in the image is a multiple of its length.</td></tr>
 *   <tr><td>codes</td><td>[int16] field, [int32] block</td><td>as with vectors, but of the records of
 *     consecutive nodes, with at least 64 bytes behind the last. A <i>record</i> is [int32] the node's
 *     ordinal, unless the metric is Manhattan [float32] <i>lower</i>, [float32] <i>step</i>, [float32]
 *     <i>rest</i>, then the code, then zeros up to a multiple of 4 bytes. A code is as many planes as
 *     <i>bits</i>, each of (dimension + 7) / 8 bytes; dimension <i>i</i> is bit <i>i</i> % 8 of byte
 *     <i>i</i> / 8 of a plane. Only with 8 bits, unless the metric is Manhattan, it is [int8] for each
 *     dimension.</td></tr>
 *   <tr><td>links</td><td>[int16] field, [int16] level, [int32] node</td><td>Roaring bitmap of the
 *     node's neighbours on that level; there is one for every node of the level.</td></tr>
 *   <tr><td>levels</td><td>[int16] field, [int16] level</td><td>Roaring bitmap of the nodes on that
 *     level, for levels from 1 on; all nodes are on level 0.</td></tr>
 *   <tr><td>docs</td><td>[int16] field</td><td>Roaring bitmap of the documents that have a vector;
 *     no record if all or none have one.</td></tr>
 * </table>
 *
 * <h2>.vem (metadata) file</h2>
 *
 * <ul>
 *   <li>{@linkplain CodecUtil#writeIndexHeader index header}, codec name {@value #META_CODEC_NAME}
 *   <li>[int64] offset of the image in the .vec file
 *   <li>[int64] length of the image
 *   <li>for each field:
 *       <ul>
 *         <li>[int32] Lucene's number of the field
 *         <li>[int8] encoding: 0 byte, 1 float32
 *         <li>[int8] similarity: 0 Euclidean, 1 dot product, 2 cosine, 3 maximum inner product; 4
 *             Manhattan, 5 Hamming, which the field also names in its {@linkplain
 *             LmdbHnswFieldTypes#METRIC_ATTRIBUTE attribute}
 *         <li>[int32] dimension
 *         <li>[int32] number of vectors
 *         <li>[int32] <i>shift</i>
 *         <li>for each block [int64] address of its first vector in the image
 *         <li>[int8] 0 if all documents have a vector or none has; 1 if some have, followed by a
 *             <i>table</i> of the document of each ordinal
 *         <li>[int32] number of levels, 0 if the field has no graph, followed if it has one by
 *             <ul>
 *               <li>[int32] M
 *               <li>[int32] largest number of neighbours of a node
 *               <li>[int32] entry node
 *               <li>[int64] bytes that the records of the links take in the image
 *               <li>for each level from 1 on [int32] its number of nodes
 *               <li>a <i>table</i> of half the address in the image of the value in links of every
 *                   node, level by level, in the order of the nodes
 *             </ul>
 *         <li>since version 1: [int8] <i>bits</i> 1, 2, 4 or 8, or 0 if the field has no codes,
 *             followed if it has some by
 *             <ul>
 *               <li>[float32] oversampling, from 1 to 1000
 *               <li>for each dimension [float32] the centroid
 *               <li>if the metric is Manhattan, for each dimension [float32] the deviation
 *               <li>[int32] <i>shift</i> of the blocks of codes
 *               <li>for each block [int64] address of its first record in the image
 *               <li>a <i>table</i> of the node of each ordinal, whose record has that ordinal
 *             </ul>
 *       </ul>
 *   <li>[int32] -1
 *   <li>{@linkplain CodecUtil#writeFooter footer}
 * </ul>
 *
 * <h2>Codes</h2>
 *
 * <p>A component of a vector less the centroid is about <i>lower</i> + <i>step</i> &middot;
 * <i>q</i>, where bit <i>p</i> of <i>q</i> is in plane <i>p</i>, or <i>q</i> is the [int8].
 * <i>Rest</i> is the dot product of vector and centroid, with Euclidean similarity minus half the
 * square of their distance. With cosine, vectors have been brought to unit length. If the metric is
 * Manhattan, a component less the centroid is about the dimension's deviation times the level which
 * its planes count: all planes below it have a bit. The levels are, for 1 bit, &plusmn;0.798; for 2
 * bits 0, &plusmn;1.224; for 4 bits 0, &plusmn;0.7646, &plusmn;1.724; for 8 bits 0, &plusmn;0.4436,
 * &plusmn;0.9188, &plusmn;1.476, &plusmn;2.255.
 *
 * <p>A <i>table</i> of <i>n</i> values is [int8] bits per value, then <i>n</i> values as {@link
 * DirectWriter} writes them.
 *
 * @see LmdbHnswCodec
 * @see LmdbHnswFieldTypes
 */
public final class LmdbHnswVectorsFormat extends KnnVectorsFormat {

  /** The name by which segments find the format. */
  public static final String NAME = "LmdbHnswVectorsFormat";

  /** The largest dimension of a vector: {@value}. */
  public static final int MAX_DIMENSIONS = 16_384;

  static final String VECTORS_CODEC_NAME = "LmdbHnswVectorsImage";
  static final String META_CODEC_NAME = "LmdbHnswVectorsMeta";

  // OpenSearch and Elasticsearch choose by these names which files they map.
  static final String VECTORS_EXTENSION = "vec";
  static final String META_EXTENSION = "vem";

  static final int VERSION_START = 0;
  static final int VERSION_CODES = 1;
  static final int VERSION_CENTROIDS = 2;
  static final int VERSION_CURRENT = VERSION_CENTROIDS;

  private final LmdbHnswOptions options;
  private final GraphBuilder graphs;
  private final MemoryBudget memory;

  /** Creates a format with the default options. */
  public LmdbHnswVectorsFormat() {
    this(LmdbHnswOptions.DEFAULT);
  }

  /**
   * Creates a format.
   *
   * @param options how graphs are built
   */
  public LmdbHnswVectorsFormat(LmdbHnswOptions options) {
    super(NAME);
    this.options = options;
    this.memory = new MemoryBudget(options.buildMemory());
    this.graphs =
        new GraphBuilder(
            options.maxConn(),
            options.beamWidth(),
            options.alpha(),
            options.tinySegmentsThreshold());
  }

  @Override
  public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
    return new LmdbHnswVectorsWriter(state, graphs, options, memory);
  }

  @Override
  public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
    return new LmdbHnswVectorsReader(state);
  }

  @Override
  public int getMaxDimensions(String fieldName) {
    return MAX_DIMENSIONS;
  }

  @Override
  public String toString() {
    return NAME + "(" + options + ")";
  }
}
