/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.Bench;

/** Limits real processes, if the system permits that. */
public class TestMemoryLimit extends LuceneTestCase {

  private static final int MEGABYTES = 32;

  private static String name() {
    return "lucene-lmdb-bench-" + ProcessHandle.current().pid();
  }

  private static MemoryLimit limit() throws IOException {
    try {
      return MemoryLimit.of(MEGABYTES);
    } catch (UnsupportedLimitException e) {
      assumeNoException(e.getMessage(), e);
      throw e;
    }
  }

  private record Ended(int exitCode, String text) {}

  private static Ended run(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Ended(process.onExit().join().exitValue(), text);
  }

  private static Ended run(MemoryLimit limit, String... command) throws IOException {
    return run(limit.command(List.of(command)));
  }

  public void testProcessesAreInTheGroup() throws IOException {
    try (MemoryLimit limit = limit()) {
      limit.begin();
      Ended cat = run(limit, "cat", "/proc/self/cgroup");
      assertEquals(0, cat.exitCode);
      assertTrue(cat.text, cat.text.contains("/" + name() + "\n"));
      assertFalse(limit.isExceeded(cat.exitCode));
      assertEquals(7, run(limit, "sh", "-c", "exit 7").exitCode);
    }
    String own = Files.readString(Path.of("/proc/self/cgroup"));
    assertFalse(own, own.contains(name()));
  }

  public void testOutOfMemory() throws IOException {
    try (MemoryLimit limit = limit()) {
      for (int i = 0; i < 2; i++) {
        limit.begin();
        // tail keeps the whole line
        Ended tail = run(limit, "sh", "-c", "head -c 100000000 /dev/zero | tail -n 1 >/dev/null");
        assertEquals(tail.text, 137, tail.exitCode);
        assertTrue(limit.isExceeded(tail.exitCode));
        limit.begin();
        Ended killed = run(limit, "sh", "-c", "kill -9 $$");
        assertEquals(137, killed.exitCode);
        assertFalse("killed for another reason", limit.isExceeded(killed.exitCode));
      }
    }
  }

  public void testThePageCacheCounts() throws IOException {
    Path directory = createTempDir();
    Path file = directory.resolve("file");
    byte[] bytes = new byte[2 * MEGABYTES << 20];
    random().nextBytes(bytes);
    Files.write(file, bytes);
    String problem = PageCache.evict(directory);
    assumeTrue(problem, problem == null);
    try (MemoryLimit limit = limit()) {
      Files.readAllBytes(file); // without the limit
      assertTrue(resident(file) > MEGABYTES << 20);
      limit.begin(directory, directory.resolve("missing"));
      assertEquals(0, resident(file));
      assertEquals(0, run(limit, "sh", "-c", "cat '" + file + "' >/dev/null").exitCode);
      long resident = resident(file);
      assertTrue("" + resident, resident > 0 && resident <= MEGABYTES << 20);
    }
  }

  private static long resident(Path file) throws IOException {
    Ended fincore = run(List.of("fincore", "-n", "-b", "-o", "RES", file.toString()));
    assertEquals(fincore.text, 0, fincore.exitCode);
    return Long.parseLong(fincore.text.strip());
  }

  public void testClosingEndsProcesses() throws Exception {
    Process process;
    try (MemoryLimit limit = limit()) {
      List<String> command = List.of("sh", "-c", "echo started; exec sleep 600");
      process = new ProcessBuilder(limit.command(command)).start();
      assertEquals("started", process.inputReader().readLine()); // it is in the group
    }
    assertEquals(137, process.onExit().get(30, TimeUnit.SECONDS).exitValue());
    limit().close(); // the name is free
  }

  /** As with Ctrl-C. */
  public void testAnEndingRunRemovesItsGroup() throws Exception {
    Path directory = createTempDir();
    String probe = "probe-" + ProcessHandle.current().pid();
    Path parent;
    try (ControlGroup group = ControlGroups.create(Path.of("/proc"), probe, 64 << 20)) {
      parent = group.directory().getParent();
    } catch (UnsupportedLimitException e) {
      assumeNoException(e.getMessage(), e);
      throw e;
    }
    Process bench =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Djava.io.tmpdir=" + directory,
                Bench.class.getName(),
                "run",
                "--sizes=50000",
                "--queries=10",
                "--engines=lucene99",
                "--only",
                "--measure=build",
                "--memory-limit=600",
                "--out=" + directory.resolve("out"),
                "--cache=" + directory.resolve("cache"))
            .redirectErrorStream(true)
            .start();
    Path group = parent.resolve("lucene-lmdb-bench-" + bench.pid());
    try (BufferedReader in = bench.inputReader(StandardCharsets.UTF_8)) {
      String line = in.readLine();
      while (line != null && line.contains("build lucene99") == false) {
        line = in.readLine();
      }
      assertNotNull("the build begins", line);
      assertTrue(Files.exists(group));
      bench.destroy();
      bench.onExit().get(60, TimeUnit.SECONDS);
      assertFalse(Files.exists(group));
    } finally {
      bench.destroyForcibly();
      bench.onExit().join();
    }
  }

  public void testNoLimit() throws IOException {
    List<String> command = List.of("a", "b");
    assertEquals(command, MemoryLimit.NONE.command(command));
    MemoryLimit.NONE.begin(Path.of("missing"));
    assertFalse(MemoryLimit.NONE.isExceeded(137));
    MemoryLimit.NONE.close();
  }
}
