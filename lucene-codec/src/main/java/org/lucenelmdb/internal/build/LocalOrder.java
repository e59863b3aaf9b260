/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.internal.codes.KMeans;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapInts;
import org.lucenelmdb.internal.vectors.CompactVectors;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * Numbers vectors so that near ones have near numbers: by cluster, and in the order of ordinals
 * within a cluster. A build that inserts them in this order works on a small part of its memory at
 * any time. Clusters follow each other so that the next one is the nearest of those left.
 *
 * <p>A sample of all clusters comes first, so that the graph has links between distant clusters. Of
 * 30,000 text embeddings, a graph of a random order had a recall@10 of 0.818, 0.942, 0.981 and
 * 0.995 at k 10, 20, 40 and 80; one of this order had 0.821, 0.937, 0.983 and 0.997, and one
 * without the sample 0.817, 0.933, 0.980 and 0.995, for the same numbers of visits.
 */
public final class LocalOrder {

  /** The sample that comes first has every 16th vector. */
  private static final int SAMPLED = 16;

  private static final int MAX_CLUSTERS = 256;

  /** The number of vectors in a cluster, if there are not too many clusters. */
  private static final int CLUSTER_VECTORS = 2048;

  private static final int SAMPLE_PER_CLUSTER = 32;
  private static final int MAX_SAMPLE_BYTES = 8 << 20;

  private final KnnVectorValues values;
  private final Workers workers;
  private final float[][] centroids;

  /** The group of each ordinal: its cluster, plus the number of clusters if it is not sampled. */
  private final OffHeapInts groups;

  private final Permutation permutation;

  private LocalOrder(KnnVectorValues values, BuildMemory memory, Workers workers)
      throws IOException {
    this.values = values;
    this.workers = workers;
    this.centroids = chain(clusters());
    this.groups = memory.ints(values.size());
    this.permutation = new Permutation(values.size(), memory);
  }

  /** Returns the bytes that {@link #of} and {@link #copy} allocate. */
  public static long memoryBytes(int size, int dimension, VectorEncoding encoding) {
    return Permutation.memoryBytes(size)
        + BuildMemory.costOfInts(size)
        + CompactVectors.memoryBytes(size, dimension, encoding);
  }

  /**
   * Orders vectors, which are read in the order of their ordinals.
   *
   * @param values at least one vector
   * @param memory has {@link #memoryBytes} left
   */
  public static LocalOrder of(KnnVectorValues values, BuildMemory memory, Workers workers)
      throws IOException {
    LocalOrder order = new LocalOrder(values, memory, workers);
    order.assign();
    order.number();
    return order;
  }

  /** The nodes of the ordinals. */
  public Permutation permutation() {
    return permutation;
  }

  /** Copies the vectors in the order of the nodes. */
  public CompactVectors copy(BuildMemory memory) throws IOException {
    CompactVectors copies = new CompactVectors(values, centroids, memory);
    workers.forEach(
        "ordering",
        values.size(),
        () -> {
          CompactVectors.Copier copier = copies.new Copier(values.copy());
          return ord -> copier.copy(ord, permutation.node(ord), groups.get(ord) % centroids.length);
        });
    return copies;
  }

  private float[][] clusters() throws IOException {
    int size = values.size();
    int dimension = values.dimension();
    int count = Math.clamp(size / CLUSTER_VECTORS, 1, MAX_CLUSTERS);
    int maxSample = Math.max(1, MAX_SAMPLE_BYTES / (dimension * Float.BYTES));
    int sampleSize = Math.min(Math.min(size, maxSample), count * SAMPLE_PER_CLUSTER);
    float[][] sample = new float[sampleSize][dimension];
    for (int i = 0; i < sampleSize; i++) {
      workers.checkPeriodically(i);
      VectorPairs.copy(values, (int) ((long) i * size / sampleSize), sample[i]);
    }
    return KMeans.centroids(sample, Math.min(count, sampleSize), workers);
  }

  /** Orders centroids: each is followed by the nearest one that is left. */
  private static float[][] chain(float[][] clusters) {
    for (int i = 1; i < clusters.length; i++) {
      int next = i;
      float best = Float.POSITIVE_INFINITY;
      for (int j = i; j < clusters.length; j++) {
        float distance = VectorUtil.squareDistance(clusters[i - 1], clusters[j]);
        if (distance < best) {
          best = distance;
          next = j;
        }
      }
      float[] swapped = clusters[i];
      clusters[i] = clusters[next];
      clusters[next] = swapped;
    }
    return clusters;
  }

  private void assign() throws IOException {
    workers.forEach(
        "ordering",
        values.size(),
        () -> {
          KnnVectorValues copy = values.copy();
          float[] vector = new float[values.dimension()];
          return ord -> {
            VectorPairs.copy(copy, ord, vector);
            int group = ord % SAMPLED == 0 ? 0 : centroids.length;
            groups.set(ord, group + nearest(vector));
          };
        });
  }

  private void number() throws IOException {
    int size = values.size();
    int[] next = new int[2 * centroids.length + 1];
    for (int ord = 0; ord < size; ord++) {
      workers.checkPeriodically(ord);
      next[groups.get(ord) + 1]++;
    }
    for (int group = 1; group < next.length; group++) { // the first number of each group
      next[group] += next[group - 1];
    }
    for (int ord = 0; ord < size; ord++) {
      workers.checkPeriodically(ord);
      permutation.set(next[groups.get(ord)]++, ord);
    }
  }

  private int nearest(float[] vector) {
    int nearest = 0;
    float best = Float.POSITIVE_INFINITY;
    for (int i = 0; i < centroids.length; i++) {
      float distance = VectorUtil.squareDistance(vector, centroids[i]);
      if (distance < best) {
        best = distance;
        nearest = i;
      }
    }
    return nearest;
  }
}
