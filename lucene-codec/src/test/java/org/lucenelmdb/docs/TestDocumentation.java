/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.docs;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.junit.BeforeClass;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.LmdbHnswFilterStrategy;
import org.lucenelmdb.LmdbHnswOptions;
import org.lucenelmdb.LmdbHnswSearchListener;
import org.lucenelmdb.LmdbHnswSearchStrategy;
import org.lucenelmdb.NativeThreads;

/**
 * Compiles the Java blocks of README.md and docs/*.md, runs the blocks below a line {@code <!-- run
 * -->}, and checks that links to files of the repository are not broken.
 */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestDocumentation extends LuceneTestCase {

  /** What a block may use without an import. */
  private static final String IMPORTS =
      """
      import java.io.*;
      import java.nio.file.*;
      import java.util.*;
      import java.util.concurrent.*;
      import org.apache.lucene.analysis.standard.*;
      import org.apache.lucene.codecs.*;
      import org.apache.lucene.codecs.hnsw.*;
      import org.apache.lucene.codecs.lucene99.*;
      import org.apache.lucene.document.*;
      import org.apache.lucene.index.*;
      import org.apache.lucene.search.*;
      import org.apache.lucene.search.knn.*;
      import org.apache.lucene.store.*;
      import org.apache.lucene.util.*;
      import org.apache.lucene.util.hnsw.*;
      import org.lucenelmdb.*;
      import org.lucenelmdb.docs.DocumentationExample;
      """;

  private static final Pattern BLOCK =
      Pattern.compile(
          "(<!-- run -->\\s*)?^```java\\R(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);

  private static final Pattern LINK =
      Pattern.compile("\\]\\(([^)#\\s]+)(#[^)\\s]*)?\\)|src=\"([^\"]+)\"");

  private static final Pattern CLASS_NAME =
      Pattern.compile("`([A-Z][a-z]+[A-Z]?\\w*)(\\.\\w+(\\(\\))?)?`");

  private static final Pattern PACKAGE_ROW =
      Pattern.compile("^\\| `([a-z]+)` \\|[^|]*\\|([a-z`, ]*)\\|$", Pattern.MULTILINE);

  private static final Pattern INTERNAL_IMPORT =
      Pattern.compile(
          "^import (?:static )?org\\.lucenelmdb\\.internal\\.([a-z]+)\\.", Pattern.MULTILINE);

  /** Those that the description of the architecture names. */
  private static final Set<String> LUCENES_CLASSES =
      Set.of(
          "CorruptIndexException",
          "Directory",
          "IndexInput",
          "IndexWriter",
          "InfoStream",
          "OptimizedScalarQuantizer");

  private static Path root;
  private static List<Path> pages;

  /** A Java block of a page. */
  private record Block(Path page, int line, boolean isRun, String code) {

    String className() {
      String name = page.getFileName().toString().replaceAll("\\W", "_");
      return "Block_" + name + "_" + line;
    }

    String source() {
      return IMPORTS
          + "public class "
          + className()
          + " extends DocumentationExample {\n@Override public void run() throws IOException {\n"
          + code
          + "}\n}\n";
    }

    @Override
    public String toString() {
      return root.relativize(page) + ":" + line;
    }
  }

  @BeforeClass
  public static void findPages() throws IOException {
    root = Path.of("").toAbsolutePath();
    while (Files.exists(root.resolve("README.md")) == false
        || Files.isDirectory(root.resolve("lucene-codec")) == false) {
      root = root.getParent();
      assumeTrue("no documentation above the working directory", root != null);
    }
    try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
      Stream<Path> top =
          Stream.of("README.md", "CHANGES.md", "CONTRIBUTING.md", "RELEASE.md").map(root::resolve);
      pages =
          Stream.concat(top, docs.filter(path -> path.toString().endsWith(".md")).sorted())
              .toList();
    }
  }

  private static List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    for (Path page : pages) {
      String text = Files.readString(page);
      Matcher matcher = BLOCK.matcher(text);
      while (matcher.find()) {
        int line = (int) text.substring(0, matcher.start(2)).lines().count() + 1;
        blocks.add(new Block(page, line, matcher.group(1) != null, matcher.group(2)));
      }
      assertEquals(
          page + " has a block that is not recognized",
          text.lines().filter(line -> line.strip().startsWith("```java")).count(),
          blocks.stream().filter(block -> block.page.equals(page)).count());
    }
    return blocks;
  }

  public void testBlocksCompile() throws Exception {
    List<Block> blocks = blocks();
    assertTrue(blocks.size() > 3);
    compile(blocks);
  }

  public void testBlocksRun() throws Exception {
    List<Block> blocks = blocks().stream().filter(Block::isRun).toList();
    assertTrue(blocks.size() > 0);
    Map<String, byte[]> classes = compile(blocks);
    ClassLoader loader =
        new ClassLoader(getClass().getClassLoader()) {
          @Override
          protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] bytes = classes.get(name);
            if (bytes == null) {
              throw new ClassNotFoundException(name);
            }
            return defineClass(name, bytes, 0, bytes.length);
          }
        };
    for (Block block : blocks) {
      try {
        run(loader.loadClass(block.className()));
      } catch (Exception | AssertionError e) {
        throw new AssertionError(block.toString(), e);
      }
    }
  }

  private static void run(Class<?> type) throws Exception {
    DocumentationExample example =
        (DocumentationExample) type.getDeclaredConstructor().newInstance();
    ExecutorService executor = Executors.newSingleThreadExecutor();
    try (Directory directory = new ByteBuffersDirectory();
        Directory indexed = new ByteBuffersDirectory();
        IndexWriter writer = new IndexWriter(indexed, config())) {
      Document document = new Document();
      document.add(
          new KnnFloatVectorField("vector", example.vector, VectorSimilarityFunction.COSINE));
      document.add(new StringField("lang", "en", Field.Store.NO));
      writer.addDocument(document);
      try (DirectoryReader reader = DirectoryReader.open(writer)) {
        example.directory = directory;
        example.writer = writer;
        example.searcher = new IndexSearcher(reader);
        example.executor = executor;
        example.run();
        for (String message : example.logged()) {
          assertFalse(message.isEmpty());
        }
      }
    } finally {
      executor.shutdown();
    }
  }

  private static IndexWriterConfig config() {
    return new IndexWriterConfig().setCodec(new LmdbHnswCodec());
  }

  /** Class names in the description of the architecture are those of classes that exist. */
  public void testClassNames() throws Exception {
    Set<String> known = new HashSet<>(LUCENES_CLASSES);
    for (String module : List.of("lucene-codec", "it")) {
      try (Stream<Path> files = Files.walk(root.resolve(module))) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .forEach(name -> known.add(name.substring(0, name.length() - ".java".length())));
      }
    }
    Set<String> unknown = new TreeSet<>();
    Matcher matcher =
        CLASS_NAME.matcher(Files.readString(root.resolve("docs").resolve("architecture.md")));
    while (matcher.find()) {
      if (known.contains(matcher.group(1)) == false) {
        unknown.add(matcher.group(1));
      }
    }
    assertEquals(Set.of(), unknown);
  }

  /** The table of packages lists the dependencies that the source files import, without cycles. */
  public void testPackageDependencies() throws Exception {
    Map<String, Set<String>> stated = new TreeMap<>();
    String text = Files.readString(root.resolve("docs").resolve("architecture.md"));
    int from = text.indexOf("## Packages");
    Matcher row = PACKAGE_ROW.matcher(text.substring(from, text.indexOf("\n## ", from)));
    while (row.find()) {
      Set<String> packages = new TreeSet<>();
      for (String name : row.group(2).split(",")) {
        if (name.isBlank() == false) {
          packages.add(name.replace("`", "").strip());
        }
      }
      stated.put(row.group(1), packages);
    }
    assertEquals(stated, imports());
    Set<String> independent = new HashSet<>();
    while (independent.addAll(
        stated.keySet().stream()
            .filter(name -> independent.containsAll(stated.get(name)))
            .toList())) {
      // packages that depend on independent ones only are independent of the others
    }
    assertEquals("cycle among the others", stated.keySet(), independent);
  }

  /** The packages below {@code internal}, each with those that it imports. */
  private static Map<String, Set<String>> imports() throws IOException {
    Map<String, Set<String>> imports = new TreeMap<>();
    Path internal = root.resolve("lucene-codec/src/main/java/org/lucenelmdb/internal");
    try (Stream<Path> files = Files.walk(internal)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String name = internal.relativize(file.getParent()).toString();
        Set<String> packages = imports.computeIfAbsent(name, key -> new TreeSet<>());
        Matcher matcher = INTERNAL_IMPORT.matcher(Files.readString(file));
        while (matcher.find()) {
          if (matcher.group(1).equals(name) == false) {
            packages.add(matcher.group(1));
          }
        }
      }
    }
    return imports;
  }

  /** Each setting, and each part of a search report, is described. */
  public void testAllIsDescribed() throws Exception {
    StringBuilder text = new StringBuilder();
    for (Path page : pages) {
      text.append(Files.readString(page));
    }
    List<String> names = new ArrayList<>();
    for (Class<?> type : List.of(LmdbHnswOptions.class, LmdbHnswSearchStrategy.class)) {
      for (Method method : type.getMethods()) {
        if (method.getName().startsWith("with")) {
          names.add(method.getName());
        }
      }
    }
    for (RecordComponent component : LmdbHnswSearchListener.Search.class.getRecordComponents()) {
      names.add("`" + component.getName() + "`");
    }
    for (LmdbHnswSearchListener.End end : LmdbHnswSearchListener.End.values()) {
      names.add("`" + end + "`");
    }
    for (LmdbHnswFilterStrategy strategy : LmdbHnswFilterStrategy.values()) {
      if (strategy != LmdbHnswFilterStrategy.AUTO) {
        names.add("`" + strategy + "`");
      }
    }
    names.removeIf(name -> text.indexOf(name) >= 0);
    assertEquals(List.of(), names);
  }

  public void testLinks() throws Exception {
    List<String> broken = new ArrayList<>();
    for (Path page : pages) {
      Matcher matcher = LINK.matcher(Files.readString(page));
      while (matcher.find()) {
        String link = matcher.group(1) == null ? matcher.group(3) : matcher.group(1);
        if (link.matches("(?i)[a-z]+:.*") == false
            && Files.exists(page.resolveSibling(link)) == false) {
          broken.add(root.relativize(page) + ": " + link);
        }
      }
    }
    assertEquals(List.of(), broken);
  }

  /** Compiles blocks in memory; returns classes by name. */
  private static Map<String, byte[]> compile(List<Block> blocks) throws Exception {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    assumeTrue("this is a JRE", compiler != null);
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    try (StandardJavaFileManager files =
            compiler.getStandardFileManager(problems, Locale.ROOT, null);
        Memory memory = new Memory(files)) {
      List<String> options =
          List.of("-proc:none", "-classpath", System.getProperty("java.class.path"));
      List<Source> sources = blocks.stream().map(Source::new).toList();
      boolean success = compiler.getTask(null, memory, problems, options, null, sources).call();
      assertTrue(problems.getDiagnostics().toString(), success);
      Map<String, byte[]> classes = new HashMap<>();
      memory.classes.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
      return classes;
    }
  }

  /** A block as a source file, whose name in messages is that of the block. */
  private static final class Source extends SimpleJavaFileObject {
    private final Block block;

    Source(Block block) {
      super(URI.create("block:///" + block.className() + ".java"), Kind.SOURCE);
      this.block = block;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return block.source();
    }
  }

  /** Keeps classes in memory. */
  private static final class Memory extends ForwardingJavaFileManager<JavaFileManager> {
    private final Map<String, ByteArrayOutputStream> classes = new HashMap<>();

    Memory(JavaFileManager files) {
      super(files);
    }

    @Override
    public JavaFileObject getJavaFileForOutput(
        Location location, String name, JavaFileObject.Kind kind, FileObject sibling) {
      return new SimpleJavaFileObject(URI.create("class:///" + name), kind) {
        @Override
        public OutputStream openOutputStream() {
          ByteArrayOutputStream bytes = new ByteArrayOutputStream();
          classes.put(name, bytes);
          return bytes;
        }
      };
    }
  }
}
