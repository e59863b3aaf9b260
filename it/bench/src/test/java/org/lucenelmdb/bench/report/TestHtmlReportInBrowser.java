/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.result.Result;
import org.lucenelmdb.bench.result.SyntheticResult;

/** The page in a browser; skipped without Chromium. */
public class TestHtmlReportInBrowser extends LuceneTestCase {

  private Browser browser;

  @Override
  public void setUp() throws Exception {
    super.setUp();
    Optional<Path> program = Browser.find();
    assumeTrue("no Chromium on the path, nor in the variable CHROMIUM", program.isPresent());
    browser = new Browser(program.get(), createTempDir("profile"));
  }

  private static Path write(Result result) throws IOException {
    Path file = createTempDir().resolve("report.html");
    HtmlReport.write(result, file);
    return file;
  }

  private static List<Plot> plots(Result result) {
    return Sections.of(Findings.withLabels(result)).stream()
        .flatMap(s -> s.plots().stream())
        .toList();
  }

  /** Every line or part has shapes of its color, in addition to the legend's. */
  private static void assertDrawn(String dom, Plot plot) {
    int start = dom.indexOf("id=\"plot-" + plot.id() + "\"");
    String figure = dom.substring(start, dom.indexOf("</figure>", start));
    String[] colors = value(figure, "data-colors").split(" ");
    assertEquals(plot.id(), plot.series().size(), colors.length);
    assertEquals("no color twice", colors.length, Set.of(colors).size());
    String chart = figure.substring(figure.indexOf("class=\"chart\""));
    for (int i = 0; i < colors.length; i++) {
      Plot.Series series = plot.series().get(i);
      long shapes = shapes(chart, colors[i]);
      long expected = series.points().stream().filter(p -> visible(plot, p)).count();
      assertTrue(
          plot.id() + ", " + series.name() + ": " + shapes + " of " + expected, shapes >= expected);
    }
  }

  private static long shapes(String chart, String color) {
    return Pattern.compile("<path d=\"M[^\"]+\"[^>]*(fill|stroke)=\"" + color + "\"")
        .matcher(chart)
        .results()
        .count();
  }

  /** Points left of the axis are cut off on purpose, and bars of zero length are invisible. */
  private static boolean visible(Plot plot, Plot.Point point) {
    return plot.kind() == Plot.Kind.LINES
        ? plot.x().min() == null || point.x() >= plot.x().min()
        : point.x() > 0;
  }

  private static String value(String html, String attribute) {
    int start = html.indexOf(attribute + "=\"") + attribute.length() + 2;
    return html.substring(start, html.indexOf('"', start));
  }

  public void testEveryPlot() throws Exception {
    Result full = SyntheticResult.full();
    String dom = browser.dom(write(full));
    Browser.assertReady(dom);
    assertFalse(plots(full).isEmpty());
    plots(full).forEach(plot -> assertDrawn(dom, plot));
  }

  public void testNames() throws Exception {
    Result nasty = TestHtmlReport.nasty();
    String dom = browser.dom(write(nasty));
    Browser.assertReady(dom);
    plots(nasty).forEach(plot -> assertDrawn(dom, plot));
  }

  private static final String ACT =
      """
      <script>
      const timer = setInterval(() => {
        if (!document.documentElement.dataset.ready) return;
        clearInterval(timer);
        document.querySelector('#plot-search .legend button').click();
        for (const id of ['plot-search', 'plot-build-1']) {
          const figure = document.getElementById(id);
          const color = figure.dataset.colors.split(' ')[1];
          const at = figure.querySelector('.chart path[fill="' + color + '"]').getBoundingClientRect();
          figure.querySelector('.chart > div').dispatchEvent(new MouseEvent('mousemove', {
            clientX: at.x + at.width / 2, clientY: at.y + at.height / 2, bubbles: true}));
        }
      }, 100);
      </script>
      """;

  /** The legend hides a line, and points have tooltips. */
  public void testActing() throws Exception {
    Path page = write(SyntheticResult.full());
    Files.writeString(page, Files.readString(page).replace("</main>", "</main>" + ACT));
    String dom = browser.dom(page);
    Browser.assertReady(dom);
    int start = dom.indexOf("id=\"plot-search\"");
    String figure = dom.substring(start, dom.indexOf("</figure>", start));
    String[] colors = value(figure, "data-colors").split(" ");
    String chart = figure.substring(figure.indexOf("class=\"chart\""), figure.indexOf("<details>"));
    assertEquals("hidden", 0, shapes(chart, colors[0]));
    assertTrue("still there", shapes(chart, colors[1]) > 0);
    assertTrue(figure.contains("aria-pressed=\"false\""));
    List<String> tips =
        Pattern.compile("<div class=\"tip\">([^<]*)")
            .matcher(dom)
            .results()
            .map(m -> m.group(1))
            .toList();
    assertEquals(tips.toString(), 2, tips.size());
    assertTrue(
        tips.getFirst(), tips.getFirst().matches("(?s)lucene-lmdb, 1 bit\nef \\d+\nrecall .*"));
    assertTrue(tips.getLast(), tips.getLast().matches("(?s)[^\n]+\nadd: .* s\nforce merge: .* s"));
  }

  /** A plot of one point without a line; and an empty page. */
  public void testLittle() throws Exception {
    Result small = new SyntheticResult(1, 10).families().cold().heaps().build();
    String dom = browser.dom(write(small));
    Browser.assertReady(dom);
    plots(small).forEach(plot -> assertDrawn(dom, plot));
    Browser.assertReady(
        browser.dom(write(new SyntheticResult(1, 10).engine("a", "A", "f").build())));
  }

  /** A phone in dark mode shows a page. */
  public void testPhone() throws Exception {
    Path page = write(SyntheticResult.full());
    BufferedImage dark = screenshot(page, "--blink-settings=preferredColorScheme=0");
    BufferedImage light = screenshot(page, "--blink-settings=preferredColorScheme=1");
    assertTrue(brightness(dark) < 60);
    assertTrue(brightness(light) > 200);
    for (BufferedImage picture : List.of(dark, light)) {
      Set<Integer> colors = new HashSet<>();
      for (int x = 0; x < picture.getWidth(); x++) {
        for (int y = 0; y < picture.getHeight(); y++) {
          colors.add(picture.getRGB(x, y));
        }
      }
      assertTrue(String.valueOf(colors.size()), colors.size() > 50);
    }
  }

  private BufferedImage screenshot(Path page, String scheme) throws Exception {
    Path picture = createTempDir().resolve("picture.png");
    browser.screenshot(page, picture, "--window-size=500,2500", scheme);
    try (InputStream in = Files.newInputStream(picture)) {
      return ImageIO.read(in);
    }
  }

  /** The brightness of the background, from 0 to 255. */
  private static int brightness(BufferedImage picture) {
    Color corner = new Color(picture.getRGB(0, 0));
    return Math.max(corner.getRed(), Math.max(corner.getGreen(), corner.getBlue()));
  }
}
