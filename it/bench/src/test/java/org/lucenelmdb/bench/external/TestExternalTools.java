/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Constants;
import org.lucenelmdb.bench.memory.MemoryLimit;
import org.lucenelmdb.bench.memory.OutOfMemoryException;
import org.lucenelmdb.bench.memory.UnsupportedLimitException;
import org.lucenelmdb.bench.result.Measure;
import org.lucenelmdb.bench.result.Sample;

/** Running programs and reading their output, with a fake program. */
public class TestExternalTools extends LuceneTestCase {

  private final List<Double> progress = new ArrayList<>();

  private List<Sample> search(String fake) throws IOException {
    Path nowhere = Path.of("nowhere");
    return tools(fake)
        .search(
            ExternalEngine.HNSWLIB,
            new ExternalSearch(nowhere, nowhere, 3, List.of(10, 20), List.of(1, 2), 3, 0.5),
            progress::add);
  }

  private static ExternalTools tools(String fake) {
    List<String> command = FakeProgram.command(FakeProgram.class, fake);
    return new ExternalTools(Map.of(ExternalEngine.HNSWLIB, command), MemoryLimit.NONE);
  }

  private String searchFails(String fake) {
    return expectThrows(ExternalException.class, () -> search(fake)).getMessage();
  }

  public void testSamplesAndProgress() throws IOException {
    List<Sample> samples = search(random().nextBoolean() ? "measures" : "garbage");
    assertEquals(2, samples.size());
    Sample first = samples.get(0);
    assertEquals(Measure.SEARCH, first.measure());
    assertEquals("hnswlib", first.engine());
    assertEquals(3, first.round());
    assertEquals(1000, first.vectors());
    assertEquals(Integer.valueOf(10), first.ef());
    assertEquals(Integer.valueOf(2), first.threads());
    assertNull(first.filter());
    assertEquals(17, first.value("arguments"), 0);
    assertEquals(Integer.valueOf(20), samples.get(1).ef());
    assertEquals(List.of(0.5, 1.0), progress);
  }

  public void testBuild() throws IOException {
    ExternalBuild build = new ExternalBuild(Path.of("data"), Path.of("index"), 0, 16, 100, 2);
    List<Sample> samples = tools("measures").build(ExternalEngine.HNSWLIB, build, progress::add);
    assertEquals(Measure.BUILD, samples.get(0).measure());
    assertEquals(15, samples.get(0).value("arguments"), 0);
  }

  public void testNotPrepared() {
    ExternalBuild build = new ExternalBuild(Path.of("data"), Path.of("index"), 0, 16, 100, 2);
    expectThrows(
        IllegalArgumentException.class,
        () -> tools("measures").build(ExternalEngine.HANNOY, build, progress::add));
  }

  public void testLinesThatAreNotOfTheProtocol() {
    assertTrue(searchFails("half a line").endsWith("not part of the protocol: {\"progress\":"));
    assertTrue(searchFails("other json").contains("\"speed\":3"));
    assertTrue(searchFails("no values").contains("without measure or values"));
    assertTrue(searchFails("other version").contains("0.0.1"));
  }

  public void testFailures() {
    assertEquals("hnswlib: fake: the data is bad", searchFails("complains"));
    String message = searchFails("fails");
    assertTrue(message, message.startsWith("hnswlib: failed with exit code 1:\n"));
    assertTrue(message, message.endsWith("\ndetail 98\ndetail 99"));
    assertFalse(message, message.contains("detail 79"));
    assertEquals("hnswlib: measured nothing:\nnothing to do", searchFails("silence"));
  }

  public void testOutOfMemory() throws IOException {
    // tail keeps the whole line
    List<String> greedy = List.of("sh", "-c", "head -c 100000000 /dev/zero | tail -n 1 >/dev/null");
    Path nowhere = Path.of("nowhere");
    ExternalBuild build = new ExternalBuild(nowhere, nowhere, 0, 16, 100, 2);
    try (MemoryLimit limit = MemoryLimit.of(32)) {
      ExternalTools tools = new ExternalTools(Map.of(ExternalEngine.HNSWLIB, greedy), limit);
      OutOfMemoryException e =
          expectThrows(
              OutOfMemoryException.class,
              () -> tools.build(ExternalEngine.HNSWLIB, build, progress::add));
      assertEquals("out of memory with a limit of 32 MB", e.getMessage());
      String unlimited =
          expectThrows(
                  ExternalException.class,
                  () -> tools.unlimited().build(ExternalEngine.HNSWLIB, build, progress::add))
              .getMessage();
      assertTrue(unlimited, unlimited.contains("measured nothing"));
    } catch (UnsupportedLimitException e) {
      assumeNoException(e.getMessage(), e);
    }
  }

  public void testProgramIsKilled() {
    assumeFalse("no signals", Constants.WINDOWS);
    ExternalException e =
        expectThrows(
            ExternalException.class,
            () ->
                tools("waits")
                    .build(
                        ExternalEngine.HNSWLIB,
                        new ExternalBuild(Path.of("data"), Path.of("index"), 0, 16, 100, 2),
                        done -> {
                          assertEquals(0.5, done, 0);
                          ProcessHandle.current()
                              .children()
                              .forEach(ProcessHandle::destroyForcibly);
                        }));
    assertTrue(e.getMessage(), e.getMessage().contains("was killed by signal 9"));
  }

  public void testProgramEndsWhenItsListenerFails() throws Exception {
    List<ProcessHandle> programs = new ArrayList<>();
    expectThrows(
        IOException.class,
        () ->
            ChildProgram.run(
                FakeProgram.command(FakeProgram.class, "waits"),
                line -> {
                  programs.addAll(program(line).stream().toList());
                  throw new IOException("expected");
                }));
    assertEquals(1, programs.size());
    programs.get(0).onExit().get(30, TimeUnit.SECONDS);
  }

  public void testProgramEndsWithTheJvm() throws Exception {
    assumeFalse("ending a process on Windows runs no hooks", Constants.WINDOWS);
    Process parent =
        new ProcessBuilder(FakeProgram.command(EndingParent.class))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader in = parent.inputReader()) {
      ProcessHandle program = program(in.readLine()).orElseThrow();
      parent.destroy();
      program.onExit().get(30, TimeUnit.SECONDS);
      assertFalse(program.isAlive());
    } finally {
      parent.destroyForcibly();
      parent.onExit().join();
    }
  }

  private static Optional<ProcessHandle> program(String line) {
    assertTrue(line, line.startsWith("pid "));
    return ProcessHandle.of(Long.parseLong(line.substring("pid ".length())));
  }

  private void assertMissing(String program, ExternalEngine engine, String path)
      throws IOException {
    Path tools = createTempDir();
    List<String> heard = new ArrayList<>();
    ExternalException e =
        expectThrows(
            ExternalException.class,
            () ->
                ExternalTools.prepare(
                    Sources.directory(),
                    tools,
                    EnumSet.of(engine),
                    MemoryLimit.NONE,
                    heard::add,
                    path));
    String message = e.getMessage();
    assertTrue(message, message.startsWith("there is no " + program + " on the PATH: install "));
    assertEquals(message, 1, message.lines().count());
    assertEquals(List.of(), heard);
  }

  public void testMissingTools() throws IOException {
    for (String path : new String[] {null, "", createTempDir().toString()}) {
      assertMissing("python3", ExternalEngine.HNSWLIB, path);
      assertMissing("python3", ExternalEngine.FAISS_HNSW_SQ8, path);
      assertMissing("cargo", ExternalEngine.HANNOY, path);
    }
  }

  /** A directory with a program that only fails. */
  private static Path failing(String program, String message) throws IOException {
    Path directory = createTempDir();
    Path file = directory.resolve(program);
    Files.writeString(file, "#!/bin/sh\necho 'ERROR: " + message + "'\necho more; exit 3\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return directory;
  }

  public void testFailingInstallations() throws IOException {
    assumeFalse("a script of a shell", Constants.WINDOWS);
    Path tools = createTempDir();
    for (int i = 0; i < 2; i++) { // nothing of the first failure is taken for an installation
      ExternalException e =
          expectThrows(
              ExternalException.class,
              () ->
                  ExternalTools.prepare(
                      Sources.directory(),
                      tools,
                      EnumSet.of(ExternalEngine.FAISS_HNSW),
                      MemoryLimit.NONE,
                      what -> {},
                      failing("python3", "no venv").toString()));
      assertTrue(e.getMessage(), e.getMessage().startsWith("python3 -m venv failed; install"));
      assertTrue(e.getMessage(), e.getMessage().contains("ERROR: no venv"));
      assertEquals(1, e.getMessage().lines().count());
    }
    ExternalException e =
        expectThrows(
            ExternalException.class,
            () ->
                ExternalTools.prepare(
                    Sources.directory(),
                    tools,
                    EnumSet.of(ExternalEngine.HANNOY),
                    MemoryLimit.NONE,
                    what -> {},
                    failing("cargo", "no compiler").toString()));
    assertTrue(e.getMessage(), e.getMessage().contains("ERROR: no compiler"));
    assertEquals(1, e.getMessage().lines().count());
  }

  public void testNothingAsked() throws IOException {
    ExternalTools.prepare(
        Path.of("nowhere"),
        createTempDir(),
        EnumSet.noneOf(ExternalEngine.class),
        MemoryLimit.NONE,
        what -> fail(what),
        "");
  }
}
