/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import static org.lucenelmdb.tools.doctor.Rules.text;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import org.lucenelmdb.tools.doctor.FieldDiagnosis.SegmentFigures;

/** Findings about segments. */
final class SegmentRules {

  private static final double MANY_DELETED = 0.3;
  private static final double SOME_DELETED = 0.1;

  /** A tier of Lucene's default merge policy has 10 segments. */
  private static final int MANY_SEGMENTS = 12;

  private static final int SMALL = 2_000;

  /** More than three tiers. */
  private static final int VERY_MANY_SEGMENTS = 30;

  private static final double MANY_TIMES = 2;

  /** The newest version of the format, which has codes and a recall curve. */
  private static final int VERSION_RECALL = 3;

  private SegmentRules() {}

  static void add(Rules rules, Measurements m) {
    deletes(rules, m);
    segments(rules, m);
    formats(rules, m);
  }

  private static void deletes(Rules rules, Measurements m) {
    double share = m.deleted() / (double) Math.max(1, m.field().vectors());
    SegmentFigures worst =
        m.segments().stream()
            .max(Comparator.comparingDouble(SegmentRules::deletedShare))
            .orElseThrow();
    if (share < SOME_DELETED && deletedShare(worst) < MANY_DELETED) {
      return;
    }
    rules.add(
        share > MANY_DELETED,
        "deletes",
        "Deleted documents remain in the graph: searches traverse them, and files contain them.",
        text(
            "%.0f %% of the vectors are deleted (%,d of %,d), in segment %s %.0f %%; %s",
            100 * share,
            m.deleted(),
            m.field().vectors(),
            worst.segment(),
            100 * deletedShare(worst),
            Rules.cost(m)),
        "Call forceMergeDeletes, or set a lower deletesPctAllowed in the merge policy.");
  }

  private static double deletedShare(SegmentFigures segment) {
    return segment.deleted() / (double) Math.max(1, segment.vectors());
  }

  private static void segments(Rules rules, Measurements m) {
    List<SegmentFigures> segments = m.segments();
    int count = segments.size();
    if (count < MANY_SEGMENTS) {
      return;
    }
    int[] sizes = segments.stream().mapToInt(SegmentFigures::vectors).sorted().toArray();
    int median = sizes[count / 2];
    double times = m.asIs().visits() / visitsOfOne(m);
    rules.add(
        (median < SMALL || count >= VERY_MANY_SEGMENTS) && times >= MANY_TIMES,
        "many-segments",
        "The index has many small segments, each of which is searched.",
        text(
            "%d segments, half of them with at most %,d of %,d vectors; a search scores %,.0f"
                + " codes or vectors, %.1f times as many as about %,.0f in one segment",
            count, median, m.field().vectors(), m.asIs().visits(), times, visitsOfOne(m)),
        "Merge more often: a lower segmentsPerTier, a larger floorSegmentMB, larger flushes; or"
            + " force a merge if the index no longer changes.");
  }

  /**
   * An estimate of the visits in a single segment: those that one of usual data takes (855 of
   * 40,000, see docs/filtering.md), which grow with the logarithm of the size, or all of a small
   * one.
   */
  private static double visitsOfOne(Measurements m) {
    int size = m.field().vectors();
    double usual = 855 * Math.log(Math.max(2, size)) / Math.log(40_000);
    double largest = m.segments().stream().mapToDouble(SegmentFigures::visits).max().orElse(0);
    return Math.max(1, Math.min(size, Math.max(usual, largest)));
  }

  private static void formats(Rules rules, Measurements m) {
    TreeSet<Integer> versions = new TreeSet<>();
    int old = 0;
    int other = 0;
    for (SegmentFigures segment : m.segments()) {
      if (segment.version() < 0) {
        other += segment.vectors();
      } else {
        versions.add(segment.version());
        old += segment.version() < VERSION_RECALL ? segment.vectors() : 0;
      }
    }
    double all = Math.max(1, m.field().vectors());
    if (other > 0) {
      rules.add(
          m.misses().otherFormats() * 2 > m.misses().total() && m.isRecallLow(),
          "other-formats",
          "Segments have another format, to which target recall and codes do not apply.",
          text(
              "%.0f %% of the vectors; %,d of %,d misses; %s",
              100 * other / all, m.misses().otherFormats(), m.misses().total(), Rules.recall(m)),
          "Force a merge with the codec of this format.");
    }
    if (old > 0) {
      rules.add(
          m.isRecallLow(),
          "old-version",
          "Segments were written by an older version of the format, without a measured recall curve"
              + " or without codes.",
          text(
              "versions %s, newest %d; %.0f %% of the vectors are in older ones; %s",
              versions, VERSION_RECALL, 100 * old / all, Rules.recall(m)),
          "Force a merge, which writes the newest version.");
    }
  }
}
