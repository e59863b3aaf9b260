/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.ConcurrentMergeScheduler;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.MergePolicy;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.store.MockDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TimeUnits;
import org.junit.After;
import org.junit.Before;
import org.junit.BeforeClass;
import org.lucenelmdb.jvm.ChildJvm;

/**
 * Base class for tests of failures: of directories, disks, the native library, and merges that are
 * aborted. An operation must fail with an exception that names the cause and the file, the last
 * commit must stay complete and readable, and no temporary file, mapping or open file may be left.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
@TimeoutSuite(millis = TimeUnits.HOUR)
public abstract class FailureTestCase extends LuceneTestCase {

  static final String TEMPORARY_DIRECTORY = "java.io.tmpdir";

  private String temporaryDirectory;

  /** The JVM's temporary directory during a test. It must be empty after the test. */
  protected Path emptyDirectory;

  /**
   * Loads native libraries, which are extracted into the temporary directory, before it is changed.
   */
  @BeforeClass
  public static void loadNativeLibraries() throws IOException {
    try (Directory directory = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(directory, VerifiableIndex.config(new Random(1)))) {
      writer.addDocument(VerifiableIndex.document(1));
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

  /** The names of files in a directory, without the files that Lucene's test file systems add. */
  static List<String> names(Path directory) throws IOException {
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

  static boolean isTemporary(String name) {
    return name.contains("_lmdb_");
  }

  /** Checks that no temporary file of the format is mapped or open, if the OS has /proc. */
  static void assertNothingOpen() throws IOException {
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
            assertNotNull(e); // closed meanwhile, for example the descriptor of this listing
            continue;
          }
          assertFalse(target, target.contains("_lmdb_"));
        }
      }
    }
  }

  static void assertNoTemporaryFiles(Directory directory) throws IOException {
    List<String> left =
        Arrays.stream(directory.listAll()).filter(FailureTestCase::isTemporary).toList();
    assertEquals(List.of(), left);
  }

  /** Checks that a new writer removes all files that no commit refers to. */
  static void checkUnreferenced(Directory directory, Set<Integer> expected) throws IOException {
    new IndexWriter(directory, VerifiableIndex.config(new Random(1), directory)).close();
    Set<String> files = new TreeSet<>(SegmentInfos.readLatestCommit(directory).files(true));
    Set<String> found = new TreeSet<>();
    for (String name : directory.listAll()) {
      if (name.startsWith("extra") == false && name.equals(IndexWriter.WRITE_LOCK_NAME) == false) {
        found.add(name);
      }
    }
    assertEquals(files, found);
    assertEquals(expected, VerifiableIndex.read(directory));
  }

  final MockDirectoryWrapper directory() {
    MockDirectoryWrapper directory =
        random().nextBoolean()
            ? newMockFSDirectory(createTempDir())
            : new MockDirectoryWrapper(random(), new ByteBuffersDirectory());
    directory.setThrottling(MockDirectoryWrapper.Throttling.NEVER);
    directory.setUseSlowOpenClosers(false);
    directory.setCheckIndexOnClose(false); // the tests do it themselves
    return directory;
  }

  /** Merges on threads of its own, and does not report expected exceptions as uncaught. */
  static class QuietScheduler extends ConcurrentMergeScheduler {
    @Override
    protected void handleMergeException(Throwable exc) {
      if (exc instanceof IOException == false
          && exc instanceof MergePolicy.MergeException == false
          && RandomWrites.isOfClosedWriter(exc) == false) {
        super.handleMergeException(exc);
      }
    }
  }
}
