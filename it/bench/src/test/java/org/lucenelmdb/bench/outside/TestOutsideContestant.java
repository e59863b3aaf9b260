/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.outside;

import static org.lucenelmdb.bench.outside.OutsideContestant.FAISS_HNSW;
import static org.lucenelmdb.bench.outside.OutsideContestant.FAISS_HNSW_SQ8;
import static org.lucenelmdb.bench.outside.OutsideContestant.HANNOY;
import static org.lucenelmdb.bench.outside.OutsideContestant.HNSWLIB;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.data.BadDataException;

/** What users call the libraries. */
public class TestOutsideContestant extends LuceneTestCase {

  public void testParses() throws IOException {
    assertEquals(List.of(HNSWLIB), OutsideContestant.parse("hnswlib"));
    assertEquals(List.of(FAISS_HNSW, FAISS_HNSW_SQ8), OutsideContestant.parse("faiss"));
    assertEquals(
        List.of(HANNOY, HNSWLIB, FAISS_HNSW, FAISS_HNSW_SQ8),
        OutsideContestant.parse("hannoy, hnswlib,faiss,hannoy"));
  }

  public void testRejectsUnknownNames() {
    for (String names : List.of("", "annoy", "hnswlib,", "faiss;hannoy", "FAISS")) {
      BadDataException e =
          expectThrows(BadDataException.class, () -> OutsideContestant.parse(names));
      assertTrue(e.getMessage(), e.getMessage().endsWith("known are hnswlib, faiss, hannoy"));
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  public void testVersionsAreThePinnedOnes() throws IOException {
    String python = Files.readString(Sources.directory().resolve("requirements.txt"));
    String rust = Files.readString(Sources.directory().resolve("hannoy/Cargo.toml"));
    for (OutsideContestant contestant : OutsideContestant.values()) {
      String version = contestant.info().version();
      if (contestant.pythonPackage() == null) {
        assertTrue(contestant + ": " + version, rust.contains("\nhannoy = \"=" + version + "\"\n"));
      } else {
        String line = "\n" + contestant.pythonPackage() + "==" + version + "\n";
        assertTrue(contestant + ": " + version, python.contains(line));
      }
    }
  }
}
