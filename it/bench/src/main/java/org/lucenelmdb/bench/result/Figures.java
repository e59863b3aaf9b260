/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

/**
 * The names of the figures in {@link Sample#values}. Times are in seconds unless the name has
 * another unit.
 */
public final class Figures {

  /** The share of the k nearest vectors that was found, from 0 to 1. */
  public static final String RECALL = "recall";

  /**
   * The recall of the built graph, in the sample of its build; the name ends with the ef of the
   * search.
   */
  public static final String BUILT_RECALL_PREFIX = "recall.ef";

  /** The recall of an index of the same documents that was built at once, without churn. */
  public static final String FRESH_RECALL = "freshRecall";

  /** Queries per second, of all threads together. */
  public static final String RATE = "rate";

  /** Queries per second of CPU time. */
  public static final String CPU_RATE = "cpuRate";

  /** Median time of a query, in microseconds. */
  public static final String P50 = "p50us";

  /** 95th percentile of the time of a query, in microseconds. */
  public static final String P95 = "p95us";

  /** 99th percentile of the time of a query, in microseconds. */
  public static final String P99 = "p99us";

  /** The number of queries with fewer hits than possible. */
  public static final String SHORT = "shortAnswers";

  /** The share of queries that miss at least 30 % of the hits they could have found. */
  public static final String BAD = "badQueries";

  /** The recall of all queries without a filter, with the same ef. */
  public static final String UNFILTERED_RECALL = "unfilteredRecall";

  /** The number of codes scored per query, or of vectors if there are no codes, on average. */
  public static final String VISITS = "visits";

  /** The expected number of scored codes or vectors per query, on average. */
  public static final String ESTIMATED_VISITS = "estimatedVisits";

  /** The number of nodes per query whose links were read, on average. */
  public static final String EXPANDED_NODES = "expandedNodes";

  /** The number of vectors per query that were scored exactly, on average. */
  public static final String RERANKED = "reranked";

  /** The recall that searches expected, on average over those that expected any. */
  public static final String EXPECTED_RECALL = "expectedRecall";

  /** The number of strategy changes per query, on average. */
  public static final String SWITCHES = "switches";

  /**
   * The share of queries that used these strategies; the name ends with them in order of use,
   * separated by {@code >}.
   */
  public static final String PLAN_PREFIX = "plan.";

  /** Time to add all vectors and commit. */
  public static final String ADD = "add";

  /** Time spent in flushes, part of {@link #ADD}; for Lucene's formats. */
  public static final String FLUSH = "flush";

  /** Time spent in merges that ran while vectors were added; for Lucene's formats. */
  public static final String MERGE = "merge";

  /** Time to merge all segments into one afterwards. */
  public static final String FORCE_MERGE = "forceMerge";

  /** {@link #ADD} and {@link #FORCE_MERGE} together, without reading the vectors. */
  public static final String BUILD = "build";

  /** CPU time of the whole build. */
  public static final String BUILD_CPU = "buildCpu";

  /** The peak heap, in MB. */
  public static final String PEAK_HEAP = "peakHeapMB";

  /** The peak resident memory of the process, in MB, including mapped files. */
  public static final String PEAK_RESIDENT = "peakResidentMB";

  /** The size of all files of the index. */
  public static final String BYTES = "bytes";

  /** {@link #BYTES} divided by the number of vectors. */
  public static final String BYTES_PER_VECTOR = "bytesPerVector";

  /** Bytes per vector of the raw vectors. */
  public static final String RAW_PER_VECTOR = "rawPerVector";

  /** Bytes per vector of the codes. */
  public static final String CODES_PER_VECTOR = "codesPerVector";

  /** Bytes per vector of the graph: links, and the tables that locate each node's links. */
  public static final String GRAPH_PER_VECTOR = "graphPerVector";

  /** The prefix of file sizes; the name ends with the file's extension. */
  public static final String FILE_PREFIX = "file.";

  /** The smallest heap, in MB, with which a build completed. */
  public static final String MIN_HEAP = "minHeapMB";

  /** The largest heap, in MB, with which a build ran out of memory, or took far too long. */
  public static final String FAILED_HEAP = "failedHeapMB";

  /** Time to open an index. */
  public static final String OPEN = "open";

  /** Distinct pages of 4 KiB that a query reads, on average. */
  public static final String PAGES = "pagesPerQuery";

  /**
   * Pages of 4 KiB per query that the process read from disks, on average. Includes those that the
   * system read ahead.
   */
  public static final String READ_PAGES = "readPagesPerQuery";

  /** The number of times per query that a thread waited for a page of a mapped file, on average. */
  public static final String MAJOR_FAULTS = "majorFaultsPerQuery";

  /**
   * Time of a rollback while all segments are merged into one; the name ends with the share of
   * {@link #FORCE_MERGE} after which it began, in percent.
   */
  public static final String ROLLBACK_PREFIX = "rollback.";

  /** The longest of the rollbacks. */
  public static final String LONGEST_ROLLBACK = "longestRollback";

  /** The number of files after rollbacks that were not in the directory before the merges. */
  public static final String LEFT_FILES = "leftFiles";

  /** The number of nodes that cannot be reached from the entry node. */
  public static final String UNREACHABLE = "unreachableNodes";

  private Figures() {}
}
