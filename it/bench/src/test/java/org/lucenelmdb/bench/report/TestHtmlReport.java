/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.ResultFile;
import org.lucenelmdb.bench.result.SyntheticResult;

/** The text of the page; see {@link TestHtmlReportInBrowser} for its rendering. */
public class TestHtmlReport extends LuceneTestCase {

  /** Ends or begins every context that must be escaped. */
  static final String NASTY =
      "</script></style><b>\"'&amp; <img src=x onerror=\"document.documentElement.dataset.hit=1\">"
          + " @TITLE@ \\ $1 \u00e4\u4e2d\ud83d\ude00\u2028 <!-- ${x}";

  /** A result with {@link #NASTY} as every text that a user or a file can choose. */
  static Result nasty() {
    return new SyntheticResult(2, 1_000, 2_000)
        .data(NASTY)
        .command(NASTY)
        .engine(NASTY, NASTY, NASTY)
        .engine("lucene99", NASTY + 2, NASTY)
        .filter(NASTY, NASTY, 0.1)
        .warning(NASTY, NASTY, NASTY)
        .everything()
        .build();
  }

  private static String write(Result result) throws IOException {
    Path file = createTempDir().resolve("report.html");
    HtmlReport.write(result, file);
    return Files.readString(file);
  }

  /** The content of a script element. */
  private static String script(String page, String id) {
    Matcher script =
        Pattern.compile(
                "<script type=\"application/json\" id=\"" + id + "\">(.*?)</script>",
                Pattern.DOTALL)
            .matcher(page);
    assertTrue(script.find());
    return script.group(1);
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  public void testResultInside() throws IOException {
    for (Result result : new Result[] {SyntheticResult.full(), nasty()}) {
      Path file = createTempFile();
      Files.writeString(file, script(write(result), "result"));
      assertEquals(result, ResultFile.read(file));
    }
  }

  public void testSelfContained() throws IOException {
    String page = write(SyntheticResult.full());
    String withoutEcharts = page.replace(Resources.echarts(), "");
    assertTrue(withoutEcharts.length() < page.length());
    for (String part : new String[] {"src=", "<link", "@import", "url(", "https:"}) {
      assertFalse(part, withoutEcharts.contains(part));
    }
    assertTrue(page.contains("default-src 'none'"));
    assertTrue(page.contains("name=\"viewport\""));
    assertFalse("placeholders are filled", withoutEcharts.matches("(?s).*@[A-Z]+@.*"));
  }

  public void testNames() throws IOException {
    String page = write(nasty()).replace(Resources.echarts(), "");
    assertEquals(4, count(page, "<script"));
    assertEquals(4, count(page, "</script"));
    assertEquals(1, count(page, "</style"));
    assertEquals(0, count(page, "<img"));
    assertEquals(0, count(page, "<b>"));
    assertTrue(page.contains("&lt;img src=x onerror=&quot;"));
    assertTrue("not taken for a placeholder", page.contains("@TITLE@"));
    assertTrue(page.contains("\u00e4\u4e2d\ud83d\ude00"));
  }

  public void testTablesAndHeading() throws IOException {
    String page = write(SyntheticResult.full());
    for (String part :
        new String[] {
          "<code>run --preset quick --data &#39;generated&#39;</code>",
          "2.5% of the vectors occur more than once",
          "Some CPU",
          "<h2>Growth</h2>",
          "Lucene104, 4 bits, reranked",
          "Data of this plot"
        }) {
      assertTrue(part, page.contains(part));
    }
  }

  public void testScriptsThatWouldEndEarly() {
    assertEquals("a < b", Html.script("a < b"));
    expectThrows(IllegalArgumentException.class, () -> Html.script("'</SCRIPT>'"));
    expectThrows(IllegalArgumentException.class, () -> Html.script("'<!--'"));
  }

  public void testReplacesAFile() throws IOException {
    Path file = createTempDir().resolve("report.html");
    HtmlReport.write(SyntheticResult.full(), file);
    HtmlReport.write(SyntheticResult.small(), file);
    assertTrue(Files.readString(file).endsWith("</html>\n"));
  }
}
