/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.NoMergePolicy;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.FilterIndexInput;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.RandomAccessInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.IORunnable;

/** Merges read segments sequentially, but must not turn on read-ahead for concurrent searches. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestMergeReads extends LuceneTestCase {

  private static final int DIMENSION = 16;
  private static final int DOCS = 600; // enough for a graph

  private final RecordingDirectory directory = new RecordingDirectory();

  @Override
  public void tearDown() throws Exception {
    assertTrue("all files are closed", directory.opened.stream().allMatch(file -> file.closed));
    directory.close();
    super.tearDown();
  }

  /** Records how images are read, and runs a callback before a merge creates its output. */
  private static final class RecordingDirectory extends FilterDirectory {
    final List<OpenedFile> opened = new CopyOnWriteArrayList<>();
    volatile IORunnable beforeMerged = () -> {};
    volatile IOException opening;

    RecordingDirectory() {
      super(new ByteBuffersDirectory());
    }

    @Override
    public IndexInput openInput(String name, IOContext context) throws IOException {
      IndexInput input = super.openInput(name, context);
      if (name.endsWith(".vec") == false) {
        return input;
      }
      if (opening != null) {
        input.close();
        throw opening;
      }
      OpenedFile file = new OpenedFile(access(context));
      opened.add(file);
      return new RecordingInput(input, file, true);
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
      if (name.endsWith(".vec") && context.context() == IOContext.Context.MERGE) {
        beforeMerged.run();
      }
      return super.createOutput(name, context);
    }
  }

  private static DataAccessHint access(IOContext context) {
    return context.hints(DataAccessHint.class).findAny().orElse(null);
  }

  private static final class OpenedFile {
    final AtomicReference<DataAccessHint> access;
    final AtomicInteger reads = new AtomicInteger();
    volatile boolean closed;

    OpenedFile(DataAccessHint access) {
      this.access = new AtomicReference<>(access);
    }
  }

  /** Slices and clones share the mapping, so an access hint of one affects all. */
  private static final class RecordingInput extends FilterIndexInput {
    private final OpenedFile file;
    private final boolean isWhole;

    RecordingInput(IndexInput in, OpenedFile file, boolean isWhole) {
      super("recorded " + in, in);
      this.file = file;
      this.isWhole = isWhole;
    }

    @Override
    public void updateIOContext(IOContext context) throws IOException {
      file.access.set(access(context));
      in.updateIOContext(context);
    }

    @Override
    public IndexInput clone() {
      return new RecordingInput(in.clone(), file, false);
    }

    @Override
    public IndexInput slice(String description, long offset, long length) throws IOException {
      return new RecordingInput(in.slice(description, offset, length), file, false);
    }

    @Override
    public RandomAccessInput randomAccessSlice(long offset, long length) throws IOException {
      file.reads.incrementAndGet(); // its reads are not seen
      return in.randomAccessSlice(offset, length);
    }

    @Override
    public byte readByte() throws IOException {
      file.reads.incrementAndGet();
      return super.readByte();
    }

    @Override
    public void readBytes(byte[] bytes, int offset, int length) throws IOException {
      file.reads.incrementAndGet();
      super.readBytes(bytes, offset, length);
    }

    @Override
    public void close() throws IOException {
      file.closed |= isWhole;
      super.close();
    }
  }

  private static IndexWriterConfig config() {
    return new IndexWriterConfig()
        .setCodec(
            new LmdbHnswCodec(
                random().nextBoolean()
                    ? LmdbHnswOptions.DEFAULT
                    : LmdbHnswOptions.DEFAULT.withCodeBits(4)))
        .setUseCompoundFile(false)
        .setMergePolicy(NoMergePolicy.INSTANCE)
        .setMergeScheduler(new SerialMergeScheduler());
  }

  private static void addSegments(IndexWriter writer) throws IOException {
    for (int segment = 0; segment < 2; segment++) {
      for (int i = 0; i < DOCS; i++) {
        Document document = new Document();
        document.add(new KnnFloatVectorField("v", vector()));
        writer.addDocument(document);
      }
      writer.flush();
    }
  }

  private static float[] vector() {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random().nextGaussian();
    }
    return vector;
  }

  private void forceMerge(IndexWriter writer) throws IOException {
    LogDocMergePolicy policy = new LogDocMergePolicy();
    policy.setNoCFSRatio(0);
    writer.getConfig().setMergePolicy(policy);
    writer.forceMerge(1);
  }

  /** Searches, and checks that the files it reads have random access. */
  private void checkSearch(DirectoryReader reader) throws IOException {
    int[] before = directory.opened.stream().mapToInt(file -> file.reads.get()).toArray();
    IndexSearcher searcher = new IndexSearcher(reader);
    assertEquals(
        10, searcher.search(new KnnFloatVectorQuery("v", vector(), 10), 10).totalHits.value());
    for (LeafReaderContext leaf : reader.leaves()) { // as a reranker does
      FloatVectorValues values = leaf.reader().getFloatVectorValues("v");
      values.vectorValue(random().nextInt(values.size()));
    }
    int read = 0;
    for (int i = 0; i < before.length; i++) {
      OpenedFile file = directory.opened.get(i);
      if (file.reads.get() > before[i]) {
        assertEquals(DataAccessHint.RANDOM, file.access.get());
        read++;
      }
    }
    assertEquals(reader.leaves().size(), read);
  }

  private int countOfMerges() {
    return (int)
        directory.opened.stream()
            .filter(f -> f.access.get() == DataAccessHint.SEQUENTIAL && f.reads.get() > 0)
            .count();
  }

  public void testAbortedMerge() throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config())) {
      addSegments(writer);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        checkSearch(reader);
        assertEquals(0, countOfMerges());
        int[] merges = new int[1];
        directory.beforeMerged =
            () -> {
              merges[0]++;
              checkSearch(reader); // during the merge
              throw new MergePolicy.MergeAbortedException();
            };
        try {
          forceMerge(writer);
        } catch (IOException e) {
          assertTrue(e.toString(), merges[0] > 0);
        }
        assertEquals(1, merges[0]);
        assertEquals(2, countOfMerges());
        checkSearch(reader);
      }
      directory.beforeMerged = () -> {};
    }
  }

  public void testMerge() throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config())) {
      addSegments(writer);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        forceMerge(writer);
        checkSearch(reader);
        assertEquals(2, countOfMerges());
      }
    }
  }

  private static CodecReader[] leaves(DirectoryReader reader) {
    return reader.leaves().stream()
        .map(leaf -> (CodecReader) leaf.reader())
        .toArray(CodecReader[]::new);
  }

  private static void addIndexes(DirectoryReader reader) throws IOException {
    try (Directory other = newDirectory();
        IndexWriter writer = new IndexWriter(other, config())) {
      writer.addIndexes(leaves(reader));
      writer.commit();
      try (DirectoryReader added = DirectoryReader.open(other)) {
        assertEquals(reader.numDocs(), added.numDocs());
        for (LeafReaderContext leaf : reader.leaves()) {
          FloatVectorValues expected = leaf.reader().getFloatVectorValues("v");
          FloatVectorValues found = added.leaves().get(0).reader().getFloatVectorValues("v");
          for (int ord = 0; ord < expected.size(); ord++) {
            assertArrayEquals(expected.vectorValue(ord), found.vectorValue(leaf.docBase + ord), 0f);
          }
        }
      }
    }
  }

  public void testAddIndexes() throws IOException {
    write();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (int i = 0; i < 3; i++) { // all merges share one opened file
        addIndexes(reader);
        checkSearch(reader);
        assertEquals(2, countOfMerges());
        assertEquals(4, directory.opened.size());
      }
    }
  }

  private void write() throws IOException {
    try (IndexWriter writer = new IndexWriter(directory, config())) {
      addSegments(writer);
    }
    directory.opened.clear(); // the writer opened and closed them
  }

  /** Merges segments whose files were deleted or cannot be opened again. */
  public void testFilesAreGone() throws IOException {
    write();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      if (random().nextBoolean()) {
        directory.opening = new IOException("no more files can be opened");
      } else {
        for (String file : directory.listAll()) {
          directory.deleteFile(file);
        }
      }
      addIndexes(reader);
      checkSearch(reader);
      assertEquals(0, countOfMerges());
    }
  }

  /** Merges segments whose files were replaced by those of another index. */
  public void testFilesAreReplaced() throws IOException {
    write();
    try (DirectoryReader reader = DirectoryReader.open(directory)) {
      for (String file : directory.listAll()) {
        directory.deleteFile(file);
      }
      List<OpenedFile> opened = List.copyOf(directory.opened);
      write();
      directory.opened.addAll(0, opened);
      addIndexes(reader);
      checkSearch(reader);
    }
  }
}
