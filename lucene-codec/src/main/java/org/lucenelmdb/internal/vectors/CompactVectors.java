/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.vectors;

import java.io.IOException;
import java.util.Arrays;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.offheap.RecordPrefetch;

/**
 * Copies of the vectors of a build in another order, with one byte per dimension. Copies of byte
 * vectors are exact. A float vector is stored as its difference from a centroid, in steps of 1/127
 * of the largest component of the difference. So the errors are small compared with the distances
 * between vectors of the same centroid, however far these are from other vectors. They are larger
 * if a component of the difference exceeds the largest float.
 */
public final class CompactVectors {

  private static final int STEPS = 127;

  private static final int CACHE_LINE_BYTES = 64;

  /** One of so many batches is timed, to find out whether it waits for a disk. */
  private static final int TIMED_CALLS = 4;

  private static final int WAITS_UNTIL_COLD = 1;

  /** The bytes of decoded vectors that values keep: most vectors are scored several times. */
  private static final int CACHE_BYTES = 1 << 18;

  // a record of a float vector: [float32] step, [int32] centroid, an [int8] for each dimension
  private static final int STEP = 0;
  private static final int CENTROID = STEP + Float.BYTES;
  private static final int COMPONENTS = CENTROID + Integer.BYTES;

  private final VectorEncoding encoding;
  private final int size;
  private final int dimension;
  private final float[][] centroids;
  private final int recordBytes;
  private final OffHeapBytes records;

  /**
   * Allocates copies.
   *
   * @param values the vectors that will be {@linkplain Copier#copy copied}
   * @param centroids of the vectors; not used for byte vectors
   * @param memory has {@link #memoryBytes} left
   */
  public CompactVectors(KnnVectorValues values, float[][] centroids, BuildMemory memory)
      throws IOException {
    this.encoding = values.getEncoding();
    this.size = values.size();
    this.dimension = values.dimension();
    this.centroids = centroids;
    this.recordBytes = recordBytes(dimension, encoding);
    this.records = memory.allocate((long) size * recordBytes);
  }

  /** Returns the bytes that the constructor allocates. */
  public static long memoryBytes(int size, int dimension, VectorEncoding encoding) {
    return BuildMemory.cost((long) size * recordBytes(dimension, encoding));
  }

  /** Records of float vectors begin at multiples of 4 bytes. */
  private static int recordBytes(int dimension, VectorEncoding encoding) {
    return switch (encoding) {
      case BYTE -> dimension;
      case FLOAT32 -> COMPONENTS + (dimension + Float.BYTES - 1) / Float.BYTES * Float.BYTES;
    };
  }

  /** Copies vectors, for one thread. */
  public final class Copier {
    private final KnnVectorValues values;
    private final byte[] components = new byte[dimension];

    /**
     * @param values the vectors, for this thread only
     */
    public Copier(KnnVectorValues values) {
      this.values = values;
    }

    /**
     * Copies a vector.
     *
     * @param ord of the vector
     * @param node the number of the copy
     * @param centroid the number of the vector's centroid; not used for byte vectors
     */
    public void copy(int ord, int node, int centroid) throws IOException {
      long at = (long) node * recordBytes;
      if (values instanceof FloatVectorValues floats) {
        encode(floats.vectorValue(ord), at, centroid);
      } else {
        records.write(at, ((ByteVectorValues) values).vectorValue(ord), 0, dimension);
      }
    }

    private void encode(float[] vector, long at, int centroid) {
      float[] center = centroids[centroid];
      double max = 0;
      for (int i = 0; i < dimension; i++) {
        max = Math.max(max, Math.abs((double) vector[i] - center[i]));
      }
      float step = (float) (max / STEPS);
      for (int i = 0; i < dimension; i++) {
        double steps = step == 0 ? 0 : ((double) vector[i] - center[i]) / step;
        int rounded = (int) Math.clamp(Math.rint(steps), -STEPS, STEPS);
        while (Float.isInfinite(center[i] + step * rounded)) {
          rounded -= Integer.signum(rounded); // the vector or its difference is near the limit
        }
        components[i] = (byte) rounded;
      }
      records.putFloat(at + STEP, step);
      records.putInt(at + CENTROID, centroid);
      records.write(at + COMPONENTS, components, 0, dimension);
    }
  }

  /** The copies by their numbers. Not thread-safe. */
  public KnnVectorValues values() {
    return switch (encoding) {
      case BYTE -> new Bytes();
      case FLOAT32 -> new Floats();
    };
  }

  private Prefetch newPrefetch() {
    return new Prefetch(
        new RecordPrefetch(records, recordBytes, CACHE_LINE_BYTES, TIMED_CALLS, WAITS_UNTIL_COLD));
  }

  /** Prefetches records by their numbers. */
  private final class Prefetch {
    private final RecordPrefetch prefetch;
    private long[] addresses = new long[0];

    Prefetch(RecordPrefetch prefetch) {
      this.prefetch = prefetch;
    }

    int prefetch(int[] nodes, int count) {
      addresses = ArrayUtil.growNoCopy(addresses, count);
      for (int i = 0; i < count; i++) {
        addresses[i] = (long) nodes[i] * recordBytes;
      }
      return prefetch.isDue()
          ? prefetch.prefetch(addresses, count)
          : records.prefetch(addresses, count, 0);
    }
  }

  private final class Floats extends FloatVectorValues implements PrefetchableValues {
    private final byte[] components = new byte[dimension];
    private final float[][] decoded;
    private final int[] decodedNodes;
    private final Prefetch prefetch = newPrefetch();

    Floats() {
      int vectors = Math.max(1, CACHE_BYTES / Float.BYTES / dimension);
      decoded = new float[Integer.highestOneBit(vectors)][];
      decodedNodes = new int[decoded.length];
      Arrays.fill(decodedNodes, -1);
    }

    @Override
    public float[] vectorValue(int node) {
      int slot = node & decoded.length - 1;
      if (decodedNodes[slot] != node) {
        decode(node, slot);
      }
      return decoded[slot];
    }

    private void decode(int node, int slot) {
      if (decoded[slot] == null) {
        decoded[slot] = new float[dimension];
      }
      long at = (long) node * recordBytes;
      float step = records.getFloat(at + STEP);
      float[] center = centroids[records.getInt(at + CENTROID)];
      records.read(at + COMPONENTS, components, 0, dimension);
      float[] vector = decoded[slot];
      for (int i = 0; i < vector.length; i++) {
        vector[i] = center[i] + step * components[i];
      }
      decodedNodes[slot] = node;
    }

    @Override
    public int prefetchIntoCache(int[] nodes, int count) {
      return prefetch.prefetch(nodes, count);
    }

    @Override
    public int dimension() {
      return dimension;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public FloatVectorValues copy() {
      return new Floats();
    }
  }

  private final class Bytes extends ByteVectorValues implements PrefetchableValues {
    private final byte[] value = new byte[dimension];
    private final Prefetch prefetch = newPrefetch();

    @Override
    public byte[] vectorValue(int node) {
      records.read((long) node * recordBytes, value, 0, dimension);
      return value;
    }

    @Override
    public int prefetchIntoCache(int[] nodes, int count) {
      return prefetch.prefetch(nodes, count);
    }

    @Override
    public int dimension() {
      return dimension;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public ByteVectorValues copy() {
      return new Bytes();
    }
  }
}
