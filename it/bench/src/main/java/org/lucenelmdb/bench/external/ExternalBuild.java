/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.nio.file.Path;
import java.util.List;

/**
 * A build to run.
 *
 * @param data the directory of the prepared data
 * @param index a path at which nothing exists yet: of a file or a directory, depending on the
 *     library
 * @param round of the samples
 * @param maxConn M of the graph; 2 M on the lowest level
 * @param beamWidth of the build
 * @param threads the threads that build
 */
public record ExternalBuild(
    Path data, Path index, int round, int maxConn, int beamWidth, int threads) {

  List<String> arguments(ExternalEngine engine) {
    return List.of(
        "build",
        engine.info().name(),
        "--data",
        data.toString(),
        "--index",
        index.toString(),
        "--round",
        Integer.toString(round),
        "--max-conn",
        Integer.toString(maxConn),
        "--beam-width",
        Integer.toString(beamWidth),
        "--threads",
        Integer.toString(threads));
  }
}
