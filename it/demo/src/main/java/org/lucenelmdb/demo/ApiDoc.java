/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

/**
 * A documented declaration, which becomes a document of the index.
 *
 * @param name the qualified name, for a method or constructor with its parameter types: {@code
 *     org.apache.lucene.store.Directory.sync(Collection)}
 * @param kind the kind of declaration
 * @param packageName the name of its package
 * @param text its javadoc as plain text
 */
public record ApiDoc(String name, Kind kind, String packageName, String text) {

  /** Embedding a long text is slow and blurs its meaning; the first sentences are enough. */
  private static final int EMBEDDED_LENGTH = 256;

  /**
   * The input of the language model: the name as words, then the beginning of the text, as in
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
