/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.demo;

import java.util.List;

/**
 * A question.
 *
 * @param text the question in plain words
 * @param filter restricts the answers
 */
record Question(String text, DocFilter filter) {

  /** The questions that the demo asks if none is given. */
  static List<Question> builtIn() {
    String stop = "stop a search that takes too long";
    String near = "nearest neighbors of a vector";
    String delete = "delete documents that match a query";
    return List.of(
        new Question("ignore upper and lower case", DocFilter.NONE),
        new Question("slow down merging so that it doesn't hog the disk", DocFilter.NONE),
        new Question(stop, DocFilter.NONE),
        new Question(stop, new DocFilter(null, "org.apache.lucene.index")),
        new Question(near, DocFilter.NONE),
        new Question(near, new DocFilter(Kind.CLASS, null)),
        new Question(delete, new DocFilter(Kind.METHOD, "org.apache.lucene.index")));
  }
}
