/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.ArrayUtil;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.internal.store.ImageWalk;

/** Checks every page and every record of an image. */
final class ImageCheck implements ImageWalk.Visitor {

  /** The lengths of the keys by database. */
  private static final Map<String, Integer> KEY_BYTES =
      Map.of("vectors", 6, "codes", 6, "links", 8, "levels", 4, "docs", 2);

  private final IndexInput image;
  private final Findings findings;
  private final String file;
  private final LongConsumer progress;
  private final List<FieldCheck> fields; // null if the metadata cannot be read
  private final Map<ImageWalk.Unused, Long> unused = new EnumMap<>(ImageWalk.Unused.class);
  private byte[] value = new byte[0];
  private ImageWalk.Pages pages;

  private ImageCheck(
      IndexInput image,
      List<FieldCheck> fields,
      Findings findings,
      String file,
      LongConsumer progress) {
    this.image = image.clone();
    this.fields = fields;
    this.findings = findings;
    this.file = file;
    this.progress = progress;
  }

  /**
   * Checks an image with the metadata of its fields.
   *
   * @param file the name of the file
   * @param progress receives the number of pages that were read since its last call
   */
  static ImageCheck check(
      SegmentInspection segment,
      boolean allCodes,
      Findings findings,
      String file,
      LongConsumer progress)
      throws IOException {
    List<FieldCheck> fields = new ArrayList<>();
    for (FieldInspection field : segment.fields()) {
      fields.add(new FieldCheck(segment, field, allCodes, findings));
    }
    ImageCheck check = new ImageCheck(segment.image(), fields, findings, file, progress);
    check.walk();
    for (FieldCheck field : fields) {
      if (check.pages.isComplete()) { // else pages are missing, so that counts are wrong
        field.finish();
      }
    }
    return check;
  }

  /** Checks the pages of an image, and nothing else, because its metadata cannot be read. */
  static ImageCheck checkPages(
      IndexInput image, Findings findings, String file, LongConsumer progress) throws IOException {
    ImageCheck check = new ImageCheck(image, null, findings, file, progress);
    check.walk();
    return check;
  }

  private void walk() throws IOException {
    pages = ImageWalk.walk(image, this);
  }

  @Override
  public void record(ImageWalk.Record record) throws IOException {
    Integer keyBytes = KEY_BYTES.get(record.database());
    String where = file + ", database " + record.database();
    if (keyBytes == null || record.keyLength() != keyBytes) {
      findings.add(
          where,
          where,
          keyBytes == null ? "a database of this format" : "keys of " + keyBytes + " bytes",
          "a key of " + record.keyLength() + " bytes at " + record.address());
      return;
    }
    if (fields == null) {
      return;
    }
    int number = (int) record.keyNumber(0, Short.BYTES);
    boolean isBlock = keyBytes == 6;
    byte[] bytes = record.bytes();
    int offset = record.offset();
    if (record.isOnOverflowPages() && isBlock == false) {
      bytes = read(record);
      offset = 0;
    }
    if (number >= fields.size() || fields.get(number).record(record, bytes, offset) == false) {
      findings.add(
          where,
          where,
          "records that the metadata knows",
          "a record of field " + number + " at " + record.address());
    }
  }

  private byte[] read(ImageWalk.Record record) throws IOException {
    int length = Math.toIntExact(record.length());
    value = ArrayUtil.growNoCopy(value, length);
    image.seek(record.address());
    image.readBytes(value, 0, length);
    return value;
  }

  @Override
  public void damage(long address, String expected, String found) {
    findings.add(file, file + ", byte " + address + " of the image", expected, found);
  }

  @Override
  public void unused(long start, long end, ImageWalk.Unused why) {
    if (end > start) {
      unused.merge(why, end - start, Long::sum);
    }
  }

  @Override
  public void progress(long count) {
    progress.accept(count);
  }

  ImageWalk.Pages pages() {
    return pages;
  }

  /** The number of bytes that nothing uses, by reason. */
  Map<ImageWalk.Unused, Long> unusedBytes() {
    return unused;
  }

  /** The number of links of all fields. */
  long links() {
    return fields == null ? 0 : fields.stream().mapToLong(FieldCheck::links).sum();
  }

  /** The number of codes of all fields that were compared with their vectors. */
  long comparedCodes() {
    return fields == null ? 0 : fields.stream().mapToLong(FieldCheck::comparedCodes).sum();
  }
}
