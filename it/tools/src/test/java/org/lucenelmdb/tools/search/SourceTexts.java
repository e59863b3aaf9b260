/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.search;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** Real data: pieces of Lucene's sources, which are on the class path, and vectors of them. */
public final class SourceTexts {

  private static final String SOURCE = "/org/apache/lucene/index/IndexWriter.java";
  private static final int LINES = 10;

  private SourceTexts() {}

  /** Returns pieces of a few lines, without licenses and imports. */
  public static List<String> read(int max) throws IOException {
    String url =
        Objects.requireNonNull(SourceTexts.class.getResource(SOURCE), "lucene-core sources")
            .toString();
    String jar = url.substring("jar:".length(), url.indexOf('!'));
    List<String> pieces = new ArrayList<>();
    try (InputStream in = URI.create(jar).toURL().openStream();
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        String name = Path.of("/" + entry.getName()).toString();
        if (name.endsWith(".java") && pieces.size() < max) {
          add(new String(zip.readAllBytes(), StandardCharsets.UTF_8), pieces);
        }
      }
    }
    return pieces.subList(0, Math.min(max, pieces.size()));
  }

  private static void add(String source, List<String> pieces) {
    StringBuilder piece = new StringBuilder();
    int lines = 0;
    boolean isBody = false;
    for (String line : source.lines().toList()) {
      isBody |= line.startsWith("/**") || line.startsWith("public ");
      if (isBody && line.isBlank() == false) {
        piece.append(line.strip()).append('\n');
        if (++lines == LINES) {
          pieces.add(piece.toString());
          piece.setLength(0);
          lines = 0;
        }
      }
    }
  }

  /** Returns the weighted words of a piece, projected to random directions, one per word. */
  public static float[][] words(List<String> pieces, int dimension) {
    Map<String, Integer> frequencies = new HashMap<>();
    for (String piece : pieces) {
      List.of(split(piece)).stream()
          .distinct()
          .forEach(word -> frequencies.merge(word, 1, Integer::sum));
    }
    float[][] vectors = new float[pieces.size()][dimension];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i][0] = 0.01f; // never all zeros
      for (String word : split(pieces.get(i))) {
        Random direction = new Random(word.hashCode());
        float weight = (float) Math.log(pieces.size() / (double) frequencies.get(word));
        for (int d = 0; d < dimension; d++) {
          vectors[i][d] += weight * (float) direction.nextGaussian();
        }
      }
    }
    return vectors;
  }

  private static String[] split(String piece) {
    return piece.toLowerCase(Locale.ROOT).split("[^a-z]+");
  }

  /** Returns the number of each letter and of pairs of letters. */
  public static float[] letters(String piece) {
    float[] counts = new float[64];
    String lower = piece.toLowerCase(Locale.ROOT);
    for (int i = 0; i < lower.length(); i++) {
      char c = lower.charAt(i);
      counts[c >= 'a' && c <= 'z' ? c - 'a' : 26 + c % 8]++;
      if (i > 0) {
        counts[34 + (31 * c + lower.charAt(i - 1)) % 30]++;
      }
    }
    return counts;
  }

  /** Returns a bit for each of the 256 sums of random signs of triples of letters. */
  public static byte[] bits(String piece) {
    int[] sums = new int[256];
    for (int i = 3; i <= piece.length(); i++) {
      Random signs = new Random(piece.substring(i - 3, i).hashCode());
      for (int b = 0; b < sums.length; b += Integer.SIZE) {
        int word = signs.nextInt();
        for (int j = 0; j < Integer.SIZE; j++) {
          sums[b + j] += (word >>> j & 1) == 0 ? 1 : -1;
        }
      }
    }
    byte[] bits = new byte[sums.length / Byte.SIZE];
    for (int b = 0; b < sums.length; b++) {
      bits[b / Byte.SIZE] |= (byte) (sums[b] > 0 ? 1 << b % Byte.SIZE : 0);
    }
    return bits;
  }
}
