/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Damaged codes: their records, centroids and addresses. */
public class TestCorruptCodes extends CorruptionTestCase {

  /** A field with valid codes but without a graph is rejected. */
  public void testCodesWithoutGraph() throws IOException {
    IndexFiles index = IndexFiles.withCodes(1);
    IndexFiles.Segment segment = index.segments.get(0);
    byte[] file = index.files.get(segment.vem());
    for (MetadataNumbers.CodesPart part : MetadataNumbers.codesParts(segment, file)) {
      int from = part.number("levels").at();
      int to = part.number("bits").at();
      byte[] body = IndexFiles.body(file);
      byte[] removed = new byte[body.length - (to - from) + Integer.BYTES];
      System.arraycopy(body, 0, removed, 0, from);
      System.arraycopy(body, to, removed, from + Integer.BYTES, body.length - to);
      assertEquals(
          Outcome.REJECTED,
          read(
              index, "no graph at " + from, Map.of(segment.vem(), IndexFiles.withFooter(removed))));
    }
  }

  /** Codes whose address is as close to the end of the image as is allowed. */
  public void testCodesAtTheEnd() throws IOException {
    for (int bits : new int[] {1, 2, 4, 8}) {
      IndexFiles index = IndexFiles.withCodes(bits);
      IndexFiles.Segment segment = index.segments.get(0);
      byte[] file = index.files.get(segment.vem());
      long length = IndexFiles.view(file).getLong(segment.headerBytes() + Long.BYTES);
      for (MetadataNumbers.CodesPart part : MetadataNumbers.codesParts(segment, file)) {
        long bytes = (long) part.size() * part.recordBytes();
        long address = (length - bytes - 64) / part.recordBytes() * part.recordBytes();
        byte[] body = IndexFiles.body(file);
        MetadataNumbers.set(body, part.number("codes' address"), address);
        String what = part + " at " + address;
        read(index, what, Map.of(segment.vem(), IndexFiles.withFooter(body)));
        merge(index, what, Map.of(segment.vem(), IndexFiles.withFooter(body)));
      }
    }
  }

  /** Damages what searches do not check: ordinals of nodes, constants of codes, and codes. */
  public void testRecordsOfCodes() throws IOException {
    for (int bits : new int[] {1, 2, 4, 8}) {
      IndexFiles index = IndexFiles.withCodes(bits);
      for (IndexFiles.Segment segment : index.segments) {
        byte[] meta = index.files.get(segment.vem());
        List<MetadataNumbers.CodesPart> parts = MetadataNumbers.codesParts(segment, meta);
        assertFalse(parts.isEmpty());
        for (MetadataNumbers.CodesPart part : parts) {
          int records = (int) IndexFiles.view(meta).getLong(part.number("codes' address").at());
          checkOrdinals(index, segment, part, records);
          checkConstants(index, segment, part, records);
        }
      }
    }
  }

  /** Damages centroids, and the centroid numbers in records. */
  public void testCentroids() throws IOException {
    IndexFiles index = IndexFiles.withCentroids();
    IndexFiles.Segment segment = index.segments.get(0);
    byte[] meta = index.files.get(segment.vem());
    MetadataNumbers.CodesPart part = MetadataNumbers.codesParts(segment, meta).get(0);
    int count = IndexFiles.view(meta).getInt(part.number("centroids").at());
    assertTrue("" + count, count > 1);
    for (MetadataNumbers.Number number : part.numbers()) {
      for (long wrong : number.name().startsWith("centroid") ? number.wrong() : new long[0]) {
        byte[] body = IndexFiles.body(meta);
        MetadataNumbers.set(body, number, wrong);
        String what = number.name() + " at " + number.at() + " is " + wrong;
        assertEquals(
            what,
            Outcome.REJECTED,
            read(index, what, Map.of(segment.vem(), IndexFiles.withFooter(body))));
      }
    }
    int records = (int) IndexFiles.view(meta).getLong(part.number("codes' address").at());
    for (int wrong : new int[] {count, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 16, 0}) {
      byte[] body = IndexFiles.body(index.files.get(segment.vec()));
      ByteBuffer image = index.image(segment, body);
      for (int node = 0; node < part.size(); node++) {
        image.putInt(records + node * part.recordBytes() + 3 * Integer.BYTES, wrong);
      }
      damagedRecords(index, segment, body, "centroids of records are " + wrong, false);
    }
    checkOrdinals(index, segment, part, records);
    checkConstants(index, segment, part, records);
    // other finite centroids change the hits and nothing else
    for (int round = 0; round < 10; round++) {
      byte[] body = IndexFiles.body(meta);
      for (MetadataNumbers.Number number : part.numbers()) {
        if (number.name().equals("centroid") && random().nextBoolean()) {
          float magnitude = random().nextBoolean() ? 1e17f : 1;
          MetadataNumbers.set(
              body, number, Float.floatToIntBits(magnitude * (random().nextFloat() - 0.5f)));
        } else if (number.name().equals("seed")) {
          MetadataNumbers.set(body, number, random().nextLong());
        }
      }
      String what = "other centroids";
      Map<String, byte[]> damaged = Map.of(segment.vem(), IndexFiles.withFooter(body));
      assertEquals(what, Outcome.RESULTS, read(index, what, damaged));
      merge(index, what, damaged);
    }
  }

  private void checkOrdinals(
      IndexFiles index, IndexFiles.Segment segment, MetadataNumbers.CodesPart part, int records)
      throws IOException {
    int size = part.size();
    for (int ord : new int[] {-1, size, Integer.MIN_VALUE, Integer.MAX_VALUE, 0, size - 1}) {
      byte[] body = IndexFiles.body(index.files.get(segment.vec()));
      ByteBuffer image = index.image(segment, body);
      boolean all = random().nextBoolean();
      int one = random().nextInt(size);
      for (int node = all ? 0 : one; node <= (all ? size - 1 : one); node++) {
        image.putInt(records + node * part.recordBytes(), ord);
      }
      damagedRecords(index, segment, body, "ordinals of " + part + " are " + ord, true);
    }
    byte[] body = IndexFiles.body(index.files.get(segment.vec()));
    ByteBuffer image = index.image(segment, body);
    int last = records + (size - 1) * part.recordBytes();
    int first = image.getInt(records);
    image.putInt(records, image.getInt(last)).putInt(last, first);
    damagedRecords(index, segment, body, "two ordinals of " + part + " swapped", true);
  }

  private void checkConstants(
      IndexFiles index, IndexFiles.Segment segment, MetadataNumbers.CodesPart part, int records)
      throws IOException {
    float[] values = {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 0};
    for (float value : values) {
      for (int which = 1; which < part.recordBytes() / Float.BYTES; which = 2 * which + 1) {
        byte[] body = IndexFiles.body(index.files.get(segment.vec()));
        ByteBuffer image = index.image(segment, body);
        for (int node = 0; node < part.size(); node++) {
          if (random().nextInt(3) > 0) {
            int from = records + node * part.recordBytes();
            for (int i = 1; i <= which; i++) {
              image.putFloat(from + i * Float.BYTES, value);
            }
          }
        }
        String what = which + " constants of " + part + " are " + value;
        damagedRecords(index, segment, body, what, false);
      }
    }
    byte[] body = IndexFiles.body(index.files.get(segment.vec()));
    ByteBuffer image = index.image(segment, body);
    for (int node = 0; node < part.size(); node++) {
      byte[] noise = new byte[part.recordBytes() - Integer.BYTES];
      random().nextBytes(noise);
      image.put(records + node * part.recordBytes() + Integer.BYTES, noise);
    }
    damagedRecords(index, segment, body, "noise in " + part, false);
  }

  /** Reads, and sometimes merges, an index with a damaged image. */
  private void damagedRecords(
      IndexFiles index, IndexFiles.Segment segment, byte[] body, String what, boolean rejected)
      throws IOException {
    if (Arrays.equals(body, IndexFiles.body(index.files.get(segment.vec())))) {
      return; // a segment of one document
    }
    Map<String, byte[]> damaged = Map.of(segment.vec(), IndexFiles.withFooter(body));
    assertEquals(what, rejected ? Outcome.REJECTED : Outcome.RESULTS, read(index, what, damaged));
    if (random().nextInt(4) == 0) {
      merge(index, "merge: " + what, damaged);
    }
  }
}
