/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.util.Bits;
import org.lucenelmdb.internal.inspection.FieldInspection;
import org.lucenelmdb.internal.inspection.SegmentInspection;
import org.lucenelmdb.internal.store.ChecksummedOutput;
import org.lucenelmdb.internal.store.ImageChecksums;
import org.lucenelmdb.tools.index.FormatFiles;

/** Checks the files of a segment. What cannot be read is a finding, and the rest is checked. */
final class SegmentCheck {

  private static final String IMAGE_EXTENSION = "vec";
  private static final String METADATA_EXTENSION = "vem";

  // of an LMDB environment
  private static final int MAGIC = 0xBEEFC0DE;
  private static final int MAGIC_OFFSET = 16;
  private static final int PAGE_SIZE_OFFSET = 40;
  private static final int MIN_PAGE_SIZE = 512;
  private static final int MAX_PAGE_SIZE = 0x8000;

  private final SegmentCommitInfo segment;
  private final boolean allCodes;
  private final Findings findings;
  private final LongConsumer progress;
  private final List<VerifyResult.Image> images = new ArrayList<>();

  /**
   * Creates a check.
   *
   * @param allCodes whether all codes are compared with their vectors
   * @param progress receives bytes that were read
   */
  SegmentCheck(
      SegmentCommitInfo segment, boolean allCodes, Findings findings, LongConsumer progress) {
    this.segment = segment;
    this.allCodes = allCodes;
    this.findings = findings;
    this.progress = progress;
  }

  VerifyResult.Segment check() {
    findings.setSegment(segment.info.name);
    Map<String, String> others = Map.of();
    Directory directory = segment.info.dir;
    try {
      FileCheck.check(directory, segment.files(), "", findings, progress);
      checkLiveDocs();
      if (segment.info.getUseCompoundFile()) {
        try (Directory compound =
            segment.info.getCodec().compoundFormat().getCompoundReader(directory, segment.info)) {
          FileCheck.check(
              compound,
              Arrays.asList(compound.listAll()),
              segment.info.name + ".cfs",
              findings,
              progress);
          others = check(compound);
        }
      } else {
        others = check(directory);
      }
    } catch (IOException | RuntimeException e) {
      findings.add("segment", "files that can be read", FileCheck.message(e));
    }
    findings.setSegment("");
    return new VerifyResult.Segment(segment.info.name, segment.info.maxDoc(), images, others);
  }

  private void checkLiveDocs() {
    if (segment.hasDeletions()) {
      try {
        Bits live =
            segment
                .info
                .getCodec()
                .liveDocsFormat()
                .readLiveDocs(segment.info.dir, segment, IOContext.READONCE);
        findings.checkEqual("deletes", "documents", segment.info.maxDoc(), live.length());
      } catch (IOException | RuntimeException e) {
        findings.add("deletes", e);
      }
    }
  }

  private Map<String, String> check(Directory files) throws IOException {
    FormatFiles formats;
    try {
      formats = FormatFiles.read(segment, files);
    } catch (IOException | RuntimeException e) {
      findings.add("list of fields", "fields that can be read", FileCheck.message(e));
      for (String name : files.listAll()) {
        if (name.startsWith(segment.info.name + "_LmdbHnsw") && name.endsWith(IMAGE_EXTENSION)) {
          checkPages(files, name);
        }
      }
      return Map.of();
    }
    Map<String, List<String>> bySuffix = formats.fieldsBySuffix();
    for (String suffix : bySuffix.keySet()) {
      check(formats, suffix);
    }
    for (String suffix : formats.suffixesOfFiles()) {
      if (bySuffix.containsKey(suffix) == false) {
        findings.add(
            formats.fileName(suffix, IMAGE_EXTENSION), "a field that is stored here", "none");
      }
    }
    return formats.otherFields();
  }

  private void check(FormatFiles formats, String suffix) {
    String file = formats.fileName(suffix, IMAGE_EXTENSION);
    boolean isOpen = false;
    try (KnnVectorsReader reader = formats.open(suffix)) {
      isOpen = true;
      check(formats, suffix, (SegmentInspection) reader);
    } catch (IOException | RuntimeException e) {
      findings.add(isOpen ? file : formats.fileName(suffix, METADATA_EXTENSION), e);
      if (isOpen == false) {
        checkPages(formats.directory(), file);
      }
    }
  }

  private void check(FormatFiles formats, String suffix, SegmentInspection inspection)
      throws IOException {
    String file = formats.fileName(suffix, IMAGE_EXTENSION);
    checkChecksums(inspection, file, formats.fileName(suffix, METADATA_EXTENSION));
    checkAround(formats.directory(), file, inspection);
    long pageSize = inspection.pageSize();
    ImageCheck image =
        ImageCheck.check(
            inspection, allCodes, findings, file, pages -> progress.accept(pages * pageSize));
    List<FieldInspection> fields = inspection.fields();
    images.add(
        image(
            file,
            inspection.version(),
            inspection.checksums() != null,
            fields.stream().map(field -> field.info().name).toList(),
            fields.stream().mapToLong(field -> field.blocks().size()).sum(),
            fields.stream()
                .filter(field -> field.codes() != null)
                .mapToLong(field -> field.codes().blocks().size())
                .sum(),
            image));
  }

  private static VerifyResult.Image image(
      String file,
      int version,
      boolean hasChecksums,
      List<String> fields,
      long vectors,
      long codes,
      ImageCheck image) {
    Map<String, Long> unused = new TreeMap<>();
    image.unusedBytes().forEach((why, bytes) -> unused.put(why.name(), bytes));
    return new VerifyResult.Image(
        file,
        version,
        hasChecksums,
        fields,
        vectors,
        codes,
        image.links(),
        image.comparedCodes(),
        image.pages().pages(),
        image.pages().freePages(),
        unused);
  }

  /**
   * Verifies the checksums of this format, which cover every byte of the image and of the metadata.
   */
  private void checkChecksums(SegmentInspection inspection, String file, String metadataFile)
      throws IOException {
    ImageChecksums checksums = inspection.checksums();
    if (checksums == null) {
      return;
    }
    IndexInput metadata = inspection.metadata();
    long end = checksums.offset() + (long) checksums.count() * Integer.BYTES;
    findings.check(
        ChecksummedOutput.isRight(metadata, end),
        metadataFile,
        "bytes with the checksum at byte " + end,
        "another checksum");
    checksums.verify(
        inspection.image(),
        metadata,
        (start, stop, expected, found) ->
            findings.add(
                file,
                file + ", bytes " + start + " to " + (stop - 1) + " of the image",
                "checksum 0x" + Integer.toHexString(expected),
                "0x" + Integer.toHexString(found)));
  }

  /** Checks the bytes around the image: a header, zeros up to the next page, and a footer. */
  private void checkAround(Directory files, String file, SegmentInspection inspection)
      throws IOException {
    try (IndexInput input = files.openInput(file, IOContext.READONCE)) {
      CodecUtil.readIndexHeader(input);
      long header = input.getFilePointer();
      long pageSize = inspection.pageSize();
      long start = (header + pageSize - 1) / pageSize * pageSize;
      long length = inspection.image().length();
      findings.checkEqual(
          file,
          "header, image and footer in a number of bytes that is",
          start + length + CodecUtil.footerLength(),
          input.length());
      for (long at = header; at < start; at++) {
        byte found = input.readByte();
        if (found != 0) {
          findings.add(file + ", byte " + at, "zeros up to the image", found);
          return;
        }
      }
      // the image is a slice; its first bytes must be those at its place
      input.seek(start + MAGIC_OFFSET);
      findings.check(
          input.readInt() == MAGIC, file + ", byte " + start, "the image", "no LMDB environment");
    }
  }

  /** Checks the pages of an image whose metadata cannot be read. */
  private void checkPages(Directory files, String file) {
    try (IndexInput input = files.openInput(file, IOContext.DEFAULT)) {
      IndexInput image = findImage(input);
      image.seek(PAGE_SIZE_OFFSET);
      int pageSize = image.readInt();
      ImageCheck check =
          ImageCheck.checkPages(image, findings, file, pages -> progress.accept(pages * pageSize));
      images.add(image(file, -1, false, List.of(), 0, 0, check));
    } catch (IOException | RuntimeException e) {
      findings.add(file, e);
    }
  }

  private static IndexInput findImage(IndexInput file) throws IOException {
    CodecUtil.readIndexHeader(file);
    long header = file.getFilePointer();
    for (int size = MIN_PAGE_SIZE; size <= MAX_PAGE_SIZE; size *= 2) {
      long start = (header + size - 1) / size * size;
      long length = file.length() - CodecUtil.footerLength() - start;
      if (length >= 2L * size) {
        IndexInput image = file.slice("image", start, length);
        image.seek(MAGIC_OFFSET);
        if (image.readInt() == MAGIC) {
          image.seek(PAGE_SIZE_OFFSET);
          if (image.readInt() == size) {
            return image;
          }
        }
      }
    }
    throw new CorruptIndexException("an LMDB image after the header; found none", file);
  }
}
