/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A file system of limited size in memory. It is mounted in a namespace of its own, which needs no
 * privileges on most Linux systems. A node of {@link #node} sees it. It ends with {@link #close}.
 *
 * <p>To fill the disk, a file of this class takes the space.
 */
final class SmallDisk implements Closeable {

  /** The size of the disks of tests. */
  static final int TEST_MEGABYTES = 64;

  /** Why a test is skipped. */
  static final String NOT_PERMITTED =
      "no file system can be mounted here in a user namespace (unshare)";

  private static final int CHUNK_BYTES = 1 << 16;
  private static final String FILLER = "filler";

  private final Process keeper; // of the namespace
  private final Path visible;

  private SmallDisk(Process keeper, Path mountPoint) {
    this.keeper = keeper;
    this.visible =
        Path.of("/proc/" + keeper.pid() + "/root").resolve(mountPoint.toString().substring(1));
  }

  /**
   * Mounts a disk.
   *
   * @param mountPoint an empty folder
   * @return null if this machine does not permit it
   */
  static SmallDisk mount(Path mountPoint, int megabytes) throws IOException {
    Process keeper;
    try {
      keeper =
          new ProcessBuilder(
                  "unshare",
                  "--map-root-user",
                  "--mount",
                  "sh",
                  "-c",
                  "mount -t tmpfs -o size=\"$1\"m tmpfs \"$0\" && echo mounted && exec cat",
                  mountPoint.toString(),
                  Integer.toString(megabytes))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) { // no such command
      return null;
    }
    byte[] mounted = "mounted\n".getBytes(StandardCharsets.US_ASCII);
    InputStream out = keeper.getInputStream();
    if (out.readNBytes(mounted.length).length < mounted.length) {
      keeper.destroy();
      return null;
    }
    return new SmallDisk(keeper, mountPoint);
  }

  /** A node that sees the disk, without OpenSearch's own watermarks. */
  NodeProcess node(Path home) throws IOException {
    return new NodeProcess(
        home,
        launcher(),
        List.of("-Xmx512m", "-XX:TieredStopAtLevel=1"), // starts faster
        List.of(
            "discovery.type=single-node",
            "node.name=one",
            "http.port=0",
            "cluster.routing.allocation.disk.threshold_enabled=false"));
  }

  /** The command that starts another command where the disk is mounted. */
  private List<String> launcher() {
    return List.of(
        "nsenter",
        "--preserve-credentials",
        "--user",
        "--mount",
        "--target",
        Long.toString(keeper.pid()));
  }

  /** Its path, for processes that do not see it where it is mounted. */
  Path visiblePath() {
    return visible;
  }

  /** Takes all free space but some bytes. */
  void fill(long left) throws IOException {
    try (FileChannel filler =
        FileChannel.open(
            visible.resolve(FILLER), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      filler.position(filler.size());
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
      try {
        while (true) {
          filler.write(chunk.clear());
        }
      } catch (IOException e) {
        if (String.valueOf(e.getMessage()).contains("No space left") == false) {
          throw e;
        }
      }
      filler.truncate(Math.max(0, filler.size() - left));
    }
  }

  /** Frees what {@link #fill} took. */
  void free() throws IOException {
    Files.deleteIfExists(visible.resolve(FILLER));
  }

  /** Unmounts the disk, once the processes that see it have ended. */
  @Override
  public void close() throws IOException {
    keeper.destroy();
  }
}
