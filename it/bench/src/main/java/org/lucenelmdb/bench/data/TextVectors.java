/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.embedding.Embedder;
import org.lucenelmdb.embedding.EmbeddingCache;
import org.lucenelmdb.embedding.Embeddings;
import org.lucenelmdb.embedding.MiniLmEmbedder;

/**
 * Embeddings of the lines of a UTF-8 text file; line i becomes vector i. The vectors are held in
 * memory, and cached across runs.
 */
public final class TextVectors implements VectorSource {

  /** The extension of text files. */
  public static final String EXTENSION = ".txt";

  /** Number of texts per cache file: if a run is stopped, finished files are kept. */
  private static final int TEXTS_PER_FILE = 2_000;

  private final String name;
  private final List<float[]> vectors;

  private TextVectors(String name, List<float[]> vectors) {
    this.name = name;
    this.vectors = vectors;
  }

  /**
   * Reads a file and gets the vectors of its lines, from the cache or else from the model
   * all-MiniLM-L6-v2, which embeds a few hundred sentences per second.
   *
   * @param cache a directory, created if needed
   * @param progress receives the share of the work that is done, from 0 to 1; called by one thread
   *     at a time, which is not always the caller's
   * @throws BadDataException if there is no such file, it is empty, has an empty line, or is not
   *     UTF-8
   */
  public static TextVectors open(Path path, Path cache, DoubleConsumer progress)
      throws IOException {
    List<String> texts = read(path); // before the model is loaded
    Files.createDirectories(cache);
    try (MiniLmEmbedder embedder = new MiniLmEmbedder(cache.resolve("native"))) {
      return embed(path, texts, embedder, cache, progress);
    }
  }

  /** Does the same with the given model. */
  static TextVectors open(Path path, Path cache, Embedder embedder, DoubleConsumer progress)
      throws IOException {
    return embed(path, read(path), embedder, cache, progress);
  }

  /**
   * Returns the number of vectors that a file gives.
   *
   * @throws BadDataException if the file cannot be used
   */
  static int count(Path path) throws IOException {
    return read(path).size();
  }

  private static List<String> read(Path path) throws IOException {
    if (Files.isRegularFile(path) == false) {
      throw new BadDataException(path + ": expected a file, found none");
    }
    List<String> texts = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.isBlank()) {
          throw new BadDataException(
              path + ": expected a text in each line, found none in line " + (texts.size() + 1));
        }
        texts.add(line);
      }
    } catch (CharacterCodingException e) {
      throw new BadDataException(
          path + ": expected UTF-8, found other bytes after line " + texts.size());
    }
    if (texts.isEmpty()) {
      throw new BadDataException(path + ": expected at least one line, found none");
    }
    return texts;
  }

  private static TextVectors embed(
      Path path, List<String> texts, Embedder embedder, Path cache, DoubleConsumer progress)
      throws IOException {
    Files.createDirectories(cache);
    Embeddings embeddings =
        new Embeddings(
            embedder, new EmbeddingCache(cache), new TextProgress(texts.size(), progress));
    List<float[]> vectors = new ArrayList<>(texts.size());
    for (int from = 0; from < texts.size(); from += TEXTS_PER_FILE) {
      int to = Math.min(from + TEXTS_PER_FILE, texts.size());
      vectors.addAll(embeddings.of(texts.subList(from, to)));
    }
    return new TextVectors(path.getFileName().toString(), vectors);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int count() {
    return vectors.size();
  }

  @Override
  public int dimension() {
    return vectors.get(0).length;
  }

  @Override
  public void read(int index, float[] vector) {
    Objects.checkIndex(index, vectors.size());
    System.arraycopy(vectors.get(index), 0, vector, 0, dimension());
  }
}
