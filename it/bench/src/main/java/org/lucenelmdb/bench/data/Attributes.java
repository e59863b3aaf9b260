/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntUnaryOperator;

/**
 * Attributes of vectors, in named columns, to filter by.
 *
 * <p>The file is UTF-8 with tab-separated columns; line i describes vector i. If the file has
 * exactly one line more than there are vectors, its first line has the column names. Otherwise the
 * columns are named {@code column1}, {@code column2} and so on.
 */
public final class Attributes {

  private final List<Column> columns;
  private final int vectors;

  private Attributes(List<Column> columns, int vectors) {
    this.columns = columns;
    this.vectors = vectors;
  }

  /**
   * Reads a file.
   *
   * @param vectors the number of vectors
   * @throws BadDataException if there is no such file, it is not UTF-8, it has fewer lines than
   *     there are vectors or at least two lines more, its lines have different numbers of columns,
   *     or two columns have the same name
   */
  public static Attributes read(Path path, int vectors) throws IOException {
    if (Files.isRegularFile(path) == false) {
      throw new BadDataException(path + ": expected a file, found none");
    }
    try {
      long lines = countLines(path);
      if (lines != vectors && lines != vectors + 1L) {
        throw new BadDataException(
            path
                + (": expected " + vectors + " lines, one for each vector, or another for names")
                + (", found " + lines));
      }
      return read(path, vectors, lines > vectors);
    } catch (CharacterCodingException e) {
      throw new BadDataException(path + ": expected UTF-8, found other bytes");
    }
  }

  private static long countLines(Path path) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      long lines = 0;
      while (reader.readLine() != null) {
        lines++;
      }
      return lines;
    }
  }

  private static Attributes read(Path path, int vectors, boolean named) throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(path, StandardCharsets.UTF_8)) {
      List<Column> columns = new ArrayList<>();
      if (named) {
        for (String name : cells(reader)) {
          columns.add(new Column(name, vectors));
        }
        checkNames(path, columns);
      }
      for (int i = 0; i < vectors; i++) {
        String[] cells = cells(reader);
        while (named == false && i == 0 && columns.size() < cells.length) {
          columns.add(new Column("column" + (columns.size() + 1), vectors));
        }
        if (cells.length != columns.size()) {
          throw new BadDataException(
              path
                  + (": expected " + columns.size() + " columns of vector " + i)
                  + (", found " + cells.length));
        }
        for (int c = 0; c < cells.length; c++) {
          columns.get(c).set(i, cells[c]);
        }
      }
      return new Attributes(columns, vectors);
    }
  }

  /** Empty cells at the end of a line count. */
  private static String[] cells(BufferedReader reader) throws IOException {
    return reader.readLine().split("\t", -1);
  }

  private static void checkNames(Path path, List<Column> columns) throws BadDataException {
    Set<String> names = new HashSet<>();
    for (Column column : columns) {
      if (names.add(column.name) == false) {
        throw new BadDataException(
            path + ": expected distinct column names, found twice " + column.name);
      }
    }
  }

  /**
   * Returns the attributes of other vectors, each of which inherits those of one of these vectors.
   *
   * @param count the number of other vectors
   * @param origin maps an index of another vector to the index of the vector it inherits from
   */
  public Attributes derive(int count, IntUnaryOperator origin) {
    List<Column> derived = new ArrayList<>();
    for (Column column : columns) {
      derived.add(column.derive(count, origin));
    }
    return new Attributes(derived, count);
  }

  /** The number of vectors. */
  public int vectors() {
    return vectors;
  }

  /** The number of columns: at least 1. */
  public int columns() {
    return columns.size();
  }

  /** Returns the name of a column, numbered from 0. */
  public String name(int column) {
    return columns.get(column).name;
  }

  /** Returns the distinct values of a column, in the order of their first vectors. */
  public List<String> values(int column) {
    return List.copyOf(columns.get(column).codes.keySet());
  }

  /** Returns the index in {@link #values} of a vector's value. */
  public int code(int column, int vector) {
    return columns.get(column).ofVector[vector];
  }

  private static final class Column {

    final String name;

    /** The values with their indices, in order of the indices. */
    final Map<String, Integer> codes;

    final int[] ofVector;

    Column(String name, int vectors) {
      this(name, new LinkedHashMap<>(), new int[vectors]);
    }

    private Column(String name, Map<String, Integer> codes, int[] ofVector) {
      this.name = name;
      this.codes = codes;
      this.ofVector = ofVector;
    }

    void set(int vector, String value) {
      Integer code = codes.putIfAbsent(value, codes.size());
      ofVector[vector] = code == null ? codes.size() - 1 : code;
    }

    Column derive(int count, IntUnaryOperator origin) {
      int[] derived = new int[count];
      for (int i = 0; i < count; i++) {
        derived[i] = ofVector[origin.applyAsInt(i)];
      }
      return new Column(name, codes, derived);
    }
  }
}
