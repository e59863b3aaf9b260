/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.graph;

import java.io.IOException;

/**
 * Maps the nodes of a graph in an image to ordinals, and ordinals to nodes. Implementations that
 * read a file are for one thread.
 */
public interface NodeOrdinals {

  /** Nodes and ordinals are the same numbers, as in graphs of fields without codes. */
  NodeOrdinals IDENTITY =
      new NodeOrdinals() {
        @Override
        public int ordinal(int node) {
          return node;
        }

        @Override
        public int node(int ordinal) {
          return ordinal;
        }
      };

  /** Returns the ordinal of a node. */
  int ordinal(int node) throws IOException;

  /** Returns the node of an ordinal. */
  int node(int ordinal) throws IOException;
}
