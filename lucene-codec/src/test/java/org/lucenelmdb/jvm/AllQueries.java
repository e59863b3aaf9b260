/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jvm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntPredicate;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.IntPoint;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnCollector;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.PatienceKnnVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.SeededKnnVectorQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.join.BitSetProducer;
import org.apache.lucene.search.join.DiversifyingChildrenFloatKnnVectorQuery;
import org.apache.lucene.search.join.QueryBitSetProducer;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswSearchListener;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.SimilarityQueries;

/**
 * A program that runs each kind of vector query, with a timeout and without, and prints what was
 * found, and whether the searches were quantized. It needs no test library.
 */
final class AllQueries {

  private static final String FIELD = "vector";
  private static final int PARENTS = 1500;
  private static final int DIMENSION = 16;
  private static final int K = 10;
  private static final int ABOVE = 40; // the threshold
  private static final int TARGETS = 20;

  private static final Random RANDOM = new Random(42);

  private final List<LmdbHnswSearchListener.Search> searches = new ArrayList<>();
  private final Map<Integer, float[]> vectors = new LinkedHashMap<>(); // by document
  private final Map<Integer, Integer> parents = new HashMap<>(); // by document

  private AllQueries() {}

  /** Takes a directory, and the bits of codes. */
  public static void main(String[] arguments) throws Exception {
    Module lucene = KnnCollector.class.getModule();
    boolean isOpen = lucene.isOpen("org.apache.lucene.search", AllQueries.class.getModule());
    System.out.println("LUCENE " + lucene.getName() + (isOpen ? " open" : " closed"));
    try (Directory directory = new MMapDirectory(Path.of(arguments[0]))) {
      AllQueries all = new AllQueries();
      all.write(directory, Integer.parseInt(arguments[1]));
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        all.search(reader, false);
        all.search(reader, true);
      }
    }
  }

  private static float[] vector(float[] near) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = near == null ? (float) RANDOM.nextGaussian() : near[i];
      vector[i] += 0.2f * (float) RANDOM.nextGaussian();
    }
    return vector;
  }

  /** Writes blocks of a few similar children and their parent. */
  private void write(Directory directory, int codeBits) throws Exception {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0).withCodeBits(codeBits);
    IndexWriterConfig config = new IndexWriterConfig().setCodec(new LmdbHnswCodec(options));
    int doc = 0;
    try (IndexWriter writer = new IndexWriter(directory, config)) {
      for (int parent = 0; parent < PARENTS; parent++) {
        List<Document> block = new ArrayList<>();
        float[] first = null;
        for (int i = 1 + RANDOM.nextInt(4); i > 0; i--) {
          first = vector(first);
          vectors.put(doc, first);
          parents.put(doc, parent);
          Document child = new Document();
          child.add(new KnnFloatVectorField(FIELD, first, VectorSimilarityFunction.EUCLIDEAN));
          child.add(new IntPoint("doc", doc++));
          block.add(child);
        }
        Document last = new Document();
        last.add(new StringField("type", "parent", Field.Store.NO));
        block.add(last);
        doc++;
        writer.addDocuments(block);
      }
    }
  }

  private void search(DirectoryReader reader, boolean hasTimeout) throws Exception {
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    searcher.setTimeout(hasTimeout ? () -> false : null);
    LmdbHnswSearchStrategy adaptive = LmdbHnswSearchStrategy.DEFAULT.withListener(searches::add);
    LmdbHnswSearchStrategy fixed =
        LmdbHnswSearchStrategy.DEFAULT.withOversampling(3).withListener(searches::add);
    BitSetProducer isParent = new QueryBitSetProducer(new TermQuery(new Term("type", "parent")));
    Query filter = IntPoint.newRangeQuery("doc", 0, PARENTS);
    IntPredicate passes = doc -> doc <= PARENTS;
    IntPredicate all = doc -> true;
    Map<String, Figures> figures = new LinkedHashMap<>();
    for (int i = 0; i < TARGETS; i++) {
      float[] target = vector(null);
      List<Integer> nearest = nearest(target, all);
      for (LmdbHnswSearchStrategy how : List.of(adaptive, fixed)) {
        String name = how == adaptive ? "" : "Fixed";
        KnnFloatVectorQuery top = new KnnFloatVectorQuery(FIELD, target, K, null, how);
        Query filtered = new KnnFloatVectorQuery(FIELD, target, K, filter, how);
        Query seed = IntPoint.newExactQuery("doc", nearest.get(5));
        Query join =
            new DiversifyingChildrenFloatKnnVectorQuery(FIELD, target, null, K, isParent, how);
        Query joinFiltered =
            new DiversifyingChildrenFloatKnnVectorQuery(FIELD, target, filter, K, isParent, how);
        List<Integer> passing = nearest(target, passes);
        run(figures, "topK" + name, searcher, top, nearest.subList(0, K));
        run(figures, "filtered" + name, searcher, filtered, passing.subList(0, K));
        Query seeded = SeededKnnVectorQuery.fromFloatQuery(top, seed);
        run(figures, "seeded" + name, searcher, seeded, nearest.subList(0, K));
        run(figures, "join" + name, searcher, join, children(nearest));
        run(figures, "joinFiltered" + name, searcher, joinFiltered, children(passing));
        Query patient = PatienceKnnVectorQuery.fromFloatQuery(top);
        run(figures, "patience" + name, searcher, patient, nearest.subList(0, K));
      }
      float threshold = score(target, nearest.get(ABOVE - 1));
      Query similar = SimilarityQueries.floats(FIELD, target, threshold, null, adaptive);
      run(figures, "similarity", searcher, similar, nearest.subList(0, ABOVE));
    }
    for (Map.Entry<String, Figures> entry : figures.entrySet()) {
      Figures of = entry.getValue();
      System.out.printf(
          Locale.ROOT,
          "QUERY %s %s %d %d %d %.3f%n",
          entry.getKey(),
          hasTimeout ? "timeout" : "none",
          of.quantized,
          of.searches,
          of.missing,
          of.recall / TARGETS);
    }
  }

  /** Sums over the targets. */
  private static final class Figures {
    int searches;
    int quantized;
    int missing; // hits that a query should have had
    double recall;
  }

  private void run(
      Map<String, Figures> figures,
      String name,
      IndexSearcher searcher,
      Query query,
      List<Integer> truth)
      throws Exception {
    Figures of = figures.computeIfAbsent(name, any -> new Figures());
    searches.clear();
    ScoreDoc[] hits = searcher.search(query, Math.max(K, truth.size())).scoreDocs;
    of.searches += searches.size();
    of.quantized += (int) searches.stream().filter(search -> search.quantized()).count();
    of.missing += truth.size() - hits.length;
    Set<Integer> found = new HashSet<>(truth);
    int before = found.size();
    for (ScoreDoc hit : hits) {
      found.remove(hit.doc);
    }
    of.recall += (before - found.size()) / (double) before;
  }

  private float score(float[] target, int doc) {
    return VectorSimilarityFunction.EUCLIDEAN.compare(target, vectors.get(doc));
  }

  private List<Integer> nearest(float[] target, IntPredicate passes) {
    Map<Integer, Float> scores = new HashMap<>();
    vectors.keySet().forEach(doc -> scores.put(doc, score(target, doc)));
    return vectors.keySet().stream()
        .filter(passes::test)
        .sorted((a, b) -> Float.compare(scores.get(b), scores.get(a)))
        .toList();
  }

  /** The best children of the best parents. */
  private List<Integer> children(List<Integer> nearest) {
    Set<Integer> seen = new HashSet<>();
    return nearest.stream().filter(doc -> seen.add(parents.get(doc))).limit(K).toList();
  }
}
