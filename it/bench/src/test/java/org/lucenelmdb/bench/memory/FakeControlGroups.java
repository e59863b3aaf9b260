/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.tests.mockfile.FilterFileSystemProvider;

/**
 * Directories that behave like control groups: a new one gets the files that the kernel would
 * create, and is removed with them.
 */
final class FakeControlGroups extends FilterFileSystemProvider {

  private static final String SUBTREE = "cgroup.subtree_control";
  private static final String PROCESSES = "cgroup.procs";

  private final Path directory;
  private final Set<Path> forbidden = new HashSet<>();
  private boolean countsSwap = true;
  private boolean movesProcesses = true;

  /** With {@code proc} and {@code groups} in an existing directory. */
  FakeControlGroups(Path directory) throws IOException {
    super("cgroups://", directory.getFileSystem());
    this.directory = directory;
    Files.createDirectories(directory.resolve("proc/self"));
  }

  Path proc() {
    return wrapPath(directory.resolve("proc"));
  }

  /** The path of a group, without the behavior of this class. */
  Path group(String name) {
    return directory.resolve("groups").resolve(name);
  }

  FakeControlGroups proc(String file, String... lines) throws IOException {
    Files.write(directory.resolve("proc").resolve(file), List.of(lines));
    return this;
  }

  /** A mount of all groups below a name; the fields are those of the real file. */
  String mount(String root, String name, String type, String options) {
    String point = group(name).toString().replace("\\", "\\134").replace(" ", "\\040");
    return "35 31 0:32 " + root + " " + point + " rw,relatime shared:9 - " + type + " x " + options;
  }

  /** Groups without a parent that exist already. */
  FakeControlGroups v1(String... names) throws IOException {
    for (String name : names) {
      Files.createDirectories(group(name));
    }
    return this;
  }

  /** A group of version 2 that exists already, and the controllers of those below. */
  FakeControlGroups v2(String name, String controllers) throws IOException {
    Files.createDirectories(group(name));
    Files.writeString(group(name).resolve(SUBTREE), controllers + "\n");
    return this;
  }

  FakeControlGroups forbid(String name) {
    forbidden.add(group(name));
    return this;
  }

  FakeControlGroups doNotCountSwap() {
    countsSwap = false;
    return this;
  }

  FakeControlGroups doNotMoveProcesses() {
    movesProcesses = false;
    return this;
  }

  @Override
  public void createDirectory(Path dir, FileAttribute<?>... attributes) throws IOException {
    Path created = toDelegate(dir);
    Path parent = created.getParent();
    if (forbidden.contains(parent)) {
      throw new AccessDeniedException(created.toString());
    }
    super.createDirectory(dir, attributes);
    if (movesProcesses) {
      Files.createFile(created.resolve(PROCESSES));
    } else {
      Files.createSymbolicLink(created.resolve(PROCESSES), created.resolve("missing/file"));
    }
    if (Files.exists(parent.resolve(SUBTREE)) == false) {
      write(created, "memory.limit_in_bytes", "9223372036854771712");
      write(created, "memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 0");
      if (countsSwap) {
        write(created, "memory.memsw.limit_in_bytes", "9223372036854771712");
      }
    } else if (Files.readString(parent.resolve(SUBTREE)).contains("memory")) {
      write(created, "memory.max", "max");
      write(created, "memory.events", "low 0\noom 0\noom_kill 0\noom_group_kill 0");
      if (countsSwap) {
        write(created, "memory.swap.max", "max");
      }
    }
  }

  private static void write(Path group, String file, String text) throws IOException {
    Files.writeString(group.resolve(file), text + "\n");
  }

  @Override
  public void delete(Path path) throws IOException {
    Path deleted = toDelegate(path);
    if (Files.isDirectory(deleted)) {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(deleted)) {
        for (Path file : files) {
          Files.delete(file);
        }
      }
    }
    super.delete(path);
  }
}
