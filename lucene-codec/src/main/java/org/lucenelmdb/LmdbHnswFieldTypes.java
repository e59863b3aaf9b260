/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.lucenelmdb.internal.vectors.VectorMetric;

/**
 * Field types for metrics that Lucene has no {@link VectorSimilarityFunction} for. Everything else
 * is as with any other vector field: {@link KnnFloatVectorField}, {@link KnnByteVectorField} and
 * Lucene's queries.
 *
 * <pre class="prettyprint">
 * FieldType type = LmdbHnswFieldTypes.floatManhattan(384);
 * document.add(new KnnFloatVectorField("vector", vector, type));
 * </pre>
 *
 * <table>
 *   <caption>Metrics</caption>
 *   <tr><th>{@value #METRIC_ATTRIBUTE}</th><th>vectors</th><th>distance <i>d</i></th></tr>
 *   <tr><td>{@value #MANHATTAN}</td><td>float, byte</td><td>the sum of the absolute differences of
 *     the elements</td></tr>
 *   <tr><td>{@value #HAMMING}</td><td>byte, as strings of bits</td><td>the number of bits that
 *     differ</td></tr>
 * </table>
 *
 * <p>The score is 1 / (1 + <i>d</i>), so that what is nearer scores higher; a threshold of {@code
 * FloatVectorSimilarityQuery} is such a score. Search, exact search, filters, sorting, merging and
 * {@code CheckIndex} all go by the metric.
 *
 * <p>A type names its metric in an attribute, {@link #METRIC_ATTRIBUTE}. Lucene keeps attributes,
 * but does not look at them, which has consequences:
 *
 * <ul>
 *   <li>To Lucene the field has the function {@link VectorSimilarityFunction#EUCLIDEAN}. Whatever
 *       computes by that function instead of asking the index for scores, like {@code
 *       FullPrecisionFloatVectorSimilarityValuesSource}, computes Euclidean scores, and so does
 *       <b>any other vectors format</b> that is given the field.
 *   <li>Each segment of an index takes the metric from the first document that it gets with the
 *       field. Use one type for all documents: Lucene does not tell the format of a type that a
 *       later document of the same segment comes with.
 *   <li>Segments with different metrics are not merged. Such a merge fails with an {@link
 *       IllegalArgumentException} that names the field and the metrics. {@link
 *       IndexWriter#addIndexes(org.apache.lucene.store.Directory...)} and {@link
 *       IndexWriter#addIndexes(org.apache.lucene.index.CodecReader...)} do not compare what they
 *       add with the metric of the index: the next merge of both does.
 *   <li>An unknown metric, or one that does not go with the vectors, is an {@link
 *       IllegalArgumentException} when a document is added. The other documents of that segment
 *       with this field are rejected as well.
 * </ul>
 */
public final class LmdbHnswFieldTypes {

  /**
   * The attribute of a field type that names the metric, for field types that are made elsewhere:
   * {@value}. Such a type has {@link VectorSimilarityFunction#EUCLIDEAN}.
   */
  public static final String METRIC_ATTRIBUTE = VectorMetric.ATTRIBUTE;

  /** The value of {@link #METRIC_ATTRIBUTE} for the sum of the absolute differences: {@value}. */
  public static final String MANHATTAN = "MANHATTAN";

  /** The value of {@link #METRIC_ATTRIBUTE} for the number of bits that differ: {@value}. */
  public static final String HAMMING = "HAMMING";

  private LmdbHnswFieldTypes() {}

  /**
   * The type of a {@link KnnFloatVectorField} whose vectors are compared by the sum of the absolute
   * differences of their elements.
   *
   * @param dimension the number of elements, from 1 to {@value
   *     LmdbHnswVectorsFormat#MAX_DIMENSIONS}
   * @return a frozen type
   * @throws IllegalArgumentException if out of range
   */
  public static FieldType floatManhattan(int dimension) {
    return type(dimension, VectorEncoding.FLOAT32, MANHATTAN);
  }

  /**
   * The type of a {@link KnnByteVectorField} whose vectors are compared by the sum of the absolute
   * differences of their elements, which are signed.
   *
   * @param dimension the number of elements, from 1 to {@value
   *     LmdbHnswVectorsFormat#MAX_DIMENSIONS}
   * @return a frozen type
   * @throws IllegalArgumentException if out of range
   */
  public static FieldType byteManhattan(int dimension) {
    return type(dimension, VectorEncoding.BYTE, MANHATTAN);
  }

  /**
   * The type of a {@link KnnByteVectorField} whose vectors are strings of bits, compared by the
   * number of bits that differ.
   *
   * @param dimension the number of bytes, each of which has eight bits, from 1 to {@value
   *     LmdbHnswVectorsFormat#MAX_DIMENSIONS}
   * @return a frozen type
   * @throws IllegalArgumentException if out of range
   */
  public static FieldType byteHamming(int dimension) {
    return type(dimension, VectorEncoding.BYTE, HAMMING);
  }

  private static FieldType type(int dimension, VectorEncoding encoding, String metric) {
    if (dimension < 1 || dimension > LmdbHnswVectorsFormat.MAX_DIMENSIONS) {
      throw new IllegalArgumentException(
          "dimension must be from 1 to "
              + LmdbHnswVectorsFormat.MAX_DIMENSIONS
              + "; dimension="
              + dimension);
    }
    FieldType type = new FieldType();
    type.setVectorAttributes(dimension, encoding, VectorSimilarityFunction.EUCLIDEAN);
    type.putAttribute(METRIC_ATTRIBUTE, metric);
    type.freeze();
    return type;
  }
}
