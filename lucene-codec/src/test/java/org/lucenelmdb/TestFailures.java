/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.codecs.KnnFieldVectorsWriter;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnByteVectorField;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.NumericDocValues;
import org.apache.lucene.index.SegmentInfo;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.AcceptDocs;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.apache.lucene.tests.util.TimeUnits;
import org.apache.lucene.util.Bits;
import org.apache.lucene.util.IOFunction;
import org.apache.lucene.util.IORunnable;
import org.apache.lucene.util.InfoStream;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.lucenelmdb.internal.build.GraphParameters;
import org.lucenelmdb.internal.codes.BuiltCodes;
import org.lucenelmdb.internal.codes.CodeCosts;
import org.lucenelmdb.internal.codes.CodeLayout;
import org.lucenelmdb.internal.codes.CodeModel;
import org.lucenelmdb.internal.codes.CodeTrainer;
import org.lucenelmdb.internal.codes.CodesWriter;
import org.lucenelmdb.internal.codes.Oversampling;
import org.lucenelmdb.internal.graph.NodeOrdinals;
import org.lucenelmdb.internal.offheap.BuildBudgets;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.MemoryBudget;
import org.lucenelmdb.internal.store.ImageWriter;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.workers.Workers;
import org.lucenelmdb.jvm.ChildJvm;

/**
 * What fails around the format: directories, disks, the native library, merges that are ended. The
 * answer is an exception that says what and where; the last commit opens and is complete; and no
 * temporary file, mapping or open file stays.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
@TimeoutSuite(millis = TimeUnits.HOUR)
public class TestFailures extends LuceneTestCase {

  private static final String TEMPORARY_DIRECTORY = "java.io.tmpdir";
  private static final int DIMENSION = 512; // 128 vectors are a full block

  private String temporaryDirectory;
  private Path emptyDirectory;

  /**
   * Native libraries are extracted into the temporary directory: not into one that is looked at.
   */
  @BeforeClass
  public static void loadNativeLibraries() throws IOException {
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, config(new Random(1)))) {
      writer.addDocument(document(1));
    }
  }

  @Before
  public void setTemporaryDirectory() {
    temporaryDirectory = System.getProperty(TEMPORARY_DIRECTORY);
    emptyDirectory = ChildJvm.real(createTempDir());
    System.setProperty(TEMPORARY_DIRECTORY, emptyDirectory.toString());
  }

  @After
  public void assertNothingLeft() throws IOException {
    System.setProperty(TEMPORARY_DIRECTORY, temporaryDirectory);
    assertEquals(List.of(), names(emptyDirectory));
    assertNothingOpen();
  }

  /** The names in a directory, without those that Lucene's test file systems add. */
  private static List<String> names(Path directory) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
      for (Path path : paths) {
        String name = path.getFileName().toString();
        if (name.startsWith("extra") == false) {
          names.add(name);
        }
      }
    }
    names.sort(null);
    return names;
  }

  private static boolean isTemporary(String name) {
    return name.contains("_lmdb_");
  }

  /** Where the operating system tells: no temporary file of ours is mapped or open. */
  private static void assertNothingOpen() throws IOException {
    Path maps = Path.of("/proc/self/maps");
    if (Files.isReadable(maps)) {
      List<String> ours =
          Files.readAllLines(maps).stream().filter(line -> line.contains("_lmdb_")).toList();
      assertEquals(List.of(), ours);
    }
    Path open = Path.of("/proc/self/fd");
    if (Files.isDirectory(open)) {
      try (DirectoryStream<Path> paths = Files.newDirectoryStream(open)) {
        for (Path path : paths) {
          String target;
          try {
            target = Files.readSymbolicLink(path).toString();
          } catch (IOException e) {
            assertNotNull(e); // closed since: such as that of the listing
            continue;
          }
          assertFalse(target, target.contains("_lmdb_"));
        }
      }
    }
  }

  // ---- documents that can be known again ----

  private static float[] floats(int id) {
    Random random = new Random(id);
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = 0.01f + random.nextFloat();
    }
    return vector;
  }

  private static byte[] bytes(int id) {
    byte[] vector = new byte[8];
    new Random(id).nextBytes(vector);
    vector[0] |= 1;
    return vector;
  }

  private static boolean hasBytes(int id) {
    return id % 3 != 0;
  }

  private static Document document(int id) {
    Document document = new Document();
    document.add(new StringField("id", "" + id, Field.Store.NO));
    document.add(new NumericDocValuesField("number", id));
    document.add(new NumericDocValuesField("order", id * 0x9E3779B97F4A7C15L >>> 40));
    document.add(new KnnFloatVectorField("floats", floats(id), VectorSimilarityFunction.EUCLIDEAN));
    if (hasBytes(id)) {
      document.add(new KnnByteVectorField("bytes", bytes(id), VectorSimilarityFunction.COSINE));
    }
    return document;
  }

  private static IndexWriterConfig config(Random random) {
    LmdbHnswOptions options =
        LmdbHnswOptions.DEFAULT
            .withMaxConn(4)
            .withBeamWidth(8)
            .withTinySegmentsThreshold(random.nextInt(4) == 0 ? 100 : 0)
            .withCodeBits(new int[] {LmdbHnswOptions.AUTO, 0, 1, 2, 4, 8}[random.nextInt(6)]);
    IndexWriterConfig config =
        new IndexWriterConfig()
            .setCodec(new LmdbHnswCodec(options))
            .setMergeScheduler(new SerialMergeScheduler())
            .setUseCompoundFile(random.nextBoolean());
    return config;
  }

  /** With the sort of the index, which may not change. */
  private static IndexWriterConfig config(Random random, Directory directory) throws IOException {
    return sorted(
        config(random), SegmentInfos.readLatestCommit(directory).info(0).info.getIndexSort());
  }

  private static IndexWriterConfig sorted(IndexWriterConfig config, Sort sort) {
    return sort == null ? config : config.setIndexSort(sort);
  }

  /** Reads the index, compares all that is in it, and returns the documents' numbers. */
  private static Set<Integer> read(Directory directory) throws IOException {
    Set<Integer> ids = new TreeSet<>();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (LeafReaderContext context : reader.leaves()) {
        CodecReader leaf = (CodecReader) context.reader();
        leaf.checkIntegrity();
        Bits live = leaf.getLiveDocs();
        NumericDocValues numbers = leaf.getNumericDocValues("number");
        int[] numberOfDoc = new int[leaf.maxDoc()];
        for (int doc = 0; doc < leaf.maxDoc(); doc++) {
          // a document that was rejected halfway is there, deleted
          boolean isLive = live == null || live.get(doc);
          numberOfDoc[doc] = numbers.advanceExact(doc) ? (int) numbers.longValue() : -1;
          if (isLive) {
            assertTrue("" + numberOfDoc[doc], numberOfDoc[doc] >= 0);
            assertTrue("twice: " + numberOfDoc[doc], ids.add(numberOfDoc[doc]));
          }
        }
        Set<Integer> missing = new TreeSet<>(ids(numberOfDoc, live));
        FloatVectorValues floats = leaf.getFloatVectorValues("floats");
        KnnVectorValues.DocIndexIterator iterator = floats.iterator();
        for (int doc = iterator.nextDoc();
            doc != DocIdSetIterator.NO_MORE_DOCS;
            doc = iterator.nextDoc()) {
          float[] expected = floats(numberOfDoc[doc]);
          assertArrayEquals(expected, floats.vectorValue(iterator.index()), 0f);
          missing.remove(numberOfDoc[doc]);
          if (doc % 16 == 0) {
            assertFound(leaf, expected, doc);
          }
        }
        assertEquals(Set.of(), missing);
        missing.addAll(ids(numberOfDoc, live));
        missing.removeIf(id -> hasBytes(id) == false);
        ByteVectorValues bytes = leaf.getByteVectorValues("bytes");
        if (bytes != null) {
          iterator = bytes.iterator();
          for (int doc = iterator.nextDoc();
              doc != DocIdSetIterator.NO_MORE_DOCS;
              doc = iterator.nextDoc()) {
            assertArrayEquals(bytes(numberOfDoc[doc]), bytes.vectorValue(iterator.index()));
            missing.remove(numberOfDoc[doc]);
          }
        }
        assertEquals(Set.of(), missing);
      }
    }
    return ids;
  }

  private static Set<Integer> ids(int[] numberOfDoc, Bits live) {
    Set<Integer> ids = new TreeSet<>();
    for (int doc = 0; doc < numberOfDoc.length; doc++) {
      if (live == null || live.get(doc)) {
        ids.add(numberOfDoc[doc]);
      }
    }
    return ids;
  }

  private static void assertFound(CodecReader leaf, float[] target, int doc) throws IOException {
    Bits live = leaf.getLiveDocs();
    AcceptDocs accept = AcceptDocs.fromLiveDocs(live, leaf.maxDoc());
    TopDocs top = leaf.searchNearestVectors("floats", target, leaf.maxDoc(), accept, 1 << 30);
    Set<Integer> found = new HashSet<>();
    for (ScoreDoc hit : top.scoreDocs) {
      found.add(hit.doc);
    }
    assertEquals(live == null || live.get(doc), found.contains(doc));
  }

  // ---- a life of an index that something ends ----

  /** Does things with an index, and keeps account of what must be in it. */
  private final class Life {
    final Directory directory;
    final Random random;
    final Set<Integer> live = new TreeSet<>();

    /** What may be found when the index is opened: more than one set if a commit failed. */
    final List<Set<Integer>> possible = new ArrayList<>();

    boolean maySort = true;
    int nextId;
    IndexWriter writer;
    Throwable failure;

    Life(Directory directory, long seed) {
      this.directory = directory;
      this.random = new Random(seed);
    }

    /** A first commit, during which nothing fails. */
    void begin() throws IOException {
      Sort order = new Sort(new SortField("order", SortField.Type.LONG));
      IndexWriterConfig config =
          sorted(config(random), random.nextInt(3) == 0 && maySort ? order : null);
      try (IndexWriter first = new IndexWriter(directory, config)) {
        writer = first;
        addDocuments(10);
        writer.commit();
      }
      possible.add(Set.copyOf(live));
    }

    /** Goes on until the end, or until the writer is closed by a failure. */
    void go(MergeScheduler scheduler) throws IOException {
      try {
        IndexWriterConfig config = config(random, directory);
        if (scheduler != null) {
          config.setMergeScheduler(scheduler);
        }
        writer = new IndexWriter(directory, config);
      } catch (Throwable t) {
        accept(t);
        return;
      }
      for (int step = 0; step < 8 && writer.isOpen(); step++) {
        try {
          step();
        } catch (Throwable t) {
          accept(t);
        }
      }
      if (writer.isOpen()) {
        commit(writer::close);
      }
    }

    private void step() throws IOException {
      switch (random.nextInt(8)) {
        case 0 -> addDocuments(150); // more than a block
        case 1 -> writer.flush();
        case 2 -> commit(writer::commit);
        case 3 -> {
          for (int id : List.copyOf(live)) {
            if (random.nextInt(10) == 0) {
              writer.deleteDocuments(new Term("id", "" + id));
              live.remove(id);
            }
          }
        }
        case 4 -> {
          addDocuments(5);
          writer.flush();
          writer.forceMerge(1);
        }
        case 5 -> addIndexes();
        case 6 -> {
          addDocuments(5);
          DirectoryReader.open(writer).close();
        }
        default -> addDocuments(30);
      }
    }

    private void addDocuments(int count) throws IOException {
      for (int i = 0; i < count && writer.isOpen(); i++) {
        int id = nextId++;
        try {
          writer.addDocument(document(id));
          live.add(id);
        } catch (Throwable t) {
          accept(t); // that document is not there, but all others
        }
      }
    }

    private void addIndexes() throws IOException {
      Set<Integer> added = new TreeSet<>();
      try (Directory other = new ByteBuffersDirectory()) {
        IndexWriterConfig config = sorted(config(random), writer.getConfig().getIndexSort());
        try (IndexWriter otherWriter = new IndexWriter(other, config)) {
          for (int i = 0; i < 20; i++) {
            added.add(nextId);
            otherWriter.addDocument(document(nextId++));
          }
        }
        if (random.nextBoolean()) {
          writer.addIndexes(other);
        } else {
          try (DirectoryReader reader = DirectoryReader.open(other)) {
            writer.addIndexes((CodecReader) reader.leaves().get(0).reader());
          }
        }
      }
      live.addAll(added);
    }

    private void commit(Commit commit) {
      Set<Integer> attempt = Set.copyOf(live);
      possible.add(attempt);
      try {
        commit.run();
        possible.clear();
        possible.add(attempt);
      } catch (Throwable t) {
        accept(t);
      }
    }

    /** What may come out of Lucene when a directory fails. */
    private void accept(Throwable t) {
      failure = t;
      boolean closed = t instanceof AlreadyClosedException && writer.isOpen() == false;
      if (t instanceof IOException == false && closed == false && isOfClosedWriter(t) == false) {
        throw new AssertionError("not what a failed directory should end with", t);
      }
    }

    /** After the directory works again. */
    void check() throws IOException {
      if (writer != null) {
        writer.rollback(); // or waits until another thread, of a merge that failed, has done it
      }
      assertNothingOpen();
      assertNoTemporaryFiles(directory);
      Set<Integer> found = read(directory);
      assertTrue(
          "found " + found + ", not one of " + possible + ", after " + failure,
          possible.contains(found));
      TestUtil.checkIndex(directory);
      checkUnreferenced(directory, found);
    }
  }

  /** What comes to a writer that another thread's failure is about to close is told so. */
  private static boolean isOfClosedWriter(Throwable t) {
    return t instanceof IllegalStateException && t.getCause() instanceof IOException;
  }

  @FunctionalInterface
  private interface Commit {
    void run() throws IOException;
  }

  private static void assertNoTemporaryFiles(Directory directory) throws IOException {
    List<String> left =
        Arrays.stream(directory.listAll()).filter(TestFailures::isTemporary).toList();
    assertEquals(List.of(), left);
  }

  /** A writer that is opened and closed removes all files that no commit knows. */
  private static void checkUnreferenced(Directory directory, Set<Integer> expected)
      throws IOException {
    new IndexWriter(directory, config(new Random(1), directory)).close();
    Set<String> files = new TreeSet<>(SegmentInfos.readLatestCommit(directory).files(true));
    Set<String> found = new TreeSet<>();
    for (String name : directory.listAll()) {
      if (name.startsWith("extra") == false && name.equals(IndexWriter.WRITE_LOCK_NAME) == false) {
        found.add(name);
      }
    }
    assertEquals(files, found);
    assertEquals(expected, read(directory));
  }

  private MockDirectoryWrapper directory() {
    MockDirectoryWrapper directory =
        random().nextBoolean()
            ? newMockFSDirectory(createTempDir())
            : new MockDirectoryWrapper(random(), new ByteBuffersDirectory());
    directory.setThrottling(MockDirectoryWrapper.Throttling.NEVER);
    directory.setUseSlowOpenClosers(false);
    directory.setCheckIndexOnClose(false); // we do it ourselves
    return directory;
  }

  /** Fails once. */
  private static final class OneFailure extends MockDirectoryWrapper.Failure {
    int calls;
    int failAt;

    @Override
    public void eval(MockDirectoryWrapper directory) throws IOException {
      if (++calls == failAt) {
        if (isLeakOfLucene()) {
          failAt++;
        } else {
          throw new MockDirectoryWrapper.FakeIOException();
        }
      }
    }
  }

  /** Where opening a file fails, Lucene's SortingStoredFieldsConsumer leaves others open. */
  private static boolean isLeakOfLucene() {
    return StackWalker.getInstance()
        .walk(
            frames ->
                frames.anyMatch(
                    frame -> frame.getClassName().endsWith(".SortingStoredFieldsConsumer")));
  }

  /** The directory fails once, anywhere. */
  public void testOneFailure() throws IOException {
    for (int lives = atLeast(2); lives > 0; lives--) {
      long seed = random().nextLong();
      int calls = liveWithFailure(seed, -1);
      for (int i = atLeast(8); i > 0; i--) {
        liveWithFailure(seed, 1 + random().nextInt(calls));
      }
    }
  }

  private int liveWithFailure(long seed, int failAt) throws IOException {
    OneFailure failure = new OneFailure();
    try (MockDirectoryWrapper directory = directory()) {
      Life life = new Life(directory, seed);
      life.begin();
      failure.failAt = failAt;
      directory.failOn(failure);
      life.go(null);
      failure.failAt = -1;
      life.check();
      if (life.failure == null) {
        assertEquals(List.of(life.live), life.possible);
      }
    } catch (Throwable t) {
      throw new AssertionError("seed " + seed + "L, failure at call " + failAt, t);
    }
    return failure.calls;
  }

  /** The directory fails now and then, until it works again. */
  public void testRandomFailures() throws IOException {
    for (int lives = atLeast(8); lives > 0; lives--) {
      try (MockDirectoryWrapper directory = directory()) {
        Life life = new Life(directory, random().nextLong());
        life.maySort = false; // see isLeakOfLucene
        life.begin();
        double rate = new double[] {0.002, 0.01, 0.05}[random().nextInt(3)];
        directory.setRandomIOExceptionRate(rate);
        directory.setRandomIOExceptionRateOnOpen(rate);
        MergeScheduler scheduler = null;
        if (random().nextBoolean()) {
          scheduler = new QuietScheduler();
        }
        life.go(scheduler);
        directory.setRandomIOExceptionRate(0);
        directory.setRandomIOExceptionRateOnOpen(0);
        life.check();
      }
    }
  }

  /** Merges on their own threads, whose exceptions do not end up as those of the test. */
  private static class QuietScheduler extends ConcurrentMergeScheduler {
    @Override
    protected void handleMergeException(Throwable exc) {
      if (exc instanceof IOException == false
          && exc instanceof MergePolicy.MergeException == false
          && isOfClosedWriter(exc) == false) {
        super.handleMergeException(exc);
      }
    }
  }

  /** The disk of the index is full: what LMDB wrote must be copied there. */
  public void testFullDirectory() throws IOException {
    for (int lives = atLeast(6); lives > 0; lives--) {
      try (MockDirectoryWrapper directory = directory()) {
        Life life = new Life(directory, random().nextLong());
        life.begin();
        long left = RandomNumbers.randomIntBetween(random(), 1, 2 << 20);
        directory.setMaxSizeInBytes(directory.sizeInBytes() + left);
        life.go(null);
        directory.setMaxSizeInBytes(0);
        life.check();
      }
    }
  }

  /** A file system directory that fails once when it is asked for something of our own files. */
  private static final class FailingDirectory extends MMapDirectory {
    int calls;
    int failAt = -1;

    FailingDirectory(Path path) throws IOException {
      super(path);
    }

    private void maybeFail(String name, String verb) throws IOException {
      if (name.contains("lmdb") && ++calls == failAt) {
        throw new IOException("could not " + verb + " " + name);
      }
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context)
        throws IOException {
      maybeFail(suffix, "create");
      return super.createTempOutput(prefix, suffix, context);
    }

    @Override
    public IndexInput openInput(String name, IOContext context) throws IOException {
      maybeFail(name, "open");
      return super.openInput(name, context);
    }

    @Override
    public void deleteFile(String name) throws IOException {
      maybeFail(name, "delete");
      super.deleteFile(name);
    }
  }

  /** As {@link #testOneFailure}, of the temporary files, which the mock does not see. */
  public void testFailuresOfTemporaryFiles() throws IOException {
    long seed = random().nextLong();
    int calls = liveWithTemporaryFailure(seed, -1);
    assertTrue("" + calls, calls > 2);
    for (int i = 0; i < atLeast(20); i++) {
      liveWithTemporaryFailure(seed, 1 + random().nextInt(calls));
    }
  }

  private int liveWithTemporaryFailure(long seed, int failAt) throws IOException {
    FailingDirectory failing = new FailingDirectory(createTempDir());
    try (MockDirectoryWrapper directory = new MockDirectoryWrapper(random(), failing)) {
      directory.setCheckIndexOnClose(false);
      Life life = new Life(directory, seed);
      life.begin();
      failing.calls = 0;
      failing.failAt = failAt;
      life.go(null);
      assertEquals(failAt > 0, life.failure != null);
      if (failAt > 0) {
        assertTrue("" + life.failure, causes(life.failure).contains("could not "));
        if (causes(life.failure).contains("could not delete")) {
          // it is still there, until the next writer
          Set<Integer> found = read(directory);
          checkUnreferenced(directory, found);
        }
      }
      life.check();
    } catch (Throwable t) {
      throw new AssertionError("seed " + seed + "L, failure at call " + failAt, t);
    }
    return failing.calls;
  }

  private static String causes(Throwable t) {
    StringBuilder text = new StringBuilder();
    for (Throwable cause = t; cause != null; cause = cause.getCause()) {
      text.append(cause).append('\n');
      for (Throwable suppressed : cause.getSuppressed()) {
        text.append(suppressed).append('\n');
      }
    }
    return text.toString();
  }

  // ---- temporary directories ----

  /** What cannot be a temporary directory. */
  private static List<Path> badDirectories() throws IOException {
    List<Path> bad = new ArrayList<>();
    Path directory = ChildJvm.real(createTempDir());
    bad.add(directory.resolve("missing").resolve("below"));
    Path file = directory.resolve("a file");
    Files.writeString(file, "not a directory");
    bad.add(file);
    Path proc = Path.of("/proc");
    if (Files.isDirectory(proc)) {
      bad.add(proc); // where nobody creates files
    }
    return bad;
  }

  public void testBadTemporaryDirectory() throws IOException {
    for (Path bad : badDirectories()) {
      try (MockDirectoryWrapper directory =
          new MockDirectoryWrapper(random(), new ByteBuffersDirectory())) {
        Life life = new Life(directory, random().nextLong());
        life.begin();
        System.setProperty(TEMPORARY_DIRECTORY, bad.toString());
        IndexWriter writer = new IndexWriter(directory, config(random(), directory));
        int docs = random().nextBoolean() ? 1 : 150; // more than a block: added, not only flushed
        Exception e =
            expectThrows(
                IOException.class,
                () -> {
                  for (int i = 0; i < docs; i++) {
                    writer.addDocument(document(1000 + i));
                  }
                  writer.commit();
                });
        assertTrue("" + e, e.getMessage().contains(bad.toString()));
        assertFalse(bad.toString(), bad.endsWith("below") && Files.exists(bad));
        writer.rollback();
        System.setProperty(TEMPORARY_DIRECTORY, emptyDirectory.toString());
        life.check();
        // and on it goes
        life.go(null);
        assertNull(life.failure);
        life.check();
      } finally {
        System.setProperty(TEMPORARY_DIRECTORY, emptyDirectory.toString());
      }
    }
  }

  // ---- ends before the end ----

  public void testRollbackOfDocuments() throws IOException {
    for (int i = 0; i < 4; i++) {
      try (MockDirectoryWrapper directory = directory()) {
        Life life = new Life(directory, random().nextLong());
        life.begin();
        IndexWriter writer = new IndexWriter(directory, config(random(), directory));
        int docs = random().nextInt(300);
        for (int id = 0; id < docs; id++) {
          writer.addDocument(document(1000 + id));
        }
        if (i % 2 == 0) {
          writer.deleteAll();
          assertNothingOpen();
          writer.addDocument(document(0));
        }
        writer.rollback();
        life.check();
      }
    }
  }

  /** Where a merge is when it is told to end. */
  private enum Moment {
    GRAPH,
    IMAGE,
    METADATA
  }

  public void testRollbackDuringMerge() throws Exception {
    for (Moment moment : Moment.values()) {
      for (boolean close : new boolean[] {false, true}) {
        rollbackDuringMerge(moment, close);
      }
    }
  }

  /** Holds a merge until it has been told to end. */
  private static final class Hold {
    final CountDownLatch reached = new CountDownLatch(1);
    final AtomicReference<MergePolicy.OneMerge> merge = new AtomicReference<>();

    void hold() {
      MergePolicy.OneMerge running = merge.get();
      if (running == null) {
        return; // a flush
      }
      reached.countDown();
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); // should the test fail
      while (running.isAborted() == false && System.nanoTime() < end) {
        Thread.onSpinWait();
      }
    }
  }

  private void rollbackDuringMerge(Moment moment, boolean abortByDeletion) throws Exception {
    Hold hold = new Hold();
    MockDirectoryWrapper mock = directory();
    try (Directory directory =
        new FilterDirectory(mock) {
          @Override
          public IndexOutput createOutput(String name, IOContext context) throws IOException {
            if (moment == Moment.IMAGE && name.endsWith(".vec")
                || moment == Moment.METADATA && name.endsWith(".vem")) {
              hold.hold();
            }
            return super.createOutput(name, context);
          }
        }) {
      Life life = new Life(directory, random().nextLong());
      life.begin();
      IndexWriterConfig config =
          config(random(), directory)
              .setUseCompoundFile(false)
              .setCodec(new LmdbHnswCodec(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0)))
              .setMergePolicy(newTieredMergePolicy())
              .setMergeScheduler(
                  new QuietScheduler() {
                    @Override
                    protected void doMerge(MergeSource source, MergePolicy.OneMerge merge)
                        throws IOException {
                      hold.merge.compareAndSet(null, merge);
                      super.doMerge(source, merge);
                    }
                  })
              .setInfoStream(
                  new InfoStream() {
                    @Override
                    public void message(String component, String message) {
                      if (moment == Moment.GRAPH) {
                        hold.hold();
                      }
                    }

                    @Override
                    public boolean isEnabled(String component) {
                      return component.equals("LMDB");
                    }

                    @Override
                    public void close() {}
                  });
      IndexWriter writer = new IndexWriter(directory, config);
      for (int id = 0; id < 200; id++) {
        writer.addDocument(document(1000 + id));
        if (id % 50 == 49) {
          writer.flush();
        }
      }
      writer.forceMerge(1, false);
      assertTrue("the merge got there", hold.reached.await(60, TimeUnit.SECONDS));
      if (abortByDeletion) {
        writer.deleteAll();
        writer.rollback();
      } else {
        writer.rollback();
      }
      assertTrue(hold.merge.get().isAborted());
      life.check();
    }
  }

  /** Whenever codes ask whether to go on. */
  public void testAbortedCodes() throws IOException {
    int vectors = 600;
    List<float[]> values = new ArrayList<>();
    for (int i = 0; i < vectors; i++) {
      values.add(floats(i));
    }
    MemoryBudget budget = new MemoryBudget(1 << 20);
    for (VectorMetric metric : List.of(VectorMetric.COSINE, VectorMetric.MANHATTAN)) {
      long bytes = BuiltCodes.memoryBytes(vectors, CodeLayout.of(DIMENSION, 2, metric));
      int allCalls = Integer.MAX_VALUE;
      for (int round = 0; round < 20; round++) {
        int calls =
            switch (round) {
              case 0 -> allCalls;
              case 1 -> allCalls - 1;
              default -> round < 15 ? round - 2 : random().nextInt(allCalls);
            };
        AtomicInteger left = new AtomicInteger(calls);
        Workers workers =
            new Workers(
                null,
                1,
                () -> {
                  if (left.getAndDecrement() == 0) {
                    throw new MergePolicy.MergeAbortedException("enough");
                  }
                },
                (phase, done, total) -> {});
        try (MockDirectoryWrapper directory = directory();
            ImageWriter image = ImageWriter.create(directory, "codes");
            BuildMemory memory = budget.take(bytes, () -> {})) {
          FloatVectorValues source = FloatVectorValues.fromFloats(values, DIMENSION);
          IORunnable write =
              () -> {
                CodeModel model =
                    CodeTrainer.train(source, metric, 2, CodeCosts.of(source), workers);
                BuiltCodes codes = BuiltCodes.build(source, model, memory, workers);
                NodeOrdinals order = NodeOrdinals.IDENTITY;
                CodesWriter.writeImage(image, 0, codes, order, Oversampling.of(1), workers);
              };
          if (round == 0) {
            write.run();
            allCalls -= left.get();
          } else {
            expectThrows(MergePolicy.MergeAbortedException.class, write::run);
          }
        }
        assertEquals(0, budget.used());
      }
    }
    assertNothingOpen();
  }

  // ---- writers and readers that are closed ----

  @SuppressWarnings("unchecked")
  private static KnnFieldVectorsWriter<float[]> add(KnnVectorsWriter writer, FieldInfo field)
      throws IOException {
    return (KnnFieldVectorsWriter<float[]>) writer.addField(field);
  }

  /** Whether the graph is built or not, and if there is never enough memory for two at once. */
  public void testBuildMemoryIsGivenBack() throws IOException {
    FieldInfo field = WriterStates.field(DIMENSION, "floats");
    FieldInfos fields = new FieldInfos(new FieldInfo[] {field});
    LmdbHnswOptions options = LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0);
    GraphParameters graphs = new GraphParameters(options.maxConn(), options.beamWidth(), 1, 0);
    int docs = 300;
    for (boolean fails : new boolean[] {false, true}) {
      BuildBudgets budget = BuildBudgets.of(1);
      AtomicLong used = new AtomicLong();
      InfoStream infoStream =
          new InfoStream() {
            @Override
            public void message(String component, String message) {
              used.accumulateAndGet(budget.used(), Math::max);
              if (fails && budget.used() > 0) { // none is while vectors are sampled
                throw new UncheckedIOException(new IOException("while a graph is built"));
              }
            }

            @Override
            public boolean isEnabled(String component) {
              return component.equals("LMDB");
            }

            @Override
            public void close() {}
          };
      try (MockDirectoryWrapper directory = directory()) {
        SegmentInfo segment = WriterStates.segment(directory, docs);
        SegmentWriteState state =
            new SegmentWriteState(infoStream, directory, segment, fields, null, IOContext.DEFAULT);
        try (LmdbHnswVectorsWriter writer =
            new LmdbHnswVectorsWriter(state, graphs, options, budget)) {
          KnnFieldVectorsWriter<float[]> floats = add(writer, field);
          for (int doc = 0; doc < docs; doc++) {
            floats.addValue(doc, floats(doc));
          }
          if (fails) {
            expectThrows(UncheckedIOException.class, () -> writer.flush(docs, null));
          } else {
            writer.flush(docs, null);
            assertEquals(0, budget.used());
            writer.finish();
          }
          assertEquals(0, budget.used());
          assertTrue("codes and order: " + used, used.get() > docs * (DIMENSION / 8 + 20L));
        }
      }
    }
    assertNothingOpen();
  }

  /** A writer is closed at any time, more than once. */
  public void testClose() throws IOException {
    FieldInfo field = WriterStates.field(DIMENSION, "floats");
    FieldInfos fields = new FieldInfos(new FieldInfo[] {field});
    LmdbHnswVectorsFormat format =
        new LmdbHnswVectorsFormat(LmdbHnswOptions.DEFAULT.withTinySegmentsThreshold(0));
    int docs = 300;
    for (int stop = 0; stop < 5; stop++) {
      try (MockDirectoryWrapper directory = directory()) {
        SegmentInfo segment = WriterStates.segment(directory, docs);
        KnnVectorsWriter writer =
            format.fieldsWriter(
                new SegmentWriteState(
                    InfoStream.NO_OUTPUT, directory, segment, fields, null, IOContext.DEFAULT));
        KnnFieldVectorsWriter<float[]> floats = null;
        if (stop > 0) {
          floats = add(writer, field);
        }
        for (int doc = 0; stop > 1 && doc < docs; doc++) {
          floats.addValue(doc, floats(doc));
        }
        if (stop > 2) {
          writer.flush(docs, null);
        }
        if (stop > 3) {
          writer.finish();
          expectThrows(IllegalStateException.class, writer::finish);
        }
        for (int i = 0; i < 3; i++) {
          writer.close();
        }
        assertNothingOpen();
        assertNoTemporaryFiles(directory);
        if (stop == 2) {
          // what comes after is an exception, not a crash: that memory has been given back
          expectThrows(IOException.class, () -> writer.flush(docs, null));
        }
        if (stop > 3) {
          KnnVectorsReader reader =
              format.fieldsReader(
                  new SegmentReadState(directory, segment, fields, IOContext.DEFAULT));
          assertEquals(docs, reader.getFloatVectorValues("floats").size());
          for (int i = 0; i < 3; i++) {
            reader.close();
          }
        }
      }
    }
  }

  // ---- processes with something missing ----

  /**
   * Runs {@link Child}.
   *
   * @param limit a command for the shell that goes first, or null
   */
  private static ChildJvm.Output child(
      String limit, Path tmp, List<String> options, Object... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    if (limit != null) {
      Path bash = Path.of("/bin/bash");
      assumeTrue("there is a bash", Files.isExecutable(bash));
      command.addAll(List.of(bash.toString(), "-c", limit + " && exec \"$@\"", "bash"));
    }
    command.addAll(ChildJvm.command(ChildJvm.java()));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Djava.io.tmpdir=" + tmp));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Child.class.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return ChildJvm.run(command);
  }

  /** A program that is run in another JVM. It prints what the test looks at. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      String task = arguments[0];
      Path path = Path.of(arguments[1]);
      switch (task) {
        case "write" -> write(path, Integer.parseInt(arguments[2]));
        case "search" -> {
          try (Directory directory = new MMapDirectory(path)) {
            System.out.println("HITS " + search(directory));
          }
        }
        case "fill" -> fill(path, arguments[2], Integer.parseInt(arguments[3]));
        default -> throw new IllegalArgumentException(task);
      }
    }

    /** Tries to write several times. */
    private static void write(Path path, int times) throws IOException {
      try (Directory directory =
          path.toString().equals("heap") ? new ByteBuffersDirectory() : new MMapDirectory(path)) {
        for (int i = 0; i < times; i++) {
          IndexWriter writer = new IndexWriter(directory, config(new Random(2)));
          try {
            writer.addDocument(document(i));
            writer.commit();
            System.out.println("DONE");
          } catch (Throwable t) {
            print(t);
          } finally {
            writer.rollback();
          }
        }
      }
    }

    private static void print(Throwable t) {
      System.out.println("CLASS " + t.getClass().getName());
      System.out.println("MESSAGE " + t.getMessage().replace('\n', ' '));
    }

    static String search(Directory directory) throws IOException {
      StringBuilder hits = new StringBuilder();
      try (DirectoryReader reader = DirectoryReader.open(directory)) {
        for (LeafReaderContext context : reader.leaves()) {
          AcceptDocs all = AcceptDocs.fromLiveDocs(null, context.reader().maxDoc());
          for (int i = 0; i < 20; i++) {
            TopDocs top =
                context.reader().searchNearestVectors("floats", floats(-i), 5, all, 1 << 30);
            for (ScoreDoc hit : top.scoreDocs) {
              hits.append(String.format(Locale.ROOT, "%d:%.4f ", hit.doc, hit.score));
            }
          }
        }
      }
      return hits.toString().trim();
    }

    /** Adds documents until no more can be, and goes on when there is room again. */
    private static void fill(Path path, String kind, int docs) throws Exception {
      boolean links = kind.contains("links");
      boolean more = kind.contains("more");
      IOFunction<Integer, Document> documents =
          links
              ? id -> {
                Document document = new Document();
                Random random = new Random(id);
                byte[] vector = new byte[4];
                random.nextBytes(vector);
                vector[0] |= 1;
                document.add(
                    new KnnByteVectorField("short", vector, VectorSimilarityFunction.EUCLIDEAN));
                return document;
              }
              : TestFailures::document;
      try (Directory directory = new MMapDirectory(path)) {
        Directory target = kind.contains("heap") ? new ByteBuffersDirectory() : directory;
        LmdbHnswOptions options =
            LmdbHnswOptions.DEFAULT.withMaxConn(8).withBeamWidth(8).withTinySegmentsThreshold(0);
        IndexWriterConfig config =
            new IndexWriterConfig()
                .setCodec(new LmdbHnswCodec(options))
                .setRAMBufferSizeMB(100)
                .setMergeScheduler(new SerialMergeScheduler());
        IndexWriter writer = new IndexWriter(target, config);
        int added = 0;
        int id = 0;
        writer.addDocument(documents.apply(id++));
        added++;
        writer.commit();
        if (kind.contains("open")) {
          limitFiles("4096:"); // less than an empty environment
        }
        try {
          int failed = 0;
          for (; id < docs; id++) {
            try {
              writer.addDocument(documents.apply(id));
              added++;
            } catch (IOException e) {
              if (more == false || ++failed > 3) {
                throw e;
              }
              print(e);
              limitFiles("unlimited");
            }
          }
          writer.commit();
          System.out.println("ADDED " + added);
        } catch (Throwable t) {
          if (kind.contains("open")) {
            limitFiles("unlimited"); // also that of the output
          }
          print(t);
        } finally {
          try {
            writer.rollback();
          } catch (Throwable t) {
            System.out.println("ROLLBACK " + t);
          }
        }
        List<String> temporary = new ArrayList<>();
        for (Path where : List.of(path, Path.of(System.getProperty(TEMPORARY_DIRECTORY)))) {
          for (String name : names(where)) {
            if (isTemporary(name)) {
              temporary.add(name);
            }
          }
        }
        System.out.println("TEMPORARY " + temporary);
        try (DirectoryReader reader = DirectoryReader.open(target)) {
          System.out.println("DOCUMENTS " + reader.numDocs());
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
          if (line.contains("_lmdb_")) {
            System.out.println("MAPPED " + line);
          }
        }
        if (target != directory) {
          target.close();
        }
      }
    }

    /** Sets how large this process may make files. */
    private static void limitFiles(String bytes) throws Exception {
      String pid = Long.toString(ProcessHandle.current().pid());
      Process process =
          new ProcessBuilder("prlimit", "--pid", pid, "--fsize=" + bytes).inheritIO().start();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("prlimit: " + process.exitValue());
      }
    }
  }

  private static void assertReadAfterFailedWrites(List<String> options, String... words)
      throws Exception {
    Path tmp = ChildJvm.real(createTempDir());
    Path path = ChildJvm.real(createTempDir());
    try (Directory directory = new MMapDirectory(path)) {
      try (IndexWriter writer = new IndexWriter(directory, config(new Random(5)))) {
        for (int id = 0; id < 100; id++) {
          writer.addDocument(document(id));
        }
      }
      ChildJvm.Output search = child(null, tmp, options, "search", path);
      assertEquals(search.toString(), 0, search.status());
      assertEquals(Child.search(directory), search.only("HITS"));

      ChildJvm.Output write = child(null, tmp, options, "write", path, 2);
      assertEquals(write.toString(), 0, write.status());
      assertEquals(write.toString(), List.of(), write.after("DONE"));
      List<String> messages = write.after("MESSAGE");
      assertEquals(write.toString(), 2, messages.size());
      assertEquals("the same each time", messages.get(0), messages.get(1));
      assertEquals(List.of("java.io.IOException", "java.io.IOException"), write.after("CLASS"));
      for (String word : words) {
        assertTrue(messages.get(0), messages.get(0).contains(word));
      }
      assertNoTemporaryFiles(directory);
      Set<Integer> ids = read(directory);
      assertEquals(100, ids.size());
      checkUnreferenced(directory, ids);
    }
    assertEquals(List.of(), names(tmp).stream().filter(TestFailures::isTemporary).toList());
  }

  public void testMissingNativeLibrary() throws Exception {
    String missing = ChildJvm.real(createTempDir()).resolve("liblmdb.so").toString();
    assertReadAfterFailedWrites(
        List.of("-Dlmdbjava.native.lib=" + missing), "-Dlmdbjava.native.lib", missing);
  }

  public void testNativeLibraryThatIsNone() throws Exception {
    Path file = ChildJvm.real(createTempDir()).resolve("liblmdb.so");
    Files.writeString(file, "not a library");
    assertReadAfterFailedWrites(
        List.of("-Dlmdbjava.native.lib=" + file), "-Dlmdbjava.native.lib", file.toString());
  }

  public void testMissingExtractDirectory() throws Exception {
    Path missing = ChildJvm.real(createTempDir()).resolve("missing");
    assertReadAfterFailedWrites(
        List.of("-Dlmdbjava.extract.dir=" + missing), "-Dlmdbjava.extract.dir", missing.toString());
    assertFalse(Files.exists(missing));
  }

  /** The directory of temporary files is where the native libraries go, too. */
  public void testMissingTemporaryDirectoryOfProcess() throws Exception {
    Path missing = ChildJvm.real(createTempDir()).resolve("missing");
    ChildJvm.Output output = child(null, missing, List.of(), "write", "heap", 2);
    assertEquals(output.toString(), 0, output.status());
    assertEquals(output.toString(), List.of(), output.after("DONE"));
    assertEquals(2, output.after("MESSAGE").size());
    for (String message : output.after("MESSAGE")) {
      assertTrue(message, message.contains(missing.toString()));
    }
    assertFalse(Files.exists(missing));
  }

  private static final String ONE_MEGABYTE = "ulimit -S -f 1024";

  /** LMDB itself runs against the end of a disk, in the index's directory or the temporary one. */
  public void testFullDisk() throws Exception {
    assumeTrue("needs /proc", Files.isDirectory(Path.of("/proc/self")));
    for (String kind : List.of("directory", "heap", "links", "heap links")) {
      Path path = ChildJvm.real(createTempDir());
      Path tmp = ChildJvm.real(createTempDir());
      int docs = kind.contains("links") ? 20_000 : 2000;
      ChildJvm.Output output = child(ONE_MEGABYTE, tmp, List.of(), "fill", path, kind, docs);
      assertEquals(output.toString(), 0, output.status());
      assertEquals(output.toString(), List.of(), output.after("ADDED"));
      assertEquals("java.io.IOException", output.only("CLASS"));
      String message = output.only("MESSAGE");
      assertTrue(message, message.contains("LMDB could not write"));
      Path where = kind.contains("heap") ? tmp : path;
      assertTrue(message, message.contains(where.toString()));
      assertEquals("[]", output.only("TEMPORARY"));
      assertEquals(List.of(), output.after("MAPPED"));
      assertEquals(List.of(), output.after("ROLLBACK"));
      assertEquals("1", output.only("DOCUMENTS"));
      if (kind.equals("directory")) {
        try (Directory directory = new MMapDirectory(path)) {
          assertEquals(Set.of(0), read(directory));
        }
      }
    }
  }

  /** The disk is full when LMDB begins. */
  public void testNoRoomForEnvironment() throws Exception {
    assumeTrue("needs prlimit", Files.isExecutable(Path.of("/usr/bin/prlimit")));
    for (String kind : List.of("open", "open heap")) {
      Path path = ChildJvm.real(createTempDir());
      Path tmp = ChildJvm.real(createTempDir());
      ChildJvm.Output output = child(null, tmp, List.of(), "fill", path, kind, 2);
      assertEquals(output.toString(), 0, output.status());
      assertEquals("java.io.IOException", output.only("CLASS"));
      assertTrue(output.only("MESSAGE"), output.only("MESSAGE").contains("LMDB could not open"));
      Path where = kind.contains("heap") ? tmp : path;
      assertTrue(output.only("MESSAGE"), output.only("MESSAGE").contains(where.toString()));
      assertEquals("[]", output.only("TEMPORARY"));
      assertEquals(List.of(), output.after("MAPPED"));
      assertEquals("1", output.only("DOCUMENTS"));
    }
  }

  /** Documents are rejected while the disk is full; all others are there. */
  public void testDiskThatIsFullForAWhile() throws Exception {
    assumeTrue("needs prlimit", Files.isExecutable(Path.of("/usr/bin/prlimit")));
    Path path = ChildJvm.real(createTempDir());
    Path tmp = ChildJvm.real(createTempDir());
    ChildJvm.Output output = child(ONE_MEGABYTE, tmp, List.of(), "fill", path, "more", 2000);
    assertEquals(output.toString(), 0, output.status());
    assertEquals(output.toString(), 1, output.after("CLASS").size());
    assertTrue(output.only("MESSAGE"), output.only("MESSAGE").contains("LMDB could not write"));
    assertEquals("1999", output.only("ADDED"));
    assertEquals("1999", output.only("DOCUMENTS"));
    assertEquals("[]", output.only("TEMPORARY"));
    try (Directory directory = new MMapDirectory(path)) {
      assertEquals(1999, read(directory).size());
    }
  }
}
