/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.junit.After;
import org.junit.Before;
import org.lucenelmdb.NativeThreads;

/** The life of an image under construction, and of its temporary file. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestImageWriter extends LuceneTestCase {

  private static final String TMPDIR = "java.io.tmpdir";

  private String tmpdir;

  @Before
  public void loadLmdb() throws Exception {
    NativeLibrary.ensureLoaded(); // from the real temporary directory
    tmpdir = System.getProperty(TMPDIR);
  }

  @After
  public void restoreTmpdir() {
    System.setProperty(TMPDIR, tmpdir);
  }

  private static byte[] key(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  private static void put(ImageWriter writer, int number, int size) throws IOException {
    writer.put("d", key(number), size, true).put(new byte[size]);
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(f -> f.getFileName().toString().startsWith("extra") == false).toList();
    }
  }

  private static List<String> files(Directory directory) throws IOException {
    List<String> files = new ArrayList<>(Arrays.asList(directory.listAll()));
    files.removeIf(f -> f.startsWith("extra")); // which the test framework adds
    return files;
  }

  public void testFileInIndexDirectory() throws Exception {
    checkFileInIndexDirectory(MMapDirectory::new);
    checkFileInIndexDirectory(NIOFSDirectory::new);
    checkFileInIndexDirectory(path -> newFSDirectory(path)); // wrapped for tests
    checkFileInIndexDirectory(path -> new FilterDirectory(new NIOFSDirectory(path)) {});
    checkFileInIndexDirectory(
        path -> new FilterDirectory(new FilterDirectory(new MMapDirectory(path)) {}) {});
  }

  @FunctionalInterface
  private interface DirectoryFactory {
    Directory open(Path path) throws IOException;
  }

  private static void checkFileInIndexDirectory(DirectoryFactory factory) throws Exception {
    Path path = createTempDir();
    Path elsewhere = createTempDir();
    System.setProperty(TMPDIR, elsewhere.toString());
    try (Directory directory = factory.open(path)) {
      try (ImageWriter writer = ImageWriter.create(directory, "_3_vectors")) {
        List<Path> files = files(path);
        assertEquals(1, files.size());
        String name = files.get(0).getFileName().toString();
        assertTrue(name, name.startsWith("_3_vectors_lmdb_"));
        assertTrue(name, name.endsWith(".tmp")); // so that IndexWriter removes it after a crash
        use(writer);
        assertEquals(files, files(path)); // no lock file
      }
      assertEquals(List.of(), files(path));
      assertEquals(List.of(), files(elsewhere));
    }
  }

  public void testFileInTemporaryDirectory() throws Exception {
    Path temporary = createTempDir();
    System.setProperty(TMPDIR, temporary.toString());
    Directory directory = new ByteBuffersDirectory();
    if (random().nextBoolean()) {
      directory = new FilterDirectory(directory) {};
    }
    try (Directory d = directory) {
      try (ImageWriter writer = ImageWriter.create(d, "_3_vectors")) {
        List<Path> files = files(temporary);
        assertEquals(1, files.size());
        use(writer);
        assertEquals(files, files(temporary));
        assertEquals(List.of(), files(d));
        // two at once, with the same prefix
        try (ImageWriter second = ImageWriter.create(d, "_3_vectors")) {
          assertEquals(2, files(temporary).size());
          use(second);
        }
        assertEquals(files, files(temporary));
        use(writer);
      }
      assertEquals(List.of(), files(temporary));
    }
  }

  /** A directory that has a path, but not one that the operating system knows. */
  public void testDirectoryOfOtherFileSystem() throws Exception {
    Path temporary = createTempDir();
    System.setProperty(TMPDIR, temporary.toString());
    Path zip = Path.of(createTempDir().resolve("index.zip").toString());
    URI uri = URI.create("jar:" + zip.toUri());
    try (FileSystem files = FileSystems.newFileSystem(uri, Map.of("create", "true"));
        Directory directory = new NIOFSDirectory(files.getPath("/index"), NoLockFactory.INSTANCE)) {
      try (ImageWriter writer = Inputs.newImage(directory, random())) {
        assertEquals(1, files(temporary).size());
        assertEquals(List.of(), files(directory));
        use(writer);
      }
      assertEquals(List.of(), files(temporary));
      assertEquals(List.of(), files(directory));
    }
  }

  /** The path reaches LMDB as it is. */
  public void testUnusualPaths() throws Exception {
    for (String name : List.of("with space", "it's $HOME", "%41", "\u00fc\u65e5\ud83d\ude00")) {
      Path path;
      try {
        path = Files.createDirectory(createTempDir().resolve(name));
      } catch (
          @SuppressWarnings("unused")
          InvalidPathException e) {
        continue; // not in this locale
      }
      try (Directory directory = new MMapDirectory(path)) {
        try (ImageWriter writer = Inputs.newImage(directory, random())) {
          use(writer);
          assertEquals(1, files(path).size());
        }
        assertEquals(List.of(), files(path));
      }
    }
  }

  private static void use(ImageWriter writer) throws IOException {
    int number = (int) writer.length();
    put(writer, number, 10);
    writer.commit();
    put(writer, number + 1, 100_000);
    try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
      ImageReader reader = new ImageReader(in, 0, writer.length());
      assertEquals(100_000, reader.get("d", key(number + 1)).length());
    }
  }

  public void testMissingTemporaryDirectory() throws Exception {
    Path missing = createTempDir().resolve("missing");
    System.setProperty(TMPDIR, missing.toString());
    try (Directory directory = new ByteBuffersDirectory()) {
      IOException e = expectThrows(IOException.class, () -> ImageWriter.create(directory, "test"));
      assertTrue(e.toString(), e.toString().contains(missing.toString()));
      assertTrue(e.toString(), e.toString().contains(TMPDIR));
      assertFalse(Files.exists(missing));
    }
    // not needed for an index on disk
    try (Directory directory = new MMapDirectory(createTempDir());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      use(writer);
    }
  }

  /** A file is not a directory. */
  public void testTemporaryDirectoryIsFile() throws Exception {
    Path file = createTempFile();
    System.setProperty(TMPDIR, file.toString());
    try (Directory directory = new ByteBuffersDirectory()) {
      IOException e = expectThrows(IOException.class, () -> ImageWriter.create(directory, "test"));
      assertTrue(e.toString(), e.toString().contains(file.toString()));
    }
  }

  public void testReadOnlyDirectory() throws Exception {
    Path path = createTempDir();
    try (Directory directory = new MMapDirectory(path)) {
      makeReadOnly(path);
      expectThrows(IOException.class, () -> ImageWriter.create(directory, "test"));
      assertEquals(List.of(), files(path));
    } finally {
      makeWritable(path);
    }
  }

  public void testReadOnlyTemporaryDirectory() throws Exception {
    Path path = createTempDir();
    try (Directory directory = new ByteBuffersDirectory()) {
      makeReadOnly(path);
      System.setProperty(TMPDIR, path.toString());
      IOException e = expectThrows(IOException.class, () -> ImageWriter.create(directory, "test"));
      assertTrue(e.toString(), e.toString().contains(path.toString()));
    } finally {
      makeWritable(path);
    }
  }

  private static void makeReadOnly(Path path) throws IOException {
    assumeTrue("POSIX", path.getFileSystem().supportedFileAttributeViews().contains("posix"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r-xr-xr-x"));
    assumeFalse("a superuser writes anywhere", Files.isWritable(path));
  }

  private static void makeWritable(Path path) throws IOException {
    if (path.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  public void testCloseAgain() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random())) {
      ImageWriter writer = Inputs.newImage(directory, random());
      if (random().nextBoolean()) {
        use(writer);
      }
      writer.close();
      writer.close();
      assertEquals(List.of(), files(directory));
    }
  }

  public void testCloseDuringTransaction() throws Exception {
    Path path = createTempDir();
    try (Directory directory = new NIOFSDirectory(path)) {
      ImageWriter writer = Inputs.newImage(directory, random());
      if (random().nextBoolean()) {
        use(writer);
      }
      put(writer, 1 << 30, random().nextInt(100_000));
      writer.close();
      assertEquals(List.of(), files(path));
      writer.close();
    }
  }

  public void testNothingWorksAfterClose() throws Exception {
    for (boolean used : new boolean[] {false, true}) {
      checkNothingWorksAfterClose(used);
    }
  }

  private static void checkNothingWorksAfterClose(boolean used) throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        IndexOutput out = directory.createOutput("out", IOContext.DEFAULT)) {
      ImageWriter writer = Inputs.newImage(directory, random());
      if (used) {
        use(writer);
      }
      if (random().nextBoolean()) {
        put(writer, 1 << 30, 10);
      }
      writer.close();
      List<ThrowingRunnable> calls =
          List.of(
              () -> writer.put("d", key(1), 10, false),
              () -> writer.put("e", key(1), 10, true),
              () -> writer.putRun("d", key(1), 1),
              writer::commit,
              writer::length,
              () -> writer.openInput(IOContext.DEFAULT),
              () -> writer.copyTo(out, () -> {}));
      for (ThrowingRunnable call : calls) {
        IOException e = expectThrows(IOException.class, call);
        assertTrue(e.getMessage(), e.getMessage().contains("is closed"));
      }
      assertEquals(0, out.getFilePointer());
    }
  }

  /** Someone else removed the file: close says so, and nothing is left open. */
  public void testFileVanishes() throws Exception {
    Path path = createTempDir();
    try (Directory directory = new MMapDirectory(path)) {
      ImageWriter writer = Inputs.newImage(directory, random());
      use(writer);
      Files.delete(files(path).get(0));
      expectThrows(IOException.class, writer::close);
      writer.close();
    }
  }

  /** Larger than any map it begins with: in many small records, in large ones, in one. */
  public void testGrowth() throws Exception {
    int total = 40 << 20;
    int size =
        switch (random().nextInt(4)) {
          case 0 -> TestUtil.nextInt(random(), 100, 1000);
          case 1 -> TestUtil.nextInt(random(), 1000, 100_000);
          case 2 -> TestUtil.nextInt(random(), 100_000, 10_000_000);
          default -> total;
        };
    boolean append = random().nextBoolean();
    byte[] value = Inputs.randomBytes(random(), size);
    try (Directory directory = new MMapDirectory(createTempDir());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int records = Math.max(1, total / size);
      for (int i = 0; i < records; i++) {
        writer.put("d", key(i), size, append).putInt(i).put(value, 4, size - 4);
        if (random().nextInt(1000) == 0) {
          writer.commit();
        }
      }
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        assertTrue(writer.length() > (long) records * size);
        ImageReader reader = new ImageReader(in, 0, writer.length());
        assertEquals(records, reader.entries("d"));
        for (int i = 0; i < 100; i++) {
          int n = random().nextInt(records);
          byte[] read = reader.read(reader.get("d", key(n)), size);
          assertEquals(Integer.reverseBytes(n), ByteBuffer.wrap(read).getInt());
          assertTrue(Arrays.equals(value, 4, size, read, 4, size));
        }
      }
    }
  }

  /** Small records whose keys arrive in no order: most puts change another page. */
  public void testGrowthInRandomOrder() throws Exception {
    int size = random().nextInt(100);
    Map<Long, Long> expected = new TreeMap<>(Long::compareUnsigned);
    try (Directory directory = new MMapDirectory(createTempDir());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      while (expected.size() * (size + 40L) < 15 << 20) {
        long k = random().nextLong();
        expected.put(k, (long) expected.size());
        byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(k).array();
        writer.put("d", key, Long.BYTES + size, false).putLong(expected.get(k)).put(new byte[size]);
      }
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, writer.length());
        ImageReader.Cursor cursor = reader.cursor("d");
        for (Map.Entry<Long, Long> record : expected.entrySet()) {
          assertTrue(cursor.next());
          assertEquals(record.getKey().longValue(), ByteBuffer.wrap(cursor.key()).getLong());
          assertEquals(
              Long.reverseBytes(record.getValue()),
              ByteBuffer.wrap(reader.read(cursor.value(), 1000)).getLong());
        }
        assertFalse(cursor.next());
      }
    }
  }

  /** A key's value is replaced by one of another size, perhaps of other pages. */
  public void testReplace() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int[] sizes = new int[20];
      for (int i = 0; i < 500; i++) {
        int n = random().nextInt(sizes.length);
        sizes[n] = random().nextInt(random().nextBoolean() ? 100 : 50_000);
        writer.put("d", key(n), sizes[n], false).put(new byte[sizes[n]]);
        if (random().nextInt(20) == 0) {
          checkSizes(writer, directory, sizes);
        }
      }
      checkSizes(writer, directory, sizes);
    }
  }

  private static void checkSizes(ImageWriter writer, Directory directory, int[] sizes)
      throws IOException {
    writer.commit();
    Inputs.copyImage(writer, directory, "copy", 0, 0, random());
    try (IndexInput in = directory.openInput("copy", IOContext.DEFAULT)) {
      ImageReader reader = new ImageReader(in, 0, in.length());
      for (int n = 0; n < sizes.length; n++) {
        ImageReader.Value value = reader.get("d", key(n));
        assertEquals(sizes[n], value == null ? 0 : value.length());
        assertEquals(sizes[n], value == null ? 0 : reader.read(value, sizes[n]).length);
      }
    }
    directory.deleteFile("copy");
  }

  /** What LMDB refuses is an IOException, and the writer can still be closed. */
  public void testRefused() throws Exception {
    Path path = createTempDir();
    try (Directory directory = new MMapDirectory(path)) {
      try (ImageWriter writer = Inputs.newImage(directory, random())) {
        put(writer, 5, 10);
        IOException e = expectThrows(IOException.class, () -> put(writer, 4, 10));
        assertTrue(e.getMessage(), e.getMessage().contains(path.toString()));
      }
      try (ImageWriter writer = Inputs.newImage(directory, random())) {
        expectThrows(IOException.class, () -> writer.put("d", new byte[0], 10, false));
      }
      try (ImageWriter writer = Inputs.newImage(directory, random())) {
        for (int i = 0; i < 16; i++) {
          writer.put("d" + i, key(i), 10, false).put(new byte[10]);
        }
        expectThrows(IOException.class, () -> writer.put("one more", key(1), 10, false));
      }
      assertEquals(List.of(), files(path));
    }
  }

  /** What was committed before a put that LMDB refused stays, and puts can follow. */
  public void testGoesOnAfterRefused() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      List<Integer> committed = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        put(writer, 2 * i, 1 + random().nextInt(10_000));
        writer.commit();
        committed.add(2 * i);
        if (random().nextBoolean()) {
          expectThrows(IOException.class, () -> put(writer, 0, 10)); // not behind the others
        }
      }
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, writer.length());
        assertEquals(committed.size(), reader.entries("d"));
        for (int number : committed) {
          assertNotNull(reader.get("d", key(number)));
        }
      }
    }
  }

  public void testCopyTo() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int records = random().nextInt(50);
      for (int i = 0; i < records; i++) {
        put(writer, i, random().nextInt(200_000));
      }
      writer.commit();
      long length = writer.length();
      AtomicInteger calls = new AtomicInteger();
      try (IndexOutput out = directory.createOutput("copy", IOContext.DEFAULT)) {
        writer.copyTo(out, calls::incrementAndGet);
        assertEquals(length, out.getFilePointer());
      }
      assertEquals((length + (1 << 20) - 1) >> 20, calls.get());

      int end = random().nextInt(calls.get());
      calls.set(0);
      IOException aborted = new IOException("aborted");
      try (IndexOutput out = directory.createOutput("part", IOContext.DEFAULT)) {
        IOException e =
            expectThrows(
                IOException.class,
                () ->
                    writer.copyTo(
                        out,
                        () -> {
                          if (calls.getAndIncrement() == end) {
                            throw aborted;
                          }
                        }));
        assertSame(aborted, e);
        assertEquals((long) end << 20, out.getFilePointer());
      }
      put(writer, records, 10); // goes on
      writer.commit();
    }
  }

  /** A transaction begun by one thread and committed by another. */
  public void testThreads() throws Exception {
    try (Directory directory = Inputs.any(random()).newDirectory(random());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      int threads = TestUtil.nextInt(random(), 2, 6);
      for (int t = 0; t < threads; t++) {
        int first = t * 100;
        boolean commit = random().nextBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread thread =
            new Thread(
                () -> {
                  try {
                    for (int i = 0; i < 100; i++) {
                      put(writer, first + i, 1000);
                    }
                    if (commit) {
                      writer.commit();
                    }
                  } catch (Throwable e) {
                    failure.set(e);
                  }
                });
        thread.start();
        thread.join();
        if (failure.get() != null) {
          throw new AssertionError(failure.get());
        }
      }
      try (IndexInput in = writer.openInput(IOContext.DEFAULT)) {
        ImageReader reader = new ImageReader(in, 0, writer.length());
        assertEquals(100L * threads, reader.entries("d"));
      }
    }
  }
}
