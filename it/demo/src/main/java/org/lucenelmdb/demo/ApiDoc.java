/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

/**
 * One documented declaration: one document of the index.
 *
 * @param name the qualified name, for a method or constructor with its parameters' types: {@code
 *     org.apache.lucene.store.Directory.sync(Collection)}
 * @param kind what it is
 * @param packageName the package that it is in
 * @param text its javadoc as plain text
 */
public record ApiDoc(String name, Kind kind, String packageName, String text) {

  /** A long text's vector is slow to compute and blurred: the first sentences say it all. */
  private static final int EMBEDDED_LENGTH = 256;

  /**
   * What the language model gets to read: the name as words, then the beginning of the text, as in
   * "Index Writer delete All: Delete all documents in the index."
   */
  public String embeddedText() {
    String shortName = kind == Kind.PACKAGE ? name : name.substring(packageName.length() + 1);
    String words =
        shortName
            .replaceFirst("\\(.*", "")
            .replaceAll("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ")
            .replaceAll("[._]+", " ");
    String whole = words + ": " + text;
    return whole.length() <= EMBEDDED_LENGTH ? whole : whole.substring(0, EMBEDDED_LENGTH);
  }
}
