/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.search;

import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.DataInput;
import org.apache.lucene.store.DataOutput;

/**
 * The recall of traversals of a field's graph in a segment, as a function of their effort. The
 * curve is measured when the segment is written, or taken from typical data. Values between its
 * points are interpolated. For the miss rate, the beam and the tolerance, the logarithms are
 * interpolated, because they range over orders of magnitude. The logarithm of k is interpolated
 * between {@value #FEW} and {@value #MANY}; a k outside this range is treated as the nearer of the
 * two. Immutable.
 */
public final class RecallCurve {

  /** The smaller k for which recall is measured. */
  public static final int FEW = 10;

  /** The larger k for which recall is measured. */
  public static final int MANY = 100;

  /** The maximum number of points. */
  public static final int MAX_POINTS = 32;

  private static final double MAX_FACTOR = 1 << 16;

  /**
   * A measurement of one effort.
   *
   * @param efFactor see {@link Effort}
   * @param tolerance see {@link Effort}
   * @param recallOfFew the recall at {@value #FEW}
   * @param expandedNodesOfFew the average number of expanded nodes, divided by {@value #FEW}
   * @param recallOfMany the recall at {@value #MANY}
   * @param expandedNodesOfMany the average number of expanded nodes, divided by {@value #MANY}
   */
  public record Point(
      float efFactor,
      float tolerance,
      float recallOfFew,
      float expandedNodesOfFew,
      float recallOfMany,
      float expandedNodesOfMany) {}

  /** The measurements for one k. */
  private record Column(Function<Point, Float> recall, Function<Point, Float> expandedNodes) {
    /** The logarithm of the miss rate. */
    double missed(Point point) {
      return RecallCurve.missed(recall.apply(point));
    }
  }

  private static final Column FEW_COLUMN =
      new Column(Point::recallOfFew, Point::expandedNodesOfFew);
  private static final Column MANY_COLUMN =
      new Column(Point::recallOfMany, Point::expandedNodesOfMany);

  /**
   * A typical curve of quantized searches. Its recall is slightly lower than that of 40,000 text
   * embeddings with codes of 1 bit, and that of sparse vectors of 512 dimensions.
   */
  public static final RecallCurve USUAL_ON_CODES =
      new RecallCurve(
          List.of(
              new Point(1, 50, 0.8f, 2.5f, 0.85f, 1.5f),
              new Point(1.3f, 0.4f, 0.93f, 4.2f, 0.94f, 2.5f),
              new Point(1.3f, 0.05f, 0.94f, 4.7f, 0.95f, 2.8f),
              new Point(1.3f, 0.025f, 0.95f, 5.2f, 0.96f, 3.2f),
              new Point(1.3f, 0.0125f, 0.96f, 5.8f, 0.97f, 3.5f),
              new Point(1.6f, 0.006f, 0.97f, 6.4f, 0.98f, 3.9f),
              new Point(2, 0.003f, 0.98f, 7.2f, 0.985f, 4.5f),
              new Point(4, 0.0015f, 0.99f, 9.5f, 0.992f, 8),
              new Point(8, 0.0005f, 0.997f, 16, 0.998f, 14)));

  /**
   * A typical curve of exact searches. Its recall is slightly lower than that of text embeddings.
   */
  public static final RecallCurve USUAL =
      new RecallCurve(
          List.of(
              new Point(1.1f, 1, 0.87f, 1.4f, 0.93f, 1.2f),
              new Point(1.5f, 1, 0.92f, 1.8f, 0.95f, 1.6f),
              new Point(2, 1, 0.95f, 2.3f, 0.97f, 2.1f),
              new Point(3, 1, 0.97f, 3.3f, 0.98f, 3.1f),
              new Point(4, 1, 0.98f, 4.3f, 0.985f, 4.1f),
              new Point(8, 1, 0.99f, 8.3f, 0.993f, 8.1f),
              new Point(16, 1, 0.995f, 16.3f, 0.997f, 16.1f),
              new Point(32, 1, 0.999f, 32.3f, 0.999f, 32.1f)));

  /**
   * A curve of segments that are too small to be measured, with or without codes. It is that of
   * vectors without structure, because a scan of a small segment costs little more than a traversal
   * that relies on structure: of 1,000 random vectors of 256 dimensions, the latter had a recall of
   * 0.81 where 0.95 was wanted.
   */
  public static final RecallCurve FEW_VECTORS =
      new RecallCurve(
          List.of(
              new Point(4, 0.05f, 0.75f, 4.3f, 0.85f, 4.1f),
              new Point(8, 0.0125f, 0.85f, 8.3f, 0.93f, 8.1f),
              new Point(16, 0.003f, 0.93f, 16.3f, 0.97f, 16.1f),
              new Point(32, 0.001f, 0.97f, 32.3f, 0.99f, 32.1f),
              new Point(64, 0.0005f, 0.99f, 64.3f, 0.998f, 64.1f)));

  private final List<Point> points;

  /**
   * Creates a curve.
   *
   * @param points 1 to {@value #MAX_POINTS} points, in the order of increasing effort
   */
  public RecallCurve(List<Point> points) {
    if (points.isEmpty() || points.size() > MAX_POINTS) {
      throw new IllegalArgumentException("points: " + points.size());
    }
    this.points = List.copyOf(points);
  }

  /** The measurements, in the order of increasing effort. */
  public List<Point> points() {
    return points;
  }

  /**
   * Returns the effort that a recall requires. Its {@link Effort#expandedNodes} are infinite if no
   * traversal reaches the recall.
   *
   * <p>The efforts for a k of {@value #FEW} and of {@value #MANY} are looked up, and interpolated
   * by the logarithm of k. Interpolating the recall of one effort instead was too optimistic: for
   * 15,000 random integer vectors of 96 dimensions, a recall of 0.92 requires a beam of about 190
   * at both k, but it predicted 120 for a k of 20.
   *
   * @param target the recall, from 0 to 1
   * @param k at least 1
   */
  public Effort effort(double target, double k) {
    double weight = weightOfMany(k);
    Lookup few = look(target, FEW_COLUMN);
    Lookup many = look(target, MANY_COLUMN);
    Lookup nearer = weight < 0.5 ? few : many;
    boolean areBoth = few.suffices && many.suffices;
    return new Effort(
        logarithmic(few.effort.efFactor(), many.effort.efFactor(), weight),
        logarithmic(few.effort.tolerance(), many.effort.tolerance(), weight),
        nearer.suffices
            ? interpolate(few.effort.expandedNodes(), many.effort.expandedNodes(), weight)
            : Double.POSITIVE_INFINITY,
        areBoth
            ? interpolate(few.effort.recall(), many.effort.recall(), weight)
            : nearer.effort.recall());
  }

  /**
   * The effort for one of the two measured k.
   *
   * @param suffices whether the effort reaches the recall; if not, it is the highest measured
   *     effort
   */
  private record Lookup(Effort effort, boolean suffices) {}

  private Lookup look(double target, Column column) {
    double place = place(missed(target + SearchHeuristics.RECALL_RESERVE * (1 - target)), column);
    int last = points.size() - 1;
    boolean suffices = place <= last || column.missed(points.get(last)) <= missed(target);
    return new Lookup(
        at(Math.min(place, last), column), suffices); // without the reserve if necessary
  }

  /** The weight of the measurements for {@value #MANY} results, from 0 to 1. */
  private static double weightOfMany(double k) {
    double weight = Math.log(k / FEW) / Math.log((double) MANY / FEW);
    return Math.max(0, Math.min(1, weight));
  }

  /**
   * The lowest interpolated index of a point whose miss rate is at most the given one; larger than
   * the last index if there is none.
   *
   * @param missed the logarithm of the miss rate
   */
  private double place(double missed, Column column) {
    double before = column.missed(points.get(0));
    if (before <= missed) {
      return 0;
    }
    for (int i = 1; i < points.size(); i++) {
      double here = column.missed(points.get(i));
      if (here <= missed) {
        return i - 1 + (before - missed) / (before - here);
      }
      before = here;
    }
    return points.size();
  }

  private static double missed(double recall) {
    return Math.log(Math.max(SearchHeuristics.MIN_MISS_RATE, 1 - recall));
  }

  private Effort at(double place, Column column) {
    int index = (int) Math.max(0, Math.min(place, points.size() - 2));
    Point from = points.get(index);
    Point to = points.get(Math.min(index + 1, points.size() - 1));
    double part = place - index;
    return new Effort(
        logarithmic(from.efFactor, to.efFactor, part),
        logarithmic(from.tolerance, to.tolerance, part),
        interpolate(column.expandedNodes.apply(from), column.expandedNodes.apply(to), part),
        1 - Math.exp(interpolate(column.missed(from), column.missed(to), part)));
  }

  private static double interpolate(double from, double to, double part) {
    return from + part * (to - from);
  }

  private static double logarithmic(double from, double to, double part) {
    return Math.exp(interpolate(Math.log(from), Math.log(to), part));
  }

  /**
   * Writes a curve: [int8] the number of points, and for each point, in the order of increasing
   * effort, its components as [float32].
   *
   * @param curve null if nothing was measured
   */
  public static void write(DataOutput out, RecallCurve curve) throws IOException {
    if (curve == null) {
      out.writeByte((byte) 0);
      return;
    }
    out.writeByte((byte) curve.points.size());
    for (Point point : curve.points) {
      out.writeInt(Float.floatToIntBits(point.efFactor));
      out.writeInt(Float.floatToIntBits(point.tolerance));
      out.writeInt(Float.floatToIntBits(point.recallOfFew));
      out.writeInt(Float.floatToIntBits(point.expandedNodesOfFew));
      out.writeInt(Float.floatToIntBits(point.recallOfMany));
      out.writeInt(Float.floatToIntBits(point.expandedNodesOfMany));
    }
  }

  /** Reads a curve that {@link #write} wrote; null if nothing was measured. */
  public static RecallCurve read(DataInput in) throws IOException {
    int count = in.readByte();
    if (count == 0) {
      return null;
    }
    if (count < 0 || count > MAX_POINTS) {
      throw new CorruptIndexException(
          "a recall curve should have up to " + MAX_POINTS + " points; found " + count,
          in.toString());
    }
    Point[] points = new Point[count];
    for (int i = 0; i < count; i++) {
      points[i] =
          new Point(
              read(in, "ef factor", Double.MIN_VALUE, MAX_FACTOR),
              read(in, "tolerance", Double.MIN_VALUE, MAX_FACTOR),
              read(in, "recall", 0, 1),
              read(in, "expanded nodes", 0, Integer.MAX_VALUE),
              read(in, "recall", 0, 1),
              read(in, "expanded nodes", 0, Integer.MAX_VALUE));
    }
    return new RecallCurve(List.of(points));
  }

  private static float read(DataInput in, String name, double least, double most)
      throws IOException {
    float value = Float.intBitsToFloat(in.readInt());
    if ((value >= least && value <= most) == false) {
      throw new CorruptIndexException(
          name + " of a recall curve should be from " + least + " to " + most + "; found " + value,
          in.toString());
    }
    return value;
  }

  @Override
  public String toString() {
    return "RecallCurve(" + points + ")";
  }
}
