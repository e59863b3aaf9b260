/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.transfer.image;

import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.store.IndexInput;
import org.lucenelmdb.tools.index.SegmentField;
import org.lucenelmdb.tools.output.ProgressLine;

/** Copies the image of a segment into a file that LMDB opens. */
public final class ImageCopy {

  /** The name of an environment's data file in its folder. */
  public static final String DATA_FILE = "data.mdb";

  private static final String DESCRIPTION_SUFFIX = ".json";
  private static final int BUFFER_BYTES = 1 << 20;

  private ImageCopy() {}

  /** Returns the file that describes an image. */
  public static Path description(Path image) {
    return image.resolveSibling(image.getFileName() + DESCRIPTION_SUFFIX);
  }

  /**
   * Copies an image, and describes its fields in a file next to it.
   *
   * @param image a file that does not exist
   */
  public static void write(SegmentField field, Path image) throws IOException {
    IndexInput in = field.segment().image().clone();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (OutputStream out = Files.newOutputStream(image, StandardOpenOption.CREATE_NEW);
        ProgressLine progress = ProgressLine.begin("image", in.length())) {
      in.seek(0);
      while (in.getFilePointer() < in.length()) {
        int count = (int) Math.min(buffer.length, in.length() - in.getFilePointer());
        in.readBytes(buffer, 0, count);
        out.write(buffer, 0, count);
        progress.advance(count);
      }
    }
    ImageDescription described =
        ImageDescription.of(field.segmentName(), field.segment(), field.reader().maxDoc());
    String json =
        JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(described);
    Files.writeString(description(image), json + "\n", StandardOpenOption.CREATE_NEW);
  }
}
