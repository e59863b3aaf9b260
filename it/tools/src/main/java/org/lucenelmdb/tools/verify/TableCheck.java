/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import org.apache.lucene.store.DataOutput;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.LongValues;
import org.lucenelmdb.internal.store.PackedTable;

/** Writes the values of a table again, and compares every byte with those of the file. */
final class TableCheck extends DataOutput {

  private final IndexInput file;
  private long firstDifference = -1;

  private TableCheck(IndexInput file) {
    this.file = file;
  }

  /**
   * Compares a table.
   *
   * @param maxValue the value from which the writer derives the width
   * @return the position of the first byte that is not as the writer writes it; -1 if all are
   */
  static long firstDifference(IndexInput meta, PackedTable table, long maxValue)
      throws IOException {
    IndexInput file = meta.clone();
    file.seek(table.offset() - 1); // the width precedes the values
    TableCheck check = new TableCheck(file);
    LongValues values = table.open(meta);
    PackedTable.Writer writer = new PackedTable.Writer(check, table.size(), maxValue);
    for (int i = 0; i < table.size() && check.firstDifference < 0; i++) {
      writer.add(values.get(i));
    }
    if (check.firstDifference < 0) {
      writer.finish();
    }
    return check.firstDifference;
  }

  @Override
  public void writeByte(byte b) throws IOException {
    if (firstDifference < 0 && file.readByte() != b) {
      firstDifference = file.getFilePointer() - 1;
    }
  }

  @Override
  public void writeBytes(byte[] bytes, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      writeByte(bytes[i]);
    }
  }
}
