/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

import com.google.googlejavaformat.java.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Checks ("check") or mends ("apply") the style of every Java file below a directory: the licence
 * header, and google-java-format, which must be on the class path.
 */
class JavaStyle {
  private static final String HEADER =
      """
      /*
       * Copyright the lucene-lmdb authors.
       * SPDX-License-Identifier: Apache-2.0
       */
      """;

  public static void main(String[] args) throws Exception {
    boolean apply =
        switch (args[0]) {
          case "apply" -> true;
          case "check" -> false;
          default -> throw new IllegalArgumentException("check or apply, not " + args[0]);
        };
    List<Path> sources = sourcesBelow(Path.of(args[1]));
    boolean good = headers(sources, apply) & format(sources, apply);
    if (good == false) {
      System.err.println("These files break the style. To mend them: mvn -N -q -Pformat validate");
      System.exit(1);
    }
  }

  private static List<Path> sourcesBelow(Path root) throws IOException {
    List<Path> sources = new ArrayList<>();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            String name = directory.getFileName().toString();
            boolean skip = directory.equals(root) == false && name.startsWith(".");
            return skip || name.equals("target")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")) {
              sources.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
    sources.sort(null);
    return sources;
  }

  private static boolean headers(List<Path> sources, boolean apply) throws IOException {
    boolean good = true;
    for (Path source : sources) {
      String text = Files.readString(source);
      if (text.startsWith(HEADER)) {
        continue;
      }
      if (apply) {
        Files.writeString(source, HEADER + text);
      } else {
        System.err.println(source + ": does not start with the licence header");
        good = false;
      }
    }
    return good;
  }

  /** Prints the names of badly formatted files, or why a file cannot be formatted. */
  private static boolean format(List<Path> sources, boolean apply) throws Exception {
    Stream<String> options =
        apply ? Stream.of("--replace") : Stream.of("--dry-run", "--set-exit-if-changed");
    String[] arguments =
        Stream.concat(options, sources.stream().map(Path::toString)).toArray(String[]::new);
    PrintWriter out = new PrintWriter(System.err, true);
    int status = new Main(out, out, InputStream.nullInputStream()).format(arguments);
    out.flush();
    return status == 0;
  }
}
