/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Searches to run, in one process.
 *
 * @param data the directory of the prepared data
 * @param index the index that an {@link ExternalBuild} of the same engine built
 * @param round of the samples
 * @param efs each value gives a sample
 * @param threads numbers of search threads; each searches with all {@code efs}
 * @param passes over all queries; the fastest counts
 * @param warmUp seconds of CPU time before the first pass
 */
public record ExternalSearch(
    Path data,
    Path index,
    int round,
    List<Integer> efs,
    List<Integer> threads,
    int passes,
    double warmUp) {

  List<String> arguments(ExternalEngine engine) {
    return List.of(
        "search",
        engine.info().name(),
        "--data",
        data.toString(),
        "--index",
        index.toString(),
        "--round",
        Integer.toString(round),
        "--efs",
        join(efs),
        "--threads",
        join(threads),
        "--passes",
        Integer.toString(passes),
        "--warm-up",
        Double.toString(warmUp));
  }

  private static String join(List<Integer> numbers) {
    return numbers.stream().map(Object::toString).collect(Collectors.joining(","));
  }
}
