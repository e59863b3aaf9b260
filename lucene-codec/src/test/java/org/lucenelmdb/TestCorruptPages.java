/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb;

import com.carrotsearch.randomizedtesting.generators.RandomPicks;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** Damaged pages of the LMDB image, and invalid links of the graph. */
public class TestCorruptPages extends CorruptionTestCase {

  /** Damages LMDB's two meta pages, and the headers and nodes of its other pages. */
  public void testPages() throws IOException {
    IndexFiles index = IndexFiles.random();
    for (int i = atLeast(300); i > 0; i--) {
      damagePage(index, RandomPicks.randomFrom(random(), index.segments));
    }
  }

  /** As {@link #testPages}, with links on overflow pages. */
  public void testHub() throws IOException {
    IndexFiles index = IndexFiles.withHub();
    IndexFiles.Segment segment = index.segments.get(0);
    byte[] file = index.files.get(segment.vem());
    MetadataNumbers.Number degree =
        MetadataNumbers.of(segment, file).stream()
            .filter(n -> n.name().equals("degree"))
            .findFirst()
            .orElseThrow();
    assertTrue(
        "the neighbor list needs an overflow page",
        IndexFiles.view(file).getInt(degree.at()) > 1015);
    assertEquals(Outcome.RESULTS, read(index, "nothing", Map.of()));
    for (int i = atLeast(40); i > 0; i--) {
      damagePage(index, segment);
    }
    int pageSize = index.pageSize(segment);
    ByteBuffer image = index.image(segment, IndexFiles.body(index.files.get(segment.vec())));
    int links = 2; // the overflow page that begins with a Roaring bitmap
    while (image.getLong(links * pageSize) != links
        || image.getShort(links * pageSize + 10) != 4
        || image.getInt(links * pageSize + 16) != 12346) {
      links++;
    }
    for (int at : new int[] {0, 1, 7, 10, 11, 16, 17, 18, 20, 24, 26, 32, 33, 34}) {
      byte[] body = IndexFiles.body(index.files.get(segment.vec()));
      ByteBuffer damaged = index.image(segment, body);
      int where = links * pageSize + at;
      damaged.put(where, (byte) (damaged.get(where) ^ 0x11));
      String what = "byte " + at + " of the overflow page " + links;
      Outcome outcome = read(index, what, Map.of(segment.vec(), IndexFiles.withFooter(body)));
      if (at < 32
          && at != 26) { // byte 26 holds the number of neighbors, and a smaller one is valid
        assertEquals(what, Outcome.REJECTED, outcome);
      }
    }
  }

  private void damagePage(IndexFiles index, IndexFiles.Segment segment) throws IOException {
    Random random = random();
    byte[] body = IndexFiles.body(index.files.get(segment.vec()));
    ByteBuffer image = index.image(segment, body);
    int pageSize = index.pageSize(segment);
    int pages = image.limit() / pageSize;
    int page = random.nextInt(pages);
    int kind = image.getShort(page * pageSize + 10);
    for (int i = 0; i < 50 && kind != 1 && kind != 2 && kind != 8; i++) {
      page =
          random.nextInt(
              pages); // prefer other pages to overflow pages, whose headers are seldom read
      kind = image.getShort(page * pageSize + 10);
    }
    int header = kind == 8 ? 152 : 16; // the offset of the array of nodes
    int at = random.nextInt(header);
    int nodes = kind == 8 ? 0 : (image.getShort(page * pageSize + 12) - header) / Short.BYTES;
    if ((kind == 1 || kind == 2) && nodes > 0 && random.nextInt(4) > 0) {
      int node = header + random.nextInt(nodes) * Short.BYTES;
      // the offset of a node, or its header, key or value
      at =
          random.nextInt(4) == 0
              ? node
              : image.getShort(page * pageSize + node) + random.nextInt(48);
    }
    at = Math.min(at, pageSize - Long.BYTES);
    int where = page * pageSize + at;
    String what = String.format(Locale.ROOT, "page %d of kind %d: at %d ", page, kind, at);
    switch (random.nextInt(6)) {
      case 0 -> {
        int value = new int[] {0, -1, Short.MAX_VALUE, Short.MIN_VALUE}[random.nextInt(4)];
        image.putShort(where & ~1, (short) value);
        what += "a short of " + value;
      }
      case 1 -> {
        int value = random.nextInt(2 * pageSize);
        image.putShort(where & ~1, (short) value);
        what += "a short of " + value;
      }
      case 2 -> {
        int value = new int[] {0, -1, 1, Integer.MAX_VALUE, pages}[random.nextInt(5)];
        image.putInt(where & ~1, value);
        what += "an int of " + value;
      }
      case 3 -> {
        long value = random.nextBoolean() ? random.nextInt(pages + 2) : random.nextLong();
        image.putLong(where & ~1, value);
        what += "a long of " + value;
      }
      case 4 -> {
        int other = random.nextInt(pages);
        image.put(page * pageSize, image, other * pageSize, pageSize);
        if (random.nextBoolean()) {
          image.putLong(page * pageSize, page); // with the right page number
        }
        what = "page " + page + " is page " + other;
      }
      default -> {
        byte value = (byte) (image.get(where) ^ 1 << random.nextInt(8));
        image.put(where, value);
        what += "a byte of " + value;
      }
    }
    read(index, segment.vec() + ": " + what, Map.of(segment.vec(), IndexFiles.withFooter(body)));
  }

  /**
   * The links of a node in the image.
   *
   * @param at the offset of their Roaring bitmap in the image
   * @param degree the number of neighbors
   */
  private record NodeLinks(int field, int level, int node, int at, int degree) {
    boolean isPeerOf(NodeLinks other) {
      return field == other.field && level == other.level;
    }
  }

  /** Finds links on leaf pages by their keys of eight bytes and the cookie of Roaring bitmaps. */
  private static List<NodeLinks> links(IndexFiles index, IndexFiles.Segment segment) {
    List<NodeLinks> found = new ArrayList<>();
    ByteBuffer image = index.image(segment, IndexFiles.body(index.files.get(segment.vec())));
    int pageSize = index.pageSize(segment);
    for (int page = 2; page < image.limit() / pageSize; page++) {
      int start = page * pageSize;
      int nodes = (image.getShort(start + 12) - 16) / Short.BYTES;
      for (int i = 0; i < nodes && image.getShort(start + 10) == 2; i++) {
        int node = start + image.getShort(start + 16 + i * Short.BYTES);
        int value = node + 16;
        if (image.getShort(node + 6) == 8 && image.getInt(value) == 12346) {
          int field = Short.reverseBytes(image.getShort(node + 8));
          int level = Short.reverseBytes(image.getShort(node + 10));
          int number = Integer.reverseBytes(image.getInt(node + 12));
          int degree = image.getInt(value + 4) == 0 ? 0 : image.getShort(value + 10) + 1;
          found.add(new NodeLinks(field, level, number, value, degree));
        }
      }
    }
    return found;
  }

  /** Invalid neighbors: of other levels, too many, unordered, or the node itself. */
  public void testLinks() throws IOException {
    for (int indexes = 0; indexes < 2; indexes++) {
      IndexFiles index = IndexFiles.random();
      IndexFiles.Segment segment = RandomPicks.randomFrom(random(), index.segments);
      List<NodeLinks> all = links(index, segment);
      List<NodeLinks> above = all.stream().filter(links -> links.level > 0).toList();
      for (int i = atLeast(50); i > 0; i--) {
        boolean aboveOnly = random().nextInt(4) > 0 && above.isEmpty() == false;
        if (all.isEmpty()) {
          continue; // a tiny segment
        }
        NodeLinks links = RandomPicks.randomFrom(random(), aboveOnly ? above : all);
        if (links.degree == 0) {
          continue;
        }
        byte[] body = IndexFiles.body(index.files.get(segment.vec()));
        ByteBuffer image = index.image(segment, body);
        String what = links.toString();
        int header = links.at + 10; // cookie, 1 container, key, number of values - 1, offset
        int array = links.at + 16;
        if (random().nextInt(4) == 0) {
          int degree = random().nextInt(10);
          image.putShort(header, (short) degree);
          what += " has a degree of " + degree;
        } else if (random().nextInt(4) == 0) {
          int neighbor = random().nextInt(segment.maxDoc());
          image.putShort(array + random().nextInt(links.degree) * Short.BYTES, (short) neighbor);
          what += " has neighbor " + neighbor;
        } else { // a valid list
          Set<Integer> neighbors = new TreeSet<>();
          while (neighbors.size() < Math.min(links.degree, segment.maxDoc())) {
            neighbors.add(random().nextInt(segment.maxDoc()));
          }
          int at = array;
          for (int neighbor : neighbors) {
            image.putShort(at, (short) neighbor);
            at += Short.BYTES;
          }
          what += " has neighbors " + neighbors;
        }
        Map<String, byte[]> damaged = Map.of(segment.vec(), IndexFiles.withFooter(body));
        if (random().nextBoolean()) {
          read(index, what, damaged);
        } else {
          merge(index, "merge: " + what, damaged);
        }
      }
    }
  }

  /**
   * More than M valid neighbors above level 0. Searches accept them, but Lucene's graph builders
   * fail.
   */
  public void testLinksBeyondM() throws IOException {
    IndexFiles index = IndexFiles.random();
    IndexFiles.Segment segment = RandomPicks.randomFrom(random(), index.segments);
    List<NodeLinks> all = links(index, segment);
    int pageSize = index.pageSize(segment);
    int degree = 2 * index.options.maxConn();
    int rounds = atLeast(15);
    Collections.shuffle(all, random());
    for (NodeLinks links : all) {
      int[] peers = all.stream().filter(links::isPeerOf).mapToInt(NodeLinks::node).toArray();
      int bytes = 16 + degree * Short.BYTES;
      if (links.level == 0
          || links.degree == 0
          || peers.length < degree
          || links.at % pageSize + bytes > pageSize) {
        continue;
      }
      Arrays.sort(peers);
      byte[] body = IndexFiles.body(index.files.get(segment.vec()));
      ByteBuffer image = index.image(segment, body);
      image.putShort(
          links.at - 16,
          (short) bytes); // the length of the record, which now overlaps the next one
      image.putShort(links.at + 10, (short) (degree - 1));
      for (int i = 0; i < degree; i++) {
        image.putShort(links.at + 16 + i * Short.BYTES, (short) peers[i]);
      }
      if (--rounds < 0) {
        break;
      }
      Map<String, byte[]> damaged = Map.of(segment.vec(), IndexFiles.withFooter(body));
      String what = links + " has " + degree + " neighbors";
      read(index, what, damaged);
      merge(index, "merge: " + what, damaged);
    }
  }
}
