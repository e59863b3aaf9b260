/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Empties the cache, or gives the reason why not. */
public class TestPageCache extends LuceneTestCase {

  public void testEvictsOrSaysWhyNot() throws IOException {
    Path directory = createTempDir();
    byte[] bytes = new byte[1 << 16];
    random().nextBytes(bytes);
    Path file = directory.resolve("file with a space");
    Files.write(file, bytes);
    String problem = PageCache.evict(directory);
    assertTrue("must give the reason", problem == null || problem.isBlank() == false);
    assertArrayEquals("the file is unchanged", bytes, Files.readAllBytes(file));
    String again = PageCache.evict(directory); // the file has been written to disk by now
    assertTrue(again == null || again.isBlank() == false);
  }
}
