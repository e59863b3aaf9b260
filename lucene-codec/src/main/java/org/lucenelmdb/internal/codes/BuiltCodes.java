/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import java.util.function.IntUnaryOperator;
import org.apache.lucene.index.KnnVectorValues;
import org.apache.lucene.util.BitUtil;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The codes of a field during a build, outside the heap, by ordinal. Thread-safe once all codes
 * were added.
 */
public final class BuiltCodes {

  private final CodeModel model;
  private final CodeQuantizer quantizer; // for add
  private int size;
  private final int recordBytes;
  private final OffHeapBytes records;
  private final IntUnaryOperator positions; // of ordinals; null if they are the ordinals

  private BuiltCodes(CodeModel model, int size, OffHeapBytes records) {
    this(model, size, records, null);
  }

  private BuiltCodes(CodeModel model, int size, OffHeapBytes records, IntUnaryOperator positions) {
    this.positions = positions;
    this.model = model;
    this.quantizer = new CodeQuantizer(model);
    this.size = size;
    this.recordBytes = model.layout().recordBytes();
    this.records = records;
  }

  /** The bytes that {@link #build} and {@link #empty} allocate. */
  public static long memoryBytes(int size, CodeLayout layout) {
    return BuildMemory.cost(bytes(size, layout));
  }

  private static long bytes(int size, CodeLayout layout) {
    return (long) size * layout.recordBytes() + QuantizedQuery.SLACK_BYTES;
  }

  /**
   * Quantizes vectors. The codes do not depend on the number of workers.
   *
   * @param values all vectors, at least one
   * @param model the model that was trained with the vectors
   * @param memory has {@link #memoryBytes} left
   */
  public static BuiltCodes build(
      KnnVectorValues values, CodeModel model, BuildMemory memory, Workers workers)
      throws IOException {
    return build(values, ord -> ord, model, memory, workers);
  }

  /**
   * Quantizes vectors, as above, and numbers the codes.
   *
   * @param numbers the numbers of the codes of the ordinals, one to one
   */
  public static BuiltCodes build(
      KnnVectorValues values,
      IntUnaryOperator numbers,
      CodeModel model,
      BuildMemory memory,
      Workers workers)
      throws IOException {
    OffHeapBytes records = memory.allocate(bytes(values.size(), model.layout()));
    BuiltCodes codes = new BuiltCodes(model, values.size(), records);
    workers.forEach("codes", values.size(), () -> codes.worker(values.copy(), numbers));
    return codes;
  }

  /**
   * Allocates memory without quantizing anything.
   *
   * @param capacity the number of codes that can be {@linkplain #add added}
   * @param memory has {@link #memoryBytes} left
   */
  public static BuiltCodes empty(CodeModel model, int capacity, BuildMemory memory)
      throws IOException {
    return new BuiltCodes(model, 0, memory.allocate(bytes(capacity, model.layout())));
  }

  /**
   * Returns the same codes as those of other ordinals. They can only be written.
   *
   * @param old maps each ordinal to the number of its code
   */
  public BuiltCodes renumbered(IntUnaryOperator old) {
    return new BuiltCodes(model, size, records, old);
  }

  /** Quantizes the next vector. Must be called by one thread only. */
  public void add(float[] vector) {
    records.write(address(size), quantizer.record(vector, size), 0, recordBytes);
    size++;
  }

  /**
   * Copies all codes of another object with the same model to the beginning. Must be called by one
   * thread only.
   */
  public void addAll(BuiltCodes others) {
    byte[] record = new byte[recordBytes];
    for (int ord = 0; ord < others.size; ord++) {
      others.read(ord, record);
      records.write(address(ord), record, 0, recordBytes);
    }
    size = others.size;
  }

  private Workers.Worker worker(KnnVectorValues values, IntUnaryOperator numbers) {
    CodeQuantizer quantizer = new CodeQuantizer(model);
    float[] vector = new float[model.layout().dimension()];
    return ord -> {
      VectorPairs.copy(values, ord, vector);
      int number = numbers.applyAsInt(ord);
      records.write(address(number), quantizer.record(vector, number), 0, recordBytes);
    };
  }

  /** The number of bits of a dimension. */
  public int bits() {
    return model.layout().bits();
  }

  /** The number of vectors. */
  public int size() {
    return size;
  }

  /** Creates a scorer for one thread, whose nodes are ordinals. */
  public CodeScorer scorer() {
    return new BuiltCodeScorer(this);
  }

  /** The model of the codes. */
  public CodeModel model() {
    return model;
  }

  OffHeapBytes records() {
    return records;
  }

  /** The address of the record of an ordinal. */
  long address(int ord) {
    return (long) ord * recordBytes;
  }

  /** Copies the record of an ordinal. */
  void read(int ord, byte[] record) {
    int position = positions == null ? ord : positions.applyAsInt(ord);
    records.read(address(position), record, 0, recordBytes);
    BitUtil.VH_LE_INT.set(record, CodeLayout.ORDINAL, ord);
  }
}
