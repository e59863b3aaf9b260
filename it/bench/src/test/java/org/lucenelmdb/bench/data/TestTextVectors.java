/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.embedding.Embedder;

/** Embeddings of texts. */
public class TestTextVectors extends LuceneTestCase {

  /** Gives each text a vector of its length and its first character. */
  private static final class FakeEmbedder implements Embedder {

    final AtomicInteger embedded = new AtomicInteger();

    @Override
    public String id() {
      return "fake";
    }

    @Override
    public int dimensions() {
      return 2;
    }

    @Override
    public float[] embed(String text) {
      embedded.incrementAndGet();
      return new float[] {text.length(), text.charAt(0)};
    }
  }

  private static Path write(String text) throws IOException {
    return Files.writeString(createTempDir().resolve("texts.txt"), text);
  }

  private static List<Path> cacheFiles(Path cache) throws IOException {
    try (Stream<Path> files = Files.list(cache)) {
      return files.filter(f -> f.getFileName().toString().startsWith("embeddings")).toList();
    }
  }

  public void testEachLineIsEmbeddedOnce() throws IOException {
    Path cache = createTempDir().resolve("made");
    List<String> lines =
        IntStream.range(0, 4_100).mapToObj(i -> (char) ('a' + i % 26) + "é".repeat(i % 7)).toList();
    Path path = write(String.join(random().nextBoolean() ? "\n" : "\r\n", lines));
    FakeEmbedder embedder = new FakeEmbedder();
    for (int run = 0; run < 3; run++) {
      List<Double> progress = new ArrayList<>();
      try (VectorSource vectors = TextVectors.open(path, cache, embedder, progress::add)) {
        assertEquals("texts.txt", vectors.name());
        assertEquals(lines.size(), vectors.count());
        assertEquals(2, vectors.dimension());
        float[] vector = new float[2];
        for (int i = 0; i < lines.size(); i++) {
          vectors.read(i, vector);
          assertArrayEquals(new float[] {1 + i % 7, 'a' + i % 26}, vector, 0);
        }
      }
      assertEquals(progress.stream().sorted().toList(), progress);
      assertEquals(1.0, progress.get(progress.size() - 1), 0);
      if (run == 1) {
        assertEquals(4_100, embedder.embedded.get());
        // as if the first run had been stopped, or the file were damaged
        Path file = cacheFiles(cache).get(0);
        Files.write(file, random().nextBoolean() ? new byte[3] : new byte[0]);
      }
    }
    int again = embedder.embedded.get() - 4_100;
    assertTrue("" + again, again > 0 && again <= 2_000);
  }

  private static void assertRejected(Path path, String expected, String found) {
    FakeEmbedder embedder = new FakeEmbedder();
    Path cache = createTempDir();
    BadDataException e =
        expectThrows(
            BadDataException.class, () -> TextVectors.open(path, cache, embedder, p -> {}));
    String message = e.getMessage();
    assertTrue(message, message.startsWith(path + ": expected " + expected));
    assertTrue(message, message.contains(", found " + found));
    assertEquals(0, embedder.embedded.get());
    // and the model is not loaded
    e = expectThrows(BadDataException.class, () -> Sources.open(path, cache, p -> {}));
    assertEquals(message, e.getMessage());
  }

  public void testBadInput() throws IOException {
    assertRejected(createTempDir().resolve("missing.txt"), "a file", "none");
    assertRejected(write(""), "at least one line", "none");
    assertRejected(write("a\n \nb"), "a text in each line", "none in line 2");
    assertRejected(write("\na"), "a text in each line", "none in line 1");
    Path latin = createTempDir().resolve("latin.TXT");
    Files.write(latin, "größe".getBytes(StandardCharsets.ISO_8859_1));
    assertRejected(latin, "UTF-8", "other bytes");
  }

  public void testOtherFilesAreOfVectors() throws IOException {
    Path path = createTempDir().resolve("a.fvecs");
    try (VecsWriter writer = new VecsWriter(path)) {
      writer.write(new float[] {1, 2, 3});
    }
    try (VectorSource source = Sources.open(path, createTempDir(), p -> {})) {
      assertEquals(3, source.dimension());
    }
    Path other = createTempDir().resolve("a.csv");
    expectThrows(BadDataException.class, () -> Sources.open(other, createTempDir(), p -> {}));
  }
}
