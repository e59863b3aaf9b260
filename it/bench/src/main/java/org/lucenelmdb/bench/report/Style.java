/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.report;

/**
 * How an engine's line looks, the same in all plots; which colors and dashes these numbers mean is
 * the script's business.
 *
 * @param index among all engines: tells symbols apart
 * @param family its index among the families, ours being 0: tells hues apart
 * @param shade its index within the family: tells shades and dashes apart
 * @param shades how many the family has
 */
record Style(int index, int family, int shade, int shades) {

  /** Of a line that is no engine's, such as a diagonal: the script's last hue is grey. */
  static final Style REFERENCE = new Style(0, Integer.MAX_VALUE, 1, 2);
}
