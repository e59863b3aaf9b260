/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteBuffersDataOutput;
import org.apache.lucene.store.ByteBuffersIndexOutput;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.NativeThreads;

/** Tests the checksums of images and of the metadata. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestImageChecksums extends LuceneTestCase {

  private static ByteBuffersIndexOutput output(ByteBuffersDataOutput bytes) {
    return new ByteBuffersIndexOutput(bytes, "test", "test");
  }

  public void testEveryBlock() throws IOException {
    ByteBuffersDataOutput image = new ByteBuffersDataOutput();
    ByteBuffersDataOutput meta = new ByteBuffersDataOutput();
    long before = random().nextInt(100);
    try (Directory directory = newDirectory();
        ImageWriter writer = Inputs.newImage(directory, random());
        ByteBuffersIndexOutput out = output(image);
        ChecksummedOutput metaOut = new ChecksummedOutput(output(meta))) {
      int records = random().nextInt(30);
      for (int i = 0; i < records; i++) {
        writer
            .put("vectors", ImageFixtures.key(i), 20_000, true)
            .put(Inputs.randomBytes(random(), 20_000));
      }
      writer.commit();
      metaOut.writeBytes(Inputs.randomBytes(random(), (int) before), (int) before);
      writer.copyTo(out, () -> {}).write(metaOut);
      metaOut.writeChecksum();
      metaOut.writeLong(random().nextLong()); // for example a footer
    }
    byte[] bytes = image.toArrayCopy();
    IndexInput metaIn = Inputs.onHeap(meta.toArrayCopy());
    metaIn.seek(before);
    ImageChecksums checksums = ImageChecksums.read(metaIn, bytes.length);
    assertEquals((bytes.length + 65_535) / 65_536, checksums.count());
    assertEquals(before, checksums.offset());
    long end = before + 4L * checksums.count();
    assertEquals(end, metaIn.getFilePointer());
    assertTrue(ChecksummedOutput.isRight(metaIn, end));
    assertEquals(List.of(), damagedBlocks(checksums, bytes, metaIn));

    int at = random().nextInt(bytes.length);
    bytes[at] ^= (byte) (1 << random().nextInt(8));
    assertEquals(List.of((long) at / 65_536 * 65_536), damagedBlocks(checksums, bytes, metaIn));
    byte[] damaged = meta.toArrayCopy();
    damaged[random().nextInt((int) end + 4)] ^= (byte) (1 << random().nextInt(8));
    assertFalse(ChecksummedOutput.isRight(Inputs.onHeap(damaged), end));
  }

  private static List<Long> damagedBlocks(ImageChecksums checksums, byte[] image, IndexInput meta)
      throws IOException {
    List<Long> blocks = new ArrayList<>();
    checksums.verify(
        Inputs.onHeap(image),
        meta,
        (start, stop, expected, found) -> {
          assertNotEquals(expected, found);
          assertEquals(Math.min(image.length, start + 65_536), stop);
          blocks.add(start);
        });
    return blocks;
  }

  public void testTruncated() {
    IndexInput meta = Inputs.onHeap(new byte[10]);
    expectThrows(CorruptIndexException.class, () -> ImageChecksums.read(meta, 1 << 20));
  }
}
