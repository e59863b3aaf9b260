/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.explain;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.lucenelmdb.LmdbHnswOptions;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The drawing and the page. */
public class TestReport extends ExplainTestCase {

  private static Document parse(String xml) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory
        .newDocumentBuilder()
        .parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Element> elements(Document document, String name, String attribute) {
    NodeList all = document.getElementsByTagName(name);
    return IntStream.range(0, all.getLength())
        .mapToObj(i -> (Element) all.item(i))
        .filter(element -> element.hasAttribute(attribute))
        .toList();
  }

  private static int number(Element element, String attribute) {
    return Integer.parseInt(element.getAttribute(attribute));
  }

  /** Nodes and links are those of the graph, and lie within the picture. */
  private static void check(String svg, DirectoryReader reader, int doc) throws Exception {
    Document document = parse(svg);
    LeafReaderContext leaf = reader.leaves().get(ReaderUtil.subIndex(doc, reader.leaves()));
    HnswGraph graph = graph(leaf);
    Set<Integer> docs = new HashSet<>();
    Set<String> places = new HashSet<>();
    for (Element node : elements(document, "g", "data-doc")) {
      assertTrue("twice", docs.add(number(node, "data-doc")));
      ordinal(leaf, number(node, "data-doc")); // it has a vector
      Element circle = (Element) node.getElementsByTagName("circle").item(0);
      double x = Double.parseDouble(circle.getAttribute("cx"));
      double y = Double.parseDouble(circle.getAttribute("cy"));
      assertTrue(x + ", " + y, x > 0 && x < 1040 && y > 0 && y < 720);
      assertTrue("two at one place", places.add(x + ", " + y));
      Element label = (Element) node.getElementsByTagName("text").item(0);
      assertEquals(node.getAttribute("data-doc"), label.getTextContent());
      assertEquals(
          number(node, "data-doc") == doc, node.getAttribute("class").startsWith("node document"));
    }
    assertTrue(docs.contains(doc));
    assertTrue("" + docs.size(), docs.size() <= 80);
    List<Element> links = elements(document, "path", "data-from");
    assertTrue(docs.size() == 1 || links.isEmpty() == false);
    for (Element link : links) {
      int from = number(link, "data-from");
      int to = number(link, "data-to");
      assertTrue(docs.contains(from) && docs.contains(to));
      List<Integer> neighbors = neighbors(graph, number(link, "data-level"), ordinal(leaf, from));
      assertTrue(from + " to " + to, neighbors.contains(ordinal(leaf, to)));
    }
  }

  private TestIndex index(TestIndex.Kind kind) throws IOException {
    TestIndex index = new TestIndex(random(), createTempDir());
    index.kind = kind;
    int bits = kind == TestIndex.Kind.HAMMING_BYTES ? 0 : random().nextBoolean() ? 0 : 2;
    index.options = LmdbHnswOptions.DEFAULT.withMaxConn(6).withCodeBits(bits);
    index.options = index.options.withTinySegmentsThreshold(0);
    index.add(1500);
    return index;
  }

  public void testDrawing() throws Exception {
    TestIndex index = index(TestIndex.randomKind(random()));
    Path file = createTempDir().resolve("picture.svg");
    try (DirectoryReader reader = open(index.path)) {
      for (int i = 0; i < 10; i++) {
        float[] query = index.vector();
        ScoreDoc[] hits = search(reader, query, 10, null, null);
        int doc = i % 2 == 0 ? random().nextInt(1500) : hits[random().nextInt(10)].doc;
        explain(
            index.path, "--vector=" + TestIndex.text(query), "--doc=" + doc, "--report=" + file);
        check(Files.readString(file), reader, doc);
      }
    }
  }

  public void testPage() throws Exception {
    TestIndex index = index(TestIndex.Kind.EUCLIDEAN);
    Path file = createTempDir().resolve("page.html");
    explain(index.path, "--query-doc=3", "--doc=5", "--filter=color:<i>&\"", "--report=" + file);
    String page = Files.readString(file);
    assertFalse(page.contains("<i>"));
    assertTrue(page.contains("color:&lt;i&gt;&amp;&quot;"));
    for (String reference : List.of("src=", "href=", "url(http", "@import")) {
      assertFalse(reference, page.contains(reference)); // it is self-contained
    }
    int from = page.indexOf("<svg");
    try (DirectoryReader reader = open(index.path)) {
      check(page.substring(from, page.indexOf("</svg>") + 6), reader, 5);
    }
  }

  /** A page without a drawing, for a document without a vector; no drawing alone. */
  public void testNothingToDraw() throws Exception {
    TestIndex index = new TestIndex(random(), createTempDir());
    index.addVectors(index.vector(), null, index.vector());
    Path folder = createTempDir();
    explain(index.path, "--query-doc=0", "--doc=1", "--report=" + folder.resolve("a.html"));
    assertTrue(Files.readString(folder.resolve("a.html")).contains("has no vector in the field v"));
    int code =
        run(
            "explain",
            index.path.toString(),
            "--field=v",
            "--query-doc=0",
            "--doc=1",
            "--report=" + folder.resolve("a.svg"));
    assertEquals(3, code);
    assertTrue(err.toString(), err.toString().contains("expected a graph to draw"));
    assertFalse(Files.exists(folder.resolve("a.svg")));
  }

  private static Optional<Path> browser() {
    String named = System.getenv("CHROMIUM");
    if (named != null && named.isBlank() == false) {
      return Optional.of(Path.of(named));
    }
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Arrays.stream(path.split(System.getProperty("path.separator")))
        .filter(folder -> folder.isEmpty() == false)
        .flatMap(
            folder ->
                List.of("chromium", "chromium-browser", "google-chrome").stream()
                    .map(Path.of(folder)::resolve))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** A browser lays the page out: it shows a circle for each node. */
  public void testInBrowser() throws Exception {
    Optional<Path> program = browser();
    assumeTrue("no Chromium on the path, nor in the variable CHROMIUM", program.isPresent());
    TestIndex index = index(TestIndex.Kind.EUCLIDEAN);
    Path file = createTempDir().resolve("page.html");
    explain(index.path, "--query-doc=3", "--doc=5", "--report=" + file);
    String script =
        "<script>document.documentElement.dataset.shown = Array.from("
            + "document.querySelectorAll('g.node circle')).filter("
            + "c => c.getBoundingClientRect().width > 5).length;</script></body>";
    String page = Files.readString(file);
    Files.writeString(file, page.replace("</body>", script));
    String shown;
    Process process =
        new ProcessBuilder(
                program.get().toString(),
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                "--user-data-dir=" + createTempDir("profile"),
                "--dump-dom",
                file.toUri().toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream in = process.getInputStream()) {
      shown = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      assertTrue("the browser did not end", process.waitFor(300, TimeUnit.SECONDS));
    } finally {
      List<ProcessHandle> children = process.descendants().toList();
      children.forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().waitFor();
    }
    int nodes = page.split("<g class=\"node").length - 1;
    assertTrue(nodes > 1);
    assertTrue(shown, shown.contains("data-shown=\"" + nodes + "\""));
  }
}
