/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Wrong numbers and wrong fields in the metadata file. */
public class TestCorruptMetadata extends CorruptionTestCase {

  /** Overwrites every number of the metadata file, and a sample of the elements of arrays. */
  public void testNumbers() throws IOException {
    IndexFiles index = IndexFiles.random();
    for (IndexFiles.Segment segment : index.segments) {
      byte[] file = index.files.get(segment.vem());
      List<MetadataNumbers.Number> numbers = MetadataNumbers.of(segment, file);
      long fields = numbers.stream().filter(n -> n.name().equals("field")).count();
      assertTrue(fields + " of 5", fields >= 3); // sparse fields of a small segment may be empty
      String previous = "";
      for (MetadataNumbers.Number number : numbers) {
        boolean isNextElement = number.name().equals(previous);
        previous = number.name();
        if (isNextElement && TEST_NIGHTLY == false && random().nextInt(8) > 0) {
          continue; // of an array, whose elements are read alike
        }
        for (long wrong : number.wrong()) {
          byte[] body = IndexFiles.body(file);
          MetadataNumbers.set(body, number, wrong);
          String what =
              segment.vem() + ": " + number.name() + " at " + number.at() + " is " + wrong;
          if (Arrays.equals(IndexFiles.body(file), body) == false) {
            assertEquals(
                what,
                Outcome.REJECTED,
                read(index, what, Map.of(segment.vem(), IndexFiles.withFooter(body))));
          }
        }
        // random values, sometimes of several numbers: a reader may accept or reject them
        byte[] body = IndexFiles.body(file);
        StringBuilder what = new StringBuilder(segment.vem() + ":");
        do {
          long value =
              switch (random().nextInt(4)) {
                case 0 -> random().nextInt(8);
                case 1 -> random().nextLong();
                case 2 -> random().nextInt(300);
                default -> body[number.at()] + (random().nextBoolean() ? 1 : -1);
              };
          MetadataNumbers.set(body, number, value);
          what.append(' ').append(number.name()).append(" at ").append(number.at());
          what.append(" is ").append(value).append(';');
          number = RandomPicks.randomFrom(random(), numbers);
        } while (random().nextInt(3) == 0);
        read(index, what.toString(), Map.of(segment.vem(), IndexFiles.withFooter(body)));
      }
    }
  }

  /** Fields that are missing or duplicated. */
  public void testFieldsOfMetadata() throws IOException {
    IndexFiles index = IndexFiles.random();
    IndexFiles.Segment segment = index.segments.get(0);
    byte[] file = index.files.get(segment.vem());
    List<MetadataNumbers.Number> numbers = MetadataNumbers.of(segment, file);
    List<MetadataNumbers.Number> fields =
        numbers.stream().filter(n -> n.name().equals("field")).toList();
    MetadataNumbers.Number end = numbers.get(numbers.size() - 1);
    for (int i = 0; i < fields.size(); i++) {
      int from = fields.get(i).at();
      int to = i + 1 < fields.size() ? fields.get(i + 1).at() : end.at();
      byte[] body = IndexFiles.body(file);
      byte[] twice = new byte[body.length + to - from];
      System.arraycopy(body, 0, twice, 0, to);
      System.arraycopy(body, from, twice, to, body.length - from);
      String what = "field " + i + " twice";
      assertEquals(
          what,
          Outcome.REJECTED,
          read(index, what, Map.of(segment.vem(), IndexFiles.withFooter(twice))));
      byte[] removed = new byte[body.length - (to - from)];
      System.arraycopy(body, 0, removed, 0, from);
      System.arraycopy(body, to, removed, from, body.length - to);
      what = "field " + i + " removed";
      assertEquals(
          what,
          Outcome.REJECTED,
          read(index, what, Map.of(segment.vem(), IndexFiles.withFooter(removed))));
      byte[] last = Arrays.copyOf(body, from + Integer.BYTES);
      IndexFiles.view(last).putInt(from, -1);
      what = "fields from " + i + " on removed";
      assertEquals(
          what,
          Outcome.REJECTED,
          read(index, what, Map.of(segment.vem(), IndexFiles.withFooter(last))));
    }
  }
}
