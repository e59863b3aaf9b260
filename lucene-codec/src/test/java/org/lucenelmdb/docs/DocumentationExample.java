/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.docs;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.store.Directory;

/**
 * The superclass of all Java blocks of the documentation: {@link TestDocumentation} makes each
 * block the body of a {@link #run} method. The fields are the names that a block may use without
 * declaring them. A block that is marked to be run finds an empty directory, a writer and vectors.
 */
public abstract class DocumentationExample {

  /** The dimension of all vectors. */
  protected static final int DIMENSION = 8;

  /** An empty directory. */
  protected Directory directory;

  /** A writer of another directory. Null unless the block is run. */
  protected IndexWriter writer;

  /** Searches one document. Null unless the block is run. */
  protected IndexSearcher searcher;

  /** A document without fields. */
  protected Document doc = new Document();

  /** A vector to index. */
  protected float[] vector = {1, 2, 3, 4, 5, 6, 7, 8};

  /** A vector to search for. */
  protected float[] target = {8, 7, 6, 5, 4, 3, 2, 1};

  /** A byte vector to index. */
  protected byte[] bits = {1, 2, 3, 4, 5, 6, 7, 8};

  /** A filter. Null accepts all documents. */
  protected Query filter;

  /** Runs builds. Null unless the block is run. */
  protected ExecutorService executor;

  private final List<String> log = new ArrayList<>();

  /** Collects what a block logs. */
  protected final void log(Object message) {
    log.add(message.toString());
  }

  /** The messages that the block logged. */
  final List<String> logged() {
    return List.copyOf(log);
  }

  /** The block. */
  public abstract void run() throws IOException;
}
