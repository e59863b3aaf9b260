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
import org.lucenelmdb.internal.build.GraphParameters;
import org.lucenelmdb.internal.offheap.BuildBudgets;

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
 *       LMDB opens it (with {@code MDB_NOSUBDIR}). A page has 512 bytes in a segment of few vectors
 *       without graphs. Otherwise it has the page size of the machine that wrote the file, at most
 *       32 KiB
 *   <li>{@linkplain CodecUtil#writeFooter footer}
 * </ul>
 *
 * <p>The environment has named databases. The integers of keys are unsigned and <b>big-endian</b>,
 * so that records sort by them. A field is numbered by its place in the .vem file, from 0; ordinals
 * number the vectors of a field in the order of their documents; the nodes of a graph are numbered
 * so that neighbors lie together if the field has codes, which tell the ordinals, else by ordinals.
 * A database without records may be missing. <i>Roaring bitmap</i> is the <a
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
 *     ordinal, the <i>constants</i> of its kind, the code, and zeros up to a multiple of 4 bytes.
 *     </td></tr>
 *   <tr><td>links</td><td>[int16] field, [int16] level, [int32] node</td><td>Roaring bitmap of the
 *     node's neighbors on that level; there is one for every node of the level.</td></tr>
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
 *               <li>[int32] largest number of neighbors of a node
 *               <li>[int32] entry node
 *               <li>[int64] bytes that the records of the links take in the image
 *               <li>for each level from 1 on [int32] its number of nodes
 *               <li>a <i>table</i> of half the address in the image of the value in links of every
 *                   node, level by level, in the order of the nodes
 *             </ul>
 *         <li>since version 1: [int8] <i>bits</i> 1, 2, 4 or 8, or 0 if the field has no codes,
 *             followed if it has some by
 *             <ul>
 *               <li>[float32] oversampling: how many candidates are reranked for each vector that a
 *                   search asks for, from 1 to 1000; since version 2 also 0, for as many as the
 *                   errors of codes require
 *               <li>since version 2: [int8] bits of a query's components where codes are planes, 4
 *                   or 8; [float32] <i>error</i>, at least 0; [float32] <i>depth</i>, from 0 to
 *                   1000
 *               <li>for each dimension [float32] the <i>mean</i>
 *               <li>if the metric is Manhattan, for each dimension [float32] the <i>deviation</i>
 *               <li>since version 2, unless the metric is Manhattan: [int64] <i>seed</i> of the
 *                   rotation, [int32] number of centroids, from 0 to 65536, and for each centroid
 *                   and dimension [float32] its component; the square of a centroid is at most
 *                   10<sup>37</sup>
 *               <li>[int32] <i>shift</i> of the blocks of codes
 *               <li>for each block [int64] address of its first record in the image
 *               <li>a <i>table</i> of the node of each ordinal, whose record has that ordinal
 *             </ul>
 *       </ul>
 *   <li>[int32] -1
 *   <li>since version 3, for each field in the same order:
 *       <ul>
 *         <li>[float32] the recall that searches are to reach, from 0.5 to 0.999; 0 for the default
 *         <li>[int8] number of points of its <i>recall curve</i>, up to 32; 0 if it was not
 *             measured
 *         <li>for each point, from the least effort on: [float32] <i>candidates</i>, more than 0;
 *             [float32] <i>tolerance</i>, more than 0; [float32] recall at 10, from 0 to 1;
 *             [float32] nodes whose links are read, divided by 10; [float32] recall at 100;
 *             [float32] nodes, divided by 100
 *       </ul>
 *   <li>{@linkplain CodecUtil#writeFooter footer}
 * </ul>
 *
 * <p>A <i>table</i> of <i>n</i> values is [int8] bits per value, then <i>n</i> values as {@link
 * DirectWriter} writes them.
 *
 * <h2>Codes</h2>
 *
 * <table>
 *   <caption>Records</caption>
 *   <tr><th>kind</th><th>of</th><th>constants</th></tr>
 *   <tr><td>centroids</td><td>all metrics but Manhattan, since version 2</td><td>[float32]
 *     <i>scale</i>, [float32] <i>offset</i>, [int32] the number of a centroid, from 0 on; 0 if there
 *     are none</td></tr>
 *   <tr><td>intervals</td><td>all metrics but Manhattan, in version 1</td><td>[float32]
 *     <i>lower</i>, [float32] <i>step</i>, [float32] <i>rest</i></td></tr>
 *   <tr><td>levels</td><td>Manhattan</td><td>none</td></tr>
 * </table>
 *
 * <p>A code is as many planes as <i>bits</i>, each of (dimension + 7) / 8 bytes; dimension <i>i</i>
 * is bit <i>i</i> % 8 of byte <i>i</i> / 8 of a plane. Bit <i>p</i> of a component is in plane
 * <i>p</i>, from the lowest on; of levels, see below. Only with 8 bits, unless the metric is
 * Manhattan, a code is [int8] for each dimension: the component less 128.
 *
 * <p>With cosine, vectors are brought to unit length before anything else is done to them. The mean
 * is that of all vectors; with dot product and maximum inner product it may be zeros instead.
 *
 * <p><b>Centroids.</b> Let <i>x</i> be a vector less the mean, rotated, and <i>c</i> the centroid
 * of the record, which is the nearest one to <i>x</i>, or zeros if there are none. Let <i>r</i> =
 * <i>x</i> - <i>c</i>. A component <i>q</i> of the code stands for <i>v</i> = <i>q</i> -
 * (2<sup>bits</sup> - 1) / 2, and <i>r</i> is about a multiple of <i>v</i>. <i>Scale</i> is
 * |<i>r</i>|<sup>2</sup> / &lang;<i>v</i>, <i>r</i>&rang;. <i>Offset</i> is &lang;<i>c</i>,
 * <i>r</i>&rang; - <i>scale</i> &lang;<i>v</i>, <i>c</i>&rang; plus, with Euclidean similarity,
 * -|<i>x</i>|<sup>2</sup> / 2, otherwise the dot product of the vector and the mean. For a query
 * <i>y</i>, prepared as <i>x</i> is, &lang;<i>y</i>, <i>c</i>&rang; + <i>scale</i> &lang;<i>y</i>,
 * <i>v</i>&rang; + <i>offset</i> is about the dot product of query and vector, or minus half the
 * square of their distance, but for a number that is the same for all vectors. <i>Scale</i> and
 * <i>offset</i> are 0 where they would not be finite numbers, and <i>x</i> is zeros where
 * |<i>x</i>|<sup>2</sup> is above 10<sup>37</sup> or not a number.
 *
 * <p>The <i>rotation</i> of <i>n</i> dimensions has rounds, two if <i>n</i> is a power of two,
 * otherwise four, from 0 on. Let <i>p</i> be the largest power of two up to <i>n</i>. A round
 *
 * <ul>
 *   <li>changes the sign of component <i>i</i> if bit <i>i</i> % 64 of word <i>round</i> &middot;
 *       ((<i>n</i> + 63) / 64) + <i>i</i> / 64 is set. Word <i>w</i> is, modulo 2<sup>64</sup> and
 *       with shifts that fill up with zeros: <i>z</i> = <i>seed</i> + (<i>w</i> + 1) &middot;
 *       0x9E3779B97F4A7C15, <i>z</i> = (<i>z</i> ^ <i>z</i> &gt;&gt; 30) &middot;
 *       0xBF58476D1CE4E5B9, <i>z</i> = (<i>z</i> ^ <i>z</i> &gt;&gt; 27) &middot;
 *       0x94D049BB133111EB, <i>z</i> ^ <i>z</i> &gt;&gt; 31 (SplitMix64);
 *   <li>transforms <i>p</i> components, the first ones in rounds 0 and 2, the last ones in rounds 1
 *       and 3: component <i>j</i> of these becomes 1 / &radic;<i>p</i> times the sum of all
 *       components <i>i</i> of these, subtracted where <i>i</i> &amp; <i>j</i> has an odd number of
 *       bits;
 *   <li>if it is round 1 of four, replaces components <i>i</i> and <i>j</i> = <i>n</i> - <i>n</i> /
 *       2 + <i>i</i> by their sum and their difference, component <i>i</i> less component <i>j</i>,
 *       each times &radic;0.5, for <i>i</i> from 0 to <i>n</i> / 2 - 1.
 * </ul>
 *
 * <p><b>Intervals.</b> A component of a vector less the mean is about <i>lower</i> + <i>step</i>
 * &middot; <i>q</i>, where <i>q</i> is the component of the code, or the [int8] itself. <i>Rest</i>
 * is the dot product of vector and mean, with Euclidean similarity minus half the square of their
 * distance.
 *
 * <p><b>Levels.</b> A component less the mean is about the dimension's deviation times the level
 * that its planes count: all planes below it have a bit. The levels are, for 1 bit, &plusmn;0.798;
 * for 2 bits 0, &plusmn;1.224; for 4 bits 0, &plusmn;0.7646, &plusmn;1.724; for 8 bits 0,
 * &plusmn;0.4436, &plusmn;0.9188, &plusmn;1.476, &plusmn;2.255. The deviation is the standard
 * deviation of the dimension's components from the mean.
 *
 * <p><i>Error</i> is what was measured on a sample of near vectors when the codes were made: the
 * standard deviation of a code's score from the dot product, or from minus half the square of the
 * distance, divided by <i>scale</i> &middot; |<i>y</i> - <i>c</i>|; with Manhattan, from minus the
 * distance, divided by the distance. <i>Depth</i> is the number of vectors with the best codes that
 * almost surely has the nearest 10. What is written in version 1 has neither, nor a rotation.
 *
 * <h2>Recall curve</h2>
 *
 * <p>A traversal for <i>k</i> vectors without codes keeps <i>candidates</i> &middot; <i>k</i> of
 * them. On codes it finds <i>candidates</i> times the larger one of 16 and 0.06 &middot;
 * <i>depth</i> &middot; <i>k</i>, where 0.06 &middot; <i>depth</i> is from 1.3 to 4, and then goes
 * on until no more than <i>tolerance</i> &middot; <i>k</i> of the nearest are expected to be missed
 * for the errors of codes, and a tenth of it among the candidates that have a chance of 3 % or
 * more. The curve has the recall of that, the mean of some vectors of the segment, each of them
 * searched for as if it were not there, less its standard error, or half of what is missed if that
 * is less.
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
  static final int VERSION_RECALL = 3;
  static final int VERSION_CURRENT = VERSION_RECALL;

  private final LmdbHnswOptions options;
  private final GraphParameters graphs;
  private final BuildBudgets memory;

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
    this.memory = BuildBudgets.of(options.buildMemory());
    this.graphs =
        new GraphParameters(
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
