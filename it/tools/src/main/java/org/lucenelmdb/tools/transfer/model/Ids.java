/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.model;

import java.util.List;

/** The ids of vectors, by ordinal: numbers or texts. */
public final class Ids {

  private final long[] numbers; // null for texts
  private final List<String> texts; // null for numbers

  private Ids(long[] numbers, List<String> texts) {
    this.numbers = numbers;
    this.texts = texts;
  }

  /** Returns ids that are numbers. */
  public static Ids ofNumbers(long[] numbers) {
    return new Ids(numbers, null);
  }

  /** Returns ids that are numbers if all texts are numbers in their shortest form. */
  public static Ids ofTexts(List<String> texts) {
    long[] numbers = new long[texts.size()];
    for (int i = 0; i < numbers.length; i++) {
      try {
        numbers[i] = Long.parseLong(texts.get(i));
      } catch (NumberFormatException e) {
        return new Ids(null, List.copyOf(texts));
      }
      if (texts.get(i).equals(Long.toString(numbers[i])) == false) { // such as +1 or 007
        return new Ids(null, List.copyOf(texts));
      }
    }
    return ofNumbers(numbers);
  }

  /** The number of ids. */
  public int size() {
    return numbers == null ? texts.size() : numbers.length;
  }

  /** Whether all ids are numbers. */
  public boolean areNumbers() {
    return numbers != null;
  }

  /** Returns the number of an ordinal, if ids are numbers. */
  public long number(int ordinal) {
    return numbers[ordinal];
  }

  /** Returns the id of an ordinal as a text. */
  public String text(int ordinal) {
    return numbers == null ? texts.get(ordinal) : Long.toString(numbers[ordinal]);
  }
}
