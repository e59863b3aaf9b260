/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.store.Directory;

/** Segments with random damage, foreign files, wrong headers and wrong versions. */
public class TestCorruptSegments extends CorruptionTestCase {

  /** Changes a file, or its length, at a random position. */
  private static byte[] damage(byte[] bytes, StringBuilder what) {
    Random random = random();
    int at = position(bytes);
    int left = bytes.length - at;
    int run = Math.min(left, random.nextBoolean() ? 1 + random.nextInt(16) : random.nextInt(5000));
    byte[] damaged = bytes.clone();
    switch (random.nextInt(9)) {
      case 0, 1, 2 -> {
        int flips = 1 + random.nextInt(4);
        for (int i = 0; i < flips; i++) {
          int bit = random.nextInt(8);
          damaged[at] ^= (byte) (1 << bit);
          what.append(" flip bit ").append(bit).append(" of byte ").append(at).append(';');
          at = position(bytes);
        }
      }
      case 3 -> {
        byte[] noise = new byte[run];
        random.nextBytes(noise);
        System.arraycopy(noise, 0, damaged, at, run);
        what.append(" noise from ").append(at).append(", ").append(run).append(" bytes;");
      }
      case 4 -> {
        byte value = (byte) (random.nextBoolean() ? 0 : 0xFF);
        Arrays.fill(damaged, at, at + run, value);
        what.append(" fill ").append(value).append(" from ").append(at).append(", ");
        what.append(run).append(" bytes;");
      }
      case 5 -> {
        int from = random.nextInt(bytes.length - run + 1);
        System.arraycopy(bytes, from, damaged, at, run);
        what.append(" copy ").append(from).append(" to ").append(at).append(", ");
        what.append(run).append(" bytes;");
      }
      case 6 -> {
        damaged = Arrays.copyOf(bytes, at);
        what.append(" truncate to ").append(at).append(';');
      }
      case 7 -> {
        byte[] noise = new byte[run];
        random.nextBytes(noise);
        damaged = Arrays.copyOf(bytes, bytes.length + run);
        System.arraycopy(noise, 0, damaged, bytes.length, run);
        what.append(" extend by ").append(run).append(';');
      }
      case 8 -> {
        damaged = new byte[bytes.length - run];
        System.arraycopy(bytes, 0, damaged, 0, at);
        System.arraycopy(bytes, at + run, damaged, at, left - run);
        what.append(" remove from ").append(at).append(", ").append(run).append(" bytes;");
      }
      default -> throw new AssertionError();
    }
    return damaged;
  }

  /** A random position. Headers, page headers and nodes are more likely than zeros and vectors. */
  private static int position(byte[] bytes) {
    Random random = random();
    int at =
        switch (random.nextInt(5)) {
          case 0 -> random.nextInt(128); // file headers
          case 1 -> (random.nextInt(bytes.length) & ~0xFFF) + random.nextInt(160); // page headers
          case 2 -> (random.nextInt(bytes.length) | 0xFFF) - random.nextInt(160); // nodes
          default -> random.nextInt(bytes.length);
        };
    at = Math.min(at, bytes.length - 1);
    if (random.nextBoolean()) {
      int end = Math.min(bytes.length - 1, at + 4096);
      while (bytes[at] == 0 && at < end) {
        at++;
      }
    }
    return at;
  }

  /** A precondition of the other tests: intact files, also with a new footer, are accepted. */
  public void testUndamaged() throws IOException {
    IndexFiles index = IndexFiles.random();
    assertEquals(Outcome.RESULTS, read(index, "nothing", Map.of()));
    Map<String, byte[]> rewritten = new HashMap<>();
    for (IndexFiles.Segment segment : index.segments) {
      for (String name : List.of(segment.vec(), segment.vem())) {
        byte[] file = IndexFiles.withFooter(IndexFiles.body(index.files.get(name)));
        assertArrayEquals(index.files.get(name), file);
        rewritten.put(name, file);
      }
    }
    assertEquals(Outcome.RESULTS, read(index, "nothing", rewritten));
  }

  public void testRandomDamage() throws IOException {
    for (int indexes = 0; indexes < 3; indexes++) {
      IndexFiles index = IndexFiles.random();
      int rejected = 0;
      int rounds = atLeast(50);
      for (int i = 0; i < rounds; i++) {
        IndexFiles.Segment segment = RandomPicks.randomFrom(random(), index.segments);
        String name = random().nextBoolean() ? segment.vec() : segment.vem();
        StringBuilder what = new StringBuilder(name + ":");
        byte[] body = IndexFiles.body(index.files.get(name));
        do {
          body = damage(body, what);
        } while (body.length > 0 && random().nextInt(4) == 0);
        Outcome outcome = read(index, what.toString(), Map.of(name, IndexFiles.withFooter(body)));
        rejected += outcome == Outcome.REJECTED ? 1 : 0;
      }
      assertTrue(rejected + " of " + rounds, rejected > rounds / 10);
    }
  }

  /** Opening a reader checks the metadata's checksum, and checkIntegrity that of the image. */
  public void testChecksums() throws IOException {
    IndexFiles index = IndexFiles.random();
    for (int i = atLeast(100); i > 0; i--) {
      IndexFiles.Segment segment = RandomPicks.randomFrom(random(), index.segments);
      String name = random().nextBoolean() ? segment.vec() : segment.vem();
      byte[] file = index.files.get(name);
      StringBuilder what = new StringBuilder(name + " without a new checksum:");
      byte[] damaged = damage(file, what);
      Outcome outcome = read(index, what.toString(), Map.of(name, damaged));
      assertEquals(
          what.toString(),
          Arrays.equals(file, damaged) ? Outcome.RESULTS : Outcome.REJECTED,
          outcome);
    }
  }

  /** Replaces whole files. */
  public void testForeignFiles() throws IOException {
    IndexFiles index = IndexFiles.random();
    IndexFiles.Segment one = index.segments.get(0);
    IndexFiles.Segment two = index.segments.get(1);
    for (String name : List.of(one.vec(), one.vem(), two.vec(), two.vem())) {
      byte[] file = index.files.get(name);
      Map<String, byte[]> foreign = new HashMap<>();
      foreign.put("an empty file", new byte[0]);
      foreign.put("a footer", IndexFiles.withFooter(new byte[0]));
      foreign.put("one byte", new byte[] {1});
      foreign.put("half", Arrays.copyOf(file, file.length / 2));
      foreign.put("half and a footer", IndexFiles.withFooter(Arrays.copyOf(file, file.length / 2)));
      byte[] noise = new byte[random().nextInt(10_000)];
      random().nextBytes(noise);
      foreign.put("noise", noise);
      foreign.put("noise and a footer", IndexFiles.withFooter(noise));
      foreign.put("text", "#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
      foreign.put("one byte more", Arrays.copyOf(file, file.length + 1));
      foreign.put("twice", concat(file, file));
      for (Map.Entry<String, byte[]> other : index.files.entrySet()) {
        if (other.getKey().equals(name) == false) {
          foreign.put(other.getKey(), other.getValue());
        }
      }
      for (Map.Entry<String, byte[]> f : foreign.entrySet()) {
        String what = name + " is " + f.getKey();
        assertEquals(what, Outcome.REJECTED, read(index, what, Map.of(name, f.getValue())));
      }
    }
    assertEquals(
        Outcome.REJECTED,
        read(
            index,
            "both files of another segment",
            Map.of(
                one.vec(), index.files.get(two.vec()),
                one.vem(), index.files.get(two.vem()),
                two.vec(), index.files.get(one.vec()),
                two.vem(), index.files.get(one.vem()))));
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** Damages the header: magic, codec name, version, segment ID and suffix. */
  public void testHeaders() throws IOException {
    IndexFiles index = IndexFiles.random();
    for (IndexFiles.Segment segment :
        TEST_NIGHTLY ? index.segments : index.segments.subList(0, 1)) {
      for (String name : List.of(segment.vec(), segment.vem())) {
        String codec =
            name.equals(segment.vec())
                ? LmdbHnswVectorsFormat.VECTORS_CODEC_NAME
                : LmdbHnswVectorsFormat.META_CODEC_NAME;
        int header = CodecUtil.indexHeaderLength(codec, segment.suffix());
        for (int at = 0; at < header; at++) {
          byte[] body = IndexFiles.body(index.files.get(name));
          byte old = body[at];
          int[] values = {0, -1, 127, -128, old ^ 1 << random().nextInt(8)};
          for (int value : values) {
            if ((byte) value != old && random().nextInt(3) == 0) {
              body[at] = (byte) value;
              String what = name + ": byte " + at + " of the header set to " + value;
              assertEquals(
                  what,
                  Outcome.REJECTED,
                  read(index, what, Map.of(name, IndexFiles.withFooter(body))));
            }
          }
        }
      }
    }
  }

  /** Both files have the same unsupported version. */
  public void testVersions() throws IOException {
    IndexFiles index = IndexFiles.random();
    IndexFiles.Segment segment = index.segments.get(0);
    for (int version : new int[] {LmdbHnswVectorsFormat.VERSION_CURRENT + 1, -1, 1 << 30}) {
      Map<String, byte[]> files = new HashMap<>();
      for (String name : List.of(segment.vec(), segment.vem())) {
        byte[] body = IndexFiles.body(index.files.get(name));
        String codec =
            name.equals(segment.vec())
                ? LmdbHnswVectorsFormat.VECTORS_CODEC_NAME
                : LmdbHnswVectorsFormat.META_CODEC_NAME;
        int at = CodecUtil.headerLength(codec) - Integer.BYTES;
        ByteBuffer.wrap(body).putInt(at, version); // headers are big-endian
        files.put(name, IndexFiles.withFooter(body));
      }
      try (Directory directory = directory(index, files)) {
        Class<? extends IOException> expected =
            version < 0 ? IndexFormatTooOldException.class : IndexFormatTooNewException.class;
        expectThrows(expected, () -> DirectoryReader.open(directory).close());
      }
    }
  }

  /** Merges damaged segments. Either the merge fails, or the merged segment is intact. */
  public void testMerge() throws IOException {
    for (int indexes = 0; indexes < 2; indexes++) {
      IndexFiles index = IndexFiles.random();
      for (int i = atLeast(20); i > 0; i--) {
        IndexFiles.Segment segment = RandomPicks.randomFrom(random(), index.segments);
        String name = random().nextBoolean() ? segment.vec() : segment.vem();
        StringBuilder what = new StringBuilder("merge, " + name + ":");
        byte[] body = IndexFiles.body(index.files.get(name));
        if (random().nextBoolean() || name.equals(segment.vec())) {
          body = damage(body, what);
        } else {
          List<MetadataNumbers.Number> numbers = MetadataNumbers.of(segment, index.files.get(name));
          MetadataNumbers.Number number = RandomPicks.randomFrom(random(), numbers);
          int value = random().nextInt(10);
          MetadataNumbers.set(body, number, value);
          what.append(' ').append(number.name()).append(" at ").append(number.at());
          what.append(" is ").append(value);
        }
        merge(index, what.toString(), Map.of(name, IndexFiles.withFooter(body)));
      }
    }
  }
}
