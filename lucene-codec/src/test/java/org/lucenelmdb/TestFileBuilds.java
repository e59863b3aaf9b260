/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.hnsw.HnswGraphProvider;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.KnnByteVectorQuery;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.apache.lucene.util.IOUtils;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.LmdbHnswBuildListener.Phase;
import org.lucenelmdb.VectorIndex.Form;

/** Builds that need more memory than their limit, and use a file instead. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestFileBuilds extends LuceneTestCase {

  /** Enough for a file. */
  private static final int DOCS = 5000;

  private static final int K = 10;
  private static final int QUERIES = 50;
  private static final HardVectors[] KINDS = HardVectors.values();

  private final Set<Phase> phases = EnumSet.noneOf(Phase.class);

  /** Options with a limit of 1 byte, or without one that matters. */
  private LmdbHnswOptions options(boolean isLimited, int bits) {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withCodeBits(bits)
            .withBuildListener(
                progress -> {
                  synchronized (phases) {
                    phases.add(progress.phase());
                  }
                });
    return isLimited ? options.withBuildMemory(1) : options;
  }

  /**
   * @param vectors all vectors by ID, those of deleted documents, too
   */
  private static double recall(
      VectorIndex index, float[][] vectors, float[][] targets, FixedBitSet live)
      throws IOException {
    double sum = 0;
    for (float[] target : targets) {
      ScoreDoc[] hits =
          index.search(
              VectorIndex.FIELD,
              target,
              K,
              new DocFilter(null, DocFilter.By.FILTER),
              LmdbHnswSearchStrategy.DEFAULT);
      float[] scores = new float[vectors.length];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = index.similarity.compare(target, vectors[i]);
      }
      sum += Hits.recall(ids(index, hits), K, scores, live);
    }
    return sum / targets.length;
  }

  private static ScoreDoc[] ids(VectorIndex index, ScoreDoc[] hits) throws IOException {
    ScoreDoc[] ids = new ScoreDoc[hits.length];
    for (int i = 0; i < hits.length; i++) {
      int id =
          index
              .reader
              .storedFields()
              .document(hits[i].doc)
              .getField("id")
              .numericValue()
              .intValue();
      ids[i] = new ScoreDoc(id, hits[i].score);
    }
    return ids;
  }

  /** Merged segments, with deleted documents, recall as much as without a limit. */
  public void testRecall() throws IOException {
    HardVectors kind = KINDS[random().nextInt(KINDS.length)];
    int dimension = 8 + random().nextInt(120);
    int[] allBits = {LmdbHnswOptions.AUTO, 0, 1, 2, 4, 8};
    int bits = allBits[random().nextInt(allBits.length)];
    float[][] all = kind.create(random(), DOCS + QUERIES, dimension);
    float[][] targets = Arrays.copyOf(all, QUERIES);
    float[][] original = Arrays.copyOfRange(all, QUERIES, QUERIES + DOCS);
    FixedBitSet live = new FixedBitSet(DOCS);
    live.set(0, DOCS);
    for (int i = 0; i < DOCS / 10; i++) {
      live.clear(random().nextInt(DOCS));
    }
    double[] recalls = new double[2];
    for (boolean isLimited : new boolean[] {false, true}) {
      float[][] vectors = original.clone();
      phases.clear();
      try (VectorIndex index =
          new VectorIndex(newDirectory(), vectors, VectorSimilarityFunction.EUCLIDEAN)) {
        LmdbHnswOptions options = options(isLimited, bits);
        index.add(VectorIndex.config(options), 3);
        index.delete(VectorIndex.config(options), i -> live.get(i) == false);
        index.merge(VectorIndex.config(options), 1);
        assertEquals(isLimited, phases.contains(Phase.ORDERING));
        recalls[isLimited ? 1 : 0] = recall(index, original, targets, live);
        checkGraph((CodecReader) index.reader.leaves().get(0).reader());
        for (String file : index.directory.listAll()) {
          assertFalse(file, file.endsWith(".tmp"));
        }
      }
    }
    assertEquals(kind + " " + bits + " " + Arrays.toString(recalls), recalls[0], recalls[1], 0.05);
  }

  /** Every node is on level 0, has valid neighbors, and is reached from the entry node. */
  private static void checkGraph(CodecReader reader) throws IOException {
    KnnVectorsReader vectors =
        ((PerFieldKnnVectorsFormat.FieldsReader) reader.getVectorReader())
            .getFieldReader(VectorIndex.FIELD);
    HnswGraph graph = ((HnswGraphProvider) vectors).getGraph(VectorIndex.FIELD);
    KnnVectorValues values = reader.getFloatVectorValues(VectorIndex.FIELD);
    assertEquals(values.size(), graph.size());
    FixedBitSet reached = new FixedBitSet(graph.size());
    int[] queue = new int[graph.size()];
    int tail = 0;
    queue[tail++] = graph.entryNode();
    reached.set(graph.entryNode());
    for (int head = 0; head < tail; head++) {
      graph.seek(0, queue[head]);
      int next;
      while ((next = graph.nextNeighbor()) != DocIdSetIterator.NO_MORE_DOCS) {
        assertNotEquals(queue[head], next);
        if (reached.getAndSet(next) == false) {
          queue[tail++] = next;
        }
      }
    }
    assertEquals(graph.size(), tail);
  }

  /** Bytes, metrics that Lucene lacks, and documents without a vector. */
  public void testBytes() throws IOException {
    int dimension = 1 + random().nextInt(40);
    byte[][] vectors = new byte[DOCS + 500][];
    for (int i = 0; i < vectors.length; i++) {
      if (i % 11 != 0) {
        vectors[i] = new byte[dimension];
        random().nextBytes(vectors[i]);
      }
    }
    FieldType type =
        random().nextBoolean()
            ? LmdbHnswFieldTypes.byteHamming(dimension)
            : LmdbHnswFieldTypes.byteManhattan(dimension);
    int[] found = new int[2];
    int[] docs = new int[100];
    for (int i = 0; i < docs.length; i++) {
      docs[i] = 1 + 11 * random().nextInt(vectors.length / 11); // has a vector
    }
    for (boolean isLimited : new boolean[] {false, true}) {
      phases.clear();
      try (VectorIndex index = new VectorIndex(newDirectory(), vectors.clone(), null, type)) {
        index.add(Form.MERGED, options(isLimited, LmdbHnswOptions.AUTO));
        assertEquals(isLimited, phases.contains(Phase.ORDERING));
        assertEquals(1, index.reader.leaves().size());
        for (int doc : docs) {
          KnnByteVectorQuery query = new KnnByteVectorQuery(VectorIndex.FIELD, vectors[doc], 1);
          ScoreDoc[] hits = index.searcher().search(query, 1).scoreDocs;
          float[] scores = Hits.scores(index.reader.leaves().get(0).reader(), vectors[doc]);
          assertEquals(scores[hits[0].doc], hits[0].score, 0);
          found[isLimited ? 1 : 0] += hits[0].score == scores[doc] ? 1 : 0;
        }
      }
    }
    assertTrue(Arrays.toString(found), found[1] >= found[0] - 10);
  }

  /** An exception at any point of the build leaves no file, and the next merge succeeds. */
  public void testFailure() throws IOException {
    float[][] vectors = HardVectors.SUBSPACE.create(random(), DOCS, 16);
    for (Phase phase : new Phase[] {Phase.ORDERING, Phase.QUANTIZING, Phase.INSERTING}) {
      try (Directory directory = newDirectory();
          VectorIndex index =
              new VectorIndex(directory, vectors, VectorSimilarityFunction.EUCLIDEAN)) {
        index.add(VectorIndex.config(options(true, 2)), 2);
        LmdbHnswOptions failing =
            options(true, 2)
                .withBuildListener(
                    progress -> {
                      if (progress.phase() == phase && progress.done() == progress.total()) {
                        throw new IllegalStateException("at the end of " + phase);
                      }
                    });
        IndexWriter writer =
            new IndexWriter(
                directory,
                VectorIndex.config(failing).setMergeScheduler(new SerialMergeScheduler()));
        try {
          expectThrows(Exception.class, () -> writer.forceMerge(1));
        } finally {
          IOUtils.closeWhileHandlingException(writer::rollback);
        }
        for (String file : directory.listAll()) {
          assertFalse(file, file.endsWith(".tmp"));
        }
        index.merge(VectorIndex.config(options(true, 2)), 1);
        assertEquals(1, index.reader.leaves().size());
      }
    }
  }
}
