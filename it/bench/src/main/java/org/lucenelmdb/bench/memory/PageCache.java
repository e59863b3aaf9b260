/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The system's page cache, emptied with Linux tools that need no privileges. */
public final class PageCache {

  private static final String NO_INPUT = "/dev/null";

  private PageCache() {}

  /**
   * Removes a directory's files from the cache; they must not be mapped.
   *
   * @return null, or the reason why that is not possible
   */
  public static String evict(Path directory) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(directory)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    if (files.isEmpty()) {
      return null;
    }
    for (Path file : files) {
      // with a count of 0, dd copies nothing; it writes what is not on the disk yet, which would
      // stay, and advises the system to drop the whole file
      Output dd =
          run(
              "dd",
              "of=" + file,
              "oflag=nocache",
              "conv=notrunc,fdatasync",
              "count=0",
              "if=" + NO_INPUT,
              "status=none");
      if (dd.failed()) {
        return dd.text;
      }
    }
    List<String> command = new ArrayList<>(List.of("fincore", "-n", "-b", "-o", "RES"));
    files.forEach(file -> command.add(file.toString()));
    Output fincore = run(command.toArray(new String[0]));
    if (fincore.failed()) {
      return fincore.text;
    }
    long resident =
        Arrays.stream(fincore.text.strip().split("\\s+"))
            .filter(word -> word.isEmpty() == false)
            .mapToLong(Long::parseLong)
            .sum();
    return resident == 0 ? null : resident + " bytes stay in the page cache";
  }

  private record Output(int exitCode, String text) {
    boolean failed() {
      return exitCode != 0;
    }
  }

  private static Output run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (InputStream in = process.getInputStream()) {
        String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return new Output(process.onExit().join().exitValue(), text.strip());
      }
    } catch (IOException e) {
      return new Output(-1, e.getMessage());
    }
  }
}
