/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.Sort;
import org.apache.lucene.search.SortField;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.TestUtil;
import org.junit.Assert;

/**
 * Random operations on an index whose directory may fail, and the documents that the index must
 * contain afterwards.
 */
final class RandomWrites {
  final Directory directory;
  final Random random;
  final Set<Integer> live = new TreeSet<>();

  /** The sets of documents that the index may contain: several if a commit failed. */
  final List<Set<Integer>> possible = new ArrayList<>();

  boolean maySort = true;
  int nextId;
  IndexWriter writer;
  Throwable failure;

  RandomWrites(Directory directory, long seed) {
    this.directory = directory;
    this.random = new Random(seed);
  }

  /** Makes a first commit, during which nothing fails. */
  void begin() throws IOException {
    Sort order = new Sort(new SortField("order", SortField.Type.LONG));
    IndexWriterConfig config =
        VerifiableIndex.sorted(
            VerifiableIndex.config(random), random.nextInt(3) == 0 && maySort ? order : null);
    try (IndexWriter first = new IndexWriter(directory, config)) {
      writer = first;
      addDocuments(10);
      writer.commit();
    }
    possible.add(Set.copyOf(live));
  }

  /** Runs all operations, or stops when a failure has closed the writer. */
  void go(MergeScheduler scheduler) throws IOException {
    try {
      IndexWriterConfig config = VerifiableIndex.config(random, directory);
      if (scheduler != null) {
        config.setMergeScheduler(scheduler);
      }
      writer = new IndexWriter(directory, config);
    } catch (Throwable t) {
      accept(t);
      return;
    }
    for (int step = 0; step < 8 && writer.isOpen(); step++) {
      try {
        step();
      } catch (Throwable t) {
        accept(t);
      }
    }
    if (writer.isOpen()) {
      commit(writer::close);
    }
  }

  private void step() throws IOException {
    switch (random.nextInt(8)) {
      case 0 -> addDocuments(150); // more than a block
      case 1 -> writer.flush();
      case 2 -> commit(writer::commit);
      case 3 -> {
        for (int id : List.copyOf(live)) {
          if (random.nextInt(10) == 0) {
            writer.deleteDocuments(new Term("id", "" + id));
            live.remove(id);
          }
        }
      }
      case 4 -> {
        addDocuments(5);
        writer.flush();
        writer.forceMerge(1);
      }
      case 5 -> addIndexes();
      case 6 -> {
        addDocuments(5);
        DirectoryReader.open(writer).close();
      }
      default -> addDocuments(30);
    }
  }

  private void addDocuments(int count) throws IOException {
    for (int i = 0; i < count && writer.isOpen(); i++) {
      int id = nextId++;
      try {
        writer.addDocument(VerifiableIndex.document(id));
        live.add(id);
      } catch (Throwable t) {
        accept(t); // only this document is missing
      }
    }
  }

  private void addIndexes() throws IOException {
    Set<Integer> added = new TreeSet<>();
    try (Directory other = new ByteBuffersDirectory()) {
      IndexWriterConfig config =
          VerifiableIndex.sorted(VerifiableIndex.config(random), writer.getConfig().getIndexSort());
      try (IndexWriter otherWriter = new IndexWriter(other, config)) {
        for (int i = 0; i < 20; i++) {
          added.add(nextId);
          otherWriter.addDocument(VerifiableIndex.document(nextId++));
        }
      }
      if (random.nextBoolean()) {
        writer.addIndexes(other);
      } else {
        try (DirectoryReader reader = DirectoryReader.open(other)) {
          writer.addIndexes((CodecReader) reader.leaves().get(0).reader());
        }
      }
    }
    live.addAll(added);
  }

  private void commit(Commit commit) {
    Set<Integer> attempt = Set.copyOf(live);
    possible.add(attempt);
    try {
      commit.run();
      possible.clear();
      possible.add(attempt);
    } catch (Throwable t) {
      accept(t);
    }
  }

  /** Checks that an exception is one that Lucene may throw if a directory fails. */
  private void accept(Throwable t) {
    failure = t;
    boolean closed = t instanceof AlreadyClosedException && writer.isOpen() == false;
    if (t instanceof IOException == false && closed == false && isOfClosedWriter(t) == false) {
      throw new AssertionError("unexpected exception after a failure of the directory", t);
    }
  }

  /** Verifies the index. The directory must work again. */
  void check() throws IOException {
    if (writer != null) {
      writer.rollback(); // or waits for a merge thread that does this after its merge failed
    }
    FailureTestCase.assertNothingOpen();
    FailureTestCase.assertNoTemporaryFiles(directory);
    Set<Integer> found = VerifiableIndex.read(directory);
    Assert.assertTrue(
        "found " + found + ", which is none of " + possible + ", after " + failure,
        possible.contains(found));
    TestUtil.checkIndex(directory);
    FailureTestCase.checkUnreferenced(directory, found);
  }

  /** Whether a writer rejected a call because a failure in another thread is closing it. */
  static boolean isOfClosedWriter(Throwable t) {
    return t instanceof IllegalStateException && t.getCause() instanceof IOException;
  }

  @FunctionalInterface
  private interface Commit {
    void run() throws IOException;
  }
}
