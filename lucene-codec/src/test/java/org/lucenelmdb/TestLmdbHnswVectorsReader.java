/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.carrotsearch.randomizedtesting.generators.RandomNumbers;
import java.io.IOException;
import java.util.List;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.store.BaseDirectoryWrapper;
import org.apache.lucene.tests.util.LuceneTestCase;

/** Opens readers on files that are foreign, missing, or have an unknown version. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestLmdbHnswVectorsReader extends LuceneTestCase {

  /** A segment with one vector. */
  private static FormatSegment written(BaseDirectoryWrapper directory) throws IOException {
    directory.setCheckIndexOnClose(false);
    FieldInfo info = FormatSegment.floats("f", 0, 2, VectorSimilarityFunction.EUCLIDEAN);
    FormatSegment segment = new FormatSegment(directory, 1, info);
    try (KnnVectorsWriter writer = segment.writer()) {
      FormatSegment.<float[]>add(writer, info).addValue(0, new float[] {1, 1});
      writer.flush(1, null);
      writer.finish();
    }
    segment.reader().close();
    return segment;
  }

  public void testVersions() throws IOException {
    int newest = LmdbHnswVectorsFormat.VERSION_CURRENT;
    for (int version : new int[] {newest + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
      for (String newer : List.of("vec", "vem", "both")) {
        try (BaseDirectoryWrapper directory = newDirectory()) {
          FormatSegment segment = written(directory);
          for (String extension : List.of("vec", "vem")) {
            if (newer.equals("both") || newer.equals(extension)) {
              String codec =
                  extension.equals("vec")
                      ? LmdbHnswVectorsFormat.VECTORS_CODEC_NAME
                      : LmdbHnswVectorsFormat.META_CODEC_NAME;
              directory.deleteFile(segment.file(extension));
              try (IndexOutput out =
                  directory.createOutput(segment.file(extension), IOContext.DEFAULT)) {
                CodecUtil.writeIndexHeader(out, codec, version, segment.info.getId(), "");
                out.writeString("content of another version");
                CodecUtil.writeFooter(out);
              }
            }
          }
          Class<? extends IOException> expected =
              version < 0 ? IndexFormatTooOldException.class : IndexFormatTooNewException.class;
          IOException e = expectThrows(expected, segment::reader);
          String file = newer.equals("vem") ? ".vem" : ".vec";
          assertTrue(e.getMessage(), e.getMessage().contains(file));
          assertTrue(e.getMessage(), e.getMessage().contains("" + version));
        }
      }
    }
  }

  /** Both files have a supported version, but not the same one. */
  public void testVersionsThatDiffer() throws IOException {
    for (String older : List.of("vec", "vem")) {
      try (BaseDirectoryWrapper directory = newDirectory()) {
        FormatSegment segment = written(directory);
        byte[] bytes;
        try (IndexInput in = directory.openInput(segment.file(older), IOContext.READONCE)) {
          bytes = new byte[(int) in.length() - CodecUtil.footerLength()];
          in.readBytes(bytes, 0, bytes.length);
        }
        int header =
            CodecUtil.headerLength(
                older.equals("vec")
                    ? LmdbHnswVectorsFormat.VECTORS_CODEC_NAME
                    : LmdbHnswVectorsFormat.META_CODEC_NAME);
        assertEquals(LmdbHnswVectorsFormat.VERSION_CURRENT, bytes[header - 1]);
        bytes[header - 1] = LmdbHnswVectorsFormat.VERSION_START;
        directory.deleteFile(segment.file(older));
        try (IndexOutput out = directory.createOutput(segment.file(older), IOContext.DEFAULT)) {
          out.writeBytes(bytes, bytes.length);
          CodecUtil.writeFooter(out);
        }
        CorruptIndexException e = expectThrows(CorruptIndexException.class, segment::reader);
        assertTrue(e.getMessage(), e.getMessage().contains("both files should have version"));
      }
    }
  }

  public void testForeignFiles() throws IOException {
    byte[] noise = new byte[RandomNumbers.randomIntBetween(random(), 1, 20_000)];
    random().nextBytes(noise);
    for (byte[] content : List.of(new byte[0], new byte[1], new byte[16], noise)) {
      for (String extension : List.of("vec", "vem")) {
        try (BaseDirectoryWrapper directory = newDirectory()) {
          FormatSegment segment = written(directory);
          String name = segment.file(extension);
          directory.deleteFile(name);
          try (IndexOutput out = directory.createOutput(name, IOContext.DEFAULT)) {
            out.writeBytes(content, content.length);
          }
          CorruptIndexException e = expectThrows(CorruptIndexException.class, segment::reader);
          assertTrue(e.getMessage(), e.getMessage().contains(name));
        }
      }
    }
  }

  public void testMissingFiles() throws IOException {
    for (String extension : List.of("vec", "vem")) {
      try (BaseDirectoryWrapper directory = newDirectory()) {
        FormatSegment segment = written(directory);
        directory.deleteFile(segment.file(extension));
        IOException e = expectThrows(IOException.class, segment::reader);
        assertTrue(e.getMessage(), e.getMessage().contains(segment.file(extension)));
      }
    }
  }
}
