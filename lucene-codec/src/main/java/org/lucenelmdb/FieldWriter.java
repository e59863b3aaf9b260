/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.IOException;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.index.ByteVectorValues;
import org.apache.lucene.index.DocsWithFieldSet;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.index.Sorter;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.Accountable;
import org.lucenelmdb.internal.codes.CodesWriter;
import org.lucenelmdb.internal.graph.GraphWriter;
import org.lucenelmdb.internal.graph.Holdout;
import org.lucenelmdb.internal.vectors.DocsWithVectors;
import org.lucenelmdb.internal.vectors.VectorBlocks;
import org.lucenelmdb.internal.vectors.VectorBlocksWriter;
import org.lucenelmdb.internal.vectors.VectorMetric;
import org.lucenelmdb.internal.vectors.VectorsInput;

/**
 * The state of one field that is being written: its vectors, then also its graph and its codes. A
 * {@link FieldVectorsWriter} or a merge {@linkplain #add adds} the vectors in document order, and
 * they go to the image. After they are {@linkplain #finish finished}, a flush of a sorted index
 * {@linkplain #sort sorts} them. Then {@link FieldGraphWriter} builds and writes the graph and the
 * codes and {@linkplain #setGraph sets} them, and {@link FieldMeta} writes the metadata.
 */
final class FieldWriter implements Accountable {

  private final FieldInfo info;
  private final int number;
  private final VectorMetric metric;
  private final VectorBlocksWriter.ImageSource image;
  private VectorBlocksWriter vectors;
  private DocsWithFieldSet docs = new DocsWithFieldSet();
  private GraphWriter graph; // null if the field gets none
  private Holdout holdout; // null if there is no graph
  private CodesWriter codes; // null if the field gets none

  /**
   * Creates a writer, and {@linkplain #writeAttributes stores attributes} in the field.
   *
   * @param number the field's number in the image
   */
  FieldWriter(
      FieldInfo info,
      int number,
      VectorMetric metric,
      LmdbHnswFilterStrategy filterStrategy,
      VectorBlocksWriter.ImageSource image) {
    this.info = info;
    this.number = number;
    this.metric = metric;
    this.image = image;
    this.vectors = newVectors();
    writeAttributes(filterStrategy);
  }

  /**
   * Stores the metric and the filter strategy as attributes of the field that Lucene passed to the
   * writer. In attributes, Lucene lets a codec keep metadata of a field. They become part of the
   * segment, and the reader depends on them. Neither a flush nor a merge shares the {@link
   * FieldInfo} with another segment.
   *
   * <p>The metric differs from the attribute if a document's metric was rejected, or if merged
   * segments have different attributes. Lucene keeps one of these, without comparing them.
   */
  private void writeAttributes(LmdbHnswFilterStrategy filterStrategy) {
    if (metric.isOf(info) == false) {
      info.putAttribute(VectorMetric.ATTRIBUTE, metric.name());
    }
    filterStrategy.writeTo(info);
  }

  private VectorBlocksWriter newVectors() {
    return new VectorBlocksWriter(
        image, VectorBlocks.DATABASE, number, FieldMeta.vectorBytes(info), 0);
  }

  FieldInfo info() {
    return info;
  }

  /** The field's number in the image: its position in the list of fields. */
  int number() {
    return number;
  }

  VectorMetric metric() {
    return metric;
  }

  /** The number of vectors. */
  int size() {
    return vectors.size();
  }

  /** The total length of the vectors in bytes. */
  long vectorBytes() {
    return (long) size() * FieldMeta.vectorBytes(info);
  }

  /** The documents that have a vector. */
  DocsWithFieldSet docs() {
    return docs;
  }

  /** Adds a copy of a vector. If that fails, neither the document nor the vector is added. */
  void add(int doc, float[] vector) throws IOException {
    vectors.add(vector);
    docs.add(doc);
  }

  /** Adds a copy of a vector. If that fails, neither the document nor the vector is added. */
  void add(int doc, byte[] vector) throws IOException {
    vectors.add(vector);
    docs.add(doc);
  }

  /** Adds a copy of the vector of an ordinal. If that fails, nothing is added. */
  void add(int doc, KnnVectorValues values, int ord) throws IOException {
    addVector(values, ord);
    docs.add(doc);
  }

  private void addVector(KnnVectorValues values, int ord) throws IOException {
    if (values instanceof FloatVectorValues floats) {
      vectors.add(floats.vectorValue(ord));
    } else {
      vectors.add(((ByteVectorValues) values).vectorValue(ord));
    }
  }

  /** Writes the last vectors to the image. */
  void finish() throws IOException {
    vectors.finish();
  }

  /**
   * Copies the vectors into another image in the order of the sorted documents.
   *
   * @param unsorted the image with the vectors; the image source must supply a new one by now
   * @return the new ordinals by old ordinals
   */
  int[] sort(Sorter.DocMap sortMap, IndexInput unsorted, int maxDoc) throws IOException {
    KnnVectorValues values = values(unsorted, maxDoc);
    int[] oldToNew = new int[size()];
    int[] newToOld = new int[size()];
    DocsWithFieldSet sortedDocs = new DocsWithFieldSet();
    KnnVectorsWriter.mapOldOrdToNewOrd(docs, sortMap, oldToNew, newToOld, sortedDocs);
    vectors = newVectors();
    for (int oldOrd : newToOld) {
      addVector(values, oldOrd);
    }
    vectors.finish();
    docs = sortedDocs;
    return oldToNew;
  }

  /** Returns the addresses of the vectors when they are finished. */
  VectorBlocks blocks() {
    return vectors.blocks();
  }

  /** Returns the vectors when they are finished; for one thread. */
  KnnVectorValues values(IndexInput image, int maxDoc) throws IOException {
    DocsWithVectors docsWithVectors = DocsWithVectors.of(docs, maxDoc);
    return new VectorsInput(
            blocks(), docsWithVectors, info.getVectorDimension(), metric, image, null)
        .values(info.getVectorEncoding());
  }

  /**
   * Sets the graph and the codes after they were put into the image.
   *
   * @param codes null if there are none
   */
  void setGraph(GraphWriter graph, Holdout holdout, CodesWriter codes) {
    this.graph = graph;
    this.holdout = holdout;
    this.codes = codes;
  }

  /** The graph; null if there is none. */
  GraphWriter graph() {
    return graph;
  }

  /** The codes; null if there are none. */
  CodesWriter codes() {
    return codes;
  }

  /** The nodes that were held out of the graph; null if there is no graph. */
  Holdout holdout() {
    return holdout;
  }

  /** Whether the recall of searches can be measured. */
  boolean hasHoldout() {
    return holdout != null && holdout.size() > 0;
  }

  @Override
  public long ramBytesUsed() {
    return vectors.ramBytesUsed() + docs.ramBytesUsed();
  }
}
