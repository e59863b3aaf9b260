/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The memory limit of child processes, which run one after the other. The page cache of the files
 * that they read counts.
 */
public final class MemoryLimit implements Closeable {

  /** No limit. */
  public static final MemoryLimit NONE = new MemoryLimit(null, 0);

  private static final Path PROCESSES = Path.of("/proc");
  private static final int KILLED = 128 + 9;

  private final ControlGroup group;
  private final int megabytes;
  private long kills;

  private MemoryLimit(ControlGroup group, int megabytes) {
    this.group = group;
    this.megabytes = megabytes;
  }

  /**
   * Creates a limit, which lasts until it is closed.
   *
   * @throws UnsupportedLimitException if the system does not permit it
   */
  public static MemoryLimit of(int megabytes) throws IOException {
    String name = "lucene-lmdb-bench-" + ProcessHandle.current().pid();
    return new MemoryLimit(
        ControlGroups.create(PROCESSES, name, (long) megabytes << 20), megabytes);
  }

  /**
   * The command line that runs a command within the limit. Fails instead of running it without the
   * limit.
   */
  public List<String> command(List<String> command) {
    return group == null ? command : group.command(command);
  }

  /**
   * Must be called before a command is started. Pages that are in memory already do not count
   * toward the limit, so they are removed from the page cache.
   *
   * @param directories whose files the command may read; they need not exist
   * @throws IOException if pages stay in memory
   */
  public void begin(Path... directories) throws IOException {
    if (group == null) {
      return;
    }
    kills = group.kills().orElse(0);
    for (Path directory : directories) {
      if (Files.exists(directory)) {
        String problem = PageCache.evict(directory);
        if (problem != null) {
          throw new IOException("the page cache cannot be emptied: " + problem);
        }
      }
    }
  }

  /** Whether the command that was begun last was killed because it exceeded the limit. */
  public boolean isExceeded(int exitCode) throws IOException {
    return group != null && exitCode == KILLED && group.kills().orElse(Long.MAX_VALUE) > kills;
  }

  /** A description of an exceeded limit. */
  public String exceeded() {
    return "out of memory with a limit of " + megabytes + " MB";
  }

  @Override
  public void close() throws IOException {
    if (group != null) {
      group.close();
    }
  }
}
