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
 * Field types for metrics for which Lucene has no {@link VectorSimilarityFunction}. Use them with
 * {@link KnnFloatVectorField}, {@link KnnByteVectorField} and Lucene's queries, like any other
 * vector field type.
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
 *     the components</td></tr>
 *   <tr><td>{@value #HAMMING}</td><td>byte, as bit strings</td><td>the number of different
 *     bits</td></tr>
 * </table>
 *
 * <p>The score is 1 / (1 + <i>d</i>), also for the threshold of a {@code
 * FloatVectorSimilarityQuery}. Search, exact search, filters, sorting, merging and {@code
 * CheckIndex} all use the metric.
 *
 * <p>A type names its metric in an attribute, {@link #METRIC_ATTRIBUTE}. Lucene stores attributes
 * but does not interpret them:
 *
 * <ul>
 *   <li>For Lucene, the field has the function {@link VectorSimilarityFunction#EUCLIDEAN}. Code
 *       that applies this function itself, such as {@code
 *       FullPrecisionFloatVectorSimilarityValuesSource}, computes Euclidean scores. So does <b>any
 *       other vectors format</b> that writes the field.
 *   <li>A segment takes the metric from the first of its documents that has the field. Use one type
 *       for all documents: Lucene does not pass the types of later documents of the segment to the
 *       format.
 *   <li>Segments with different metrics cannot be merged. Such a merge fails with an {@link
 *       IllegalArgumentException} that names the field and the metrics. {@link
 *       IndexWriter#addIndexes(org.apache.lucene.store.Directory...)} and {@link
 *       IndexWriter#addIndexes(org.apache.lucene.index.CodecReader...)} do not compare the metrics
 *       of added segments with those of the index. The next merge of both does.
 *   <li>If the metric is unknown, or does not support the vectors, adding a document fails with an
 *       {@link IllegalArgumentException}. The segment also rejects all other documents with this
 *       field.
 * </ul>
 */
public final class LmdbHnswFieldTypes {

  /**
   * The attribute of a field type that names the metric: {@value}. The field types that this class
   * creates have it. Other field types may set it if their similarity function is {@link
   * VectorSimilarityFunction#EUCLIDEAN}.
   */
  public static final String METRIC_ATTRIBUTE = VectorMetric.ATTRIBUTE;

  /** The value of {@link #METRIC_ATTRIBUTE} for the sum of absolute differences: {@value}. */
  public static final String MANHATTAN = "MANHATTAN"; // the name of VectorMetric.MANHATTAN

  /** The value of {@link #METRIC_ATTRIBUTE} for the number of different bits: {@value}. */
  public static final String HAMMING = "HAMMING"; // the name of VectorMetric.HAMMING

  private LmdbHnswFieldTypes() {}

  /**
   * Returns the type of a {@link KnnFloatVectorField} whose vectors are compared by the sum of the
   * absolute differences of their components.
   *
   * @param dimension the number of components, from 1 to {@value
   *     LmdbHnswVectorsFormat#MAX_DIMENSIONS}
   * @return a frozen type
   * @throws IllegalArgumentException if out of range
   */
  public static FieldType floatManhattan(int dimension) {
    return type(dimension, VectorEncoding.FLOAT32, MANHATTAN);
  }

  /**
   * Returns the type of a {@link KnnByteVectorField} whose vectors are compared by the sum of the
   * absolute differences of their components, which are signed.
   *
   * @param dimension the number of components, from 1 to {@value
   *     LmdbHnswVectorsFormat#MAX_DIMENSIONS}
   * @return a frozen type
   * @throws IllegalArgumentException if out of range
   */
  public static FieldType byteManhattan(int dimension) {
    return type(dimension, VectorEncoding.BYTE, MANHATTAN);
  }

  /**
   * Returns the type of a {@link KnnByteVectorField} whose vectors are bit strings that are
   * compared by the number of different bits.
   *
   * @param dimension the number of bytes, each of eight bits, from 1 to {@value
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
