/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import org.lucenelmdb.bench.report.Browser;
import org.lucenelmdb.tools.search.TestIndex;
import org.lucenelmdb.tools.search.ToolRun;

/** The page, as text and in a browser. */
public class TestDoctorReport extends DiagnosisTestCase {

  private Path page;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    page = createTempDir().resolve("report.html");
    Path index =
        write(TestIndex.of(2_000, EUCLIDEAN, id -> clustered()).segments(1_000).delete(0.4));
    ToolRun run = run(index, "--report", page.toString(), "--filter", "color:blue");
    assertTrue(run.out().contains("\"deletes\""));
  }

  public void testPage() throws IOException {
    String html = Files.readString(page);
    assertTrue(html.contains("deletes: Deleted documents remain in the graph"));
    assertTrue(html.contains("color:blue"));
    assertTrue(html.contains("Worst queries") || html.contains("recall@10 1.000"));
    int body = html.indexOf("<body>");
    for (String part : new String[] {"src=", "<link", "@import", "https:"}) {
      assertFalse(part, html.substring(0, body).contains(part));
    }
  }

  /** Skipped without Chromium. */
  public void testInBrowser() throws Exception {
    Optional<Path> program = Browser.find();
    assumeTrue("no Chromium on the path, nor in the variable CHROMIUM", program.isPresent());
    String dom = new Browser(program.get(), createTempDir("profile")).dom(page);
    Browser.assertReady(dom);
    for (String plot :
        new String[] {
          "target-0", "effort-0", "recalls-0", "filtered-0", "degrees-0", "segments-0"
        }) {
      int start = dom.indexOf("id=\"plot-" + plot + "\"");
      assertTrue(plot, start > 0);
      String figure = dom.substring(start, dom.indexOf("</figure>", start));
      assertTrue(
          plot, Pattern.compile("<path d=\"M[^\"]+\"").matcher(figure).results().count() > 2);
    }
  }
}
