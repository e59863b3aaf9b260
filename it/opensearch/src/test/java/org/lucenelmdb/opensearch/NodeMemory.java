/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory of a node's process.
 *
 * @param heapBytes used on the heap after a forced collection
 * @param anonymousBytes resident memory that is not mapped from files: the heap, the JVM's own, and
 *     what the C library allocated; -1 if this system does not tell
 * @param fileBytes resident memory that is mapped from files, such as those of segments; -1 if this
 *     system does not tell
 */
record NodeMemory(long heapBytes, long anonymousBytes, long fileBytes) {

  private static final Pattern USED = Pattern.compile("used (\\d+)K");

  /** Forces a collection and measures. */
  static NodeMemory measure(long pid) throws IOException, InterruptedException {
    jcmd(pid, "GC.run");
    jcmd(pid, "GC.run"); // what finalizers and cleaners released in the first one
    String info = jcmd(pid, "GC.heap_info"); // the first line with a size is about the heap
    Matcher used = USED.matcher(info);
    if (used.find() == false) {
      throw new IOException("the heap's use should be in the answer of jcmd; found " + info);
    }
    Path status = Path.of("/proc", Long.toString(pid), "status");
    String text = Files.exists(status) ? Files.readString(status) : "";
    return new NodeMemory(
        Long.parseLong(used.group(1)) << 10,
        kilobytes(text, "RssAnon"),
        kilobytes(text, "RssFile"));
  }

  private static long kilobytes(String status, String name) {
    Matcher found = Pattern.compile(name + ":\\s+(\\d+) kB").matcher(status);
    return found.find() ? Long.parseLong(found.group(1)) << 10 : -1;
  }

  private static String jcmd(long pid, String command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(pid),
                command)
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("jcmd " + command + " should succeed; found " + output);
    }
    return output;
  }
}
