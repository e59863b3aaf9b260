/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import java.io.IOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TimeUnits;
import org.lmdbjava.TargetName;
import org.lucenelmdb.jvm.ChildJvm;

/**
 * Loading of the native library, after failures too. Every test uses its own JVM: a library is
 * loaded once per process, and a failed class initialization cannot be repeated.
 */
@TimeoutSuite(millis = TimeUnits.HOUR)
public class TestNativeLibrary extends LuceneTestCase {

  /** The program of the other JVM. It prints its results. */
  static final class Child {

    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 5); // about to overflow
    private final NativeLibrary library = new NativeLibrary(nanoTime::get);

    private Child() {}

    /**
     * @param arguments the task and a path
     */
    public static void main(String[] arguments) throws Exception {
      Child child = new Child();
      Path path = Path.of(arguments[1]);
      switch (arguments[0]) {
        case "create" -> child.create(path);
        case "replace" -> child.replace(path);
        case "interrupt" -> child.interrupt();
        default -> throw new IllegalArgumentException(arguments[0]);
      }
    }

    private void load() {
      try {
        library.load();
        System.out.println("RESULT loaded");
      } catch (IOException e) {
        System.out.println("RESULT " + e.getMessage().replace('\n', ' '));
      }
    }

    /** Tries to load the library before and after a missing directory is created. */
    private void create(Path missing) throws Exception {
      load();
      Files.createDirectory(missing);
      nanoTime.addAndGet(NativeLibrary.RETRY_NANOS - 1);
      load();
      nanoTime.addAndGet(1);
      load();
      write(missing.resolve("index"));
    }

    /** Tries to load an invalid library, and again after it was removed. */
    private void replace(Path file) throws Exception {
      load();
      Files.delete(file);
      nanoTime.addAndGet(NativeLibrary.RETRY_NANOS);
      load();
    }

    private void interrupt() throws Exception {
      Thread.currentThread().interrupt();
      load();
      System.out.println("INTERRUPTED " + Thread.interrupted());
    }

    private static void write(Path path) throws IOException {
      try (Directory directory = new MMapDirectory(path);
          ImageWriter image = ImageWriter.create(directory, "image")) {
        image.put("d", new byte[] {1}, 1, true).put(0, (byte) 1);
        image.commit();
        System.out.println("LENGTH " + image.length());
      }
    }
  }

  private static List<String> results(List<String> options, String task, Path path)
      throws Exception {
    ChildJvm.Output output = ChildJvm.run(Child.class, options, task, path);
    assertEquals(output.toString(), 0, output.status());
    if (task.equals("create")) {
      assertTrue(output.toString(), Long.parseLong(output.only("LENGTH")) > 0);
    }
    return output.after("RESULT");
  }

  private static void assertTriedAgain(List<String> options, String property, Path missing)
      throws Exception {
    List<String> results = results(options, "create", missing);
    assertEquals(results.toString(), 3, results.size());
    String message = results.get(0);
    assertTrue(message, message.contains(missing + " (" + property + ")"));
    assertTrue(message, message.contains("-Dlmdbjava.extract.dir"));
    assertTrue(message, message.contains("NoSuchFileException"));
    assertTrue(message, message.contains("tried again after a minute"));
    assertEquals("less than a minute later", message, results.get(1));
    assertEquals("loaded", results.get(2));
  }

  public void testTemporaryDirectoryThatIsCreatedLater() throws Exception {
    Path missing = ChildJvm.real(createTempDir()).resolve("missing");
    assertTriedAgain(List.of("-Djava.io.tmpdir=" + missing), "java.io.tmpdir", missing);
  }

  public void testExtractDirectoryThatIsCreatedLater() throws Exception {
    for (String property : List.of("lmdbjava.extract.dir", "jffi.extract.dir")) {
      Path missing = ChildJvm.real(createTempDir()).resolve("missing");
      Path temporary = ChildJvm.real(createTempDir());
      assertTriedAgain(
          List.of("-D" + property + "=" + missing, "-Djava.io.tmpdir=" + temporary),
          property,
          missing);
    }
  }

  /** A failed class initialization is not repeated: a second attempt gives the first message. */
  public void testInvalidLibrary() throws Exception {
    Path file = ChildJvm.real(createTempDir()).resolve("liblmdb.so");
    Files.writeString(file, "no library");
    List<String> options = List.of("-Dlmdbjava.native.lib=" + file);
    List<String> results = results(options, "replace", file);
    assertEquals(results.toString(), 2, results.size());
    assertTrue(results.get(0), results.get(0).contains(file.toString()));
    assertFalse(results.get(0), results.get(0).contains("after a minute"));
    assertEquals(results.get(0), results.get(1));
  }

  /**
   * Loads the library in an interrupted thread, in which the channel that jffi writes to is closed.
   */
  public void testInterruptedThread() throws Exception {
    Path temporary = ChildJvm.real(createTempDir());
    List<String> options = List.of("-Djava.io.tmpdir=" + temporary);
    ChildJvm.Output output = ChildJvm.run(Child.class, options, "interrupt", temporary);
    assertEquals(output.toString(), "loaded", output.only("RESULT"));
    assertEquals("true", output.only("INTERRUPTED"));
  }

  /** The file of the check is at least as large as the libraries on all platforms. */
  public void testLibrariesFit() throws IOException {
    ClassLoader loader = NativeLibrary.class.getClassLoader();
    long bytes =
        largest(loader.getResource(TargetName.RESOLVED_FILENAME), "org/lmdbjava/native/")
            + largest(loader.getResource("jni/x86_64-Linux/libjffi-1.2.so"), "jni/");
    assertTrue(bytes + " bytes", bytes <= ExtractDirectories.LIBRARIES_BYTES);
  }

  /** The size of the largest file with a prefix in the jar of a resource. */
  private static long largest(URL resource, String prefix) throws IOException {
    JarURLConnection connection = (JarURLConnection) resource.openConnection();
    return connection.getJarFile().stream()
        .filter(entry -> entry.getName().startsWith(prefix))
        .mapToLong(entry -> entry.getSize())
        .max()
        .getAsLong();
  }
}
