/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Caches exact neighbors in files. A key identifies the input of the computation.
 *
 * <p>A file has the key, the numbers of tied and flat queries, the number of tables, for each table
 * its number of rows and for each row its length and ordinals, and finally a hash of the content.
 */
final class TruthCache {

  /** Changes with the layout, and with the computation. */
  private static final String VERSION = "truth 1";

  private static final int HASH_LENGTH = 64;

  private final Path directory;

  TruthCache(Path directory) {
    this.directory = directory;
  }

  /**
   * Returns the key of a computation.
   *
   * @param dataHash the hash of base and queries
   */
  static String key(String dataHash, Metric metric, int k, List<FilterPlan> filters) {
    ContentHash hash = new ContentHash();
    hash.add(VERSION).add(dataHash).add(metric.wireName()).add(k).add(filters.size());
    for (FilterPlan filter : filters) {
      long[] words = filter.accepted().getBits();
      hash.add(filter.accepted().length());
      hash.add(words, (filter.accepted().length() + Long.SIZE - 1) / Long.SIZE);
      hash.add(filter.queries().length).add(filter.queries());
    }
    return hash.hex();
  }

  /** The file of a key. */
  Path file(String key) {
    return directory.resolve("truth-" + key.substring(0, 16) + ".bin");
  }

  /** Replaces a key's file atomically. */
  void store(String key, Truth truth) throws IOException {
    Files.createDirectories(directory);
    Path unfinished = Files.createTempFile(directory, "truth-", ".tmp");
    try {
      ContentHash hash = new ContentHash();
      try (OutputStream file = Files.newOutputStream(unfinished)) {
        DataOutputStream out = new DataOutputStream(new BufferedOutputStream(hash.adding(file)));
        out.write(ascii(key));
        out.writeInt(truth.tied());
        out.writeInt(truth.flat());
        out.writeInt(1 + truth.filtered().size());
        write(truth.nearest(), out);
        for (int[][] table : truth.filtered()) {
          write(table, out);
        }
        out.flush();
        file.write(ascii(hash.hex()));
      }
      Files.move(unfinished, file(key), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static void write(int[][] table, DataOutputStream out) throws IOException {
    out.writeInt(table.length);
    for (int[] row : table) {
      out.writeInt(row.length);
      for (int ordinal : row) {
        out.writeInt(ordinal);
      }
    }
  }

  /** Returns the neighbors of a key, if they are stored and their file is intact. */
  Optional<Truth> load(String key) throws IOException {
    byte[] content;
    try {
      content = Files.readAllBytes(file(key));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    int hashStart = content.length - HASH_LENGTH;
    if (hashStart < key.length()
        || startsWith(content, 0, key) == false
        || startsWith(content, hashStart, hashOf(content, hashStart)) == false) {
      return Optional.empty();
    }
    // the hash shows that store() wrote the content, so no further check is needed
    ByteBuffer in = ByteBuffer.wrap(content).position(key.length());
    int tied = in.getInt();
    int flat = in.getInt();
    int tables = in.getInt();
    int[][] nearest = readTable(in);
    List<int[][]> filtered = new ArrayList<>();
    for (int i = 1; i < tables; i++) {
      filtered.add(readTable(in));
    }
    return Optional.of(new Truth(nearest, filtered, tied, flat));
  }

  private static boolean startsWith(byte[] content, int from, String text) {
    return text.equals(new String(content, from, text.length(), StandardCharsets.US_ASCII));
  }

  private static String hashOf(byte[] content, int length) {
    return new ContentHash().add(content, 0, length).hex();
  }

  private static int[][] readTable(ByteBuffer in) {
    int[][] table = new int[in.getInt()][];
    for (int i = 0; i < table.length; i++) {
      table[i] = new int[in.getInt()];
      for (int j = 0; j < table[i].length; j++) {
        table[i][j] = in.getInt();
      }
    }
    return table;
  }
}
