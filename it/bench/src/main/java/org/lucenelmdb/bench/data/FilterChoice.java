/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.math.BigDecimal;
import java.util.Random;
import org.apache.lucene.util.FixedBitSet;

/**
 * What a filter accepts, before its queries are chosen.
 *
 * @param attribute {@code random}, or the name of the attribute
 * @param value the value of the attribute, or the percentage
 * @param accepted the ordinals of the base that pass
 * @param cardinality the number of accepted ordinals
 */
record FilterChoice(String attribute, String value, FixedBitSet accepted, int cardinality) {

  private static final String RANDOM = "random";

  /**
   * Accepts a random subset of the base, of exactly the size that the selectivity gives, but at
   * least one vector unless the selectivity is 0.
   */
  static FilterChoice random(double selectivity, int base, long seed) {
    int wanted = (int) Math.round(selectivity * base);
    if (wanted == 0 && selectivity > 0) {
      wanted = 1;
    }
    FixedBitSet accepted = new FixedBitSet(base);
    // a seed per selectivity, so that a filter does not depend on the other filters
    Random random = new Random(31 * seed + Double.hashCode(selectivity));
    int missing = wanted;
    for (int ordinal = 0; missing > 0; ordinal++) {
      if (random.nextInt(base - ordinal) < missing) {
        accepted.set(ordinal);
        missing--;
      }
    }
    BigDecimal percentage = BigDecimal.valueOf(selectivity).scaleByPowerOfTen(2);
    String value = percentage.stripTrailingZeros().toPlainString() + "%";
    return new FilterChoice(RANDOM, value, accepted, wanted);
  }

  /** Accepts the base vectors that have a value of an attribute. */
  static FilterChoice of(Attributes attributes, int column, int code, int[] base) {
    FixedBitSet accepted = new FixedBitSet(base.length);
    for (int ordinal = 0; ordinal < base.length; ordinal++) {
      if (attributes.code(column, base[ordinal]) == code) {
        accepted.set(ordinal);
      }
    }
    String value = attributes.values(column).get(code);
    return new FilterChoice(attributes.name(column), value, accepted, accepted.cardinality());
  }

  double selectivity() {
    return (double) cardinality / accepted.length();
  }
}
