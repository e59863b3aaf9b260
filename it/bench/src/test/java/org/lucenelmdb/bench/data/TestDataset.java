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
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.FixedBitSet;
import org.lucenelmdb.bench.result.DataWarning;
import org.lucenelmdb.bench.result.FilterInfo;

/** The prepared directory. */
public class TestDataset extends LuceneTestCase {

  private static final int COUNT = 700;
  private static final int DIMENSION = 12;

  private Path directory;
  private Path cache;

  // The defaults of the request, which tests change.
  private VectorSource vectors = new ClusteredVectors(COUNT, DIMENSION, 42);
  private int maxBase = 1_000;
  private int queries = 30;
  private Metric metric = Metric.COSINE;
  private int k = 10;
  private long seed = 7;
  private Attributes attributes;
  private List<Double> selectivities = List.of();
  private int filterValues;
  private int filterQueries = 10;
  private Path givenTruth;
  private VectorSource querySource;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    directory = createTempDir().resolve("dataset");
    cache = createTempDir();
  }

  private Dataset prepare() throws IOException {
    DatasetRequest request =
        new DatasetRequest(
            vectors,
            querySource,
            maxBase,
            queries,
            metric,
            k,
            seed,
            attributes,
            selectivities,
            filterValues,
            filterQueries,
            givenTruth);
    List<Double> progress = new ArrayList<>();
    Dataset dataset = Dataset.prepare(request, directory, cache, progress::add);
    assertEquals(progress.stream().sorted().toList(), progress);
    assertEquals(1.0, progress.get(progress.size() - 1), 0);
    return dataset;
  }

  /**
   * Vector i has value i % 3 in the first column; the second column tells the first fifth from the
   * rest.
   */
  private void setAttributes() throws IOException {
    String lines =
        IntStream.range(0, COUNT)
            .mapToObj(i -> "mod" + i % 3 + "\t" + (i < COUNT / 5 ? "early" : "late"))
            .collect(Collectors.joining("\n"));
    Path path = Files.writeString(createTempDir().resolve("a.tsv"), "kind\ttime\n" + lines);
    attributes = Attributes.read(path, COUNT);
    filterValues = 10;
  }

  private float[][] readBase(Dataset dataset) throws IOException {
    try (VectorSource base = dataset.openBase()) {
      float[][] read = new float[base.count()][base.dimension()];
      for (int i = 0; i < read.length; i++) {
        base.read(i, read[i]);
      }
      return read;
    }
  }

  private float[][] prepared(int[] indices) throws IOException {
    float[][] prepared = new float[indices.length][vectors.dimension()];
    for (int i = 0; i < indices.length; i++) {
      vectors.read(indices[i], prepared[i]);
      metric.prepare(prepared[i], "x", i);
    }
    return prepared;
  }

  private int[] nearest(float[][] base, float[] query, FixedBitSet accepted) {
    return IntStream.range(0, base.length)
        .filter(i -> accepted == null || accepted.get(i))
        .boxed()
        .sorted(Comparator.comparingDouble(i -> -metric.score(query, base[i])))
        .mapToInt(Integer::intValue)
        .limit(k)
        .toArray();
  }

  private static Map<String, Filter> byName(Dataset dataset) {
    return dataset.filters().stream()
        .collect(Collectors.toMap(filter -> filter.info().name(), Function.identity()));
  }

  private static List<String> warnings(Dataset dataset) {
    return dataset.warnings().stream().map(DataWarning::what).toList();
  }

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

  public void testDataWarningOfCopies() throws IOException {
    float[][] copies = new float[100][];
    for (int i = 0; i < 100; i++) {
      copies[i] = new float[] {1 + i % 40, 1, 1};
    }
    vectors = new ArraySource(copies);
    metric = Metric.DOT;
    queries = 10; // 0, 10, 20 ... 90: with the values 0, 10, 20, 30, 0, 10, 20, 30, 0, 10
    Dataset dataset = prepare();
    Map<String, String> texts =
        dataset.warnings().stream().collect(Collectors.toMap(DataWarning::what, DataWarning::text));
    // 90 vectors have the values 0 to 39, of which 0 to 19 occur three times; the values 0 and 10
    // are only in queries, and 20 and 30 have no vectors besides queries
    int distinct = 36;
    assertTrue(texts.toString(), texts.get("duplicates").startsWith((90 - distinct) + " of"));
    assertTrue(texts.toString(), texts.get("constant dimensions").startsWith("2 of 3 "));
    assertFalse(texts.toString(), texts.containsKey("known queries"));
    assertEquals("array", dataset.warnings().get(0).subject());

    copies[1] = copies[0];
    dataset = prepare();
    texts =
        dataset.warnings().stream().collect(Collectors.toMap(DataWarning::what, DataWarning::text));
    assertTrue(texts.toString(), texts.get("known queries").startsWith("3 of 10 "));
  }

  public void testDataWarningOfTies() throws IOException {
    float[][] like = new float[50][];
    for (int i = 0; i < 50; i++) {
      like[i] = new float[] {i + 1, i % 10 == 0 ? 1 : -2};
    }
    vectors = new ArraySource(like);
    metric = Metric.DOT;
    queries = 5; // those with 1
    k = 3;
    assertEquals(List.of("constant dimensions"), warnings(prepare()));
    for (int i = 0; i < 50; i++) {
      like[i][0] = i % 10 == 0 ? 1 : i / 2;
    }
    List<DataWarning> warnings = prepare().warnings();
    // 49 and 48, 47 and 46: the third and the fourth have the same score for all queries
    assertEquals("ties", warnings.get(2).what());
    assertTrue(warnings.get(2).text(), warnings.get(2).text().startsWith("For 5 of 5 queries"));
    k = 2;
    assertEquals(List.of("duplicates", "constant dimensions"), warnings(prepare()));
    for (int i = 0; i < 50; i++) {
      like[i][0] = i % 10 == 0 ? 0 : i;
    }
    warnings = prepare().warnings();
    assertEquals(
        List.of("constant dimensions", "equal scores"),
        warnings.stream().map(DataWarning::what).toList());
    assertTrue(warnings.get(1).text(), warnings.get(1).text().startsWith("For 5 of 5 queries"));
  }

  public void testDataWarningOfLargeK() throws IOException {
    maxBase = 9;
    Dataset dataset = prepare();
    assertEquals(List.of("large k"), warnings(dataset));
    assertEquals("k is 10, but the base has only 9 vectors.", dataset.warnings().get(0).text());
    assertEquals(10, dataset.k());
    assertEquals(9, dataset.truth()[0].length);
    maxBase = 10;
    assertEquals(List.of(), warnings(prepare()));
  }

  private Path writeGiven(int[][] rows) throws IOException {
    Path path = createTempDir().resolve("given.ivecs");
    VecsWriter.writeIvecs(path, rows);
    return path;
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

    // a given truth has a row for each vector that could be a query
    int[] indices = Split.separate(COUNT, queries, 2 * queries, maxBase, seed).base();
    int[][] rows = new int[2 * queries][];
    Arrays.fill(rows, new int[] {0});
    for (int q = 0; q < queries; q++) {
      rows[2 * q] = IntStream.of(dataset.truth()[q]).map(o -> indices[o]).toArray();
    }
    givenTruth = writeGiven(rows);
    assertEquals(List.of(), warnings(prepare()));
    givenTruth = writeGiven(Arrays.copyOf(rows, queries));
    BadDataException e = expectThrows(BadDataException.class, this::prepare);
    assertTrue(e.getMessage(), e.getMessage().contains("rows"));

    querySource = new ClusteredVectors(queries, dimension + 1, 1);
    e = expectThrows(BadDataException.class, this::prepare);
    assertTrue(e.getMessage(), e.getMessage().contains("expected dimension " + dimension));
  }

  public void testGivenTruth() throws IOException {
    int[] base = Split.of(COUNT, queries, maxBase, seed).base();
    int[][] rows =
        Arrays.stream(prepare().truth())
            .map(row -> IntStream.of(row).map(ordinal -> base[ordinal]).toArray())
            .toArray(int[][]::new);
    givenTruth = writeGiven(rows);
    assertEquals(List.of(), warnings(prepare()));
    int swapped = rows[5][0]; // their order does not matter
    rows[5][0] = rows[5][1];
    rows[5][1] = swapped;
    rows[6] = Arrays.copyOf(rows[6], 4); // fewer are accepted
    rows[7] = Arrays.copyOf(rows[7], 11); // and more
    givenTruth = writeGiven(rows);
    assertEquals(List.of(), warnings(prepare()));

    int[] truth = Dataset.open(directory).truth()[8];
    int[] wrong =
        IntStream.range(0, base.length).filter(i -> contains(truth, i) == false).toArray();
    rows[8][3] = base[wrong[random().nextInt(wrong.length)]];
    rows[9][2] = 0; // a query
    rows[10][2] = rows[10][1];
    rows[11] = new int[0];
    givenTruth = writeGiven(rows);
    List<DataWarning> warnings = prepare().warnings();
    assertEquals(1, warnings.size());
    assertEquals("given truth", warnings.get(0).what());
    assertEquals(
        "given.ivecs has other neighbors than the computed ones for 4 of 30 queries; the"
            + " computed ones are used.",
        warnings.get(0).text());
    assertBadData("30 rows, one for each query, found 2", () -> writeGiven(new int[2][0]));
    int[][] outside = rows.clone();
    outside[4] = new int[] {random().nextBoolean() ? -1 : COUNT};
    assertBadData(
        "indices from 0 to 699, found " + outside[4][0] + " in row 4", () -> writeGiven(outside));
  }

  private static boolean contains(int[] row, int value) {
    return IntStream.of(row).anyMatch(v -> v == value);
  }

  private interface Given {
    Path write() throws IOException;
  }

  private void assertBadData(String message, Given given) throws IOException {
    givenTruth = given.write();
    BadDataException e = expectThrows(BadDataException.class, this::prepare);
    assertEquals(givenTruth + ": expected " + message, e.getMessage());
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
