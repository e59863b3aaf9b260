/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The SHA-256 hash of added content, in hexadecimal. */
final class ContentHash {

  private final MessageDigest digest;

  ContentHash() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
  }

  /** A stream that also adds everything written through it. */
  OutputStream adding(OutputStream out) {
    return new DigestOutputStream(out, digest);
  }

  ContentHash add(byte[] bytes, int offset, int length) {
    digest.update(bytes, offset, length);
    return this;
  }

  /** Adds a text and its end. */
  ContentHash add(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    add(bytes.length);
    digest.update(bytes);
    return this;
  }

  ContentHash add(int... integers) {
    ByteBuffer bytes = VectorFile.littleEndian(Math.multiplyExact(Integer.BYTES, integers.length));
    bytes.asIntBuffer().put(integers);
    digest.update(bytes);
    return this;
  }

  ContentHash add(long[] longs, int count) {
    ByteBuffer bytes = VectorFile.littleEndian(Math.multiplyExact(Long.BYTES, count));
    bytes.asLongBuffer().put(longs, 0, count);
    digest.update(bytes);
    return this;
  }

  /** The hash; nothing may be added afterwards. */
  String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
