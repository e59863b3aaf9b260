/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

/**
 * The look of an engine's line, the same in all plots; the script maps these numbers to colors and
 * dashes.
 *
 * @param index among all engines: selects the symbol
 * @param family its index among the families, lucene-lmdb being 0: selects the hue
 * @param shade its index within the family: selects shade and dash
 * @param shades the number of engines in the family
 */
public record Style(int index, int family, int shade, int shades) {

  /** The style of reference lines, such as a diagonal: the script's last hue is gray. */
  public static final Style REFERENCE = new Style(0, Integer.MAX_VALUE, 1, 2);
}
