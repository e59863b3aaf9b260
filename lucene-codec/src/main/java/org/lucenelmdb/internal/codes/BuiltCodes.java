/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.codes;

import java.io.IOException;
import org.apache.lucene.index.KnnVectorValues;
import org.lucenelmdb.internal.offheap.BuildMemory;
import org.lucenelmdb.internal.offheap.OffHeapBytes;
import org.lucenelmdb.internal.vectors.VectorPairs;
import org.lucenelmdb.internal.workers.Workers;

/**
 * The codes of a field that is being built, outside the heap, in the order of ordinals. Thread-safe
 * once it is built.
 */
public final class BuiltCodes {

  private final CodeModel model;
  private final CodeQuantizer quantizer; // of those that are added
  private int size;
  private final int recordBytes;
  private final OffHeapBytes records;

  private BuiltCodes(CodeModel model, int size, OffHeapBytes records) {
    this.model = model;
    this.quantizer = new CodeQuantizer(model);
    this.size = size;
    this.recordBytes = model.layout().recordBytes();
    this.records = records;
  }

  /** The memory that {@link #build} takes. */
  public static long memoryBytes(int size, CodeLayout layout) {
    return BuildMemory.cost(bytes(size, layout));
  }

  private static long bytes(int size, CodeLayout layout) {
    return (long) size * layout.recordBytes() + QuantizedQuery.SLACK_BYTES;
  }

  /**
   * Quantizes vectors. The codes are the same whatever the number of threads.
   *
   * @param values all vectors, at least one
   * @param model that was trained with them
   * @param memory of which {@link #memoryBytes} are taken
   */
  public static BuiltCodes build(
      KnnVectorValues values, CodeModel model, BuildMemory memory, Workers workers)
      throws IOException {
    OffHeapBytes records = memory.allocate(bytes(values.size(), model.layout()));
    BuiltCodes codes = new BuiltCodes(model, values.size(), records);
    workers.forEach("codes", values.size(), () -> codes.quantizer(values.copy()));
    return codes;
  }

  /**
   * Begins without any codes.
   *
   * @param capacity the number of codes that can be {@linkplain #add added}
   * @param memory of which {@link #memoryBytes} are taken
   */
  public static BuiltCodes empty(CodeModel model, int capacity, BuildMemory memory)
      throws IOException {
    return new BuiltCodes(model, 0, memory.allocate(bytes(capacity, model.layout())));
  }

  /** Quantizes the next vector. Of one thread only. */
  public void add(float[] vector) {
    records.write(address(size), quantizer.record(vector, size), 0, recordBytes);
    size++;
  }

  /** Adds the codes of others, of the same model. Of one thread only. */
  public void addAll(BuiltCodes others) {
    byte[] record = new byte[recordBytes];
    for (int ord = 0; ord < others.size; ord++) {
      others.read(ord, record);
      records.write(address(ord), record, 0, recordBytes);
    }
    size = others.size;
  }

  private Workers.Worker quantizer(KnnVectorValues values) {
    CodeQuantizer quantizer = new CodeQuantizer(model);
    float[] vector = new float[model.layout().dimension()];
    return ord -> {
      VectorPairs.copy(values, ord, vector);
      records.write(address(ord), quantizer.record(vector, ord), 0, recordBytes);
    };
  }

  /** The number of bits of a component. */
  public int bits() {
    return model.layout().bits();
  }

  /** The number of vectors. */
  public int size() {
    return size;
  }

  /** Opens the codes for one thread. */
  public BuiltCodeScorer open() {
    return new BuiltCodeScorer(this);
  }

  /** How the vectors were quantized. */
  public CodeModel model() {
    return model;
  }

  OffHeapBytes records() {
    return records;
  }

  /** Where the record of an ordinal begins. */
  long address(int ord) {
    return (long) ord * recordBytes;
  }

  /** Copies the record of an ordinal. */
  void read(int ord, byte[] record) {
    records.read(address(ord), record, 0, recordBytes);
  }
}
