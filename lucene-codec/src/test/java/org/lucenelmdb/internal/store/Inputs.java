/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.internal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.apache.lucene.store.ByteBuffersDataInput;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.apache.lucene.store.ByteBuffersIndexInput;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.NoLockFactory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;

/** The kinds of {@link IndexInput}, which read the same bytes in different ways. */
public enum Inputs {
  /** Mapped whole. */
  MAPPED,
  /** Mapped in pieces of a few pages, so that reads cross their boundaries. */
  MAPPED_IN_PIECES,
  /** Read through a buffer. */
  BUFFERED,
  /** On the heap. */
  HEAP,
  /** A random directory of the test framework. */
  ANY;

  /** A random kind. */
  public static Inputs any(Random random) {
    return values()[random.nextInt(values().length)];
  }

  /** Creates an empty directory whose inputs are of this kind. */
  public Directory newDirectory(Random random) throws IOException {
    return switch (this) {
      case MAPPED -> new MMapDirectory(LuceneTestCase.createTempDir());
      case MAPPED_IN_PIECES -> {
        Path path = LuceneTestCase.createTempDir();
        long piece = 1L << TestUtil.nextInt(random, 12, 16);
        yield new MMapDirectory(path, NoLockFactory.INSTANCE, piece);
      }
      case BUFFERED -> new NIOFSDirectory(LuceneTestCase.createTempDir());
      case HEAP -> new ByteBuffersDirectory();
      case ANY -> LuceneTestCase.newDirectory(random);
    };
  }

  /** Creates an empty image, with pages of the machine's size or small ones. */
  public static ImageWriter newImage(Directory directory, Random random) throws IOException {
    return random.nextBoolean()
        ? ImageWriter.create(directory, "test")
        : ImageWriter.createSmall(directory, "test");
  }

  /** Writes a file that contains the committed image between random bytes. */
  public static void copyImage(
      ImageWriter image, Directory directory, String name, int before, int after, Random random)
      throws IOException {
    try (IndexOutput out = directory.createOutput(name, IOContext.DEFAULT)) {
      out.writeBytes(randomBytes(random, before), before);
      image.copyTo(out, () -> {});
      out.writeBytes(randomBytes(random, after), after);
    }
  }

  /** The input itself, a clone or a slice of it, at a random position. */
  public static IndexInput disguise(IndexInput in, Random random) throws IOException {
    IndexInput disguised =
        switch (random.nextInt(4)) {
          case 0 -> in;
          case 1 -> in.clone();
          case 2 -> in.slice("all", 0, in.length());
          default -> in.slice("all", 0, in.length()).clone();
        };
    disguised.seek(TestUtil.nextLong(random, 0, in.length()));
    return disguised;
  }

  /** An input of bytes on the heap. */
  static IndexInput onHeap(byte[] bytes) {
    return new ByteBuffersIndexInput(
        new ByteBuffersDataInput(List.of(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN))),
        "bytes");
  }

  /** Random bytes. */
  public static byte[] randomBytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
