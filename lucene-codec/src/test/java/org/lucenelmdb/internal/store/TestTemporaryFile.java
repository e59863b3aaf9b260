/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import static org.lucenelmdb.internal.store.ImageFixtures.files;
import static org.lucenelmdb.internal.store.ImageFixtures.use;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.junit.After;
import org.junit.Before;
import org.lucenelmdb.NativeThreads;

/** The location of an image's temporary file, and its removal. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestTemporaryFile extends LuceneTestCase {

  private static final String TMPDIR = "java.io.tmpdir";

  private String tmpdir;

  @Before
  public void loadLmdb() throws Exception {
    NativeLibrary.ensureLoaded(); // before a test replaces the temporary directory
    tmpdir = System.getProperty(TMPDIR);
  }

  @After
  public void restoreTmpdir() {
    System.setProperty(TMPDIR, tmpdir);
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
        // a second one with the same prefix
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

  /** A directory with a path that the operating system does not know. */
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

  /** The path is passed to LMDB unchanged. */
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

  public void testMissingTemporaryDirectory() throws Exception {
    Path missing = createTempDir().resolve("missing");
    System.setProperty(TMPDIR, missing.toString());
    try (Directory directory = new ByteBuffersDirectory()) {
      IOException e = expectThrows(IOException.class, () -> ImageWriter.create(directory, "test"));
      assertTrue(e.toString(), e.toString().contains(missing.toString()));
      assertTrue(e.toString(), e.toString().contains(TMPDIR));
      assertFalse(Files.exists(missing));
    }
    // an index on disk does not use it
    try (Directory directory = new MMapDirectory(createTempDir());
        ImageWriter writer = Inputs.newImage(directory, random())) {
      use(writer);
    }
  }

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

  /** If the file was removed by other means, close reports it but still closes everything. */
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
}
