/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.measure;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.lucenelmdb.bench.result.Figures;

/** The peak memory of this process. */
final class ProcessMemory {

  private static final double MEGABYTE = 1 << 20;
  private static final double KILOBYTES_PER_MEGABYTE = 1 << 10;
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String PEAK_RESIDENT = "VmHWM:";

  private ProcessMemory() {}

  /** Adds the peaks that the system reports; only Linux reports the peak of resident memory. */
  static void addPeaks(Map<String, Double> figures) throws IOException {
    // The pools may reach their peaks at different times: the sum is an upper bound.
    double heap =
        ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getPeakUsage)
            .mapToLong(usage -> usage == null ? 0 : usage.getUsed())
            .sum();
    figures.put(Figures.PEAK_HEAP, heap / MEGABYTE);
    if (Files.isReadable(STATUS)) {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith(PEAK_RESIDENT)) {
          String kilobytes = line.replaceAll("[^0-9]", "");
          figures.put(
              Figures.PEAK_RESIDENT, Double.parseDouble(kilobytes) / KILOBYTES_PER_MEGABYTE);
        }
      }
    }
  }
}
