/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Attributes, and the choice of values to filter by. */
public class TestAttributes extends LuceneTestCase {

  private static Path write(String... lines) throws IOException {
    return Files.write(createTempDir().resolve("a.tsv"), List.of(lines));
  }

  private static String value(Attributes attributes, int column, int vector) {
    return attributes.values(column).get(attributes.code(column, vector));
  }

  public void testWithoutNames() throws IOException {
    Attributes attributes = Attributes.read(write("noun\t03", "verb\t03", "noun\t"), 3);
    assertEquals(3, attributes.vectors());
    assertEquals(2, attributes.columns());
    assertEquals("column1", attributes.name(0));
    assertEquals("column2", attributes.name(1));
    assertEquals(List.of("noun", "verb"), attributes.values(0));
    assertEquals("noun", value(attributes, 0, 2));
    assertEquals("03", value(attributes, 1, 1));
    assertEquals("", value(attributes, 1, 2));
  }

  public void testWithNames() throws IOException {
    Path path = write("kind\tgröße", "noun\t03", "verb\t03");
    Attributes attributes = Attributes.read(path, 2);
    assertEquals("größe", attributes.name(1));
    assertEquals("verb", value(attributes, 0, 1));
    assertEquals(List.of("03"), attributes.values(1));
    assertEquals("kind", Attributes.read(path, 3).values(0).get(0));
  }

  public void testNoNewlineAtTheEndAndCarriageReturns() throws IOException {
    Path path = createTempDir().resolve("a.tsv");
    Files.writeString(path, "a\tb\r\nc\td");
    Attributes attributes = Attributes.read(path, 2);
    assertEquals("b", value(attributes, 1, 0));
    assertEquals("d", value(attributes, 1, 1));
  }

  public void testDerived() throws IOException {
    Attributes attributes = Attributes.read(write("a", "b", "c"), 3).derive(5, i -> i % 3);
    assertEquals(5, attributes.vectors());
    assertEquals("b", value(attributes, 0, 4));
  }

  private static void assertRejected(Path path, int vectors, String expected, String found) {
    BadDataException e = expectThrows(BadDataException.class, () -> Attributes.read(path, vectors));
    String message = e.getMessage();
    assertTrue(message, message.startsWith(path + ": expected " + expected));
    assertTrue(message, message.endsWith(", found " + found));
  }

  public void testBadInput() throws IOException {
    Path path = write("a\tb", "c\td");
    assertRejected(path, 3, "3 lines", "2");
    assertRejected(write("a", "b", "c", "d"), 2, "2 lines", "4");
    assertRejected(write("a\tb", "c"), 2, "2 columns of vector 1", "1");
    assertRejected(write("a\tb", "c\td\te"), 2, "2 columns of vector 1", "3");
    assertRejected(write("a\tb", "c\td\te"), 1, "2 columns of vector 0", "3");
    assertRejected(write("a\tb", "", "c\td"), 3, "2 columns of vector 1", "1");
    assertRejected(write("x\tx", "a\tb"), 1, "distinct column names", "twice x");
    assertRejected(createTempDir().resolve("missing.tsv"), 1, "a file", "none");
    assertRejected(write(), 1, "1 lines", "0");
    Path latin = createTempDir().resolve("a.tsv");
    Files.write(latin, "größe".getBytes(StandardCharsets.ISO_8859_1));
    assertRejected(latin, 1, "UTF-8", "other bytes");
  }

  /** Creates attributes with a single column, in which {@code counts[v]} vectors have value v. */
  private static Attributes withCounts(int... counts) throws IOException {
    List<String> lines =
        IntStream.range(0, counts.length)
            .boxed()
            .flatMap(v -> IntStream.range(0, counts[v]).mapToObj(i -> "v" + v))
            .collect(Collectors.toList());
    return Attributes.read(write(lines.toArray(String[]::new)), lines.size());
  }

  private static List<Integer> chosen(int max, int k, int... counts) throws IOException {
    Attributes attributes = withCounts(counts);
    int[] base = IntStream.range(0, attributes.vectors()).toArray();
    return new AttributeChoices(attributes, base, k)
        .choose(max).stream().map(FilterChoice::cardinality).toList();
  }

  public void testChoiceIsSpread() throws IOException {
    int[] counts = {1, 2, 10, 11, 12, 100, 110, 120, 1_000};
    assertEquals(List.of(1_000, 100, 10, 1), chosen(4, 1, counts));
    assertEquals(List.of(1_000, 10), chosen(2, 10, counts));
    assertEquals(9, chosen(9, 1, counts).size());
    assertEquals(9, chosen(100, 1, counts).size());
    assertEquals(List.of(), chosen(0, 1, counts));
    assertEquals(1, chosen(1, 1, counts).size());
  }

  public void testNothingToChoose() throws IOException {
    assertEquals(List.of(), chosen(5, 1, 10)); // all vectors have the value
    assertEquals(List.of(), chosen(5, 3, 2, 2, 2)); // too few vectors have the value
  }

  public void testNoTwoThatAreTheSame() throws IOException {
    Attributes attributes = Attributes.read(write("a\t1", "a\t1", "b\t2", "b\t3"), 4);
    List<FilterChoice> choices =
        new AttributeChoices(attributes, new int[] {3, 1, 2, 0}, 1).choose(10);
    assertEquals(
        List.of("column1=a", "column1=b", "column2=2", "column2=3"),
        choices.stream().map(choice -> choice.attribute() + "=" + choice.value()).toList());
    assertTrue(choices.get(0).accepted().get(1)); // ordinal 1 is vector 1
    assertTrue(choices.get(0).accepted().get(3));
    assertEquals(2, choices.get(0).accepted().cardinality());
    assertEquals(0.25, choices.get(3).selectivity(), 0);
  }

  public void testOnlyTheBaseCounts() throws IOException {
    Attributes attributes = withCounts(5, 5, 5);
    List<FilterChoice> choices =
        new AttributeChoices(attributes, new int[] {0, 1, 5, 6, 7}, 1).choose(10);
    assertEquals(List.of(3, 2), choices.stream().map(FilterChoice::cardinality).toList());
  }
}
