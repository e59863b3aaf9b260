/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.lucenelmdb.bench.result.Figures;

/**
 * What this process has read from disks, as Linux counts it. Both figures are 0 if nothing is
 * counted.
 *
 * @param bytes including those that the system reads ahead
 * @param majorFaults the number of times that a thread waited for a page of a mapped file
 */
record DiskReads(long bytes, long majorFaults) {

  static final DiskReads NONE = new DiskReads(0, 0);

  private static final Path IO = Path.of("/proc/self/io");
  private static final Path STAT = Path.of("/proc/self/stat");
  private static final String READ_BYTES = "read_bytes: ";

  /** The position after the name of the program, which may contain blanks. */
  private static final int MAJOR_FAULTS = 9;

  /** The reads since the process started. */
  static DiskReads now() throws IOException {
    if (isCounted() == false) {
      return NONE;
    }
    long bytes =
        Files.readAllLines(IO).stream()
            .filter(line -> line.startsWith(READ_BYTES))
            .mapToLong(line -> Long.parseLong(line.substring(READ_BYTES.length())))
            .sum();
    String stat = Files.readString(STAT);
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return new DiskReads(bytes, Long.parseLong(fields[MAJOR_FAULTS]));
  }

  private static boolean isCounted() {
    return Files.isReadable(IO) && Files.isReadable(STAT);
  }

  DiskReads since(DiskReads before) {
    return new DiskReads(bytes - before.bytes, majorFaults - before.majorFaults);
  }

  DiskReads plus(DiskReads other) {
    return new DiskReads(bytes + other.bytes, majorFaults + other.majorFaults);
  }

  /** Adds the averages of a number of queries, if the system counts reads. */
  void addTo(Map<String, Double> figures, int queries) {
    if (isCounted()) {
      figures.put(
          Figures.READ_PAGES, (double) (bytes >> PageCountingDirectory.PAGE_BITS) / queries);
      figures.put(Figures.MAJOR_FAULTS, (double) majorFaults / queries);
    }
  }
}
