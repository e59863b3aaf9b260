/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.lucenelmdb.bench.result.FilterInfo;

/** The prepared directory. */
public class TestDataset extends DatasetTestCase {

  public void testAllOfIt() throws Exception {
    metric = RandomPicks.randomFrom(random(), Metric.values());
    k = 1 + random().nextInt(20);
    seed = random().nextLong();
    maxBase = 100 + random().nextInt(1_000);
    selectivities = List.of(0.5, 0.125, 0.5);
    setAttributes();
    Dataset dataset = prepare();

    Split split = Split.of(COUNT, queries, maxBase, seed);
    float[][] base = prepared(split.base());
    assertArrayEquals(base, readBase(dataset));
    assertArrayEquals(prepared(split.queries()), dataset.queries());
    assertEquals(base.length, dataset.count());
    assertEquals(DIMENSION, dataset.dimension());
    assertEquals(k, dataset.k());
    assertEquals(metric, dataset.metric());
    assertEquals(seed, dataset.seed());
    assertEquals(vectors.name(), dataset.name());
    assertEquals(directory, dataset.directory());
    assertEquals(List.of(), dataset.warnings());
    for (int q = 0; q < queries; q++) {
      assertArrayEquals(nearest(base, dataset.queries()[q], null), dataset.truth()[q]);
    }
    assertEquals(2 + 2 * 5, byName(dataset).size());
    for (Filter filter : dataset.filters()) {
      assertEquals(filter.info().accepted(), filter.accepted().cardinality());
      assertEquals(base.length, filter.accepted().length());
      assertEquals((double) filter.info().accepted() / base.length, filter.info().selectivity(), 0);
      assertEquals(10, filter.queries().length);
      assertEquals(10, filter.info().queries());
      for (int i = 0; i < filter.queries().length; i++) {
        float[] query = dataset.queries()[filter.queries()[i]];
        assertArrayEquals(nearest(base, query, filter.accepted()), filter.truth()[i]);
      }
    }
    Filter early = byName(dataset).get("time=early near");
    for (int ordinal = 0; ordinal < base.length; ordinal++) {
      assertEquals(split.base()[ordinal] < COUNT / 5, early.accepted().get(ordinal));
    }
    assertEquals("time", early.info().attribute());
    assertEquals("early", early.info().value());
    assertEquals("near", early.info().relation());
    assertEquals(early.accepted(), byName(dataset).get("time=early far").accepted());

    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.write(Files.readAllBytes(directory.resolve("base.fvecs")));
    content.write(Files.readAllBytes(directory.resolve("queries.fvecs")));
    assertEquals(HexFormat.of().formatHex(digest.digest(content.toByteArray())), dataset.hash());
  }

  /** External programs rely on it. */
  public void testDescription() throws IOException {
    selectivities = List.of(0.1);
    prepare();
    JsonNode json =
        new JsonMapper().readTree(Files.readAllBytes(directory.resolve("dataset.json")));
    assertEquals(2, json.get("schema").intValue());
    assertEquals("cosine", json.get("metric").textValue());
    assertEquals(10, json.get("k").intValue());
    assertEquals(64, json.get("hash").textValue().length());
    assertEquals(DIMENSION, json.get("dimension").intValue());
    assertEquals(COUNT - 30, json.get("base").intValue());
    assertEquals(30, json.get("queries").intValue());
    assertEquals(7, json.get("seed").intValue());
    assertEquals(0, json.get("warnings").size());
    assertEquals("random 10%", json.get("filters").get(0).get("name").textValue());
    assertEquals(67, json.get("filters").get(0).get("accepted").intValue());
    assertTrue(Files.exists(directory.resolve("filters").resolve("0.accepted.ivecs")));
    assertTrue(Files.exists(directory.resolve("filters").resolve("0.queries.ivecs")));
    assertTrue(Files.exists(directory.resolve("filters").resolve("0.truth.ivecs")));
  }

  /** A build gets the contents of documents, and nothing that only takes memory. */
  public void testOpenToBuild() throws IOException {
    selectivities = List.of(0.3);
    Dataset prepared = prepare();
    Dataset dataset = Dataset.openToBuild(directory);
    assertEquals(prepared.count(), dataset.count());
    assertEquals(prepared.filters().get(0).accepted(), dataset.filters().get(0).accepted());
    assertEquals(0, dataset.queries().length);
    assertEquals(0, dataset.truth().length);
    assertEquals(0, dataset.filters().get(0).truth().length);
  }

  public void testSelectivitiesAtTheLimits() throws IOException {
    selectivities = List.of(0.0, 1.0, 1e-9, 0.001);
    Map<String, Filter> filters = byName(prepare());
    assertEquals(4, filters.size());
    Filter none = filters.get("random 0%");
    assertEquals(0, none.info().accepted());
    assertEquals(10, none.truth().length);
    assertEquals(0, none.truth()[0].length);
    Filter all = filters.get("random 100%");
    assertEquals(COUNT - 30, all.info().accepted());
    assertEquals(1, all.info().selectivity(), 0);
    Dataset dataset = Dataset.open(directory);
    assertArrayEquals(dataset.truth()[all.queries()[3]], all.truth()[3]);
    assertEquals(1, filters.get("random 0.0000001%").info().accepted());
    assertEquals(1, filters.get("random 0.1%").truth()[0].length);
  }

  public void testRandomFilter() throws IOException {
    selectivities = List.of(0.3);
    Filter filter = prepare().filters().get(0);
    FilterInfo info = filter.info();
    assertEquals(new FilterInfo("random 30%", "random", "30%", "random", 0.3, 201, 10), info);
    assertArrayEquals(new int[] {0, 3, 6, 9, 12, 15, 18, 21, 24, 27}, filter.queries());
    seed = 8;
    assertNotEquals(filter.accepted(), prepare().filters().get(0).accepted());
  }

  public void testNearAndFar() throws IOException {
    // two bundles, one around each axis, and an attribute that names the bundle
    float[][] bundles = new float[COUNT][DIMENSION];
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      for (int j = 0; j < DIMENSION; j++) {
        bundles[i][j] = 0.1f * (float) random().nextGaussian();
      }
      bundles[i][i % 5 == 0 ? 0 : 1] += 1;
      lines.add(i % 5 == 0 ? "first" : "second");
    }
    vectors = new ArraySource(bundles);
    attributes = Attributes.read(Files.write(createTempDir().resolve("a.tsv"), lines), COUNT);
    filterValues = 2;
    metric = RandomPicks.randomFrom(random(), Metric.values());
    queries = 100;
    filterQueries = 14;
    Dataset dataset = prepare();
    Map<String, Filter> filters = byName(dataset);
    assertEquals(4, filters.size());
    for (int q : filters.get("column1=first near").queries()) {
      assertTrue(dataset.queries()[q][0] > 0.5f);
    }
    for (int q : filters.get("column1=first far").queries()) {
      assertTrue(dataset.queries()[q][0] < 0.5f);
    }
    filterQueries = 1_000;
    filters = byName(prepare());
    assertEquals(50, filters.get("column1=first near").queries().length);
    int[] both =
        IntStream.concat(
                IntStream.of(filters.get("column1=first near").queries()),
                IntStream.of(filters.get("column1=first far").queries()))
            .sorted()
            .toArray();
    assertArrayEquals(IntStream.range(0, 100).toArray(), both);
  }

  public void testFewest() throws IOException {
    vectors = new ArraySource(new float[][] {{1, 2}, {3, 4}});
    metric = Metric.EUCLIDEAN;
    queries = 1;
    k = 1;
    selectivities = List.of(0.5);
    Dataset dataset = prepare();
    assertArrayEquals(new int[][] {{0}}, dataset.truth());
    assertArrayEquals(new int[][] {{0}}, dataset.filters().get(0).truth());
    assertEquals(List.of(), dataset.warnings());
  }

  public void testNoFilters() throws IOException {
    selectivities = List.of(0.5);
    setAttributes();
    filterQueries = 0;
    assertEquals(List.of(), prepare().filters());
    filterQueries = 5;
    filterValues = 0;
    assertEquals(1, prepare().filters().size());
  }

  public void testCacheIsUsedAndRepaired() throws IOException {
    selectivities = List.of(0.5);
    Dataset first = prepare();
    Path file;
    try (Stream<Path> files = Files.list(cache)) {
      file =
          files
              .filter(f -> f.getFileName().toString().startsWith("truth-"))
              .collect(Collectors.collectingAndThen(Collectors.toList(), found -> found.get(0)));
    }
    byte[] good = Files.readAllBytes(file);
    directory = createTempDir();
    assertArrayEquals(first.truth(), prepare().truth());

    // the content of the cache is trusted
    String key = new String(good, 0, 64, StandardCharsets.US_ASCII);
    Truth truth = new TruthCache(cache).load(key).orElseThrow();
    truth.nearest()[0][0] = truth.nearest()[0][1];
    new TruthCache(cache).store(key, truth);
    assertEquals(first.truth()[0][1], prepare().truth()[0][0]);

    Files.write(file, Arrays.copyOf(good, good.length / 2));
    assertArrayEquals(first.truth(), prepare().truth());
    assertArrayEquals(good, Files.readAllBytes(file));
  }

  public void testQueriesApart() throws IOException {
    int dimension = vectors.dimension();
    querySource = new ClusteredVectors(2 * queries, dimension, random().nextLong());
    float[][] all = new float[2 * queries][dimension];
    for (int i = 0; i < all.length; i++) {
      querySource.read(i, all[i]);
      metric.prepare(all[i], "queries", i);
    }
    Dataset dataset = prepare();
    assertEquals(Math.min(maxBase, COUNT), dataset.count());
    float[][] base = readBase(dataset);
    for (int q = 0; q < queries; q++) {
      assertArrayEquals(all[2 * q], dataset.queries()[q], 0);
      int best = dataset.truth()[q][0];
      for (float[] vector : base) {
        assertTrue(
            metric.score(all[2 * q], vector) <= metric.score(all[2 * q], base[best]) + 1e-5f);
      }
    }

    querySource = new ClusteredVectors(queries, dimension + 1, 1);
    BadDataException e = expectThrows(BadDataException.class, this::prepare);
    assertTrue(e.getMessage(), e.getMessage().contains("expected dimension " + dimension));
  }

  public void testBadVectors() throws IOException {
    vectors = new ArraySource(new float[][] {{1, 2}, {3, 4}, {0, 0}});
    queries = 3;
    BadDataException e = expectThrows(BadDataException.class, this::prepare);
    assertEquals("array: expected more than the 3 vectors for queries, found 3", e.getMessage());
    queries = 1;
    e = expectThrows(BadDataException.class, this::prepare);
    assertEquals(
        "array: expected a direction of vector 2, found zeros (metric cosine)", e.getMessage());
    // and no directory is left that looks like a data set
    expectThrows(BadDataException.class, () -> Dataset.open(directory));
    Path lines = Files.write(createTempDir().resolve("a.tsv"), List.of("a", "b"));
    attributes = Attributes.read(lines, 2);
    e = expectThrows(BadDataException.class, this::prepare);
    assertEquals("array: expected attributes of 3 vectors, found those of 2", e.getMessage());
  }

  public void testFailureLeavesNoOldDataset() throws IOException {
    prepare();
    vectors = new ArraySource(new float[][] {{1, 2}, {3, 4}, {0, 0}});
    queries = 1;
    expectThrows(BadDataException.class, this::prepare);
    BadDataException e = expectThrows(BadDataException.class, () -> Dataset.open(directory));
    assertTrue(e.getMessage(), e.getMessage().endsWith("found none"));
  }

  public void testBadNumbers() {
    for (List<Double> wrong :
        List.of(List.of(-0.1), List.of(1.1), List.of(Double.NaN), List.of(0.5, 2.0))) {
      selectivities = wrong;
      expectThrows(IllegalArgumentException.class, this::prepare);
    }
    selectivities = List.of();
    k = 0;
    expectThrows(IllegalArgumentException.class, this::prepare);
    k = 1;
    queries = 0;
    expectThrows(IllegalArgumentException.class, this::prepare);
    queries = 1;
    maxBase = 0;
    expectThrows(IllegalArgumentException.class, this::prepare);
  }

  public void testDamagedDirectories() throws IOException {
    selectivities = List.of(0.1);
    prepare();
    List<Path> files;
    try (Stream<Path> all = Files.walk(directory)) {
      files =
          all.filter(f -> f.toString().endsWith("vecs") || f.toString().endsWith(".json")).toList();
    }
    assertEquals(7, files.size());
    for (Path file : files) {
      byte[] good = Files.readAllBytes(file);
      for (int length : new int[] {0, 1, good.length / 2, good.length - 1, good.length + 1}) {
        byte[] bad = Arrays.copyOf(good, length);
        if (length > good.length) {
          bad[good.length] = 'x';
        }
        Files.write(file, bad);
        assertNotOpened(file, "length " + length);
      }
      Files.delete(file);
      assertNotOpened(file, "missing");
      Files.write(file, good);
      Dataset.open(directory);
    }
  }

  private void assertNotOpened(Path file, String how) {
    BadDataException e =
        expectThrows(BadDataException.class, file + " " + how, () -> Dataset.open(directory));
    assertTrue(e.getMessage(), e.getMessage().startsWith(file + ": expected "));
    assertEquals(e.getMessage(), 1, e.getMessage().lines().count());
  }

  public void testFilesThatDoNotFit() throws IOException {
    selectivities = List.of(0.1);
    Dataset dataset = prepare();
    int count = dataset.count();
    Path truth = directory.resolve("truth.ivecs");
    assertDoesNotFit(truth, rows -> rows[3][2] = count);
    assertDoesNotFit(truth, rows -> rows[3][2] = -1);
    assertDoesNotFit(truth, rows -> rows[3] = new int[9]);
    Path accepted = directory.resolve("filters").resolve("0.accepted.ivecs");
    assertDoesNotFit(accepted, rows -> rows[0][66] = count);
    assertDoesNotFit(accepted, rows -> rows[0][5] = rows[0][4]);
    Path filterQueries = directory.resolve("filters").resolve("0.queries.ivecs");
    assertDoesNotFit(filterQueries, rows -> rows[0][9] = 30);
    assertDoesNotFit(filterQueries, rows -> rows[0] = new int[] {1});
    Path filterTruth = directory.resolve("filters").resolve("0.truth.ivecs");
    int rejected = dataset.filters().get(0).accepted().get(0) ? 0 : 1;
    while (dataset.filters().get(0).accepted().get(rejected)) {
      rejected++;
    }
    int notAccepted = rejected;
    assertDoesNotFit(filterTruth, rows -> rows[0][0] = notAccepted);
    Path json = directory.resolve("dataset.json");
    String good = Files.readString(json);
    for (String bad :
        List.of(
            "null",
            "[]",
            good.replace("\"schema\" : 2", "\"schema\" : 1"),
            good.replace("\"metric\" : \"cosine\",", ""),
            good.replace("cosine", "manhattan"))) {
      assertNotEquals(good, bad);
      Files.writeString(json, bad);
      assertNotOpened(json, bad);
    }
    Files.writeString(json, good.replace("\"base\" : 670", "\"base\" : 669"));
    assertNotOpened(directory.resolve("base.fvecs"), "another count");
    Files.writeString(json, good.replace("\"dimension\" : 12", "\"dimension\" : 13"));
    assertNotOpened(directory.resolve("base.fvecs"), "another dimension");
    Files.writeString(json, good.replace("\"queries\" : 30", "\"queries\" : 31"));
    assertNotOpened(directory.resolve("queries.fvecs"), "another count");
  }

  private interface Change {
    void apply(int[][] rows);
  }

  private void assertDoesNotFit(Path file, Change change) throws IOException {
    byte[] good = Files.readAllBytes(file);
    int[][] rows = VectorFile.readIvecs(file);
    change.apply(rows);
    VecsWriter.writeIvecs(file, rows);
    assertNotOpened(file, "changed");
    Files.write(file, good);
    Dataset.open(directory);
  }
}
