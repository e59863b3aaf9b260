/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

/** The names of the figures in {@link Sample#values}. Times are in seconds unless the name says. */
public final class Figures {

  /** Of the k nearest vectors, which part was found; from 0 to 1. */
  public static final String RECALL = "recall";

  /**
   * The recall of the graph that was built, in the sample of its build; ends with the ef of the
   * search.
   */
  public static final String BUILT_RECALL_PREFIX = "recall.ef";

  /** The recall of an index of the same documents that was built at once, without any churn. */
  public static final String FRESH_RECALL = "freshRecall";

  /** Queries per second, of all threads together. */
  public static final String RATE = "rate";

  /** Queries per second of CPU time. */
  public static final String CPU_RATE = "cpuRate";

  /** Median time of a query in microseconds. */
  public static final String P50 = "p50us";

  /** 95th percentile of the time of a query in microseconds. */
  public static final String P95 = "p95us";

  /** 99th percentile of the time of a query in microseconds. */
  public static final String P99 = "p99us";

  /** How many queries got fewer hits than they could have. */
  public static final String SHORT = "shortAnswers";

  /** The part of the queries that miss 30 % or more of what they could have found. */
  public static final String BAD = "badQueries";

  /** The recall of all queries without a filter, with the same ef. */
  public static final String UNFILTERED_RECALL = "unfilteredRecall";

  /** How many codes a query scored, or vectors where there are no codes, on average. */
  public static final String VISITS = "visits";

  /** How many it was expected to score. */
  public static final String ESTIMATED_VISITS = "estimatedVisits";

  /** How many nodes' links a query read, on average. */
  public static final String HOPS = "expandedNodes";

  /** How many vectors a query scored exactly, on average. */
  public static final String RESCORED = "reranked";

  /** The recall that searches expected of themselves, on average over those that expected any. */
  public static final String EXPECTED_RECALL = "expectedRecall";

  /** How often a query changed its strategy, on average. */
  public static final String SWITCHES = "switches";

  /**
   * The part of the queries that took these strategies; ends with them in the order in which they
   * were taken, separated by {@code >}.
   */
  public static final String PLAN_PREFIX = "plan.";

  /** Time to add all vectors and commit. */
  public static final String ADD = "add";

  /** Time spent in flushes, part of {@link #ADD}; for formats of Lucene. */
  public static final String FLUSH = "flush";

  /** Time spent in merges that ran while vectors were added; for formats of Lucene. */
  public static final String MERGE = "merge";

  /** Time to merge everything into one segment afterwards. */
  public static final String FORCE_MERGE = "forceMerge";

  /** {@link #ADD} and {@link #FORCE_MERGE} together; what reading the vectors took is not in it. */
  public static final String BUILD = "build";

  /** CPU time of the whole build. */
  public static final String BUILD_CPU = "buildCpu";

  /** The most heap that was in use, in MB. */
  public static final String PEAK_HEAP = "peakHeapMB";

  /** The most resident memory of the process, in MB, mapped files included. */
  public static final String PEAK_RESIDENT = "peakResidentMB";

  /** All files of the index. */
  public static final String BYTES = "bytes";

  /** {@link #BYTES} by the number of vectors. */
  public static final String BYTES_PER_VECTOR = "bytesPerVector";

  /** Bytes per vector of the raw vectors. */
  public static final String RAW_PER_VECTOR = "rawPerVector";

  /** Bytes per vector of quantized vectors. */
  public static final String CODES_PER_VECTOR = "codesPerVector";

  /** Bytes per vector of the graph: links, and the tables that say where each node's are. */
  public static final String GRAPH_PER_VECTOR = "graphPerVector";

  /** The sizes of files begin with this, and end with the file's extension. */
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
   * Time of a rollback while everything is merged into one segment; ends with the part of {@link
   * #FORCE_MERGE} after which it began, in percent.
   */
  public static final String ROLLBACK_PREFIX = "rollback.";

  /** The longest of the rollbacks. */
  public static final String LONGEST_ROLLBACK = "longestRollback";

  /** How many files were in the directory after rollbacks that were not there before the merges. */
  public static final String LEFT_FILES = "leftFiles";

  /** Nodes of the graph to which no path leads from its entry node. */
  public static final String UNREACHABLE = "unreachableNodes";

  private Figures() {}
}
