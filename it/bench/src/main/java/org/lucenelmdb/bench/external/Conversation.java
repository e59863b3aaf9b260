/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleConsumer;
import org.lucenelmdb.bench.result.EngineInfo;
import org.lucenelmdb.bench.result.Sample;

/**
 * The output of an external engine. Lines that begin with a brace are JSON: progress, the engine's
 * version, or a sample. All others are messages, of which the last are shown if the program fails.
 */
final class Conversation {

  /** The exit code for an error that the last line of output explains. */
  private static final int EXPLAINED = 2;

  /** Exit codes above this one are the numbers of signals. */
  private static final int SIGNALS = 128;

  private static final ObjectMapper MAPPER = new JsonMapper();

  private final ExternalEngine engine;
  private final DoubleConsumer progress;
  private final Tail text = new Tail();
  private final List<Sample> samples = new ArrayList<>();

  Conversation(ExternalEngine engine, DoubleConsumer progress) {
    this.engine = engine;
    this.progress = progress;
  }

  void take(String line) throws ExternalException {
    if (line.startsWith("{") == false) {
      text.add(line);
      return;
    }
    try {
      take(MAPPER.readTree(line));
    } catch (JsonProcessingException e) {
      throw failure("printed a line that is not part of the protocol: " + line);
    }
  }

  private void take(JsonNode json) throws JsonProcessingException, ExternalException {
    if (json.has("progress")) {
      progress.accept(json.get("progress").asDouble());
    } else if (json.has("info")) {
      EngineInfo found = MAPPER.treeToValue(json.get("info"), EngineInfo.class);
      if (engine.info().equals(found) == false) {
        throw failure("is " + found + ", expected " + engine.info());
      }
    } else {
      Sample sample = MAPPER.treeToValue(json, Sample.class);
      if (sample.measure() == null || sample.values() == null) {
        throw failure("printed a sample without measure or values: " + json);
      }
      samples.add(sample);
    }
  }

  /** Returns the samples, or throws the reason why there are none. */
  List<Sample> end(int exitCode) throws ExternalException {
    if (exitCode == EXPLAINED) {
      throw failure(text.last());
    }
    if (exitCode > SIGNALS) {
      String signal = "was killed by signal " + (exitCode - SIGNALS);
      throw failure(signal + " (9 may mean: out of memory)" + text.asLines());
    }
    if (exitCode != 0) {
      throw failure("failed with exit code " + exitCode + text.asLines());
    }
    if (samples.isEmpty()) {
      throw failure("measured nothing" + text.asLines());
    }
    return samples;
  }

  private ExternalException failure(String message) {
    return new ExternalException(engine.info().name() + ": " + message);
  }
}
