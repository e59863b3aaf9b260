/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.store.ByteBuffersDataInput;
import org.apache.lucene.store.ByteBuffersIndexInput;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.junit.Before;
import org.lucenelmdb.NativeThreads;

/** {@link ImageReader} over bytes that are not an image: a result or a CorruptIndexException. */
@ThreadLeakFilters(filters = NativeThreads.class)
public class TestCorruptImages extends LuceneTestCase {

  private static final int MAX_VALUE = 1 << 16;

  /** Three levels, values inline and in overflow pages. */
  private static final String DEEP = "deep";

  /** Two levels. */
  private static final String FLAT = "flat";

  /** One level: all values in overflow pages. */
  private static final String RUNS = "runs";

  private static final List<String> DATABASES = List.of(DEEP, FLAT, RUNS);
  private static final int DEEP_RECORDS = 400;
  private static final int FLAT_RECORDS = 300;
  private static final int RUNS_RECORDS = 5;

  /** A valid image. */
  private byte[] valid;

  private Layout layout;

  @Before
  public void makeImage() throws Exception {
    try (Directory directory = Inputs.MAPPED.newDirectory(random());
        ImageWriter image = ImageWriter.create(directory, "test")) {
      for (int i = 0; i < FLAT_RECORDS; i++) {
        int size = random().nextInt(20);
        image.put(FLAT, flatKey(i), size, true).put(Inputs.randomBytes(random(), size));
      }
      image.commit();
      for (int i = 0; i < RUNS_RECORDS; i++) {
        ImageWriter.Run run = image.putRun(RUNS, new byte[] {(byte) i}, 1 + i % 3);
        run.bytes().put(Inputs.randomBytes(random(), run.bytes().remaining()));
      }
      image.commit();
      for (int i = 0; i < DEEP_RECORDS; i++) {
        int size = i % 10 == 0 ? 500 + random().nextInt(9000) : 500 + random().nextInt(500);
        image.put(DEEP, deepKey(i), size, true).put(Inputs.randomBytes(random(), size));
        if (i % 150 == 0) {
          image.commit();
        }
      }
      image.commit();
      valid = new byte[(int) image.length()];
      try (IndexInput in = image.openInput(IOContext.DEFAULT)) {
        in.readBytes(valid, 0, valid.length);
      }
    }
    layout = new Layout(valid);
    assertEquals(3, layout.depth(DEEP));
    assertEquals(2, layout.depth(FLAT));
    assertEquals(1, layout.depth(RUNS));
    // it is as valid as it can be
    Outcome outcome = explore(valid);
    assertEquals(0, outcome.corrupt);
    assertEquals(DEEP_RECORDS + FLAT_RECORDS + RUNS_RECORDS, outcome.records);
  }

  private static byte[] flatKey(int i) {
    return ByteBuffer.allocate(Long.BYTES).putLong(i * 3L).array();
  }

  private static byte[] deepKey(int i) {
    byte[] key = new byte[64];
    ByteBuffer.wrap(key).putInt(i * 3);
    return key;
  }

  /** Where things are in an image: an independent, trusting reading of it. */
  private static final class Layout {
    final int pageSize;
    final int meta;
    final int pages;
    final ByteBuffer bytes;
    final List<Integer> headers = new ArrayList<>();
    final List<Integer> branches = new ArrayList<>();
    final List<Integer> leaves = new ArrayList<>();
    final List<Integer> pointers = new ArrayList<>();
    final List<Integer> nodes = new ArrayList<>();
    final List<Integer> descriptions = new ArrayList<>();
    final List<Integer> overflowNumbers = new ArrayList<>();

    /** The last page of the trees; there may be free ones behind. */
    int lastUsed;

    Layout(byte[] image) {
      bytes = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
      pageSize = bytes.getInt(40);
      meta = bytes.getLong(144) > bytes.getLong(pageSize + 144) ? 0 : pageSize;
      pages = (int) bytes.getLong(meta + 136) + 1;
      assertEquals(image.length, pages * pageSize);
      visitTree(meta + 88, true);
    }

    private void visitTree(int description, boolean main) {
      descriptions.add(description);
      visit((int) bytes.getLong(description + 40), main);
    }

    private void visit(int page, boolean main) {
      int at = page * pageSize;
      headers.add(at);
      lastUsed = Math.max(lastUsed, page);
      boolean leaf = bytes.getShort(at + 10) == 2;
      (leaf ? leaves : branches).add(page);
      int count = count(page);
      for (int i = 0; i < count; i++) {
        pointers.add(at + 16 + 2 * i);
        int node = node(page, i);
        nodes.add(node);
        int data = data(node);
        if (leaf == false) {
          visit(child(node), main);
        } else if (main) {
          visitTree(data, false);
        } else if (bytes.getShort(node + 4) == 1) {
          overflowNumbers.add(data);
          int run = (int) bytes.getLong(data);
          headers.add(run * pageSize);
          lastUsed = Math.max(lastUsed, run + bytes.getInt(run * pageSize + 12) - 1);
        }
      }
    }

    int count(int page) {
      return (bytes.getShort(page * pageSize + 12) - 16) / 2;
    }

    /** The address of a page's node. */
    int node(int page, int index) {
      return page * pageSize + bytes.getShort(page * pageSize + 16 + 2 * index);
    }

    int data(int node) {
      return node + 8 + bytes.getShort(node + 6);
    }

    int child(int node) {
      return bytes.getInt(node); // of the 48 bits, enough for small images
    }

    int mainRoot() {
      return (int) bytes.getLong(meta + 88 + 40);
    }

    /** The address of the node that describes a database. */
    int descriptionNode(String database) {
      return node(mainRoot(), DATABASES.indexOf(database)); // they are in order
    }

    int description(String database) {
      return data(descriptionNode(database));
    }

    int depth(String database) {
      return bytes.getShort(description(database) + 6);
    }

    int root(String database) {
      return (int) bytes.getLong(description(database) + 40);
    }

    int firstLeaf(String database) {
      int page = root(database);
      for (int depth = depth(database); depth > 1; depth--) {
        page = child(node(page, 0));
      }
      return page;
    }
  }

  static IndexInput input(byte[] image) {
    return new ByteBuffersIndexInput(
        new ByteBuffersDataInput(List.of(ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN))),
        "damaged");
  }

  private static final class Outcome {
    int corrupt;
    int records;
  }

  private Outcome explore(byte[] image) throws Exception {
    return explore(input(image), 0, image.length);
  }

  /** Does all that can be done with an image. */
  private Outcome explore(IndexInput in, long offset, long length) throws Exception {
    Outcome outcome = new Outcome();
    ImageReader reader;
    try {
      reader = new ImageReader(in, offset, length);
    } catch (
        @SuppressWarnings("unused")
        CorruptIndexException e) {
      outcome.corrupt++;
      return outcome;
    }
    assertTrue(reader.usedLength() <= length);
    for (String database : DATABASES) {
      try {
        reader.entries(database);
      } catch (
          @SuppressWarnings("unused")
          CorruptIndexException e) {
        outcome.corrupt++;
        continue;
      }
      try {
        walk(reader, database, length, outcome);
      } catch (
          @SuppressWarnings("unused")
          CorruptIndexException e) {
        outcome.corrupt++;
      }
      for (int i = 0; i < 10; i++) {
        byte[] key =
            switch (random().nextInt(4)) {
              case 0 -> flatKey(random().nextInt(FLAT_RECORDS));
              case 1 -> deepKey(random().nextInt(DEEP_RECORDS));
              case 2 -> new byte[] {(byte) random().nextInt(RUNS_RECORDS)};
              default -> Inputs.randomBytes(random(), random().nextInt(65));
            };
        try {
          ImageReader.Value value = reader.get(database, key);
          if (value != null) {
            read(reader, value);
          }
        } catch (
            @SuppressWarnings("unused")
            CorruptIndexException e) {
          outcome.corrupt++;
        }
      }
    }
    try {
      assertNull(reader.get("unknown", new byte[1]));
    } catch (
        @SuppressWarnings("unused")
        CorruptIndexException e) {
      outcome.corrupt++;
    }
    return outcome;
  }

  private static void walk(ImageReader reader, String database, long length, Outcome outcome)
      throws IOException {
    ImageReader.Cursor cursor = reader.cursor(database);
    byte[] previous = null;
    long records = 0;
    while (cursor.next()) {
      records++;
      assertTrue("more records than bytes", records < length);
      assertTrue("more records than there are", records <= reader.entries(database));
      if (previous != null) {
        assertTrue(Arrays.compareUnsigned(previous, cursor.key()) < 0);
      }
      previous = cursor.key();
      try {
        read(reader, cursor.value());
      } catch (
          @SuppressWarnings("unused")
          CorruptIndexException e) {
        outcome.corrupt++;
      }
    }
    assertEquals(records, reader.entries(database));
    outcome.records += (int) records;
  }

  private static void read(ImageReader reader, ImageReader.Value value) throws IOException {
    assertTrue(value.length() >= 0);
    assertTrue(value.address() >= 2L * reader.pageSize());
    assertTrue(value.address() + value.length() <= reader.usedLength());
    assertEquals(value.length(), reader.read(value, MAX_VALUE).length);
    if (value.length() >= Integer.BYTES) {
      reader.readInt(value, random().nextInt((int) value.length() - 3));
    }
  }

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

  /** Damages something that matters. */
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
        // a number that is nearly right
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
        // one page in the place of another, which may then claim to be it
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

  public void testEveryByteOfWhatMatters() throws Exception {
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

  public void testTruncated() throws Exception {
    int rounds = atLeast(100);
    for (int round = 0; round < rounds; round++) {
      int length =
          switch (random().nextInt(4)) {
            case 0 -> random().nextInt(3 * layout.pageSize);
            case 1 -> random().nextInt(layout.pages) * layout.pageSize;
            case 2 -> valid.length - 1 - random().nextInt(10);
            default -> random().nextInt(valid.length);
          };
      byte[] image = Arrays.copyOf(valid, length);
      assertCorrupt(() -> new ImageReader(input(image), 0, length));
      assertCorrupt(() -> new ImageReader(input(image), 0, valid.length));
      // in a file that goes on
      assertCorrupt(() -> new ImageReader(input(valid), 0, length));
      // it even claims to end there: then something is missing further down
      long pages = length / layout.pageSize;
      if (pages > 2 && pages <= layout.lastUsed) {
        byte[] shorter = image.clone();
        ByteBuffer edit = ByteBuffer.wrap(shorter).order(ByteOrder.LITTLE_ENDIAN);
        edit.putLong(ImagePages.META_LAST_PAGE, pages - 1);
        edit.putLong(layout.pageSize + ImagePages.META_LAST_PAGE, pages - 1);
        assertTrue(explore(shorter).corrupt > 0);
      }
    }
  }

  public void testPlaceInFile() throws Exception {
    IndexInput in = input(valid);
    long length = valid.length;
    new ImageReader(in, 0, length); // fine
    for (long[] place :
        new long[][] {
          {-1, length},
          {1, length},
          {Long.MAX_VALUE, length},
          {0, length + 1},
          {0, Long.MAX_VALUE},
          {0, -1},
          {0, Long.MIN_VALUE},
          {Long.MIN_VALUE, length},
          {0, 0},
          {length, 0},
          {0, 1},
          {0, 1023},
          {1, length - 1},
          {layout.pageSize, length - layout.pageSize},
        }) {
      assertCorrupt(() -> new ImageReader(in, place[0], place[1]));
    }
  }

  public void testNoImageAtAll() throws Exception {
    for (int round = 0; round < 400; round++) {
      byte[] bytes = new byte[round < 200 ? round : random().nextInt(50_000)];
      if (random().nextBoolean()) {
        random().nextBytes(bytes);
      }
      assertCorrupt(() -> new ImageReader(input(bytes), 0, bytes.length));
      byte[] part = Arrays.copyOf(valid, bytes.length);
      if (part.length < valid.length) {
        assertCorrupt(() -> new ImageReader(input(part), 0, part.length));
      }
    }
  }

  /** The same answers from all inputs: none reads on behind the end. */
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

  // from here on, one damage at a time

  private void assertCorrupt(ThrowingRunnable call) {
    expectThrows(CorruptIndexException.class, call);
  }

  private byte[] edited(Consumer<ByteBuffer> edit) {
    byte[] image = valid.clone();
    edit.accept(ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN));
    return image;
  }

  private void assertOpenFails(Consumer<ByteBuffer> edit) {
    byte[] image = edited(edit);
    assertCorrupt(() -> new ImageReader(input(image), 0, image.length));
  }

  /** Not even the number of records is known. */
  private void assertDatabaseFails(String database, Consumer<ByteBuffer> edit) throws Exception {
    byte[] image = edited(edit);
    ImageReader reader = new ImageReader(input(image), 0, image.length);
    assertCorrupt(() -> reader.entries(database));
    assertCorrupt(() -> reader.cursor(database));
    assertCorrupt(() -> reader.get(database, flatKey(1)));
    explore(image);
  }

  private void assertWalkFails(String database, Consumer<ByteBuffer> edit) throws Exception {
    byte[] image = edited(edit);
    ImageReader reader = new ImageReader(input(image), 0, image.length);
    ImageReader.Cursor cursor = reader.cursor(database);
    assertCorrupt(
        () -> {
          while (cursor.next()) {}
        });
    explore(image);
  }

  private void assertWalkAndGetFail(String database, byte[] key, Consumer<ByteBuffer> edit)
      throws Exception {
    assertWalkFails(database, edit);
    byte[] image = edited(edit);
    ImageReader reader = new ImageReader(input(image), 0, image.length);
    assertCorrupt(() -> reader.get(database, key));
  }

  public void testMagicAndVersion() {
    for (int page : new int[] {0, layout.pageSize}) {
      assertOpenFails(b -> b.putInt(page + 16, 0xBEEFC0DD));
      assertOpenFails(b -> b.putInt(page + 16, 0xDEC0EFBE));
      assertOpenFails(b -> b.putInt(page + 16, 0));
      for (int version : new int[] {0, 2, -1, 999, 1 << 24}) {
        assertOpenFails(b -> b.putInt(page + 20, version));
      }
      assertOpenFails(b -> b.putShort(page + 10, (short) 0));
      assertOpenFails(b -> b.putShort(page + 10, (short) 2));
    }
  }

  public void testPageSize() {
    for (int size :
        new int[] {
          0,
          1,
          3,
          256,
          511,
          513,
          -1,
          -4096,
          4095,
          4097,
          0x8001,
          0x10000,
          1 << 20,
          1 << 30,
          Integer.MIN_VALUE,
          Integer.MAX_VALUE
        }) {
      assertOpenFails(b -> b.putInt(40, size));
    }
    for (int size = 512; size <= 0x8000; size *= 2) {
      if (size != layout.pageSize) {
        int other = size;
        assertOpenFails(b -> b.putInt(40, other));
      }
    }
  }

  /** Page sizes that LMDB does not use, in images that are made for them as far as can be. */
  public void testPageSizeWithMetaPages() {
    for (int size : new int[] {520, 3000, 6144, 0x10000, 0x20000}) {
      byte[] image = Arrays.copyOf(valid, 4 * size + valid.length);
      System.arraycopy(valid, layout.pageSize, image, size, ImagePages.META_BYTES);
      ByteBuffer edit = ByteBuffer.wrap(image).order(ByteOrder.LITTLE_ENDIAN);
      edit.putInt(40, size).putInt(size + 40, size);
      for (int meta : new int[] {0, size}) { // no databases
        edit.putLong(meta + 136, 1);
        edit.putShort(meta + 88 + 6, (short) 0);
        edit.putLong(meta + 88 + 32, 0).putLong(meta + 88 + 40, -1);
      }
      assertCorrupt(() -> new ImageReader(input(image), 0, image.length));
    }
  }

  /** Without databases, nothing else would tell that the last page is wrong. */
  public void testLastPageWithoutDatabases() throws Exception {
    byte[] image;
    try (Directory directory = Inputs.MAPPED.newDirectory(random());
        ImageWriter empty = ImageWriter.create(directory, "test")) {
      image = new byte[(int) empty.length()];
      try (IndexInput in = empty.openInput(IOContext.DEFAULT)) {
        in.readBytes(image, 0, image.length);
      }
    }
    assertEquals(image.length, new ImageReader(input(image), 0, image.length).usedLength());
    for (long last : new long[] {0, -1, Long.MIN_VALUE, 2, Long.MAX_VALUE}) {
      byte[] wrong = image.clone();
      ByteBuffer edit = ByteBuffer.wrap(wrong).order(ByteOrder.LITTLE_ENDIAN);
      edit.putLong(136, last).putLong(layout.pageSize + 136, last);
      assertCorrupt(() -> new ImageReader(input(wrong), 0, wrong.length));
    }
  }

  public void testLastPage() {
    // with 1 there is no page for the main database
    for (long last : new long[] {0, 1, -1, layout.pages, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertOpenFails(b -> b.putLong(layout.meta + 136, last));
    }
  }

  public void testTreeDescription() throws Exception {
    for (int depth : new int[] {0, 33, 255, 0x7FFF, 0x8000, 65535}) {
      assertOpenFails(b -> b.putShort(layout.meta + 88 + 6, (short) depth));
      for (String database : DATABASES) {
        int at = layout.description(database);
        assertDatabaseFails(database, b -> b.putShort(at + 6, (short) depth));
      }
    }
    for (long root :
        new long[] {
          0, 1, -1, -2, layout.pages, 1L << 32, 1L << 52, Long.MAX_VALUE, Long.MIN_VALUE
        }) {
      assertOpenFails(b -> b.putLong(layout.meta + 88 + 40, root));
      for (String database : DATABASES) {
        int at = layout.description(database);
        assertDatabaseFails(database, b -> b.putLong(at + 40, root));
      }
    }
    for (long entries : new long[] {0, -1, valid.length, Long.MAX_VALUE, Long.MIN_VALUE}) {
      assertOpenFails(b -> b.putLong(layout.meta + 88 + 32, entries));
      for (String database : DATABASES) {
        int at = layout.description(database);
        assertDatabaseFails(database, b -> b.putLong(at + 32, entries));
      }
    }
    for (String database : DATABASES) {
      int node = layout.descriptionNode(database);
      for (int flags : new int[] {0, 1, 3, 4, 6, 0x8002, 0xFFFF}) {
        assertDatabaseFails(database, b -> b.putShort(node + 4, (short) flags));
      }
      for (int size : new int[] {0, 47, 49, 1 << 24, -1}) {
        assertDatabaseFails(database, b -> b.putInt(node, size));
      }
    }
  }

  public void testEntries() throws Exception {
    for (String database : DATABASES) {
      int at = layout.description(database) + 32;
      long entries = ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong(at);
      for (long wrong : new long[] {entries - 1, entries + 1, 1, 2 * entries}) {
        assertWalkFails(database, b -> b.putLong(at, wrong));
      }
    }
  }

  public void testDepth() throws Exception {
    for (String database : DATABASES) {
      int at = layout.description(database) + 6;
      byte[] key = database.equals(DEEP) ? deepKey(1) : flatKey(1);
      for (int depth = 1; depth <= 32; depth++) {
        if (depth != layout.depth(database)) {
          short wrong = (short) depth;
          assertWalkAndGetFail(database, key, b -> b.putShort(at, wrong));
        }
      }
    }
  }

  public void testCycles() throws Exception {
    int root = layout.root(DEEP);
    int branch = layout.child(layout.node(root, 0));
    int depthAt = layout.description(DEEP) + 6;
    byte[] key = deepKey(0); // below the first child everywhere
    for (int depth : new int[] {2, 3, 4, 5, 31, 32}) {
      // the root is its own child
      assertWalkAndGetFail(
          DEEP,
          key,
          b -> {
            b.putInt(layout.node(root, 0), root);
            b.putShort(depthAt, (short) depth);
          });
      // its grandchild
      assertWalkAndGetFail(
          DEEP,
          key,
          b -> {
            b.putInt(layout.node(branch, 0), root);
            b.putShort(depthAt, (short) depth);
          });
      // its child's child
      assertWalkAndGetFail(
          DEEP,
          key,
          b -> {
            b.putInt(layout.node(branch, 0), branch);
            b.putShort(depthAt, (short) depth);
          });
    }
    // later children, so that the walk has seen records
    for (int i = 1; i < layout.count(root); i++) {
      int node = layout.node(root, i);
      assertWalkFails(DEEP, b -> b.putInt(node, root));
    }
    for (int i = 1; i < layout.count(branch); i++) {
      int node = layout.node(branch, i);
      assertWalkFails(DEEP, b -> b.putInt(node, branch));
      assertWalkFails(DEEP, b -> b.putInt(node, root));
    }
  }

  /**
   * No cycle, but as many ways from the root to a leaf as there are nodes, to the depth's power.
   */
  public void testPagesWithManyParents() throws Exception {
    int root = layout.root(DEEP);
    int branch = layout.child(layout.node(root, 0));
    int leaf = layout.firstLeaf(DEEP);
    // all of a level's children are the same
    assertWalkFails(DEEP, b -> putChildren(b, branch, leaf));
    assertWalkFails(DEEP, b -> putChildren(b, root, branch));
    // a chain of branches as deep as can be, each with one page below it, many times
    assertWalkFails(
        DEEP,
        b -> {
          int at = branch * layout.pageSize;
          byte[] page = Arrays.copyOfRange(valid, at, at + layout.pageSize);
          List<Integer> chain = new ArrayList<>();
          for (int p : layout.leaves) {
            if (p != leaf && p != layout.mainRoot() && chain.size() < 31) {
              chain.add(p);
            }
          }
          for (int i = 0; i < chain.size(); i++) {
            b.put(chain.get(i) * layout.pageSize, page);
            b.putLong(chain.get(i) * layout.pageSize, chain.get(i));
            putChildren(b, chain.get(i), i + 1 < chain.size() ? chain.get(i + 1) : leaf);
          }
          b.putLong(layout.description(DEEP) + 40, chain.get(0));
          b.putShort(layout.description(DEEP) + 6, (short) (chain.size() + 1));
        });
  }

  private void putChildren(ByteBuffer bytes, int page, int child) {
    int count = (bytes.getShort(page * layout.pageSize + 12) - 16) / 2;
    for (int i = 0; i < count; i++) {
      int node = page * layout.pageSize + bytes.getShort(page * layout.pageSize + 16 + 2 * i);
      bytes.putInt(node, child);
    }
  }

  public void testChildren() throws Exception {
    int root = layout.root(DEEP);
    int node = layout.node(root, 0);
    for (int child :
        new int[] {0, 1, layout.pages, -1, Integer.MAX_VALUE, layout.firstLeaf(DEEP), root}) {
      assertWalkAndGetFail(DEEP, deepKey(0), b -> b.putInt(node, child));
    }
    for (int high : new int[] {1, 0x7FFF, 0x8000, 0xFFFF}) { // bits 32 to 47 of the page number
      assertWalkAndGetFail(DEEP, deepKey(0), b -> b.putShort(node + 4, (short) high));
    }
    int last = layout.node(root, layout.count(root) - 1);
    assertWalkAndGetFail(DEEP, deepKey(DEEP_RECORDS), b -> b.putInt(last, layout.pages));
  }

  public void testPageHeaders() throws Exception {
    for (String database : DATABASES) {
      byte[] first = database.equals(DEEP) ? deepKey(0) : flatKey(0);
      List<Integer> pages = List.of(layout.root(database), layout.firstLeaf(database));
      for (int page : pages) {
        int at = page * layout.pageSize;
        for (long number : new long[] {0, 1, page + 1, -1, page + (1L << 32)}) {
          assertWalkAndGetFail(database, first, b -> b.putLong(at, number));
        }
        boolean leaf = page == layout.firstLeaf(database);
        for (int flags : new int[] {0, leaf ? 1 : 2, 3, 4, 8, 0x12, 0x22, 0x42, 0x8002, 0xFFFF}) {
          assertWalkAndGetFail(database, first, b -> b.putShort(at + 10, (short) flags));
        }
        int upper = b(at + 14);
        for (int lower :
            new int[] {0, 14, 15, 16, 17, 19, upper + 1, upper + 2, layout.pageSize, 0xFFFF}) {
          assertWalkAndGetFail(database, first, b -> b.putShort(at + 12, (short) lower));
        }
        int lower = b(at + 12);
        for (int wrong : new int[] {0, lower - 1, layout.pageSize + 1, 0x8000, 0xFFFF}) {
          assertWalkAndGetFail(database, first, b -> b.putShort(at + 14, (short) wrong));
        }
      }
    }
  }

  private int b(int address) {
    return ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getShort(address) & 0xFFFF;
  }

  public void testNodePointers() throws Exception {
    for (String database : DATABASES) {
      for (int page : List.of(layout.root(database), layout.firstLeaf(database))) {
        int at = page * layout.pageSize;
        int lower = b(at + 12);
        for (int offset :
            new int[] {0, 1, 15, 16, lower - 1, layout.pageSize - 7, layout.pageSize, 0xFFFF}) {
          assertWalkFails(database, b -> b.putShort(at + 16, (short) offset));
        }
      }
    }
  }

  public void testNodes() throws Exception {
    for (String database : List.of(DEEP, FLAT)) {
      int node = layout.node(layout.firstLeaf(database), 1);
      for (int keyLength : new int[] {layout.pageSize, 0x7FFF, 0x8000, 0xFFFF}) {
        assertWalkFails(database, b -> b.putShort(node + 6, (short) keyLength));
      }
      // an empty key sorts before all others
      assertWalkFails(database, b -> b.putShort(node + 6, (short) 0));
      for (int size : new int[] {layout.pageSize, 1 << 16, Integer.MAX_VALUE, -1}) {
        assertWalkFails(database, b -> b.putInt(node, size));
      }
      for (int flags : new int[] {3, 4, 5, 8, 0x8000, 0xFFFF}) {
        assertWalkFails(database, b -> b.putShort(node + 4, (short) flags));
      }
      // a value that is no page number
      assertWalkFails(
          database,
          b -> {
            b.putShort(node + 4, (short) 1);
            b.putLong(layout.data(node), -7);
          });
    }
    int branchNode = layout.node(layout.root(DEEP), 1);
    for (int keyLength : new int[] {layout.pageSize, 0x8000, 0xFFFF}) {
      byte[] image = edited(b -> b.putShort(branchNode + 6, (short) keyLength));
      ImageReader reader = new ImageReader(input(image), 0, image.length);
      assertCorrupt(() -> reader.get(DEEP, deepKey(DEEP_RECORDS)));
    }
  }

  public void testOrderOfKeys() throws Exception {
    for (String database : DATABASES) {
      int at = layout.firstLeaf(database) * layout.pageSize + 16;
      assertWalkFails(
          database,
          b -> {
            short first = b.getShort(at);
            b.putShort(at, b.getShort(at + 2));
            b.putShort(at + 2, first);
          });
      assertWalkFails(database, b -> b.putShort(at + 2, b.getShort(at))); // the same twice
    }
  }

  public void testOverflowPages() throws Exception {
    int node = layout.node(layout.root(RUNS), 2);
    byte[] key = {2};
    int data = layout.data(node);
    int page = (int) ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong(data);
    int at = page * layout.pageSize;
    for (long number :
        new long[] {0, 1, layout.pages, page + 1, layout.root(RUNS), 1L << 52, -1, 1L << 63}) {
      assertWalkAndGetFail(RUNS, key, b -> b.putLong(data, number));
    }
    for (long number : new long[] {0, page - 1, -1, page + (1L << 40)}) {
      assertWalkAndGetFail(RUNS, key, b -> b.putLong(at, number));
    }
    for (int flags : new int[] {0, 1, 2, 5, 8, 0x14, 0xFFFF}) {
      assertWalkAndGetFail(RUNS, key, b -> b.putShort(at + 10, (short) flags));
    }
    for (int pages : new int[] {0, 1, 2, layout.pages - page + 1, layout.pages, 1 << 30, -1}) {
      assertWalkAndGetFail(RUNS, key, b -> b.putInt(at + 12, pages));
    }
    int size = 3 * layout.pageSize - 16;
    for (int wrong : new int[] {size + 1, 1 << 30, Integer.MAX_VALUE, -1}) {
      assertWalkAndGetFail(RUNS, key, b -> b.putInt(node, wrong));
    }
  }

  /** A record that claims to be large: a caller that knows better allocates nothing. */
  public void testLargeValue() throws Exception {
    int node = layout.node(layout.root(RUNS), 0);
    int page =
        (int) ByteBuffer.wrap(valid).order(ByteOrder.LITTLE_ENDIAN).getLong(layout.data(node));
    byte[] image =
        edited(
            b -> {
              b.putInt(node, (layout.pages - page) * layout.pageSize - 16);
              b.putInt(page * layout.pageSize + 12, layout.pages - page);
            });
    ImageReader reader = new ImageReader(input(image), 0, image.length);
    ImageReader.Value value = reader.get(RUNS, new byte[] {0});
    assertEquals((layout.pages - page) * layout.pageSize - 16, value.length());
    assertCorrupt(() -> reader.read(value, layout.pageSize - 16));
    assertCorrupt(() -> reader.read(value, (int) value.length() - 1));
    explore(image);
  }
}
