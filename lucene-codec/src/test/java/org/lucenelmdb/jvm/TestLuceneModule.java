/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jvm;

import com.carrotsearch.randomizedtesting.annotations.TimeoutSuite;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TimeUnits;

/**
 * Queries where Lucene is a module that opens no package, as in Elasticsearch. Collectors cannot be
 * recognized by their private fields there, and a timeout hides a query's collector.
 */
@TimeoutSuite(millis = TimeUnits.HOUR)
public class TestLuceneModule extends LuceneTestCase {

  private static ChildJvm.Output run(int codeBits) throws Exception {
    String separator = System.getProperty("path.separator");
    List<String> modules = new ArrayList<>();
    List<String> classPath = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(separator)) {
      String name = Path.of(entry).getFileName().toString();
      if (name.startsWith("lucene-core-") || name.startsWith("lucene-join-")) {
        modules.add(entry);
      } else if (name.matches("lucene-(?!lmdb).*\\.jar") == false) {
        classPath.add(entry);
      }
    }
    assertEquals(modules.toString(), 2, modules.size());
    List<String> command = ChildJvm.command(ChildJvm.java());
    command.addAll(List.of("--module-path", String.join(separator, modules)));
    command.addAll(List.of("--add-modules", "org.apache.lucene.core,org.apache.lucene.join"));
    command.add("--enable-native-access=org.apache.lucene.core,ALL-UNNAMED");
    command.addAll(List.of("-cp", String.join(separator, classPath), AllQueries.class.getName()));
    command.add(ChildJvm.real(createTempDir()).toString());
    command.add(Integer.toString(codeBits));
    ChildJvm.Output output = ChildJvm.run(command);
    assertEquals(output.toString(), 0, output.status());
    assertEquals("org.apache.lucene.core closed", output.only("LUCENE"));
    return output;
  }

  /** Returns the kinds of queries whose searches were quantized. */
  private static Set<String> quantized(ChildJvm.Output output) {
    Set<String> quantized = new HashSet<>();
    List<String> queries = output.after("QUERY");
    assertEquals(output.toString(), 26, queries.size());
    for (String line : queries) {
      String[] figures = line.split(" ");
      if (figures[0].equals("similarity") == false) { // which may miss some as any search
        assertEquals("missing hits: " + line, "0", figures[4]);
      }
      assertTrue("recall: " + line, Double.parseDouble(figures[5]) >= 0.85);
      if (figures[2].equals("0") == false) {
        assertEquals("all searches: " + line, figures[2], figures[3]);
        quantized.add(figures[0] + " " + figures[1]);
      }
    }
    return quantized;
  }

  public void testQuantized() throws Exception {
    Set<String> expected = new HashSet<>();
    for (String timeout : new String[] {" none", " timeout"}) {
      for (String kind : new String[] {"topK", "filtered", "seeded"}) {
        expected.add(kind + timeout);
        expected.add(kind + "Fixed" + timeout);
      }
      expected.add("join" + timeout);
      expected.add("joinFiltered" + timeout);
      expected.add("similarity" + timeout);
    }
    // it does not show before the search that these are block joins
    expected.add("joinFixed timeout");
    expected.add("joinFilteredFixed timeout");
    assertEquals(expected, quantized(run(4)));
  }

  public void testExact() throws Exception {
    assertEquals(Set.of(), quantized(run(0)));
  }
}
