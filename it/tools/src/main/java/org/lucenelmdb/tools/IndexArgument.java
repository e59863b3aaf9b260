/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools;

import java.io.IOException;
import java.nio.file.Path;
import org.lucenelmdb.tools.index.IndexFolder;
import picocli.CommandLine.Parameters;

/** The index that a command reads, as its first argument. */
public final class IndexArgument {

  @Parameters(index = "0", paramLabel = "INDEX", description = "Folder of a Lucene index.")
  private Path path;

  /** Opens the index for reading. */
  public IndexFolder open() throws IOException {
    return IndexFolder.open(path);
  }

  /** Opens the index for a command that reads whole files, without mapping them. */
  public IndexFolder openUnmapped() throws IOException {
    return IndexFolder.openUnmapped(path);
  }

  /** The path as it was given. */
  public Path path() {
    return path;
  }
}
