/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;

/** {@link ImageReader} on images with random damage. */
public class TestRandomCorruption extends BaseCorruptImageTestCase {

  public void testRandomDamage() throws Exception {
    int harmful = 0;
    int rounds = atLeast(1500);
    for (int round = 0; round < rounds; round++) {
      byte[] image = valid.clone();
      for (int n = random().nextInt(4) == 0 ? 1 + random().nextInt(20) : 1; n > 0; n--) {
        damage(image);
      }
      if (explore(image).corrupt > 0) {
        harmful++;
      }
    }
    assertTrue(harmful + " of " + rounds, harmful > rounds / 4);
  }

  /** Damages a random structure of the image, or random bytes. */
  private void damage(byte[] image) {
    int from;
    int length;
    switch (random().nextInt(10)) {
      case 0 -> {
        from = (random().nextBoolean() ? 0 : layout.pageSize) + 8;
        length = ImagePages.META_BYTES - 8;
      }
      case 1, 2 -> {
        from = any(layout.headers);
        length = ImagePages.HEADER_BYTES;
      }
      case 3, 4 -> {
        from = any(layout.pointers);
        length = Short.BYTES;
      }
      case 5, 6 -> {
        from = any(layout.nodes);
        length = ImagePages.NODE_HEADER_BYTES + random().nextInt(2) * 8;
      }
      case 7 -> {
        from = any(layout.descriptions);
        length = ImagePages.DB_BYTES;
      }
      case 8 -> {
        from = any(layout.overflowNumbers);
        length = Long.BYTES;
      }
      default -> {
        from = random().nextInt(image.length);
        length = Math.min(1 + random().nextInt(300), image.length - from);
      }
    }
    damage(image, from, length);
  }

  private static int any(List<Integer> list) {
    return list.get(random().nextInt(list.size()));
  }

  private void damage(byte[] image, int from, int length) {
    int at = from + random().nextInt(length);
    int rest = from + length - at;
    ByteBuffer buffer = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
    switch (random().nextInt(8)) {
      case 0, 1 -> image[at] ^= (byte) (1 << random().nextInt(8));
      case 2 -> image[at] = (byte) random().nextInt();
      case 3 -> Arrays.fill(image, at, at + 1 + random().nextInt(rest), (byte) 0);
      case 4 -> Arrays.fill(image, at, at + 1 + random().nextInt(rest), (byte) 0xFF);
      case 5 -> {
        byte[] other = Inputs.randomBytes(random(), 1 + random().nextInt(rest));
        System.arraycopy(other, 0, image, at, other.length);
      }
      case 6 -> {
        // a nearly correct number
        int aligned = from + random().nextInt((length + 1) / 2) * 2;
        int number = interesting();
        if (random().nextBoolean() && aligned <= image.length - Long.BYTES) {
          buffer.putLong(aligned, number);
        } else if (random().nextBoolean() && aligned <= image.length - Integer.BYTES) {
          buffer.putInt(aligned, number);
        } else if (aligned <= image.length - Short.BYTES) {
          buffer.putShort(aligned, (short) number);
        }
      }
      default -> {
        // a copy of another page, which may claim to be this one
        int source = random().nextInt(layout.pages) * layout.pageSize;
        int page = at / layout.pageSize;
        System.arraycopy(valid, source, image, page * layout.pageSize, layout.pageSize);
        if (random().nextBoolean()) {
          buffer.putLong(page * layout.pageSize, page);
        }
      }
    }
  }

  private int interesting() {
    int[] near = {
      0,
      layout.pages,
      layout.pageSize,
      any(layout.branches),
      any(layout.leaves),
      65536,
      32,
      Integer.MAX_VALUE,
      DEEP_RECORDS,
      FLAT_RECORDS,
    };
    return near[random().nextInt(near.length)] + random().nextInt(5) - 2;
  }

  /** Flips a bit of every byte of the meta pages, database descriptions, and selected pages. */
  public void testEveryByteOfHeaders() throws Exception {
    List<Integer> addresses = new ArrayList<>();
    for (int i = 0; i < ImagePages.META_BYTES; i++) {
      addresses.add(i);
      addresses.add(layout.pageSize + i);
    }
    for (int i = 0; i < ImagePages.DB_BYTES; i++) {
      layout.descriptions.forEach(addresses::add);
      for (int d = 0; d < layout.descriptions.size(); d++) {
        addresses.add(layout.descriptions.get(d) + i);
      }
    }
    for (int page :
        List.of(
            layout.mainRoot(),
            layout.root(DEEP),
            layout.firstLeaf(DEEP),
            layout.root(FLAT),
            layout.root(RUNS))) {
      for (int i = 0; i < ImagePages.HEADER_BYTES + 4; i++) {
        addresses.add(page * layout.pageSize + i);
      }
      for (int i = 0; i < 8 + 4; i++) {
        addresses.add(layout.node(page, 0) + i);
        addresses.add(layout.node(page, layout.count(page) - 1) + i);
      }
    }
    for (int address : addresses) {
      byte[] image = valid.clone();
      image[address] ^= (byte) (1 << random().nextInt(8));
      explore(image);
    }
  }

  /** All kinds of inputs report damage, and none reads past the end of the image. */
  public void testDamageInFiles() throws Exception {
    for (int round = 0; round < 20; round++) {
      byte[] image = valid.clone();
      damage(image);
      int before = random().nextInt(10_000);
      try (Directory directory = Inputs.any(random()).newDirectory(random())) {
        try (IndexOutput out = directory.createOutput("image", IOContext.DEFAULT)) {
          out.writeBytes(Inputs.randomBytes(random(), before), before);
          out.writeBytes(image, image.length);
        }
        try (IndexInput in = directory.openInput("image", IOContext.DEFAULT)) {
          explore(Inputs.disguise(in, random()), before, image.length);
        }
      }
    }
  }
}
