/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Gets the vectors of texts, from the cache or else from the model. */
public final class Embeddings {

  private final Embedder embedder;
  private final EmbeddingCache cache;
  private final EmbeddingListener listener;

  /** Creates an instance. */
  public Embeddings(Embedder embedder, EmbeddingCache cache, EmbeddingListener listener) {
    this.embedder = embedder;
    this.cache = cache;
    this.listener = listener;
  }

  /**
   * Returns the vectors of texts, in the same order. Embeds in as many threads as there are
   * processors.
   *
   * @throws IOException if a text cannot be embedded, or the cache cannot be read or written
   */
  public List<float[]> of(List<String> texts) throws IOException {
    String key = EmbeddingCache.key(embedder, texts);
    Optional<List<float[]>> cached = load(key);
    if (cached.isPresent()) {
      listener.cached(texts.size());
      return cached.get();
    }
    List<float[]> vectors = embed(texts);
    cache.store(key, vectors);
    return vectors;
  }

  private Optional<List<float[]>> load(String key) throws IOException {
    try {
      return cache.load(key);
    } catch (DamagedCacheException e) {
      listener.damaged(e);
      return Optional.empty();
    }
  }

  private List<float[]> embed(List<String> texts) throws IOException {
    int threads = Runtime.getRuntime().availableProcessors();
    try (EmbeddingListener.Progress progress = listener.start(texts.size());
        ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Callable<float[]>> tasks = new ArrayList<>();
      for (String text : texts) {
        tasks.add(
            () -> {
              float[] vector = embedder.embed(text);
              progress.step();
              return vector;
            });
      }
      List<float[]> vectors = new ArrayList<>();
      for (Future<float[]> result : executor.invokeAll(tasks)) {
        vectors.add(result.get());
      }
      return vectors;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while embedding");
    } catch (ExecutionException e) {
      throw new IOException("a text cannot be embedded", e.getCause());
    }
  }
}
