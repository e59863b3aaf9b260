/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.opensearch;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakScope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.IOUtils;
import org.junit.AfterClass;
import org.junit.BeforeClass;

/** The disk of {@code java.io.tmpdir} is full, but not that of the data. */
@ThreadLeakScope(ThreadLeakScope.Scope.NONE) // the HTTP client ends its threads later
public class TestFullTemporaryFolder extends LuceneTestCase {

  private static final int BULK = 500;

  private static SmallDisk disk;
  private static NodeProcess node;
  private static Http http;

  @BeforeClass
  public static void startNode() throws Exception {
    Path home = createTempDir();
    disk = SmallDisk.mount(Files.createDirectories(home.resolve("tmp")), SmallDisk.TEST_MEGABYTES);
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

  /**
   * LMDB's library is extracted there. While the disk is full, documents with vectors are rejected.
   * Once the library is loaded, the folder is not used.
   */
  public void testTemporaryFolder() throws Exception {
    disk.fill(0);
    FilledIndex index = new FilledIndex(http, true);
    String rejected = index.send(BULK).toString();
    assertTrue(rejected, rejected.contains("LMDB's native library cannot be loaded"));
    assertTrue(rejected, rejected.contains("No space left on device"));
    assertTrue(node.isAlive());
    disk.free();
    IOUtils.close(http, node); // or a minute passes
    node.start();
    http = new Http(node.port());
    index.reconnect(http);
    assertEquals("green", index.awaitActive().at("status"));
    assertEquals(Set.of(), index.send(BULK));
    index.assertComplete();
    disk.fill(0);
    assertEquals(Set.of(), index.send(BULK));
    index.ok("POST", "_forcemerge?max_num_segments=1");
    index.assertComplete();
  }
}
