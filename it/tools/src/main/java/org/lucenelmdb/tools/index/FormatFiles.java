/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.index;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.perfield.PerFieldKnnVectorsFormat;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.IndexFileNames;
import org.apache.lucene.index.SegmentCommitInfo;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.lucenelmdb.LmdbHnswVectorsFormat;

/**
 * The files of this format in a segment. They are opened one by one, so that damage elsewhere in
 * the segment does not matter.
 */
public final class FormatFiles {

  private final SegmentCommitInfo segment;
  private final Directory files;
  private final FieldInfos fields;

  private FormatFiles(SegmentCommitInfo segment, Directory files, FieldInfos fields) {
    this.segment = segment;
    this.files = files;
    this.fields = fields;
  }

  /**
   * Reads the list of fields of a segment.
   *
   * @param files the directory with the segment's files, or the compound file
   */
  public static FormatFiles read(SegmentCommitInfo segment, Directory files) throws IOException {
    boolean isUpdated = segment.hasFieldUpdates();
    FieldInfos fields =
        segment
            .info
            .getCodec()
            .fieldInfosFormat()
            .read(
                isUpdated ? segment.info.dir : files,
                segment.info,
                isUpdated ? Long.toString(segment.getFieldInfosGen(), Character.MAX_RADIX) : "",
                IOContext.READONCE);
    return new FormatFiles(segment, files, fields);
  }

  /** The names of the fields of this format, by the suffix of their files. */
  public Map<String, List<String>> fieldsBySuffix() {
    Map<String, List<String>> bySuffix = new TreeMap<>();
    for (FieldInfo field : fields) {
      if (field.hasVectorValues() && LmdbHnswVectorsFormat.NAME.equals(format(field))) {
        String number = field.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_SUFFIX_KEY);
        String suffix = number == null ? "" : LmdbHnswVectorsFormat.NAME + "_" + number;
        bySuffix.computeIfAbsent(suffix, s -> new ArrayList<>()).add(field.name);
      }
    }
    return bySuffix;
  }

  /** The fields with vectors of other formats: the name of the format by the field's name. */
  public Map<String, String> otherFields() {
    Map<String, String> others = new LinkedHashMap<>();
    for (FieldInfo field : fields) {
      String format = format(field);
      if (field.hasVectorValues() && LmdbHnswVectorsFormat.NAME.equals(format) == false) {
        others.put(field.name, format);
      }
    }
    return others;
  }

  /** The name of a field's format, which the codec chooses unless it has a format per field. */
  private String format(FieldInfo field) {
    String perField = field.getAttribute(PerFieldKnnVectorsFormat.PER_FIELD_FORMAT_KEY);
    return perField == null ? segment.info.getCodec().knnVectorsFormat().getName() : perField;
  }

  /** The suffixes of all files with the name of this format. */
  public List<String> suffixesOfFiles() throws IOException {
    String start = segment.info.name + "_" + LmdbHnswVectorsFormat.NAME;
    return Arrays.stream(files.listAll())
        .filter(name -> name.startsWith(start))
        .map(name -> name.substring(segment.info.name.length() + 1).split("\\.")[0])
        .distinct()
        .sorted()
        .toList();
  }

  /**
   * Opens the files with a suffix.
   *
   * @return an {@link org.lucenelmdb.internal.inspection.SegmentInspection}
   */
  public KnnVectorsReader open(String suffix) throws IOException {
    return KnnVectorsFormat.forName(LmdbHnswVectorsFormat.NAME)
        .fieldsReader(new SegmentReadState(files, segment.info, fields, IOContext.DEFAULT, suffix));
  }

  /** The directory with the files. */
  public Directory directory() {
    return files;
  }

  /** The name of a file. */
  public String fileName(String suffix, String extension) {
    return IndexFileNames.segmentFileName(segment.info.name, suffix, extension);
  }
}
