/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.util.Constants;
import org.lucenelmdb.bench.memory.PageCache;
import org.lucenelmdb.bench.result.Figures;

/** Counts what comes from a disk. */
public class TestDiskReads extends LuceneTestCase {

  public void testCountsOnlyPagesThatAreNotInMemory() throws IOException {
    assumeTrue("only Linux counts", Constants.LINUX);
    Path directory = createTempDir();
    byte[] bytes = new byte[1 << 20];
    random().nextBytes(bytes);
    Path file = directory.resolve("file");
    Files.write(file, bytes);
    String problem = PageCache.evict(directory);
    assumeTrue(problem, problem == null);
    DiskReads before = DiskReads.now();
    assertArrayEquals(bytes, Files.readAllBytes(file));
    Map<String, Double> cold = new HashMap<>();
    DiskReads.now().since(before).addTo(cold, 2);
    assertTrue(cold.toString(), cold.get(Figures.READ_PAGES) >= (1 << 20) / 4096 / 2);
    assertTrue(cold.toString(), cold.get(Figures.MAJOR_FAULTS) >= 0);
  }

  public void testSumsAndDifferences() {
    assertEquals(new DiskReads(3, 5), new DiskReads(4, 9).since(new DiskReads(1, 4)));
    assertEquals(new DiskReads(5, 13), new DiskReads(4, 9).plus(new DiskReads(1, 4)));
  }
}
