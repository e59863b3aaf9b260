/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.embedding;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A cache of vectors in files, one per key. A key identifies the texts and the model.
 *
 * <p>A file has the key, the number of vectors, their dimension, the vectors and a hash of the
 * content.
 */
public final class EmbeddingCache {

  private static final int KEY_LENGTH = 64;
  private static final int HEADER_LENGTH = KEY_LENGTH + 2 * Integer.BYTES;
  private static final int HASH_LENGTH = Sha256.digest().getDigestLength();

  private final Path directory;

  /**
   * Creates a cache in a directory.
   *
   * @param directory must exist when vectors are stored
   */
  public EmbeddingCache(Path directory) {
    this.directory = directory;
  }

  /** Returns the key of a model and texts. */
  public static String key(Embedder embedder, List<String> texts) {
    List<String> ingredients = new ArrayList<>(texts);
    ingredients.add(embedder.id());
    return Sha256.of(ingredients);
  }

  /** Returns the file of a key. */
  public Path file(String key) {
    return directory.resolve("embeddings-" + key.substring(0, 16) + ".bin");
  }

  /** Replaces the file of a key atomically. */
  public void store(String key, List<float[]> vectors) throws IOException {
    int dimensions = vectors.isEmpty() ? 0 : vectors.get(0).length;
    ByteBuffer content = ByteBuffer.allocate(fileLength(vectors.size(), dimensions));
    content.put(key.getBytes(StandardCharsets.US_ASCII));
    content.putInt(vectors.size()).putInt(dimensions);
    for (float[] vector : vectors) {
      content.asFloatBuffer().put(vector);
      content.position(content.position() + vector.length * Float.BYTES);
    }
    content.put(hash(content));
    Path unfinished = Files.createTempFile(directory, "embeddings-", ".tmp");
    try {
      Files.write(unfinished, content.array());
      Files.move(unfinished, file(key), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /**
   * Returns the vectors of a key, if they were stored.
   *
   * @throws DamagedCacheException if the file is damaged
   */
  public Optional<List<float[]>> load(String key) throws IOException {
    ByteBuffer content;
    try {
      content = ByteBuffer.wrap(Files.readAllBytes(file(key)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    verify(content, key);
    content.position(KEY_LENGTH);
    float[][] vectors = new float[content.getInt()][content.getInt()];
    for (float[] vector : vectors) {
      content.asFloatBuffer().get(vector);
      content.position(content.position() + vector.length * Float.BYTES);
    }
    return Optional.of(List.of(vectors));
  }

  private void verify(ByteBuffer content, String key) throws DamagedCacheException {
    if (content.limit() < HEADER_LENGTH + HASH_LENGTH) {
      throw new DamagedCacheException(file(key) + " is truncated");
    }
    int hashStart = content.limit() - HASH_LENGTH;
    byte[] hash = new byte[HASH_LENGTH];
    content.get(hashStart, hash);
    if (!MessageDigest.isEqual(hash, hash(content.duplicate().position(hashStart)))) {
      throw new DamagedCacheException(file(key) + " has a wrong hash");
    }
    byte[] storedKey = new byte[KEY_LENGTH];
    content.get(0, storedKey);
    if (!key.equals(new String(storedKey, StandardCharsets.US_ASCII))) {
      throw new DamagedCacheException(file(key) + " has another key");
    }
  }

  /** The hash of all bytes before the position. */
  private static byte[] hash(ByteBuffer content) {
    MessageDigest digest = Sha256.digest();
    digest.update(content.duplicate().flip());
    return digest.digest();
  }

  private static int fileLength(int vectors, int dimensions) {
    return Math.addExact(
        HEADER_LENGTH + HASH_LENGTH,
        Math.multiplyExact(Float.BYTES, Math.multiplyExact(vectors, dimensions)));
  }
}
