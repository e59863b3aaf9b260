/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.lucenelmdb.bench.data.BadDataException;

/** The JSON file of a {@link Result}, with one sample per line for line-based tools. */
public final class ResultFile {

  /**
   * Strict, because a coordinate with a misspelled name would otherwise be ignored. A new component
   * of the records needs a new {@link Result#SCHEMA}, unless it is optional.
   */
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  private ResultFile() {}

  /** Writes or replaces the file. */
  public static void write(Result result, Path file) throws IOException {
    Files.writeString(
        file, MAPPER.writer(new ALineForEachElement()).writeValueAsString(result) + "\n");
  }

  /** The content of the file, on one line. */
  public static String toJson(Result result) {
    try {
      return MAPPER.writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // records of strings and numbers always have a JSON form
    }
  }

  /**
   * Reads and checks a file.
   *
   * @throws BadDataException if the file was not written by {@link #write}; the message is one line
   *     and names the file
   */
  public static Result read(Path file) throws IOException {
    try {
      JsonNode tree = MAPPER.readTree(Files.readString(file));
      if (!tree.isObject() || !tree.path("schema").isInt()) {
        throw new BadDataException("not the result of a benchmark: it has no schema");
      }
      int schema = tree.path("schema").intValue();
      if (schema != Result.SCHEMA) {
        throw new BadDataException(
            "schema " + schema + ", but this program reads " + Result.SCHEMA);
      }
      Result result = MAPPER.treeToValue(tree, Result.class);
      Validation.check(result);
      return result;
    } catch (NoSuchFileException e) {
      throw bad(file, e, "no such file");
    } catch (JacksonException e) {
      throw bad(file, e, "not the JSON of a result: " + where(e));
    } catch (BadDataException e) {
      throw bad(file, e, e.getMessage());
    } catch (CharacterCodingException e) {
      throw bad(file, e, "not text in UTF-8");
    } catch (IOException e) {
      throw bad(file, e, e.toString());
    }
  }

  /**
   * Reads a sample as an external program prints it.
   *
   * @throws BadDataException if it is not a sample; the message is one line with the start of the
   *     text
   */
  public static Sample readSample(String line) throws BadDataException {
    try {
      Sample sample = MAPPER.readValue(line, Sample.class);
      if (sample == null) {
        throw new BadDataException("it is null");
      }
      Validation.check(sample);
      return sample;
    } catch (JacksonException e) {
      throw badSample(line, e, where(e));
    } catch (BadDataException e) {
      throw badSample(line, e, e.getMessage());
    }
  }

  /** Jackson's own message has several lines; the location helps in a file of one line. */
  private static String where(JacksonException e) {
    return e.getLocation() == null || e.getLocation().getLineNr() < 0
        ? e.getOriginalMessage()
        : e.getOriginalMessage()
            + " (line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ")";
  }

  private static BadDataException bad(Path file, Exception cause, String reason) {
    BadDataException e = new BadDataException(oneLine(file + ": " + reason));
    e.initCause(cause);
    return e;
  }

  private static BadDataException badSample(String line, Exception cause, String reason) {
    String start = line.length() <= 200 ? line : line.substring(0, 200) + "...";
    BadDataException e = new BadDataException(oneLine("not a sample: " + reason + ": " + start));
    e.initCause(cause);
    return e;
  }

  private static String oneLine(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }

  /**
   * Breaks lines between the elements of the top-level lists, and between the components of the
   * setup.
   */
  private static final class ALineForEachElement extends DefaultPrettyPrinter {

    private static final long serialVersionUID = 1;

    private static final int DEEPEST = 2;

    ALineForEachElement() {
      Indenter indenter =
          new Indenter() {
            @Override
            public void writeIndentation(JsonGenerator out, int level) throws IOException {
              out.writeRaw(level <= DEEPEST ? "\n" + "  ".repeat(level) : " ");
            }

            @Override
            public boolean isInline() {
              return false;
            }
          };
      indentObjectsWith(indenter);
      indentArraysWith(indenter);
    }

    @Override
    public void writeEndObject(JsonGenerator out, int entries) throws IOException {
      end(out, "}");
    }

    @Override
    public void writeEndArray(JsonGenerator out, int entries) throws IOException {
      end(out, "]");
    }

    private void end(JsonGenerator out, String bracket) throws IOException {
      _nesting--;
      out.writeRaw(_nesting < DEEPEST ? "\n" + "  ".repeat(_nesting) + bracket : " " + bracket);
    }

    @Override
    public DefaultPrettyPrinter createInstance() {
      return new ALineForEachElement();
    }
  }
}
