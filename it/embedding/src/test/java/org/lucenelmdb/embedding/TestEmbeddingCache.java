/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Embeddings and their cache. */
public class TestEmbeddingCache extends LuceneTestCase {

  private static final List<String> TEXTS = List.of("one", "two", "three");
  private static final List<float[]> VECTORS =
      List.of(new float[] {1, -2, 3}, new float[] {0, Float.MIN_VALUE, -0f});

  private final RecordingListener listener = new RecordingListener();
  private final String key = EmbeddingCache.key(new FakeEmbedder("model"), TEXTS);

  private static void assertSame(List<float[]> expected, List<float[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), 0f);
    }
  }

  /** The files of the cache; Lucene's test framework may add files of its own. */
  private static List<Path> filesIn(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> !file.getFileName().toString().startsWith("extra")).toList();
    }
  }

  public void testRoundTrip() throws IOException {
    Path directory = createTempDir();
    EmbeddingCache cache = new EmbeddingCache(directory);
    assertEquals(Optional.empty(), cache.load(key));
    cache.store(key, VECTORS);
    assertSame(VECTORS, cache.load(key).orElseThrow());
    cache.store(key, List.of());
    assertSame(List.of(), cache.load(key).orElseThrow());
    assertEquals(List.of(cache.file(key)), filesIn(directory));
  }

  public void testKeyDependsOnModelAndTexts() {
    assertEquals(key, EmbeddingCache.key(new FakeEmbedder("model"), List.copyOf(TEXTS)));
    assertNotEquals(key, EmbeddingCache.key(new FakeEmbedder("other"), TEXTS));
    for (List<String> others :
        List.of(
            List.of("one", "two"),
            List.of("two", "one", "three"),
            List.of("onetwo", "", "three"),
            List.of("one", "twothree"))) {
      assertNotEquals(key, EmbeddingCache.key(new FakeEmbedder("model"), others));
    }
  }

  public void testAnyChangedByteIsDetected() throws IOException {
    EmbeddingCache cache = new EmbeddingCache(createTempDir());
    cache.store(key, VECTORS);
    byte[] good = Files.readAllBytes(cache.file(key));
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= (byte) (1 << random().nextInt(Byte.SIZE));
      Files.write(cache.file(key), bad);
      expectThrows(DamagedCacheException.class, () -> cache.load(key));
    }
  }

  public void testAnyOtherLengthIsDetected() throws IOException {
    EmbeddingCache cache = new EmbeddingCache(createTempDir());
    cache.store(key, VECTORS);
    byte[] good = Files.readAllBytes(cache.file(key));
    for (int length = 0; length < good.length + 9; length++) {
      if (length != good.length) {
        Files.write(cache.file(key), Arrays.copyOf(good, length));
        expectThrows(DamagedCacheException.class, () -> cache.load(key));
      }
    }
  }

  public void testAnotherKeysFileIsDetected() throws IOException {
    EmbeddingCache cache = new EmbeddingCache(createTempDir());
    String other = EmbeddingCache.key(new FakeEmbedder("other"), TEXTS);
    cache.store(other, VECTORS);
    Files.move(cache.file(other), cache.file(key));
    expectThrows(DamagedCacheException.class, () -> cache.load(key));
  }

  public void testEachTextIsEmbeddedOnce() throws IOException {
    EmbeddingCache cache = new EmbeddingCache(createTempDir());
    FakeEmbedder embedder = new FakeEmbedder("model");
    Embeddings embeddings = new Embeddings(embedder, cache, listener);
    List<float[]> expected = TEXTS.stream().map(new FakeEmbedder("model")::embed).toList();

    assertSame(expected, embeddings.of(TEXTS));
    assertEquals(TEXTS.size(), embedder.embedded.get());
    assertSame(expected, embeddings.of(TEXTS));
    assertEquals(TEXTS.size(), embedder.embedded.get());

    embeddings.of(List.of("four"));
    assertEquals(TEXTS.size() + 1, embedder.embedded.get());
    assertSame(expected, embeddings.of(TEXTS));
    assertEquals(TEXTS.size() + 1, embedder.embedded.get());
    assertEquals(List.of("start 3", "cached 3", "start 1", "cached 3"), listener.heard);
    assertEquals(TEXTS.size() + 1, listener.steps.get());
    assertEquals(0, listener.open.get());
  }

  public void testDamagedCacheIsRebuilt() throws IOException {
    EmbeddingCache cache = new EmbeddingCache(createTempDir());
    FakeEmbedder embedder = new FakeEmbedder("model");
    Embeddings embeddings = new Embeddings(embedder, cache, listener);
    List<float[]> expected = embeddings.of(TEXTS);
    Files.write(cache.file(key), new byte[1]);

    assertSame(expected, embeddings.of(TEXTS));
    assertEquals(2 * TEXTS.size(), embedder.embedded.get());
    assertEquals(List.of("start 3", "damaged", "start 3"), listener.heard);
    assertEquals(2 * TEXTS.size(), listener.steps.get());
    assertSame(expected, cache.load(key).orElseThrow());
  }

  public void testFailureOfTheModelIsReported() throws IOException {
    Path directory = createTempDir();
    Embedder broken =
        new Embedder() {
          @Override
          public String id() {
            return "broken";
          }

          @Override
          public int dimensions() {
            return 1;
          }

          @Override
          public float[] embed(String text) {
            throw new IllegalStateException("no " + text);
          }
        };
    Embeddings embeddings = new Embeddings(broken, new EmbeddingCache(directory), listener);
    IOException problem = expectThrows(IOException.class, () -> embeddings.of(TEXTS));
    assertEquals("no one", problem.getCause().getMessage());
    assertEquals(0, listener.open.get());
    assertEquals(List.of(), filesIn(directory));
  }

  /** Records all calls. */
  private static final class RecordingListener implements EmbeddingListener {

    final List<String> heard = new ArrayList<>();
    final AtomicInteger steps = new AtomicInteger();
    final AtomicInteger open = new AtomicInteger();

    @Override
    public void cached(int texts) {
      heard.add("cached " + texts);
    }

    @Override
    public void damaged(DamagedCacheException problem) {
      heard.add("damaged");
    }

    @Override
    public Progress start(int texts) {
      heard.add("start " + texts);
      open.incrementAndGet();
      return new Progress() {
        @Override
        public void step() {
          steps.incrementAndGet();
        }

        @Override
        public void close() {
          open.decrementAndGet();
        }
      };
    }
  }
}
