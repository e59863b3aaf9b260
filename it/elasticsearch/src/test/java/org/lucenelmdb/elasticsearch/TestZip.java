/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** What the zips of the plugins contain. */
public class TestZip extends LuceneTestCase {

  private static final long MAX_BYTES = 8 << 20;

  public void testContents() throws IOException {
    for (NodeProcess.Plugin plugin : NodeProcess.Plugin.values()) {
      assertTrue(plugin + " is small", Files.size(plugin.zip()) <= MAX_BYTES);
      Set<String> files = new HashSet<>();
      int classes = 0;
      try (InputStream in = Files.newInputStream(plugin.zip());
          ZipInputStream entries = new ZipInputStream(in)) {
        for (ZipEntry entry = entries.getNextEntry();
            entry != null;
            entry = entries.getNextEntry()) {
          files.add(entry.getName());
          if (entry.getName().endsWith(".jar")) {
            classes += checkJar(new ZipInputStream(entries));
          }
        }
      }
      assertTrue("classes", classes > 1000);
      for (String file :
          Set.of("plugin-descriptor.properties", "entitlement-policy.yaml", "LICENSE")) {
        assertTrue(file, files.contains(file));
      }
    }
  }

  private static int checkJar(ZipInputStream jar) throws IOException {
    int classes = 0;
    for (ZipEntry entry = jar.getNextEntry(); entry != null; entry = jar.getNextEntry()) {
      String name = entry.getName();
      assertFalse(name, name.contains("org/elasticsearch/") || name.contains("org/apache/lucene/"));
      if (name.endsWith(".class")) {
        classes++;
      }
    }
    return classes;
  }
}
