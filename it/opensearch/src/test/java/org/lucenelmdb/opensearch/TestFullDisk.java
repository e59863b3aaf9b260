/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.IOUtils;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;

/**
 * The disk of a node is full while it writes vectors. The shard fails as one without vectors does,
 * and when there is space again, it has every acknowledged document. Needs Linux, which must permit
 * mounts in a user namespace.
 */
@ThreadLeakScope(ThreadLeakScope.Scope.NONE) // the HTTP client ends its threads later
public class TestFullDisk extends LuceneTestCase {

  private static final long AWAIT_SECONDS = 60;
  private static final int BULK = 500;
  private static final int BULKS = 4;

  private static final String FORCE_MERGE = "_forcemerge?max_num_segments=1";

  /** The folder of a node's shards. */
  private static final String INDICES = "data/nodes/0/indices";

  private static SmallDisk disk;
  private static NodeProcess node;
  private static Http http;

  private int logged; // the length of the node's log before the test

  @BeforeClass
  public static void startNode() throws Exception {
    Path home = createTempDir();
    disk =
        SmallDisk.mount(Files.createDirectories(home.resolve(INDICES)), SmallDisk.TEST_MEGABYTES);
    assumeTrue(SmallDisk.NOT_PERMITTED, disk != null);
    node = disk.node(home).start();
    http = new Http(node.port());
  }

  @AfterClass
  public static void stopNode() throws IOException {
    IOUtils.close(http, node, disk);
    http = null;
    node = null;
    disk = null;
  }

  @Before
  public void prepare() throws IOException {
    disk.free();
    for (String left : List.of("keywords", "vectors")) { // by a test that failed
      http.send("DELETE", "/" + left, null);
    }
    logged = node.log().length();
  }

  private static void restart(FilledIndex... indices) throws Exception {
    IOUtils.close(http, node);
    node.start();
    http = new Http(node.port());
    for (FilledIndex index : indices) {
      index.reconnect(http);
    }
  }

  /** A merge fails wherever it runs out of space, also in the files of this format. */
  public void testForceMerge() throws Exception {
    forceMerge(false, 0.2, 0.6);
    forceMerge(true, 0.2, 0.6, 0.9, 1.2, 1.5);
    assertLogged("LMDB could not write", "because the disk is full");
    assertLogged("at org.lucenelmdb.internal.store.ImageWriter.copyTo", "No space left");
  }

  private void forceMerge(boolean hasVectors, double... parts) throws Exception {
    FilledIndex index = new FilledIndex(http, hasVectors);
    for (int i = 0; i < BULKS; i++) {
      assertEquals(Set.of(), index.send(BULK));
      index.ok("POST", "_flush");
    }
    Object bytes = index.ok("GET", "_stats/store").at("_all.primaries.store.size_in_bytes");
    for (double part : parts) {
      assertFails(index, FORCE_MERGE, (long) (part * ((Number) bytes).longValue()));
      disk.free();
      recover(index);
    }
    index.assertComplete();
    index.ok("POST", FORCE_MERGE);
    index.assertComplete();
    Http.Answer segments = index.ok("GET", "_stats/segments");
    assertEquals(1, segments.at("_all.primaries.segments.count"));
    index.ok("DELETE", "");
  }

  /** A refresh fails, so that the documents are in the translog only. */
  public void testRefresh() throws Exception {
    refresh(false, 0, 1 << 17);
    refresh(true, 0, 1 << 17, 1 << 20);
    assertLogged("at org.lucenelmdb.internal.store.ImageWriter", "No space left");
  }

  private void refresh(boolean hasVectors, long... left) throws Exception {
    FilledIndex index = new FilledIndex(http, hasVectors);
    for (long bytes : left) {
      assertEquals(Set.of(), index.send(BULK));
      assertEquals(Set.of(), index.send(BULK));
      assertFails(index, "_refresh", bytes);
      disk.free();
      recover(index);
      index.assertComplete();
      index.ok("POST", "_flush");
    }
    index.ok("DELETE", "");
  }

  /**
   * Documents are sent until the disk is full. Then the node is killed, and there is space again.
   */
  public void testBulk() throws Exception {
    FilledIndex keywords = new FilledIndex(http, false);
    FilledIndex vectors = new FilledIndex(http, true);
    for (FilledIndex index : List.of(keywords, vectors)) {
      for (int i = 0; i < BULKS; i++) {
        assertEquals(Set.of(), index.send(BULK));
      }
      disk.fill(3 << 20);
      Set<String> reasons = Set.of();
      while (reasons.isEmpty()) {
        reasons = index.send(BULK / 10);
      }
      assertTrue(reasons.toString(), isFullDisk(reasons.toString()));
      assertTrue(node.isAlive());
      disk.free();
    }
    node.kill();
    restart(keywords, vectors);
    for (FilledIndex index : List.of(keywords, vectors)) {
      recover(index);
      index.assertComplete();
      assertEquals(Set.of(), index.send(BULK));
      index.ok("POST", FORCE_MERGE);
      index.assertComplete();
      index.ok("DELETE", "");
    }
  }

  /** Fills the disk; then a request fails, and with it the shard, but not the node. */
  private void assertFails(FilledIndex index, String request, long left) throws Exception {
    disk.fill(left);
    Http.Answer answer = index.send("POST", request);
    String found = request + " with " + left + " bytes of space: " + answer;
    assertEquals(found, 1, answer.at("_shards.failed"));
    assertTrue(found, isFullDisk(answer.toString()));
    Http.Answer health = awaitStatus(index, "red");
    assertEquals(found + " " + health, "red", health.at("status"));
    assertNoTemporaryFiles();
    assertTrue("the node should run; found in its log: " + node.log(), node.isAlive());
  }

  private static boolean isFullDisk(String text) {
    return text.contains("No space left on device") || text.contains("because the disk is full");
  }

  /** Starts the shard again. */
  private void recover(FilledIndex index) throws IOException {
    http.ok("POST", "/_cluster/reroute?retry_failed=true", null);
    Http.Answer health = awaitStatus(index, "green");
    assertEquals(health.toString(), "green", health.at("status"));
  }

  /** The health of an index once it has a status; that of a shard never changes by itself. */
  private static Http.Answer awaitStatus(FilledIndex index, String status) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(AWAIT_SECONDS);
    Http.Answer health;
    do {
      health =
          http.send(
              "GET",
              "/_cluster/health/" + index.name() + "?wait_for_events=languid&timeout=1s",
              null);
    } while (status.equals(health.at("status")) == false && System.nanoTime() < end);
    return health;
  }

  /** No temporary files of this format are left, in shards or in {@code java.io.tmpdir}. */
  private void assertNoTemporaryFiles() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path folder : List.of(disk.visiblePath(), node.home().resolve("tmp"))) {
      try (Stream<Path> files = Files.walk(folder)) {
        files.filter(TestFullDisk::isTemporary).forEach(found::add);
      }
    }
    assertEquals(List.of(), found);
  }

  private static boolean isTemporary(Path file) {
    return file.getFileName().toString().matches(".*_lmdb_\\w+\\.tmp");
  }

  /** Fails unless the node logged a failure with all of these parts. */
  private void assertLogged(String... parts) throws IOException {
    String log = node.log().substring(logged);
    for (String part : parts) {
      assertTrue("the log should have: " + part, log.contains(part));
    }
  }
}
