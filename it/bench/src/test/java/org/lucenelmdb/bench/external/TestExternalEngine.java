/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import static org.lucenelmdb.bench.external.ExternalEngine.FAISS_HNSW;
import static org.lucenelmdb.bench.external.ExternalEngine.FAISS_HNSW_SQ8;
import static org.lucenelmdb.bench.external.ExternalEngine.HANNOY;
import static org.lucenelmdb.bench.external.ExternalEngine.HNSWLIB;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.lucenelmdb.bench.data.BadDataException;

/** The names of libraries on the command line. */
public class TestExternalEngine extends LuceneTestCase {

  public void testParses() throws IOException {
    assertEquals(List.of(HNSWLIB), ExternalEngine.parse("hnswlib"));
    assertEquals(List.of(FAISS_HNSW, FAISS_HNSW_SQ8), ExternalEngine.parse("faiss"));
    assertEquals(
        List.of(HANNOY, HNSWLIB, FAISS_HNSW, FAISS_HNSW_SQ8),
        ExternalEngine.parse("hannoy, hnswlib,faiss,hannoy"));
  }

  public void testRejectsUnknownNames() {
    for (String names : List.of("", "annoy", "hnswlib,", "faiss;hannoy", "FAISS")) {
      BadDataException e = expectThrows(BadDataException.class, () -> ExternalEngine.parse(names));
      assertTrue(e.getMessage(), e.getMessage().endsWith("known are hnswlib, faiss, hannoy"));
      assertEquals(1, e.getMessage().lines().count());
    }
  }

  public void testVersionsAreThePinnedOnes() throws IOException {
    String python = Files.readString(Sources.directory().resolve("requirements.txt"));
    String rust = Files.readString(Sources.directory().resolve("hannoy/Cargo.toml"));
    for (ExternalEngine engine : ExternalEngine.values()) {
      String version = engine.info().version();
      if (engine.pythonPackage() == null) {
        assertTrue(engine + ": " + version, rust.contains("\nhannoy = \"=" + version + "\"\n"));
      } else {
        String line = "\n" + engine.pythonPackage() + "==" + version + "\n";
        assertTrue(engine + ": " + version, python.contains(line));
      }
    }
  }
}
