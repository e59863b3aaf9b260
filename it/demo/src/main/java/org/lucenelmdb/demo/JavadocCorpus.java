/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.PackageTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.apache.lucene.util.SuppressForbidden;

/**
 * The text to search: the javadoc of every public declaration in a jar of Java sources, read with
 * the JDK's own parser.
 */
@SuppressForbidden(reason = "com.sun.source is a documented API of every JDK")
public final class JavadocCorpus {

  /** A file of the sources jar of lucene-core, which is a dependency of this module. */
  private static final String SOURCE_FILE = "org/apache/lucene/index/IndexWriter.java";

  /** Not part of the published javadoc. */
  private static final String INTERNAL_PACKAGES = "org.apache.lucene.internal.";

  /** Excludes comments such as "Sole constructor." */
  private static final int MIN_WORDS = 3;

  private JavadocCorpus() {}

  /** Reads the sources of Lucene from the class path, in a fixed order. */
  public static List<ApiDoc> ofLucene() throws IOException {
    URL file = JavadocCorpus.class.getClassLoader().getResource(SOURCE_FILE);
    if (file == null || !(file.openConnection() instanceof JarURLConnection connection)) {
      throw new IOException("the sources jar of lucene-core is not on the class path");
    }
    try {
      return ofSources(readJar(Path.of(connection.getJarFileURL().toURI()))).stream()
          .filter(doc -> !doc.packageName().startsWith(INTERNAL_PACKAGES))
          .toList();
    } catch (URISyntaxException e) {
      throw new IOException("unexpected location of the sources jar: " + file, e);
    }
  }

  private static List<String> readJar(Path jar) throws IOException {
    try (FileSystem files = FileSystems.newFileSystem(jar);
        Stream<Path> tree = Files.walk(files.getPath("/"))) {
      return tree.filter(path -> path.toString().endsWith(".java"))
          .map(JavadocCorpus::read)
          .toList();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static String read(Path path) {
    try {
      return Files.readString(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Extracts the documented public declarations of source files, by name. Of overloads with the
   * same text only the first is kept; otherwise all eight of {@code ArrayUtil.grow} could be hits.
   */
  static List<ApiDoc> ofSources(List<String> sources) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IOException(
          "this Java runtime has no compiler, which is needed to read sources: use a JDK");
    }
    List<SourceText> files = sources.stream().map(SourceText::new).toList();
    JavacTask task =
        (JavacTask) compiler.getTask(null, null, problem -> {}, List.of("-proc:none"), null, files);
    Extraction extraction = new Extraction(DocTrees.instance(task));
    extraction.scan(task.parse(), null);
    Set<String> seen = new HashSet<>();
    return extraction.docs.stream()
        .sorted(Comparator.comparing(ApiDoc::name).thenComparing(ApiDoc::kind))
        .filter(doc -> seen.add(doc.embeddedText()))
        .toList();
  }

  /** A source file in memory. */
  private static final class SourceText extends SimpleJavaFileObject {

    private final String text;

    SourceText(String text) {
      super(URI.create("memory:///Source.java"), JavaFileObject.Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Visits declarations, but not their bodies. */
  @SuppressForbidden(reason = "com.sun.source is a documented API of every JDK")
  private static final class Extraction extends TreePathScanner<Void, Void> {

    private static final Map<Tree.Kind, Kind> KINDS =
        Map.of(
            Tree.Kind.CLASS, Kind.CLASS,
            Tree.Kind.INTERFACE, Kind.INTERFACE,
            Tree.Kind.ENUM, Kind.ENUM,
            Tree.Kind.RECORD, Kind.RECORD,
            Tree.Kind.ANNOTATION_TYPE, Kind.ANNOTATION);

    private final List<ApiDoc> docs = new ArrayList<>();
    private final Deque<ClassTree> enclosing = new ArrayDeque<>();
    private final DocTrees trees;

    Extraction(DocTrees trees) {
      this.trees = trees;
    }

    @Override
    public Void visitPackage(PackageTree tree, Void unused) {
      add(Kind.PACKAGE, "");
      return null;
    }

    @Override
    public Void visitClass(ClassTree tree, Void unused) {
      if (isExported(tree.getModifiers())) {
        add(kindOf(tree), tree.getSimpleName().toString());
        enclosing.addLast(tree);
        scan(tree.getMembers(), null);
        enclosing.removeLast();
      }
      return null;
    }

    @Override
    public Void visitMethod(MethodTree tree, Void unused) {
      if (isExported(tree.getModifiers())) {
        boolean isConstructor = tree.getReturnType() == null;
        CharSequence name = isConstructor ? enclosing.getLast().getSimpleName() : tree.getName();
        add(isConstructor ? Kind.CONSTRUCTOR : Kind.METHOD, name + parameters(tree));
      }
      return null;
    }

    @Override
    public Void visitVariable(VariableTree tree, Void unused) {
      if (isExported(tree.getModifiers())) {
        add(Kind.FIELD, tree.getName().toString());
      }
      return null;
    }

    private void add(Kind kind, String simpleName) {
      DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
      String text = comment == null ? "" : JavadocText.of(comment, trees);
      if (text.split(" ").length >= MIN_WORDS) {
        String packageName = packageName();
        Stream<String> outer = enclosing.stream().map(type -> type.getSimpleName().toString());
        String name =
            Stream.concat(Stream.concat(Stream.of(packageName), outer), Stream.of(simpleName))
                .filter(part -> !part.isEmpty())
                .collect(Collectors.joining("."));
        docs.add(new ApiDoc(name, kind, packageName, text));
      }
    }

    private String packageName() {
      CompilationUnitTree unit = getCurrentPath().getCompilationUnit();
      return unit.getPackage() == null ? "" : unit.getPackage().getPackageName().toString();
    }

    /** Whether a member is public or protected; members of interfaces are by default. */
    private boolean isExported(ModifiersTree modifiers) {
      Set<Modifier> flags = modifiers.getFlags();
      return flags.contains(Modifier.PUBLIC)
          || flags.contains(Modifier.PROTECTED)
          || (!enclosing.isEmpty()
              && Set.of(Kind.INTERFACE, Kind.ANNOTATION).contains(kindOf(enclosing.getLast()))
              && !flags.contains(Modifier.PRIVATE));
    }

    private static Kind kindOf(ClassTree type) {
      return KINDS.get(type.getKind());
    }

    private static String parameters(MethodTree method) {
      return method.getParameters().stream()
          .map(Extraction::typeName)
          .collect(Collectors.joining(", ", "(", ")"));
    }

    /** The parameter's type without type arguments. */
    private static String typeName(VariableTree parameter) {
      String name = parameter.getType().toString().replaceAll("<.*>", "");
      boolean isVariableArity = parameter.toString().contains("... ");
      return isVariableArity ? name.replaceFirst("\\[]$", "...") : name;
    }
  }
}
