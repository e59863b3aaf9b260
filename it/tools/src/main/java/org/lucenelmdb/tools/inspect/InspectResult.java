/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.inspect;

import java.util.List;
import java.util.Map;

/** The result of the command. All sizes are in bytes. */
record InspectResult(String index, List<Segment> segments) {

  /**
   * A segment.
   *
   * @param documents the number of documents, with deleted ones
   * @param bytes the size of all its files
   * @param otherFields the fields with vectors of other formats, and their formats
   */
  record Segment(
      String name,
      String codec,
      String luceneVersion,
      int documents,
      int deleted,
      boolean isCompound,
      long bytes,
      List<Image> images,
      Map<String, String> otherFields) {}

  /**
   * An image, which has the fields that share their options.
   *
   * @param version the version of the file format
   * @param options of the writer; null if the segment does not tell
   * @param bytes the size of the image
   * @param metadataBytes the size of the file of metadata
   * @param unusedBytes the bytes that nothing reads, by reason
   */
  record Image(
      String file,
      int version,
      boolean hasChecksums,
      String options,
      long bytes,
      long metadataBytes,
      int pageSize,
      long pages,
      long freePages,
      Map<String, Long> unusedBytes,
      List<Database> databases,
      List<Field> fields) {}

  /**
   * A database of an image.
   *
   * @param depth the number of levels of its tree
   */
  record Database(
      String name,
      int depth,
      long entries,
      long branchPages,
      long leafPages,
      long overflowPages,
      long valueBytes) {}

  /**
   * A field.
   *
   * @param vectors the number of vectors, with those of deleted documents
   * @param targetRecall 0 for the default
   * @param codes null if there are none
   * @param recallCurve empty if it was not measured
   * @param graph null if there is none
   */
  record Field(
      String name,
      String metric,
      String encoding,
      int dimension,
      int vectors,
      int deletedVectors,
      float targetRecall,
      Sizes sizes,
      Codes codes,
      List<Effort> recallCurve,
      Graph graph) {}

  /**
   * The sizes of the parts of a field.
   *
   * @param tables the tables of addresses, nodes and documents
   * @param perVector all parts divided by the number of vectors
   */
  record Sizes(
      long vectors,
      long codes,
      long links,
      long levelNodes,
      long documents,
      long tables,
      double perVector) {}

  /**
   * Codes.
   *
   * @param kind see the specification of the file format
   * @param queryBits bits of a component of a query
   * @param oversampling 0 if each search chooses it
   * @param error see the specification of the file format
   * @param rerankDepth see the specification of the file format
   */
  record Codes(
      int bits,
      String kind,
      int recordBytes,
      int centroids,
      int queryBits,
      double oversampling,
      float error,
      float rerankDepth) {}

  /**
   * A point of the recall curve.
   *
   * @param expandedAt10 the number of nodes that a search for 10 vectors expands
   */
  record Effort(
      float candidates,
      float tolerance,
      float recallAt10,
      float expandedAt10,
      float recallAt100,
      float expandedAt100) {}

  /**
   * A graph. Degrees are those of level 0.
   *
   * @param degrees the number of nodes by their number of neighbors, from 0
   * @param inDegrees how many nodes link to a node
   * @param hubs the nodes to which most nodes link
   * @param unlinkedNodes the number of nodes to which no other node links
   */
  record Graph(
      int maxConn,
      int entryNode,
      long links,
      List<Level> levels,
      double meanDegree,
      int largestDegree,
      List<Integer> degrees,
      InDegrees inDegrees,
      int unlinkedNodes,
      List<Hub> hubs,
      Locality locality) {}

  /**
   * A level.
   *
   * @param reached the number of its nodes that can be reached from the entry node
   */
  record Level(int level, int nodes, int reached, long links) {}

  /** Quantiles of the numbers of nodes that link to a node. */
  record InDegrees(int median, int p99, int largest) {}

  /** A node to which many nodes link, and the document with its vector. */
  record Hub(int node, int document, int inDegree) {}

  /**
   * How much a traversal reads for a node on level 0.
   *
   * @param bytesPerList the mean size of a list of neighbors
   * @param listsPerPage the mean number of lists on a page
   * @param listsOnOwnPages the number of lists that are too long for a shared page
   * @param pagesPerList the mean number of pages with the codes of a node's neighbors, or with
   *     their vectors if there are no codes
   */
  record Locality(
      double bytesPerList,
      long largestList,
      double listsPerPage,
      long listsOnOwnPages,
      double pagesPerList) {}
}
