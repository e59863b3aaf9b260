/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.lucene.util.IOUtils;

/**
 * A control group of Linux that limits the memory of the processes that are started in it. The page
 * cache of the files that they read counts; swap space is not available to them.
 */
final class ControlGroup implements Closeable {

  /** Lists the processes of a group; the kernel moves a process whose id is written to it. */
  private static final String PROCESSES = "cgroup.procs";

  /** Replaces the shell by the command, so that the group has no other process. */
  private static final String ENTER = "echo $$ > \"$0\" && exec \"$@\"";

  private static final long MAX_NANOS_TO_REMOVE = TimeUnit.SECONDS.toNanos(5);

  private final Path directory;
  private final Version version;

  private ControlGroup(Path directory, Version version) {
    this.directory = directory;
    this.version = version;
  }

  /** The versions of the kernel's interface. */
  enum Version {
    V1("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "memory.oom_control"),
    V2("memory.max", "memory.swap.max", "memory.events");

    private final String limitFile;
    private final String swapFile;
    private final String eventsFile;

    Version(String limitFile, String swapFile, String eventsFile) {
      this.limitFile = limitFile;
      this.swapFile = swapFile;
      this.eventsFile = eventsFile;
    }

    /** In version 1, the limit of memory and swap space together. */
    private long swapLimit(long bytes) {
      return this == V1 ? bytes : 0;
    }
  }

  /**
   * Creates a group, and starts a program in it to see whether the system permits that.
   *
   * @param parent the directory of an existing group
   * @param swap whether the system has swap space, which must then be limited, too
   * @throws IOException if the system does not permit it; nothing of the group is left
   */
  static ControlGroup create(Version version, Path parent, String name, long bytes, boolean swap)
      throws IOException {
    Path directory = parent.resolve(name);
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      Files.delete(directory); // of an earlier process with the same id that was killed
      Files.createDirectory(directory);
    }
    ControlGroup group = new ControlGroup(directory, version);
    try {
      write(directory.resolve(version.limitFile), bytes);
      Path swapFile = directory.resolve(version.swapFile);
      if (swap || Files.exists(swapFile)) {
        write(swapFile, version.swapLimit(bytes));
      }
      group.tryOut();
      return group;
    } catch (Throwable t) {
      IOUtils.closeWhileSuppressingExceptions(t, group);
      throw t;
    }
  }

  /** The kernel creates the files. */
  private static void write(Path file, long value) throws IOException {
    Files.writeString(
        file, Long.toString(value), StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
  }

  private void tryOut() throws IOException {
    Process process =
        new ProcessBuilder(command(List.of("true"))).redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(text.strip());
    }
  }

  Path directory() {
    return directory;
  }

  /** The command line that runs a command in this group. */
  List<String> command(List<String> command) {
    List<String> all =
        new ArrayList<>(List.of("sh", "-c", ENTER, directory.resolve(PROCESSES).toString()));
    all.addAll(command);
    return all;
  }

  /**
   * The number of processes that were killed for lack of memory; empty if the kernel is too old.
   */
  OptionalLong kills() throws IOException {
    Path file = directory.resolve(version.eventsFile);
    if (Files.exists(file) == false) {
      return OptionalLong.empty();
    }
    return Files.readAllLines(file).stream()
        .filter(line -> line.startsWith("oom_kill "))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(' ') + 1).strip()))
        .findFirst();
  }

  /** Ends the processes of the group, and removes it. */
  @Override
  public void close() throws IOException {
    long start = System.nanoTime();
    while (true) {
      try {
        endProcesses();
        Files.delete(directory);
        return;
      } catch (NoSuchFileException e) {
        return;
      } catch (IOException e) {
        // a process may be counted for an instant after its end
        if (System.nanoTime() - start > MAX_NANOS_TO_REMOVE) {
          throw e;
        }
        Thread.yield();
      }
    }
  }

  /** Ends those that this process has started; others may have moved to the group themselves. */
  private void endProcesses() throws IOException {
    Path list = directory.resolve(PROCESSES);
    if (Files.exists(list) == false) {
      return;
    }
    Set<String> members = Set.copyOf(Files.readAllLines(list));
    ProcessHandle.current()
        .descendants()
        .filter(process -> members.contains(Long.toString(process.pid())))
        .forEach(
            process -> {
              process.destroyForcibly();
              process.onExit().join();
            });
  }
}
