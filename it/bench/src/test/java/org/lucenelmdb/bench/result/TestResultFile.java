/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.data.BadDataException;

/** The JSON file. */
public class TestResultFile extends LuceneTestCase {

  private static final String SAMPLE =
      "{\"measure\":\"search\",\"engine\":\"a\",\"round\":0,\"vectors\":9,\"values\":{\"rate\":1}}";

  private static String replace(String json, String old, String by) {
    assertTrue(old, json.contains(old));
    return json.replace(old, by);
  }

  private static void assertBad(String reason, String json) throws IOException {
    Path file = createTempFile("some", ".json");
    Files.writeString(file, json);
    assertBad(reason, file);
  }

  private static void assertBad(String reason, Path file) {
    BadDataException e = expectThrows(BadDataException.class, () -> ResultFile.read(file));
    assertTrue(e.getMessage(), e.getMessage().startsWith(file + ": "));
    assertTrue(e.getMessage(), e.getMessage().contains(reason));
    assertEquals(e.getMessage(), 1, e.getMessage().lines().count());
  }

  public void testRoundTrip() throws IOException {
    Result result = SyntheticResult.full();
    Path file = createTempDir().resolve("result.json");
    ResultFile.write(result, file);
    assertEquals(result, ResultFile.read(file));
    ResultFile.write(SyntheticResult.small(), file); // replaces a longer one
    assertEquals(SyntheticResult.small(), ResultFile.read(file));
  }

  public void testLimits() throws IOException {
    SyntheticResult limited = new SyntheticResult(1, 10).engine("a", "A", "f");
    Path file = createTempFile();
    ResultFile.write(limited.build(), file);
    assertFalse("as in older files", Files.readString(file).contains("Megabytes\" : null"));
    assertNull(ResultFile.read(file).setup().memoryLimitMegabytes());
    Result result = limited.limits(300, 60, false).build();
    ResultFile.write(result, file);
    String json = Files.readString(file);
    assertTrue(json, json.contains("\"memoryLimitMegabytes\" : 300"));
    assertEquals(result, ResultFile.read(file));
  }

  public void testNames() throws IOException {
    String name = "a \"<b>\" </script> \u00e4\u4e2d\ud83d\ude00 \\ \n\u2028";
    Result result =
        new SyntheticResult(1, 10)
            .data(name)
            .engine(name, name, name)
            .filter(name, "near", 0.5)
            .warning(name, name, name)
            .searches(1)
            .filtered()
            .build();
    Path file = createTempFile();
    ResultFile.write(result, file);
    assertEquals(result, ResultFile.read(file));
  }

  public void testALineForEachSample() throws IOException {
    Result result = SyntheticResult.small();
    Path file = createTempFile();
    ResultFile.write(result, file);
    List<String> lines =
        Files.readAllLines(file).stream().filter(l -> l.contains("\"measure\"")).toList();
    assertEquals(result.samples().size(), lines.size());
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      line = line.endsWith(",") ? line.substring(0, line.length() - 1) : line;
      assertEquals(result.samples().get(i), ResultFile.readSample(line));
    }
  }

  public void testAbsentCoordinatesAreAbsent() throws IOException {
    Result result =
        new SyntheticResult(1, 10)
            .engine("a", "A", "f")
            .sample(Sample.of(Measure.BUILD, "a", 0, 10, Map.of("build", 2.0)))
            .build();
    Path file = createTempFile();
    ResultFile.write(result, file);
    String json = Files.readString(file);
    assertFalse(json, json.contains("null"));
    assertFalse(json, json.contains("\"ef\""));
    assertEquals(result, ResultFile.read(file));
  }

  public void testBadFiles() throws IOException {
    String good = ResultFile.toJson(SyntheticResult.full());
    assertBad("no schema", "");
    assertBad("not the JSON", "hello");
    assertBad("not the JSON", good.substring(0, good.length() / 2));
    assertBad("not the JSON", good + good);
    assertBad("no schema", "[1]");
    assertBad("no schema", "{}");
    assertBad("no schema", "null");
    assertBad("schema 1", replace(good, "\"schema\":2", "\"schema\":1"));
    assertBad("not the JSON", replace(good, "\"machine\"", "\"mashine\""));
    assertBad("not the JSON", replace(good, "\"measure\":\"churn\"", "\"measure\":\"chum\""));
    assertBad("not the JSON", replace(good, "\"round\":0,", ""));
    assertBad("machine is missing", "{\"schema\":2,\"started\":\"x\",\"seconds\":1}");
    assertBad("not declared", replace(good, "\"engine\":\"jvector\"", "\"engine\":\"j\""));
    assertBad("not declared", replace(good, "\"filter\":\"near", "\"filter\":\"mere"));
    assertBad("duplicate name", replace(good, "\"name\":\"jvector\"", "\"name\":\"lmdb\""));
    assertBad(
        "not a finite number",
        replace(good, "\"pagesPerQuery\":90.0", "\"pagesPerQuery\":\"NaN\""));
    assertBad("is missing", replace(good, "\"pagesPerQuery\":90.0", "\"pagesPerQuery\":null"));
    assertBad("bad round", replace(good, "\"vectors\":10000,", "\"vectors\":0,"));
    assertBad("not a finite", replace(good, "\"seconds\":4321.5", "\"seconds\":1e999"));
  }

  public void testNoFile() throws IOException {
    assertBad("no such file", createTempDir().resolve("missing.json"));
    assertBad("", createTempDir());
    Path binary = createTempFile();
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertBad("UTF-8", binary);
  }

  private static void assertBadSample(String line) {
    BadDataException e = expectThrows(BadDataException.class, () -> ResultFile.readSample(line));
    assertEquals(e.getMessage(), 1, e.getMessage().lines().count());
  }

  public void testSample() throws IOException {
    assertEquals(
        Sample.of(Measure.SEARCH, "a", 0, 9, Map.of("rate", 1.0)), ResultFile.readSample(SAMPLE));
    assertBadSample("");
    assertBadSample("null");
    assertBadSample("[]");
    assertBadSample(SAMPLE + SAMPLE);
    assertBadSample("warning: " + SAMPLE);
    assertBadSample(replace(SAMPLE, "\"rate\":1", "\"rate\":NaN"));
    assertBadSample(replace(SAMPLE, "\"rate\":1", "\"rate\":\"Infinity\""));
    assertBadSample(replace(SAMPLE, "\"rate\":1", "\"rate\":1,\"rate\":2"));
    assertBadSample(replace(SAMPLE, "\"round\":0", "\"ef\":10"));
    assertBadSample(replace(SAMPLE, ",\"values\":{\"rate\":1}", ""));
    assertBadSample("x\n".repeat(1000));
  }
}
