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
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.internal.offheap.BuildBudgets;

/**
 * Stores the vectors and the HNSW graphs of a segment in an LMDB image inside the segment's file,
 * and searches them there. The links of a node are a Roaring bitmap. Unless disabled, searches
 * traverse quantized <i>codes</i> of the vectors and rerank the results by the vectors.
 *
 * <p>No score is NaN. With {@link VectorSimilarityFunction#COSINE}, documents with a zero vector
 * are rejected. A query may have a zero vector, and a merge may bring in zero vectors from formats
 * that accept them. The cosine of a zero vector counts as 0, so its score is 0.5.
 *
 * <p>The fields of a segment share two files. Integers are signed two's complement and
 * little-endian unless noted otherwise. Offsets, lengths and addresses are in bytes. An
 * <i>address</i> is an offset in the image.
 *
 * <h2>.vec (image) file</h2>
 *
 * <ul>
 *   <li>{@linkplain CodecUtil#writeIndexHeader index header}, codec name {@value
 *       #VECTORS_CODEC_NAME}
 *   <li>zeros up to a multiple of the image's page size
 *   <li>the image: the data file of an LMDB 0.9 environment of a little-endian 64-bit machine. Any
 *       LMDB can open a copy of it, with {@code MDB_NOSUBDIR}. A segment of few vectors without
 *       graphs has pages of 512 bytes. Other segments have the page size of the machine that wrote
 *       them, at most 32 KiB
 *   <li>{@linkplain CodecUtil#writeFooter footer}
 * </ul>
 *
 * <p>The environment has the named databases below. Integers in keys are unsigned and
 * <b>big-endian</b>, so that records are sorted by them.
 *
 * <ul>
 *   <li>A <i>field</i> is the position of the field in the .vem file, from 0.
 *   <li>An <i>ordinal</i> is the position of a vector among the vectors of the field, in document
 *       order, from 0.
 *   <li>A <i>node</i> is the position of a vector in the graph, from 0. Fields with codes number
 *       nodes so that neighbors lie close together, and the records of codes hold the ordinals.
 *       Fields without codes have the ordinals as nodes.
 *   <li>A <i>Roaring bitmap</i> is in the <a
 *       href="https://github.com/RoaringBitmap/RoaringFormatSpec">portable format</a>.
 * </ul>
 *
 * <p>A database without records may be missing.
 *
 * <table>
 *   <caption>Databases</caption>
 *   <tr><th>name</th><th>key</th><th>value</th></tr>
 *   <tr><td>vectors</td><td>[int16] field, [int32] block</td><td>[int32] offset of the first vector
 *     in this value, [int32] number of vectors, zeros up to that offset, the vectors of consecutive
 *     ordinals, zeros. Block 0 begins with ordinal 0. All blocks but the last have
 *     2<sup><i>shift</i></sup> vectors. A vector is its components, each a [float32] or an [int8].
 *     The address of every vector is a multiple of its length.</td></tr>
 *   <tr><td>codes</td><td>[int16] field, [int32] block</td><td>the same layout as in vectors, with the records of consecutive nodes in place of vectors, and at least 64 bytes after the last record. A <i>record</i> is the [int32] ordinal of the node, the <i>corrective terms</i> of the code, the code, and zeros up to a multiple of 4 bytes.</td></tr>
 *   <tr><td>links</td><td>[int16] field, [int16] level, [int32] node</td><td>Roaring bitmap of the
 *     node's neighbors on the level; one record for every node of the level.</td></tr>
 *   <tr><td>levels</td><td>[int16] field, [int16] level</td><td>Roaring bitmap of the nodes of a
 *     level, from level 1. Level 0 has all nodes and no record.</td></tr>
 *   <tr><td>docs</td><td>[int16] field</td><td>Roaring bitmap of the documents that have a vector;
 *     no record if all documents or none have one.</td></tr>
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
 *         <li>[int8] vector encoding: 0 byte, 1 float32
 *         <li>[int8] similarity: 0 Euclidean, 1 dot product, 2 cosine, 3 maximum inner product, 4
 *             Manhattan, 5 Hamming. The field also names the last two in its {@linkplain
 *             LmdbHnswFieldTypes#METRIC_ATTRIBUTE attribute}
 *         <li>[int32] dimension
 *         <li>[int32] number of vectors
 *         <li>[int32] <i>shift</i> of the blocks of vectors
 *         <li>for each block: [int64] address of its first vector
 *         <li>[int8] 0 if all documents or none have a vector; 1 if some have, followed by a
 *             <i>table</i> of the document of each ordinal
 *         <li>[int32] number of levels; 0 if the field has no graph. If it has one:
 *             <ul>
 *               <li>[int32] M
 *               <li>[int32] largest number of neighbors of a node
 *               <li>[int32] entry node
 *               <li>[int64] length of the records of links in the image, with their keys and LMDB's
 *                   overhead
 *               <li>for each level from 1: [int32] number of nodes
 *               <li>a <i>table</i> of half the address of each value in links, level by level, in
 *                   the order of nodes
 *             </ul>
 *         <li>since version 1: [int8] <i>bits</i> per dimension of codes, 1, 2, 4 or 8; 0 if the
 *             field has no codes. If it has codes:
 *             <ul>
 *               <li>[float32] oversampling: the number of reranked candidates for each requested
 *                   result, from 1 to 1000; since version 2 also 0, for as many as the errors of
 *                   the codes require
 *               <li>since version 2: [int8] bits per component of a query that is compared with bit
 *                   planes, 4 or 8; [float32] <i>error</i>, at least 0; [float32] <i>rerank
 *                   depth</i>, from 0 to 1000
 *               <li>for each dimension: [float32] <i>mean</i>
 *               <li>if the metric is Manhattan, for each dimension: [float32] <i>deviation</i>
 *               <li>since version 2, unless the metric is Manhattan: [int64] <i>seed</i> of the
 *                   rotation; [int32] number of centroids, from 0 to 65536; for each centroid and
 *                   dimension: [float32] component. The squared length of a centroid is at most
 *                   10<sup>37</sup>
 *               <li>[int32] <i>shift</i> of the blocks of codes
 *               <li>for each block: [int64] address of its first record
 *               <li>a <i>table</i> of the node of each ordinal, the inverse of the ordinals in the
 *                   records
 *             </ul>
 *       </ul>
 *   <li>[int32] -1
 *   <li>since version 3, for each field in the same order:
 *       <ul>
 *         <li>[float32] target recall of searches, from 0.5 to 0.999; 0 for the default
 *         <li>[int8] number of points of the <i>recall curve</i>, at most 32; 0 if it was not
 *             measured
 *         <li>for each point, by increasing effort: [float32] <i>candidates</i>, above 0; [float32]
 *             <i>tolerance</i>, above 0; [float32] recall at 10, from 0 to 1; [float32] expanded
 *             nodes of a search for 10, divided by 10; [float32] recall at 100; [float32] expanded
 *             nodes of a search for 100, divided by 100
 *       </ul>
 *   <li>since version 4, for every 65,536 bytes of the image and for the rest: [int32] CRC-32C.
 *       Searches do not read it. A tool finds the damaged place by it, also if a file was damaged
 *       before Lucene's checksum was computed
 *   <li>since version 4: [int32] CRC-32C of all preceding bytes of this file
 *   <li>{@linkplain CodecUtil#writeFooter footer}
 * </ul>
 *
 * <p>A <i>table</i> of <i>n</i> values is [int8] bits per value, followed by <i>n</i> values as
 * written by {@link DirectWriter}.
 *
 * <h2>Codes</h2>
 *
 * <p>There are three kinds of codes:
 *
 * <table>
 *   <caption>Kinds of codes</caption>
 *   <tr><th>kind</th><th>metrics and versions</th><th>corrective terms</th></tr>
 *   <tr><td>centroids</td><td>all metrics but Manhattan, since version 2</td><td>[float32]
 *     <i>scale</i>, [float32] <i>additional correction</i>, [int32] number of a centroid, from 0; 0
 *     if there are no centroids</td></tr>
 *   <tr><td>intervals</td><td>all metrics but Manhattan, in version 1</td><td>[float32] <i>lower
 *     bound</i>, [float32] <i>scale</i>, [float32] <i>additional correction</i></td></tr>
 *   <tr><td>levels</td><td>Manhattan</td><td>none</td></tr>
 * </table>
 *
 * <p>A code consists of <i>bits</i> bit planes of (dimension + 7) / 8 bytes each. Dimension
 * <i>i</i> is bit <i>i</i> % 8 of byte <i>i</i> / 8 of a bit plane. Bit plane <i>p</i> holds bit
 * <i>p</i> of each component; bit 0 is the lowest. In codes of the kind levels, components are
 * unary, see below. Codes of 8 bits of the kinds centroids and intervals have no bit planes: they
 * have an [int8] for each dimension, the component minus 128.
 *
 * <p>With cosine, vectors are normalized before all other steps. The mean is the mean of all
 * vectors. With dot product and maximum inner product, it may be zeros instead.
 *
 * <p><b>Centroids.</b> Let <i>x</i> be the rotated difference of a vector and the mean. Let
 * <i>c</i> be the centroid of the record: the nearest centroid to <i>x</i>, or zeros if there are
 * no centroids. Let <i>r</i> = <i>x</i> - <i>c</i>. A component <i>q</i> of the code stands for
 * <i>v</i> = <i>q</i> - (2<sup>bits</sup> - 1) / 2, and <i>r</i> is approximately a multiple of
 * <i>v</i>.
 *
 * <ul>
 *   <li><i>Scale</i> is |<i>r</i>|<sup>2</sup> / &lang;<i>v</i>, <i>r</i>&rang;.
 *   <li>The <i>additional correction</i> is &lang;<i>c</i>, <i>r</i>&rang; - <i>scale</i>
 *       &lang;<i>v</i>, <i>c</i>&rang;, plus -|<i>x</i>|<sup>2</sup> / 2 with Euclidean similarity,
 *       or plus the dot product of the vector and the mean with other similarities.
 * </ul>
 *
 * <p>Let <i>y</i> be a query that is prepared as <i>x</i> is. Then &lang;<i>y</i>, <i>c</i>&rang; +
 * <i>scale</i> &lang;<i>y</i>, <i>v</i>&rang; + <i>additional correction</i> estimates the dot
 * product of the query and the vector, or with Euclidean similarity minus half of their squared
 * distance, up to an addend that is the same for all vectors. <i>Scale</i> and <i>additional
 * correction</i> are 0 where they would not be finite, and <i>x</i> is zeros where
 * |<i>x</i>|<sup>2</sup> is above 10<sup>37</sup> or not a number.
 *
 * <p>The <i>rotation</i> of <i>n</i> dimensions has two rounds if <i>n</i> is a power of two,
 * otherwise four, numbered from 0. Let <i>p</i> be the largest power of two that is at most
 * <i>n</i>. A round does the following:
 *
 * <ul>
 *   <li>It changes the sign of component <i>i</i> if bit <i>i</i> % 64 of word <i>round</i>
 *       &middot; ((<i>n</i> + 63) / 64) + <i>i</i> / 64 is set. Word <i>w</i> is computed modulo
 *       2<sup>64</sup> with unsigned shifts, as by SplitMix64: <i>z</i> = <i>seed</i> + (<i>w</i> +
 *       1) &middot; 0x9E3779B97F4A7C15, <i>z</i> = (<i>z</i> ^ <i>z</i> &gt;&gt; 30) &middot;
 *       0xBF58476D1CE4E5B9, <i>z</i> = (<i>z</i> ^ <i>z</i> &gt;&gt; 27) &middot;
 *       0x94D049BB133111EB, <i>z</i> ^ <i>z</i> &gt;&gt; 31.
 *   <li>It applies a Walsh-Hadamard transform to <i>p</i> components: the first <i>p</i> in rounds
 *       0 and 2, the last <i>p</i> in rounds 1 and 3. Component <i>j</i> of these becomes 1 /
 *       &radic;<i>p</i> times the sum of all components <i>i</i> of these, each negated if <i>i</i>
 *       &amp; <i>j</i> has an odd number of one bits.
 *   <li>In round 1 of four, for <i>i</i> from 0 to <i>n</i> / 2 - 1 and <i>j</i> = <i>n</i> -
 *       <i>n</i> / 2 + <i>i</i>, it replaces component <i>i</i> by the sum of components <i>i</i>
 *       and <i>j</i>, and component <i>j</i> by their difference, component <i>i</i> minus
 *       component <i>j</i>, both times &radic;0.5.
 * </ul>
 *
 * <p><b>Intervals.</b> A component of the difference of a vector and the mean is approximately
 * <i>lower bound</i> + <i>scale</i> &middot; <i>q</i>, where <i>q</i> is the component of the code,
 * or the [int8] itself. The <i>additional correction</i> is the dot product of the vector and the
 * mean, or with Euclidean similarity minus half of their squared distance.
 *
 * <p><b>Levels.</b> A component of the difference of a vector and the mean is approximately the
 * dimension's deviation times a quantization level. Bit plane <i>p</i> has a one bit if the number
 * of the level is above <i>p</i>, so the number of one bits in all bit planes is the number of the
 * level. The levels, in ascending order and numbered from 0, are for 1 bit &plusmn;0.798; for 2
 * bits 0, &plusmn;1.224; for 4 bits 0, &plusmn;0.7646, &plusmn;1.724; for 8 bits 0, &plusmn;0.4436,
 * &plusmn;0.9188, &plusmn;1.476, &plusmn;2.255. The deviation is the standard deviation of the
 * dimension's components.
 *
 * <p><i>Error</i> and <i>rerank depth</i> were measured with a sample of near vectors when the
 * codes were written. Version 1 has neither, nor a rotation.
 *
 * <ul>
 *   <li><i>Error</i> is the standard deviation of the difference between an estimate and the dot
 *       product, or minus half of the squared distance, divided by <i>scale</i> &middot; |<i>y</i>
 *       - <i>c</i>|. With Manhattan, it is the standard deviation of the difference between an
 *       estimate and minus the distance, divided by the distance.
 *   <li><i>Rerank depth</i> is the number of vectors with the best estimates that almost surely
 *       include the nearest 10.
 * </ul>
 *
 * <h2>Recall curve</h2>
 *
 * <p>Each point has an effort, and the recall of searches with this effort.
 *
 * <ul>
 *   <li>Without codes, a traversal for <i>k</i> vectors keeps the best <i>candidates</i> &middot;
 *       <i>k</i> vectors.
 *   <li>With codes, a traversal first collects <i>candidates</i> times the larger of 16 and 0.06
 *       &middot; <i>rerank depth</i> &middot; <i>k</i>, where 0.06 &middot; <i>rerank depth</i> is
 *       limited to the range from 1.3 to 4. It then continues until at most <i>tolerance</i>
 *       &middot; <i>k</i> of the nearest vectors are expected to be missed because of the errors of
 *       codes, and at most a tenth of that number among candidates whose probability of being a
 *       result is 3 % or more.
 * </ul>
 *
 * <p>The recall is the mean over a sample of the segment's vectors. Each of them was the query of a
 * search that treated it as absent from the segment. The standard error of the mean is subtracted,
 * or half of the missed share if that is less.
 *
 * @see LmdbHnswCodec
 * @see LmdbHnswFieldTypes
 */
public final class LmdbHnswVectorsFormat extends KnnVectorsFormat {

  /** The name under which segments look up the format. */
  public static final String NAME = "LmdbHnswVectorsFormat";

  /** The largest dimension of a vector: {@value}. */
  public static final int MAX_DIMENSIONS = 16_384;

  static final String VECTORS_CODEC_NAME = "LmdbHnswVectorsImage";
  static final String META_CODEC_NAME = "LmdbHnswVectorsMeta";

  // OpenSearch and Elasticsearch choose the files that they map by these extensions
  static final String VECTORS_EXTENSION = "vec";
  static final String META_EXTENSION = "vem";

  static final int VERSION_START = 0;

  /** The first version with codes. */
  static final int VERSION_CODES = 1;

  /** The first version with codes relative to centroids. */
  static final int VERSION_CENTROIDS = 2;

  /** The first version with recall curves. */
  static final int VERSION_RECALL = 3;

  /** The first version with checksums besides Lucene's. */
  static final int VERSION_CHECKSUMS = 4;

  static final int VERSION_CURRENT = VERSION_CHECKSUMS;

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
   * @param options the options for new segments
   */
  public LmdbHnswVectorsFormat(LmdbHnswOptions options) {
    super(NAME);
    this.options = options;
    this.memory = options.buildBudgets();
    this.graphs =
        new GraphParameters(
            options.maxConn(),
            options.beamWidth(),
            options.alpha(),
            options.tinySegmentsThreshold());
  }

  @Override
  public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
    state.segmentInfo.putAttribute(
        SegmentInspection.OPTIONS_ATTRIBUTE + state.segmentSuffix, options.ofSegment());
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
