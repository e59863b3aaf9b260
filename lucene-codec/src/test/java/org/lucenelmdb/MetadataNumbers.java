/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.util.packed.DirectWriter;
import org.junit.Assert;

/**
 * The numbers of a metadata file, parsed as the javadoc of {@link LmdbHnswVectorsFormat} specifies
 * it.
 */
final class MetadataNumbers {

  private MetadataNumbers() {}

  /**
   * A number of the metadata file.
   *
   * @param at its offset in the file
   * @param bytes its length
   * @param wrong values that a reader must reject
   */
  record Number(String name, int at, int bytes, long... wrong) {}

  /** Parses a metadata file. */
  static List<Number> of(IndexFiles.Segment segment, byte[] file) {
    List<Number> numbers = new ArrayList<>();
    ByteBuffer in = IndexFiles.view(file);
    in.position(
        CodecUtil.indexHeaderLength(LmdbHnswVectorsFormat.META_CODEC_NAME, segment.suffix()));
    int max = Integer.MAX_VALUE;
    int min = Integer.MIN_VALUE;
    long offset = in.getLong(in.position());
    number(numbers, in, "offset", 8, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE, offset + 1, max);
    long length = in.getLong(in.position());
    number(numbers, in, "length", 8, 0, -1, Long.MAX_VALUE, Long.MIN_VALUE, max, 4096);
    int fields = 0;
    while (in.getInt(in.position()) != -1) {
      fields++;
      number(numbers, in, "field", 4, max, min, -2, 1 << 20);
      long encoding = in.get(in.position());
      number(numbers, in, "encoding", 1, -1, 1 - encoding, 2, 127);
      long similarity = in.get(in.position());
      number(numbers, in, "similarity", 1, -1, (similarity + 1) % 4, 4, 5, 6, 127);
      int dimension = (int) number(numbers, in, "dimension", 4, 0, -1, max, min);
      int vectorBytes = encoding == 0 ? dimension : dimension * Float.BYTES;
      int maxDoc = segment.maxDoc();
      int size = (int) number(numbers, in, "size", 4, -1, max, min, maxDoc + 1);
      int shift = (int) number(numbers, in, "shift", 4, -1, max, min, 19, 32, 64);
      int blocks = (int) (((long) size + (1L << shift) - 1) >>> shift);
      for (int block = 0; block < blocks; block++) {
        long address = in.getLong(in.position());
        number(numbers, in, "address", 8, -1, Long.MAX_VALUE, Long.MIN_VALUE);
        if (vectorBytes > 1) {
          numbers.add(new Number("address", in.position() - 8, 8, address + 1));
        }
      }
      byte kind = in.get(in.position());
      if (size > 0) {
        number(numbers, in, "kind", 1, 1 - kind, 2, -1);
      } else {
        number(numbers, in, "kind", 1, 1, 2, -1);
      }
      if (kind == 1) {
        table(numbers, in, "documents' bits", size);
      }
      int levels = (int) number(numbers, in, "levels", 4, -1, max, min, 65);
      if (levels > 0) {
        number(numbers, in, "M", 4, 0, -1, max, min, 1 << 16);
        int maxDegree = in.getInt(in.position());
        if (maxDegree > 0) {
          number(numbers, in, "degree", 4, -1, max, min, size + 1, maxDegree - 1, 0);
        } else {
          number(numbers, in, "degree", 4, -1, max, min, size + 1);
        }
        number(numbers, in, "entry node", 4, -1, max, min, size);
        number(numbers, in, "bytes of links", 8, -1, Long.MAX_VALUE, Long.MIN_VALUE);
        int records = size;
        for (int level = 1; level < levels; level++) {
          int nodes = in.getInt(in.position());
          number(numbers, in, "nodes", 4, 0, -1, max, min, size + 1, nodes + 1, nodes - 1);
          records += nodes;
        }
        table(numbers, in, "addresses' bits", records);
      }
      int metric = (int) similarity;
      codes(numbers, in, dimension, size, metric, length);
    }
    number(numbers, in, "end", 4, 0, -2, max, min);
    for (int field = 0; field < fields; field++) {
      float[] notRecall = {Float.NaN, -1, 0.01f, 0.4999f, 0.9991f, 1, 1f / 0, -1f / 0};
      number(numbers, in, "target recall", 4, floatBits(notRecall));
      int points = (int) number(numbers, in, "points", 1, -1, 33, 127, -128);
      for (int point = 0; point < points; point++) {
        floats(numbers, in, "candidates and tolerance", 2, Float.NaN, 0, -1, 1e9f, 1f / 0);
        for (int k = 0; k < 2; k++) {
          floats(numbers, in, "recall", 1, Float.NaN, -0.1f, 1.1f, 1f / 0);
          floats(numbers, in, "expanded nodes", 1, Float.NaN, -1, 1f / 0, -1f / 0);
        }
      }
    }
    // checksums of blocks and of this file, which a reader does not read
    int checksums = (int) ((length + 65_535) / 65_536) + 1;
    Assert.assertEquals(checksums * Integer.BYTES + CodecUtil.footerLength(), in.remaining());
    return numbers;
  }

  /** Parses the part of a field that describes its codes. */
  private static void codes(
      List<Number> numbers, ByteBuffer in, int dimension, int size, int metric, long length) {
    int max = Integer.MAX_VALUE;
    int min = Integer.MIN_VALUE;
    int bits = in.get(in.position());
    if (bits == 0) {
      number(numbers, in, "bits", 1, -1, 1, 2, 3, 4, 5, 6, 7, 8, 16, 127, -128);
      return;
    }
    number(numbers, in, "bits", 1, 0, -1, 3, 5, 6, 7, 9, 16, 127, -128);
    float[] notOversampling = {Float.NaN, 0.5f, 0.999f, -1, 1000.1f, 1e9f, 1f / 0, -1f / 0};
    number(numbers, in, "oversampling", 4, floatBits(notOversampling));
    number(numbers, in, "query bits", 1, 0, -1, 1, 2, 3, 5, 7, 9, 16, 127, -128);
    number(numbers, in, "error", 4, floatBits(Float.NaN, -1, 1f / 0, -1f / 0));
    number(numbers, in, "depth", 4, floatBits(Float.NaN, -1, 1000.1f, 1f / 0, -1f / 0));
    floats(numbers, in, "mean", dimension, Float.NaN, 1f / 0, -1f / 0);
    boolean isManhattan = metric == 4;
    if (isManhattan) {
      floats(numbers, in, "deviation", dimension, Float.NaN, 1f / 0, -1f / 0);
    } else {
      number(numbers, in, "seed", 8); // every value is valid
      int count = (int) number(numbers, in, "centroids", 4, -1, max, min, 1 << 16, (1 << 16) + 1);
      // the squares of the last two are not finite floats
      floats(numbers, in, "centroid", count * dimension, Float.NaN, 1f / 0, -1f / 0, 4e18f, -3e38f);
    }
    int recordBytes = recordBytes(dimension, bits, isManhattan);
    int shift = (int) number(numbers, in, "codes' shift", 4, -1, max, min, 19, 32, 64);
    int blocks = (int) (((long) size + (1L << shift) - 1) >>> shift);
    for (int block = 0; block < blocks; block++) {
      long address = in.getLong(in.position());
      long bytes = Math.min(1L << shift, size - ((long) block << shift)) * recordBytes;
      long tooFar = (length - bytes - 64) / recordBytes * recordBytes + recordBytes;
      number(
          numbers,
          in,
          "codes' address",
          8,
          -1,
          Long.MAX_VALUE,
          Long.MIN_VALUE,
          address + 1,
          address + 2,
          -recordBytes,
          tooFar,
          tooFar + recordBytes,
          length / recordBytes * recordBytes,
          Long.MAX_VALUE / recordBytes * recordBytes);
    }
    table(numbers, in, "nodes' bits", size);
  }

  private static void floats(
      List<Number> numbers, ByteBuffer in, String name, int count, float... wrong) {
    for (int i = 0; i < count; i++) {
      number(numbers, in, name, 4, floatBits(wrong));
    }
  }

  private static long[] floatBits(float... values) {
    long[] bits = new long[values.length];
    for (int i = 0; i < bits.length; i++) {
      bits[i] = Float.floatToIntBits(values[i]);
    }
    return bits;
  }

  /** The length of a code with its constants, in bytes. */
  private static int recordBytes(int dimension, int bits, boolean isManhattan) {
    int code = bits == 8 && isManhattan == false ? dimension : bits * ((dimension + 7) / 8);
    return (4 + (isManhattan ? 0 : 12) + code + 3) / 4 * 4;
  }

  private static long number(
      List<Number> numbers, ByteBuffer in, String name, int bytes, long... wrong) {
    numbers.add(new Number(name, in.position(), bytes, wrong));
    return switch (bytes) {
      case 1 -> in.get();
      case 4 -> in.getInt();
      default -> in.getLong();
    };
  }

  private static void table(List<Number> numbers, ByteBuffer in, String name, int size) {
    int bits = (int) number(numbers, in, name, 1, 0, -1, 3, 64, 65, 127, -128);
    int bytes = (int) DirectWriter.bytesRequired(size, bits);
    // overwrites up to 8 bytes, so that some value is wrong whatever the bit width is
    Number table = new Number(name + ": table", in.position(), Math.min(bytes, 8), -1);
    if (size > 1
        || name.equals("documents' bits") == false) { // a single document can have any number
      numbers.add(table);
    }
    in.position(in.position() + bytes);
  }

  /** Overwrites a number. */
  static void set(byte[] bytes, Number number, long value) {
    ByteBuffer view = IndexFiles.view(bytes);
    for (int i = 0; i < number.bytes; i++) {
      view.put(number.at + i, (byte) (value >> Math.min(63, Byte.SIZE * i)));
    }
  }

  /** The numbers of a field with codes. */
  record CodesPart(boolean isFloat, int metric, int size, int recordBytes, List<Number> numbers) {

    Number number(String name) {
      return numbers.stream().filter(n -> n.name.equals(name)).findFirst().orElse(null);
    }
  }

  /** Returns the fields that have codes. */
  static List<CodesPart> codesParts(IndexFiles.Segment segment, byte[] file) {
    List<CodesPart> parts = new ArrayList<>();
    List<Number> numbers = of(segment, file);
    ByteBuffer view = IndexFiles.view(file);
    for (int from = 0, to; from < numbers.size(); from = to) {
      to = from + 1;
      while (to < numbers.size() && numbers.get(to).name.equals("field") == false) {
        to++;
      }
      Map<String, Integer> at = new HashMap<>();
      List<Number> field = numbers.subList(from, to);
      field.forEach(number -> at.putIfAbsent(number.name, number.at));
      if (at.containsKey("oversampling")) {
        int metric = view.get(at.get("similarity"));
        int bits = view.get(at.get("bits"));
        int dimension = view.getInt(at.get("dimension"));
        parts.add(
            new CodesPart(
                view.get(at.get("encoding")) == 1,
                metric,
                view.getInt(at.get("size")),
                recordBytes(dimension, bits, metric == 4),
                field));
      }
    }
    return parts;
  }
}
