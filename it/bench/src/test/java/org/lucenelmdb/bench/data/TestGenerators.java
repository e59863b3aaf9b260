/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Generated vectors. */
public class TestGenerators extends LuceneTestCase {

  private static float[] read(VectorSource source, int index) throws IOException {
    float[] vector = new float[source.dimension()];
    source.read(index, vector);
    return vector;
  }

  private static void assertSameWhateverTheOrder(VectorSource a, VectorSource b)
      throws IOException {
    for (int i = 0; i < a.count(); i++) {
      int index = random().nextInt(a.count());
      float[] expected = read(a, index);
      read(b, random().nextInt(b.count()));
      assertArrayEquals(expected, read(b, index), 0);
    }
  }

  public void testClustered() throws IOException {
    ClusteredVectors vectors = new ClusteredVectors(50, 7, 42);
    assertEquals(50, vectors.count());
    assertEquals(7, vectors.dimension());
    assertEquals("50 clustered vectors of 7 dimensions, seed 42", vectors.name());
    assertSameWhateverTheOrder(vectors, new ClusteredVectors(50, 7, 42));
    ClusteredVectors others = new ClusteredVectors(50, 7, 43);
    assertFalse(Arrays.equals(read(vectors, 3), read(others, 3)));
    assertFalse(Arrays.equals(read(vectors, 3), read(vectors, 4)));
    expectThrows(IndexOutOfBoundsException.class, () -> read(vectors, 50));
    expectThrows(IllegalArgumentException.class, () -> new ClusteredVectors(0, 7, 42));
    expectThrows(IllegalArgumentException.class, () -> new ClusteredVectors(1, 0, 42));
    expectThrows(
        IllegalArgumentException.class,
        () -> new ClusteredVectors(1, VectorFile.MAX_DIMENSION + 1, 42));
  }

  public void testMixedAreDeterministic() throws IOException {
    VectorSource real = new ClusteredVectors(300, 9, random().nextLong());
    long seed = random().nextLong();
    MixedVectors mixed = new MixedVectors(real, 1_000, seed);
    assertEquals(1_000, mixed.count());
    assertEquals(9, mixed.dimension());
    for (int i = 0; i < real.count(); i++) {
      assertArrayEquals(read(real, i), read(mixed, i), 0);
      assertEquals(i, mixed.origin(i));
    }
    assertSameWhateverTheOrder(mixed, new MixedVectors(real, 1_000, seed));
    // the total number does not change any vector
    assertSameWhateverTheOrder(mixed, new MixedVectors(real, 1_000, seed));
    assertArrayEquals(read(mixed, 500), read(new MixedVectors(real, 501, seed), 500), 0);
    assertFalse(
        Arrays.equals(read(mixed, 500), read(new MixedVectors(real, 1_000, seed + 1), 500)));
  }

  public void testMillionsOfMixedVectors() throws IOException {
    VectorSource real = new ClusteredVectors(100, 5, random().nextLong());
    int count = 4_000_000 + random().nextInt(1 << 30);
    MixedVectors mixed = new MixedVectors(real, count, random().nextLong());
    assertEquals(count, mixed.count());
    assertTrue(mixed.origin(count - 1) < 100);
    assertFalse(Arrays.equals(read(mixed, count - 1), read(mixed, count - 2)));
    expectThrows(IndexOutOfBoundsException.class, () -> read(mixed, count));
  }

  public void testMixedAreNearTheirOriginButNoCopies() throws IOException {
    VectorSource real = new ClusteredVectors(2_000, 24, random().nextLong());
    MixedVectors mixed = new MixedVectors(real, 2_300, random().nextLong());
    int near = 0;
    for (int i = 2_000; i < 2_300; i++) {
      float[] made = read(mixed, i);
      float toOrigin = Metric.EUCLIDEAN.score(made, read(real, mixed.origin(i)));
      int nearer = 0;
      for (int j = 0; j < real.count(); j++) {
        nearer += Metric.EUCLIDEAN.score(made, read(real, j)) > toOrigin ? 1 : 0;
      }
      near += nearer < real.count() / 10 ? 1 : 0;
      assertTrue(toOrigin < 0);
    }
    assertTrue(near + " of 300", near > 240);
  }

  public void testMixedHaveTheLengthsOfRealOnes() throws IOException {
    VectorSource real = new ClusteredVectors(500, 16, random().nextLong());
    MixedVectors mixed = new MixedVectors(real, 1_000, random().nextLong());
    double[] lengths = new double[1_000];
    for (int i = 0; i < lengths.length; i++) {
      float[] vector = read(mixed, i);
      lengths[i] = Math.sqrt(Metric.DOT.score(vector, vector));
    }
    double shortest = IntStream.range(0, 500).mapToDouble(i -> lengths[i]).min().orElseThrow();
    double longest = IntStream.range(0, 500).mapToDouble(i -> lengths[i]).max().orElseThrow();
    for (int i = 500; i < 1_000; i++) {
      assertTrue(lengths[i] >= shortest * 0.9999 && lengths[i] <= longest * 1.0001);
    }
  }

  public void testMixedFromFewOrLikeOnes() throws IOException {
    float[][] like = {{1, 2}, {1, 2}, {1, 2}};
    MixedVectors same = new MixedVectors(new ArraySource(like), 20, 1);
    assertArrayEquals(like[0], read(same, 19), 1e-6f);
    MixedVectors zeros = new MixedVectors(new ArraySource(new float[2][3]), 20, 1);
    assertArrayEquals(new float[3], read(zeros, 19), 0);
    float[][] huge = {{Float.MAX_VALUE, 0}, {-Float.MAX_VALUE, 0}};
    read(new MixedVectors(new ArraySource(huge), 20, 1), 19); // terminates
    VectorSource one = new ArraySource(new float[1][3]);
    expectThrows(IllegalArgumentException.class, () -> new MixedVectors(one, 20, 1));
    VectorSource two = new ArraySource(new float[2][3]);
    expectThrows(IllegalArgumentException.class, () -> new MixedVectors(two, 1, 1));
  }
}
