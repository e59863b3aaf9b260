/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;

public class TestPrinter extends LuceneTestCase {

  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final Printer printer =
      new Printer(new PrintStream(printed, true, StandardCharsets.UTF_8));

  private List<String> lines() {
    return printed.toString(StandardCharsets.UTF_8).lines().toList();
  }

  public void testHits() {
    ApiDoc small = new ApiDoc("p.C.m(int)", Kind.METHOD, "p", "Does it all.");
    ApiDoc large =
        new ApiDoc(
            "p.C." + "m".repeat(60) + "(String, String, String)",
            Kind.METHOD,
            "p",
            "word ".repeat(100).strip());
    ApiDoc huge = new ApiDoc("p." + "C".repeat(200), Kind.CLASS, "p", "x".repeat(200));
    printer.hits(
        List.of(new Hit(1, 0.98765f, small), new Hit(2, 0.5f, large), new Hit(3, 0, huge)));
    assertEquals("  1  0.988  method       p.C.m(int)", lines().get(0));
    assertEquals("            Does it all.", lines().get(1));
    assertEquals("  2  0.500  method       p.C." + "m".repeat(60) + "(...)", lines().get(2));
    assertTrue(lines().get(3).endsWith("word..."));
    lines().forEach(line -> assertTrue(line, line.length() <= Printer.WIDTH));
    assertEquals(6, lines().size());
  }

  public void testNoHits() {
    printer.hits(List.of());
    assertEquals(List.of("     no answers"), lines());
  }

  public void testQuestion() {
    printer.question(new Question("why?", DocFilter.NONE));
    printer.question(new Question("how?", new DocFilter(Kind.CLASS, "p.q")));
    assertEquals(List.of("", "\"why?\"", "", "\"how?\", only kind class, package p.q"), lines());
  }
}
