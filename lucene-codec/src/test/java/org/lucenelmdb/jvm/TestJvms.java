/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jvm;

import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TimeUnits;
import org.junit.BeforeClass;
import org.lucenelmdb.LmdbHnswCodec;

/**
 * Indexing and searching with several JDKs and JVM options, on the class path and the module path.
 * The system property {@code tests.javas} lists the {@code java} programs of other JDKs, separated
 * by the path separator.
 */
@TimeoutSuite(millis = TimeUnits.HOUR)
public class TestJvms extends LuceneTestCase {

  private static final String JAVAS = "tests.javas";
  private static final String CLASS_PATH = "java.class.path";
  private static final String HITS = "0 1 2";
  private static final String NATIVE_JAR = "native-"; // followed by its version

  /** Prefixes of the classes that call native libraries. */
  private static final List<String> NATIVE_CLASSES =
      List.of("jnr.", "com.kenai.jffi.", "org.lmdbjava.");

  /** The first JDK with a flag that denies {@code sun.misc.Unsafe}. */
  private static final int UNSAFE_FLAG_FEATURE = 23;

  private static final String UNSAFE_FLAG = "--sun-misc-unsafe-memory-access=";

  /** The {@code java} programs and the feature versions of their JDKs. */
  private static Map<Path, Integer> javas;

  @BeforeClass
  public static void findJavas() throws Exception {
    javas = new LinkedHashMap<>();
    javas.put(ChildJvm.java().toRealPath(), Runtime.version().feature());
    for (String java : list(System.getProperty(JAVAS, ""))) {
      Path path = Path.of(java).toRealPath();
      if (javas.containsKey(path) == false) {
        javas.put(path, feature(path));
      }
    }
  }

  private static int feature(Path java) throws Exception {
    ChildJvm.Output output =
        ChildJvm.run(List.of(java.toString(), "-XshowSettings:properties", "-version"));
    String name = "java.specification.version = ";
    for (String line : output.lines()) {
      if (line.trim().startsWith(name)) {
        return Integer.parseInt(line.trim().substring(name.length()));
      }
    }
    throw new AssertionError(java + ": " + output);
  }

  private static List<String> list(String path) {
    String separator = System.getProperty("path.separator");
    return Stream.of(path.split(separator)).filter(entry -> entry.isEmpty() == false).toList();
  }

  private static ChildJvm.Output indexAndSearch(List<String> command) throws Exception {
    command.add(ChildJvm.real(createTempDir()).toString());
    return ChildJvm.run(command);
  }

  private static List<String> onClassPath(Path java, String classPath, String... options) {
    List<String> command = ChildJvm.command(java);
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", classPath, IndexAndSearch.class.getName()));
    return command;
  }

  /** Creates a jar, which is an automatic module, from a directory of classes, which is not. */
  private static Path moduleJar(Path directory, String name, Path classes) throws Exception {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().putValue("Automatic-Module-Name", name);
    Path jar = directory.resolve(name + ".jar");
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> files = Files.walk(classes)) {
      for (Path path : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        String entry = classes.relativize(path).toString().replace('\\', '/');
        if (entry.startsWith("META-INF/MANIFEST") == false) {
          out.putNextEntry(new ZipEntry(entry));
          Files.copy(path, out);
          out.closeEntry();
        }
      }
    }
    return jar;
  }

  private static Path source(Class<?> type) throws Exception {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** The command line that README.md shows. */
  private static List<String> onModulePath(Path java) throws Exception {
    Path directory = ChildJvm.real(createTempDir());
    Path codec = source(LmdbHnswCodec.class);
    List<String> modules = new ArrayList<>();
    List<String> classPath = new ArrayList<>();
    for (String entry : list(System.getProperty(CLASS_PATH))) {
      Path path = Path.of(entry);
      if (path.getFileName().toString().startsWith(NATIVE_JAR)) {
        classPath.add(entry);
      } else if (Files.isRegularFile(path)) {
        modules.add(entry);
      }
    }
    if (Files.isDirectory(codec)) {
      modules.add(moduleJar(directory, "org.lucenelmdb.codec", codec).toString());
    }
    Path classes = directory.resolve("classes");
    Path main = Path.of(IndexAndSearch.class.getName().replace('.', '/') + ".class");
    Files.createDirectories(classes.resolve(main).getParent());
    Files.copy(source(IndexAndSearch.class).resolve(main), classes.resolve(main));
    String app = "app";
    modules.add(moduleJar(directory, app, classes).toString());

    String separator = System.getProperty("path.separator");
    List<String> command = ChildJvm.command(java);
    command.addAll(List.of("--module-path", String.join(separator, modules)));
    command.addAll(List.of("--class-path", String.join(separator, classPath)));
    command.addAll(List.of("--add-modules", "ALL-MODULE-PATH"));
    command.add(
        "--enable-native-access=org.lucenelmdb.codec,org.jnrproject.jffi,org.apache.lucene.core");
    command.addAll(List.of("--module", app + "/" + IndexAndSearch.class.getName()));
    return command;
  }

  private static void assertFound(Path java, ChildJvm.Output output) {
    String message = java + ": " + output;
    assertEquals(message, 0, output.status());
    assertEquals(message, HITS, output.only("HITS"));
    for (String line : output.lines()) {
      assertFalse(message, line.contains("sun.misc.Unsafe"));
      assertFalse(message, line.contains("restricted method"));
    }
  }

  /** The JVM prints no warnings about this format or its dependencies. */
  public void testClassPath() throws Exception {
    for (Path java : javas.keySet()) {
      ChildJvm.Output output = indexAndSearch(onClassPath(java, System.getProperty(CLASS_PATH)));
      assertFound(java, output);
      assertEquals("the property is removed again", "null", output.only("DISABLED"));
    }
  }

  /** The format works without {@code sun.misc.Unsafe}, which future JDKs will remove. */
  public void testUnsafeDenied() throws Exception {
    for (Map.Entry<Path, Integer> java : javas.entrySet()) {
      if (java.getValue() >= UNSAFE_FLAG_FEATURE) {
        String classPath = System.getProperty(CLASS_PATH);
        List<String> command = onClassPath(java.getKey(), classPath, UNSAFE_FLAG + "deny");
        assertFound(java.getKey(), indexAndSearch(command));
      }
    }
  }

  /** A search loads no class that calls a native library. */
  public void testSearchWithoutNativeLibraries() throws Exception {
    Path index = ChildJvm.real(createTempDir());
    assertTrue("indexing loads them", loadsNativeClasses(index));
    assertFalse("searching loads them", loadsNativeClasses(index));
  }

  private static boolean loadsNativeClasses(Path index) throws Exception {
    Path log = ChildJvm.real(createTempDir()).resolve("classes");
    String classPath = System.getProperty(CLASS_PATH);
    String option = "-Xlog:class+load:file=\"" + log + "\":none"; // without decorations
    List<String> command = onClassPath(ChildJvm.java(), classPath, option);
    command.add(index.toString());
    assertFound(ChildJvm.java(), ChildJvm.run(command));
    return Files.readAllLines(log).stream()
        .anyMatch(line -> NATIVE_CLASSES.stream().anyMatch(line::startsWith));
  }

  public void testModulePath() throws Exception {
    for (Path java : javas.keySet()) {
      ChildJvm.Output output = indexAndSearch(onModulePath(java));
      assertFound(java, output);
      assertEquals("org.lucenelmdb.codec", output.only("MODULE"));
    }
  }

  /** A user can make jffi use {@code sun.misc.Unsafe}, of which the JVM warns. */
  public void testUnsafeByUser() throws Exception {
    assumeTrue("needs the flag", Runtime.version().feature() >= UNSAFE_FLAG_FEATURE);
    ChildJvm.Output output =
        indexAndSearch(
            onClassPath(
                ChildJvm.java(),
                System.getProperty(CLASS_PATH),
                UNSAFE_FLAG + "warn",
                "-Djffi.unsafe.disabled=false"));
    assertEquals(output.toString(), HITS, output.only("HITS"));
    assertEquals("false", output.only("DISABLED"));
    assertTrue(
        output.toString(),
        output.lines().stream()
            .anyMatch(line -> line.contains("sun.misc.Unsafe") && line.contains("jffi")));
  }

  /** The error message names the native jar, which cannot be a module and is easily omitted. */
  public void testMissingNativeJar() throws Exception {
    String separator = System.getProperty("path.separator");
    String classPath =
        String.join(
            separator,
            list(System.getProperty(CLASS_PATH)).stream()
                .filter(
                    entry ->
                        Path.of(entry).getFileName().toString().startsWith(NATIVE_JAR) == false)
                .toList());
    ChildJvm.Output output = indexAndSearch(onClassPath(ChildJvm.java(), classPath));
    assertEquals(output.toString(), 1, output.status());
    String message =
        output.lines().stream()
            .filter(line -> line.contains("LMDB's native library cannot be loaded"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(output.toString()));
    assertTrue(message, message.contains("org.lmdbjava:native"));
    assertTrue(message, message.contains("is missing from the class path"));
    assertFalse(message, message.contains("temporary directory"));
    assertFalse(message, message.contains("extract.dir"));
  }
}
