/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.search.DocIdSetIterator;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.tools.output.ProgressLine;
import org.lucenelmdb.tools.search.SearchedField;
import org.lucenelmdb.tools.search.StoredVectors;

/**
 * The distribution of the vectors of a field, with those of deleted documents, for which codes were
 * trained, too. The vectors are normalized first with COSINE, as they are for codes.
 *
 * @param constantDimensions the number of dimensions with the same value in all vectors
 * @param largestDimension the dimension with the largest variance
 * @param largestDimensionShare its share of the variance
 * @param farthestDocument the document of the vector that is farthest from the center
 * @param farthestRatio its distance, divided by the median distance
 * @param farthestShare the share of the variance that is due to the few farthest vectors
 * @param farthest how many vectors these are
 * @param shortest the smallest length of a vector
 * @param longest the largest length of a vector
 * @param codes without the farthest vectors; null unless these have most of the variance
 */
record DataShape(
    int constantDimensions,
    int largestDimension,
    double largestDimensionShare,
    int farthestDocument,
    double farthestRatio,
    double farthestShare,
    int farthest,
    double shortest,
    double longest,
    CodesWithoutOutliers codes) {

  /** One outlier is the usual case; a few have the same effect. */
  private static final int FEW = 5;

  private static final int SAMPLE = 4_000;

  /** The share of the variance of a few vectors that makes them outliers. */
  static final double OUTLIER_SHARE = 0.5;

  /** The part of the largest distance at which vectors are far, too. */
  private static final double FAR = 0.1;

  /**
   * Reads all vectors.
   *
   * @return null if bits are compared, or if there are too few vectors to speak of a distribution
   */
  static DataShape of(SearchedField field) throws IOException {
    if (field.metric() == VectorMetric.HAMMING || field.vectors() < 10 * FEW) {
      return null;
    }
    List<float[]> sample = sample(field);
    Pass pass = new Pass(field, sample);
    pass.run();
    DataShape shape = pass.shape(null);
    return shape.farthestShare < OUTLIER_SHARE
        ? shape
        : pass.shape(CodesWithoutOutliers.of(field, pass.typical(sample)));
  }

  /** Returns about as many vectors as the sample has, spread evenly. */
  private static List<float[]> sample(SearchedField field) throws IOException {
    int step = Math.max(1, field.vectors() / SAMPLE);
    List<float[]> sample = new ArrayList<>();
    for (LeafReaderContext leaf : field.leaves()) {
      StoredVectors vectors = StoredVectors.open(leaf.reader(), field.name());
      for (int ord = step / 2; ord < vectors.size(); ord += step) {
        sample.add(prepared(field, vectors.read(ord), new float[field.dimension()]));
      }
    }
    return sample;
  }

  private static float[] prepared(SearchedField field, float[] vector, float[] into) {
    double factor = 1;
    if (field.metric() == VectorMetric.COSINE) {
      double length = length(vector);
      factor = length == 0 ? 1 : 1 / length;
    }
    for (int i = 0; i < into.length; i++) {
      into[i] = (float) (vector[i] * factor);
    }
    return into;
  }

  private static double length(float[] vector) {
    double sum = 0;
    for (float x : vector) {
      sum += (double) x * x;
    }
    return Math.sqrt(sum);
  }

  /** One pass over all vectors. Its center is the median of a sample, which no outlier moves. */
  private static final class Pass {

    private final SearchedField field;
    private final float[] center;
    private final double medianSquare;
    private final double[] sums;
    private final double[] squares;
    private final float[] least;
    private final float[] most;
    private final double[] farSquares = new double[FEW];
    private final int[] farDocs = new int[FEW];
    private double allSquares;
    private double shortest = Double.POSITIVE_INFINITY;
    private double longest;

    Pass(SearchedField field, List<float[]> sample) {
      this.field = field;
      int dimension = field.dimension();
      this.center = new float[dimension];
      this.sums = new double[dimension];
      this.squares = new double[dimension];
      this.least = new float[dimension];
      this.most = new float[dimension];
      Arrays.fill(least, Float.POSITIVE_INFINITY);
      Arrays.fill(most, Float.NEGATIVE_INFINITY);
      float[] column = new float[sample.size()];
      for (int d = 0; d < dimension; d++) {
        for (int i = 0; i < column.length; i++) {
          column[i] = sample.get(i)[d];
        }
        Arrays.sort(column);
        center[d] = column[column.length / 2];
      }
      double[] distances = sample.stream().mapToDouble(this::square).sorted().toArray();
      this.medianSquare = distances[distances.length / 2];
    }

    private double square(float[] vector) {
      double sum = 0;
      for (int d = 0; d < center.length; d++) {
        double x = (double) vector[d] - center[d];
        sum += x * x;
      }
      return sum;
    }

    void run() throws IOException {
      float[] buffer = new float[center.length];
      try (ProgressLine progress = ProgressLine.begin("vectors", field.vectors())) {
        for (LeafReaderContext leaf : field.leaves()) {
          StoredVectors vectors = StoredVectors.open(leaf.reader(), field.name());
          KnnVectorValues.DocIndexIterator docs = vectors.iterator();
          for (int doc = docs.nextDoc();
              doc != DocIdSetIterator.NO_MORE_DOCS;
              doc = docs.nextDoc()) {
            float[] vector = vectors.read(docs.index());
            double length = length(vector);
            shortest = Math.min(shortest, length);
            longest = Math.max(longest, length);
            add(leaf.docBase + doc, prepared(field, vector, buffer));
            progress.advance(1);
          }
        }
      }
    }

    private void add(int doc, float[] vector) {
      double square = 0;
      for (int d = 0; d < center.length; d++) {
        double x = (double) vector[d] - center[d];
        sums[d] += x;
        squares[d] += x * x;
        square += x * x;
        least[d] = Math.min(least[d], vector[d]);
        most[d] = Math.max(most[d], vector[d]);
      }
      allSquares += square;
      int place = FEW - 1;
      if (square > farSquares[place]) {
        while (place > 0 && square > farSquares[place - 1]) {
          farSquares[place] = farSquares[place - 1];
          farDocs[place] = farDocs[place - 1];
          place--;
        }
        farSquares[place] = square;
        farDocs[place] = doc;
      }
    }

    /** Returns the vectors that are not far from the center. */
    List<float[]> typical(List<float[]> vectors) {
      return vectors.stream().filter(vector -> square(vector) < FAR * FAR * farSquares[0]).toList();
    }

    DataShape shape(CodesWithoutOutliers codes) {
      int constant = 0;
      int largest = 0;
      double all = 0;
      double[] variances = new double[center.length];
      for (int d = 0; d < center.length; d++) {
        constant += least[d] == most[d] ? 1 : 0;
        double mean = sums[d] / field.vectors();
        variances[d] = Math.max(0, squares[d] / field.vectors() - mean * mean);
        all += variances[d];
        largest = variances[d] > variances[largest] ? d : largest;
      }
      int few = 1; // as many as are much farther than the next
      double far = farSquares[0];
      while (few < FEW && farSquares[few] > FAR * FAR * farSquares[0]) {
        far += farSquares[few++];
      }
      return new DataShape(
          constant,
          largest,
          all == 0 ? 0 : variances[largest] / all,
          farDocs[0],
          medianSquare == 0 ? 0 : Math.sqrt(farSquares[0] / medianSquare),
          allSquares == 0 ? 0 : far / allSquares,
          few,
          shortest,
          longest,
          codes);
    }
  }
}
