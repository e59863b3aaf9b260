/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.lucene.store.IndexInput;
import org.lucenelmdb.internal.offheap.PageAdvice;
import org.lucenelmdb.internal.offheap.PreloadBudget;
import org.lucenelmdb.internal.vectors.VectorBlocks;

/**
 * How the pages of an open segment's image are read from a disk. A search reads them at random,
 * whatever the directory advises. Codes and links, which every search needs, are read ahead when
 * the segment is opened, unless all open segments together have too many: see {@link
 * PreloadBudget}.
 */
final class SegmentPages implements Closeable {

  /** If {@code false}, codes and links are read when a search needs them. */
  static final String PRELOAD_PROPERTY = "org.lucenelmdb.preload";

  /** The addresses from the first to the last byte of a part of the image. */
  private record Range(long start, long end) {}

  private final IndexInput image;
  private long preloaded;

  private SegmentPages(IndexInput image) {
    this.image = image;
  }

  /** Advises the system of the pages of a segment, if it is mapped. */
  static SegmentPages advise(IndexInput image, Collection<FieldMeta> fields, IndexInput meta)
      throws IOException {
    SegmentPages pages = new SegmentPages(image);
    if (PageAdvice.isAvailable() == false) {
      return pages;
    }
    try {
      for (FieldMeta field : fields) {
        pages.advise(PageAdvice.RANDOM, range(field.blocks()));
      }
      pages.adviseHot(hotRanges(fields, meta));
      return pages;
    } catch (Throwable t) {
      pages.close();
      throw t;
    }
  }

  private static Range range(VectorBlocks blocks) {
    return new Range(blocks.startAddress(), blocks.endAddress());
  }

  private static List<Range> hotRanges(Collection<FieldMeta> fields, IndexInput meta)
      throws IOException {
    List<Range> ranges = new ArrayList<>();
    for (FieldMeta field : fields) {
      if (field.codes() != null) {
        ranges.add(range(field.codes().blocks()));
      }
      if (field.graph() != null) {
        long start = field.graph().firstAddress(meta);
        ranges.add(new Range(start, start + field.graph().linksBytes()));
      }
    }
    return ranges;
  }

  private void adviseHot(List<Range> ranges) throws IOException {
    long bytes = 0;
    for (Range range : ranges) {
      advise(PageAdvice.NORMAL, range);
      bytes += range.end - range.start;
    }
    if (Boolean.parseBoolean(System.getProperty(PRELOAD_PROPERTY, "true"))
        && PreloadBudget.INSTANCE.take(bytes)) {
      preloaded = bytes;
      for (Range range : ranges) {
        advise(PageAdvice.WILL_NEED, range);
      }
    }
  }

  private void advise(PageAdvice advice, Range range) throws IOException {
    advice.give(image, range.start, range.end);
  }

  /** Returns what was taken from the budget. */
  @Override
  public void close() {
    PreloadBudget.INSTANCE.giveBack(preloaded);
    preloaded = 0;
  }
}
