/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.jmh;

import java.io.IOException;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer;
import org.apache.lucene.util.quantization.OptimizedScalarQuantizer.QuantizationResult;
import org.apache.lucene.util.quantization.QuantizedByteVectorValues;

/**
 * Many codes in a file, in Lucene's layout: the code, three float32 constants, the int32 sum of its
 * components.
 */
final class CodeValues extends QuantizedByteVectorValues {

  private static final int TERMS = 3;

  private final QuantizedByteVectorValues few;
  private final int size;
  private final IndexInput records;
  private final byte[] code;
  private final float[] terms = new float[TERMS];
  private int sum;
  private int lastOrd = -1;

  /**
   * @param few values with the same quantizer and centroid
   */
  CodeValues(QuantizedByteVectorValues few, int size, IndexInput records) {
    this.few = few;
    this.size = size;
    this.records = records;
    this.code = new byte[few.getVectorByteLength()];
  }

  int recordBytes() {
    return code.length + TERMS * Float.BYTES + Integer.BYTES;
  }

  private void read(int ord) throws IOException {
    if (ord != lastOrd) {
      records.seek((long) ord * recordBytes());
      records.readBytes(code, 0, code.length);
      records.readFloats(terms, 0, TERMS);
      sum = records.readInt();
      lastOrd = ord;
    }
  }

  @Override
  public byte[] vectorValue(int ord) throws IOException {
    read(ord);
    return code;
  }

  @Override
  public QuantizationResult getCorrectiveTerms(int ord) throws IOException {
    read(ord);
    return new QuantizationResult(terms[0], terms[1], terms[2], sum);
  }

  @Override
  public int getVectorByteLength() {
    return code.length;
  }

  @Override
  public int dimension() {
    return few.dimension();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public OptimizedScalarQuantizer getQuantizer() {
    return few.getQuantizer();
  }

  @Override
  public ScalarEncoding getScalarEncoding() {
    return few.getScalarEncoding();
  }

  @Override
  public float[] getCentroid() throws IOException {
    return few.getCentroid();
  }

  @Override
  public float getCentroidDP() throws IOException {
    return few.getCentroidDP();
  }

  @Override
  public CodeValues copy() {
    return new CodeValues(few, size, records.clone());
  }
}
