/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.build;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.VectorEncoding;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.util.VectorUtil;
import org.lucenelmdb.NativeThreads;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.codes.CodeTrainer;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.vectors.GrowingByteVectorValues;
import org.lucenelmdb.internal.vectors.GrowingFloatVectorValues;
import org.lucenelmdb.internal.vectors.VectorMetric;

/** Graphs that grow while vectors are added. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestGrowingGraph extends LuceneTestCase {

  private static final int MAX_CONN = 12;
  private static final GraphParameters OPTIONS = new GraphParameters(MAX_CONN, 60, 1, 0);
  private static final int DIMENSION = 12;

  private static List<float[]> vectors(int size, boolean hasDuplicates) {
    List<float[]> vectors = Graphs.vectors(random(), size, DIMENSION, 1 + random().nextInt(4), 1);
    for (int i = 0; hasDuplicates && i < size; i++) {
      if (random().nextInt(4) == 0) {
        vectors.set(i, vectors.get(random().nextInt(size)).clone());
      }
    }
    return vectors;
  }

  /** Adds vectors, and grows the graph by one or several at a time. */
  private static GrowingGraph grow(
      KnnVectorValues vectors, VectorMetric metric, int bits, int heldOut) throws IOException {
    boolean isFloat = vectors.getEncoding() == VectorEncoding.FLOAT32;
    GrowingFloatVectorValues floats =
        new GrowingFloatVectorValues(DIMENSION, metric.isOfAngles(vectors.getEncoding()));
    GrowingByteVectorValues bytes = new GrowingByteVectorValues(DIMENSION);
    VectorMetric ofUnit = metric.ofUnitVectors(vectors.getEncoding());
    GrowingGraph graph =
        new GrowingGraph(
            OPTIONS,
            isFloat ? floats : bytes,
            ofUnit,
            values ->
                bits == 0
                    ? null
                    : CodeTrainer.train(
                        values, ofUnit, bits, CodeCosts.ofMany(values), Graphs.oneThread()),
            size -> heldOut,
            600);
    for (int i = 0; i < vectors.size(); i++) {
      if (isFloat) {
        floats.add(((FloatVectorValues) vectors).vectorValue(i));
      } else {
        bytes.add(((ByteVectorValues) vectors).vectorValue(i));
      }
      if (i % 2 == 0 || random().nextBoolean()) {
        graph.grow();
      }
    }
    graph.grow();
    return graph;
  }

  private void check(
      List<float[]> vectors, VectorMetric metric, VectorEncoding encoding, int bits, int[] ordinals)
      throws IOException {
    List<float[]> sorted = new ArrayList<>(vectors);
    for (int i = 0; ordinals != null && i < ordinals.length; i++) {
      sorted.set(ordinals[i], vectors.get(i));
    }
    KnnVectorValues values = Graphs.values(sorted, metric, encoding);
    int size = values.size();
    int heldOut = random().nextInt(30);
    String message = size + " " + metric + " " + encoding + ", " + bits + " bits, sorted ";
    message += (ordinals != null) + ", held out " + heldOut;
    MemoryBudget budget = new MemoryBudget(1);
    try (GrowingGraph growing =
            grow(Graphs.values(vectors, metric, encoding), metric, bits, heldOut);
        BuildMemory memory = budget.take(1 << 30, () -> {})) {
      SourceGraph source = growing.source(ordinals);
      assertEquals(size < 512, source == null);
      assertEquals(size < 512, growing.memoryBytes() == 0);
      CodeModel model =
          random().nextBoolean() || bits == 0
              ? null
              : CodeTrainer.train(values, metric, bits, CodeCosts.of(values), Graphs.oneThread());
      BuiltCodes codes =
          model == null ? null : BuiltCodes.build(values, model, memory, Graphs.oneThread());
      int wanted = random().nextBoolean() ? 0 : heldOut;
      BuiltGraph built =
          new GraphBuilder(
                  OPTIONS, NodeVectors.of(values), metric, codes, memory, Graphs.oneThread())
              .build(source, wanted);
      HeapGraph graph = HeapGraph.copy(built).check(message, size, MAX_CONN);
      Holdout holdout = built.holdout();
      assertTrue(holdout.size() <= wanted);
      for (int[] before : holdout.links().values()) {
        assertTrue(IntStream.of(before).noneMatch(holdout::contains));
      }
      HeapGraph fromScratch = Graphs.build(OPTIONS, values, metric, 0, null, Graphs.oneThread());
      int[] queries = random().ints(60, 0, size).toArray();
      double recall = Graphs.recall(queries, graph, values, metric, 40);
      double expected = Graphs.recall(queries, fromScratch, values, metric, 40);
      assertTrue(message + ": " + recall + " after " + expected, recall > expected - 0.05);
    }
    assertEquals(0, budget.used());
  }

  public void testAnyVectors() throws IOException {
    VectorMetric[] metrics = VectorMetric.values();
    for (int round = 0; round < 6; round++) {
      VectorMetric metric = metrics[random().nextInt(metrics.length)];
      VectorEncoding encoding =
          metric == VectorMetric.HAMMING || random().nextInt(3) == 0
              ? VectorEncoding.BYTE
              : VectorEncoding.FLOAT32;
      int bits = metric == VectorMetric.HAMMING ? 0 : new int[] {0, 1, 2, 8}[random().nextInt(4)];
      List<float[]> vectors =
          vectors(TestUtil.nextInt(random(), 500, 2500), random().nextBoolean());
      check(vectors, metric, encoding, bits, null);
    }
  }

  /** Documents are sorted when the segment is written. */
  public void testSorted() throws IOException {
    for (int round = 0; round < 4; round++) {
      int size = TestUtil.nextInt(random(), 600, 2000);
      List<Integer> shuffled = new ArrayList<>(IntStream.range(0, size).boxed().toList());
      Collections.shuffle(shuffled, random());
      int[] ordinals = shuffled.stream().mapToInt(Integer::intValue).toArray();
      List<float[]> vectors = vectors(size, random().nextBoolean());
      int bits = random().nextBoolean() ? 0 : 4;
      check(vectors, VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, bits, ordinals);
    }
  }

  public void testFewVectors() throws IOException {
    for (int size : new int[] {1, 2, 511, 512, 513}) {
      List<float[]> vectors = vectors(size, false);
      check(vectors, VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 0, null);
    }
  }

  public void testEqualVectors() throws IOException {
    List<float[]> vectors = Collections.nCopies(1500, vectors(1, false).get(0));
    check(vectors, VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32, 4, null);
  }

  /** Vectors whose squared components underflow or overflow. */
  public void testShortAndLongVectors() throws IOException {
    List<float[]> vectors = vectors(700, false);
    List<float[]> scaled = new ArrayList<>();
    for (float[] vector : vectors) {
      float scale = new float[] {1e-30f, 1, 1e30f}[random().nextInt(3)];
      float[] other = vector.clone();
      for (int i = 0; i < other.length; i++) {
        other[i] *= scale;
      }
      scaled.add(other);
    }
    GrowingFloatVectorValues values = new GrowingFloatVectorValues(DIMENSION, true);
    scaled.forEach(values::add);
    values.add(new float[DIMENSION]);
    for (int i = 0; i < vectors.size(); i++) {
      float[] expected = VectorUtil.l2normalize(vectors.get(i).clone());
      assertArrayEquals(expected, values.vectorValue(i), 1e-5f);
    }
    assertArrayEquals(new float[DIMENSION], values.vectorValue(vectors.size()), 0);
  }

  /** All nodes are equally likely to be held out. */
  public void testHeldOutEvenly() throws IOException {
    int size = 4000;
    int[] parts = new int[4];
    for (int round = 0; round < 3; round++) {
      List<float[]> vectors = Graphs.vectors(random(), size, DIMENSION, 1, 1);
      KnnVectorValues values =
          Graphs.values(vectors, VectorMetric.EUCLIDEAN, VectorEncoding.FLOAT32);
      try (GrowingGraph growing = grow(values, VectorMetric.EUCLIDEAN, 0, 100)) {
        int[] heldOut = ((GrownGraph) growing.source(null)).heldOutOrdinals();
        assertTrue("" + heldOut.length, heldOut.length > 80 && heldOut.length <= 100);
        for (int node : heldOut) {
          parts[node * parts.length / size]++;
        }
      }
    }
    for (int part : parts) {
      assertTrue(
          "" + part, part > 40 && part < 110); // 75 on average, with a margin of four deviations
    }
  }

  /** If training codes fails, all memory is released when the graph is closed. */
  public void testFailure() throws IOException {
    GrowingFloatVectorValues values = new GrowingFloatVectorValues(DIMENSION, false);
    GrowingGraph graph =
        new GrowingGraph(
            OPTIONS,
            values,
            VectorMetric.EUCLIDEAN,
            some -> {
              throw new IOException("cannot be trained");
            },
            size -> 0,
            700);
    for (float[] vector : vectors(699, false)) {
      values.add(vector);
    }
    graph.grow();
    assertTrue(graph.memoryBytes() > 0);
    values.add(vectors(1, false).get(0));
    IOException e = expectThrows(IOException.class, graph::grow);
    assertEquals("cannot be trained", e.getMessage());
    graph.close();
    graph.close();
    assertEquals(0, graph.memoryBytes());
    assertNull(graph.source(null));
  }
}
