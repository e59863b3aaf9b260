/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.lucenelmdb.bench.result.DataWarning;

/** Comparisons of given neighbors with the computed ones. */
public class TestGivenTruth extends DatasetTestCase {

  private Path writeGiven(int[][] rows) throws IOException {
    Path path = createTempDir().resolve("given.ivecs");
    VecsWriter.writeIvecs(path, rows);
    return path;
  }

  public void testRowsOfQuerySource() throws IOException {
    querySource = new ClusteredVectors(2 * queries, vectors.dimension(), random().nextLong());
    Dataset dataset = prepare();
    // a given truth has a row for each vector that could be a query
    int[] indices = Split.separate(COUNT, queries, 2 * queries, maxBase, seed).base();
    int[][] rows = new int[2 * queries][];
    Arrays.fill(rows, new int[] {0});
    for (int q = 0; q < queries; q++) {
      rows[2 * q] = IntStream.of(dataset.truth()[q]).map(o -> indices[o]).toArray();
    }
    givenTruth = writeGiven(rows);
    assertEquals(List.of(), warnings(prepare()));
    givenTruth = writeGiven(Arrays.copyOf(rows, queries));
    BadDataException e = expectThrows(BadDataException.class, this::prepare);
    assertTrue(e.getMessage(), e.getMessage().contains("rows"));
  }

  public void testGivenTruth() throws IOException {
    int[] base = Split.of(COUNT, queries, maxBase, seed).base();
    int[][] rows =
        Arrays.stream(prepare().truth())
            .map(row -> IntStream.of(row).map(ordinal -> base[ordinal]).toArray())
            .toArray(int[][]::new);
    givenTruth = writeGiven(rows);
    assertEquals(List.of(), warnings(prepare()));
    int swapped = rows[5][0]; // their order does not matter
    rows[5][0] = rows[5][1];
    rows[5][1] = swapped;
    rows[6] = Arrays.copyOf(rows[6], 4); // fewer are accepted
    rows[7] = Arrays.copyOf(rows[7], 11); // and more
    givenTruth = writeGiven(rows);
    assertEquals(List.of(), warnings(prepare()));

    int[] truth = Dataset.open(directory).truth()[8];
    int[] wrong =
        IntStream.range(0, base.length).filter(i -> contains(truth, i) == false).toArray();
    rows[8][3] = base[wrong[random().nextInt(wrong.length)]];
    rows[9][2] = 0; // a query
    rows[10][2] = rows[10][1];
    rows[11] = new int[0];
    givenTruth = writeGiven(rows);
    List<DataWarning> warnings = prepare().warnings();
    assertEquals(1, warnings.size());
    assertEquals("given truth", warnings.get(0).what());
    assertEquals(
        "given.ivecs has other neighbors than the computed ones for 4 of 30 queries; the"
            + " computed ones are used.",
        warnings.get(0).text());
    assertBadData("30 rows, one for each query, found 2", () -> writeGiven(new int[2][0]));
    int[][] outside = rows.clone();
    outside[4] = new int[] {random().nextBoolean() ? -1 : COUNT};
    assertBadData(
        "indices from 0 to 699, found " + outside[4][0] + " in row 4", () -> writeGiven(outside));
  }

  private static boolean contains(int[] row, int value) {
    return IntStream.of(row).anyMatch(v -> v == value);
  }

  private interface Given {
    Path write() throws IOException;
  }

  private void assertBadData(String message, Given given) throws IOException {
    givenTruth = given.write();
    BadDataException e = expectThrows(BadDataException.class, this::prepare);
    assertEquals(givenTruth + ": expected " + message, e.getMessage());
  }
}
