/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.lucenelmdb.tools.search.TestIndex;

/** Indexes that should be merged. */
public class TestSegmentCauses extends DiagnosisTestCase {

  public void testManySegments() throws IOException {
    Path index = write(TestIndex.of(6_000, EUCLIDEAN, id -> clustered()).segments(200));
    assertEquals(List.of("many-segments"), causes(index));
  }

  public void testDeletes() throws IOException {
    Path index = write(TestIndex.of(4_000, EUCLIDEAN, id -> clustered()).delete(0.4));
    assertEquals(List.of("deletes"), causes(index));
  }
}
