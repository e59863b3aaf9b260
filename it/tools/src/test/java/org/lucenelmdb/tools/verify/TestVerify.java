/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.verify;

import com.carrotsearch.randomizedtesting.annotations.ThreadLeakFilters;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.tests.util.LuceneTestCase;
import org.apache.lucene.tests.util.TestUtil;
import org.lucenelmdb.LmdbHnswCodec;
import org.lucenelmdb.tools.DamagedFiles;
import org.lucenelmdb.tools.ExitCodes;
import org.lucenelmdb.tools.GoldenIndexes;
import org.lucenelmdb.tools.LibraryThreads;
import org.lucenelmdb.tools.RandomIndexes;
import org.lucenelmdb.tools.ToolRun;

/**
 * Verifies healthy and damaged indexes. {@code -Dtests.verify.damages=1000} and {@code
 * -Dtests.verify.healthy=100} try more than usual.
 */
@ThreadLeakFilters(filters = LibraryThreads.class)
public class TestVerify extends LuceneTestCase {

  private static Path randomIndex(int maxDocs) throws IOException {
    Path path = createTempDir();
    try (Directory directory = newFSDirectory(path)) {
      RandomIndexes.write(directory, new Random(random().nextLong()), maxDocs);
    }
    return path;
  }

  private static ToolRun verify(Path path, String... options) {
    List<String> args = new ArrayList<>(List.of("verify", path.toString()));
    args.addAll(List.of(options));
    return ToolRun.of(args.toArray(String[]::new));
  }

  private static void assertHealthy(Path path) throws IOException {
    ToolRun run = verify(path, random().nextBoolean() ? "--all" : "--json");
    assertEquals(run.out() + run.err(), ExitCodes.OK, run.exitCode());
  }

  private static ToolRun assertDamaged(String message, Path path) throws IOException {
    ToolRun run = verify(path);
    assertEquals(message + ": " + run.out() + run.err(), ExitCodes.FINDINGS, run.exitCode());
    assertFalse(run.out() + run.err(), (run.out() + run.err()).contains("\tat "));
    List<String> lines = run.out().lines().toList();
    assertTrue(run.out(), lines.getFirst().contains(": expected "));
    assertTrue(run.out(), lines.getFirst().contains("; found "));
    assertTrue(run.out(), lines.getLast().contains(": damaged, findings: "));
    return run;
  }

  public void testHealthy() throws IOException {
    int rounds = Integer.getInteger("tests.verify.healthy", 5);
    for (int round = 0; round < rounds; round++) {
      assertHealthy(randomIndex(round % 8 == 0 ? 2000 : 400));
    }
  }

  public void testVersions() throws IOException {
    for (int version = 0; version <= GoldenIndexes.NEWEST; version++) {
      Path path = createTempDir();
      GoldenIndexes.copy(version, path);
      assertHealthy(path);
      JsonNode json = new ObjectMapper().readTree(verify(path, "--json").out());
      JsonNode image = json.get("segments").get(0).get("images").get(0);
      assertEquals(version, image.get("version").intValue());
      assertEquals(version >= 4, image.get("hasChecksums").booleanValue());
    }
  }

  /** Single bytes of both files are damaged, and Lucene's checksums computed again. */
  public void testHiddenDamage() throws IOException {
    int damages = Integer.getInteger("tests.verify.damages", 40);
    for (int done = 0; done < damages; ) {
      Path path = randomIndex(300);
      List<Path> files =
          DamagedFiles.files(path, name -> name.endsWith(".vec") || name.endsWith(".vem"));
      for (int i = 0; i < 20 && files.isEmpty() == false && done < damages; i++, done++) {
        Path file = files.get(random().nextInt(files.size()));
        byte[] healthy = Files.readAllBytes(file);
        byte[] damaged = healthy.clone();
        int at = random().nextInt(healthy.length - Long.BYTES);
        damaged[at] ^= (byte) (1 + random().nextInt(255));
        DamagedFiles.writeWithChecksum(file, damaged);
        assertDamaged(file + ", byte " + at, path);
        Files.write(file, healthy);
      }
    }
  }

  /** A compound file has the checksum of the file in it, and its own. */
  public void testCompoundFile() throws IOException {
    Path path = createTempDir();
    try (Directory directory = newFSDirectory(path);
        IndexWriter writer =
            new IndexWriter(directory, new IndexWriterConfig().setCodec(new LmdbHnswCodec()))) {
      for (int i = 0; i < 200; i++) {
        Document document = new Document();
        document.add(new KnnFloatVectorField("v", new float[] {i, random().nextFloat()}));
        writer.addDocument(document);
      }
    }
    assertHealthy(path);
    Path file = DamagedFiles.files(path, name -> name.endsWith(".cfs")).getFirst();
    byte[] healthy = Files.readAllBytes(file);
    for (int i = 0; i < 10; i++) {
      byte[] damaged = healthy.clone();
      int at = random().nextInt(healthy.length - CodecUtil.footerLength());
      damaged[at] ^= (byte) (1 + random().nextInt(255));
      DamagedFiles.writeWithChecksum(file, damaged);
      assertDamaged("byte " + at, path);
    }
  }

  /** Whatever file is damaged, cut off or missing, the command tells which, without a trace. */
  public void testDamagedLuceneFiles() throws IOException {
    Path path = randomIndex(200);
    for (int i = 0;
        i < 5 && DamagedFiles.files(path, name -> name.endsWith(".si")).isEmpty();
        i++) {
      path = randomIndex(200);
    }
    for (Path file : DamagedFiles.files(path, name -> true)) {
      byte[] healthy = Files.readAllBytes(file);
      byte[] damaged = healthy.clone();
      damaged[random().nextInt(damaged.length)] ^= (byte) (1 + random().nextInt(255));
      Files.write(file, damaged);
      assertDamaged("" + file, path);
      Files.write(file, Arrays.copyOf(healthy, random().nextInt(healthy.length)));
      assertDamaged("" + file, path);
      if (file.getFileName().toString().startsWith("segments") == false) {
        Files.delete(file);
        assertDamaged("" + file, path);
      }
      Files.write(file, healthy);
    }
    assertHealthy(path);
  }

  /** One segment is damaged; the other is checked. */
  public void testOtherSegments() throws IOException {
    Path path = createTempDir();
    try (Directory directory = newFSDirectory(path);
        IndexWriter writer =
            new IndexWriter(
                directory,
                new IndexWriterConfig().setCodec(new LmdbHnswCodec()).setUseCompoundFile(false))) {
      for (int segment = 0; segment < 2; segment++) {
        Document document = new Document();
        document.add(new KnnFloatVectorField("v", new float[] {segment, 1}));
        writer.addDocument(document);
        writer.commit();
      }
    }
    Path metadata = DamagedFiles.files(path, name -> name.endsWith(".vem")).getFirst();
    Files.write(metadata, new byte[0]);
    ToolRun run = assertDamaged("empty metadata", path);
    assertTrue(run.out(), run.out().contains("| _1 "));
    assertTrue(run.out(), run.out().contains("| unknown |")); // pages are checked without metadata
  }

  public void testOtherFormat() throws IOException {
    Path path = createTempDir();
    try (Directory directory = newFSDirectory(path);
        IndexWriter writer =
            new IndexWriter(
                directory, new IndexWriterConfig().setCodec(TestUtil.getDefaultCodec()))) {
      Document document = new Document();
      document.add(new KnnFloatVectorField("v", new float[] {1, 2}));
      writer.addDocument(document);
    }
    ToolRun run = verify(path);
    assertEquals(run.out(), ExitCodes.OK, run.exitCode());
    assertTrue(run.out(), run.out().contains("only checksums of other formats: {v=Lucene99Hnsw"));
  }

  public void testNoIndex() throws IOException {
    Path path = createTempDir();
    ToolRun run = verify(path);
    assertEquals(ExitCodes.UNUSABLE, run.exitCode());
    assertTrue(run.err(), run.err().contains("expected an index"));
  }
}
