/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools;

import org.apache.lucene.util.Version;
import picocli.CommandLine.IVersionProvider;

/** The versions of the program and of Lucene. */
final class ToolsVersion implements IVersionProvider {

  @Override
  public String[] getVersion() {
    String version = Tools.class.getPackage().getImplementationVersion();
    return new String[] {
      "lucene-lmdb-tools " + (version == null ? "(not packaged)" : version),
      "Lucene " + Version.LATEST
    };
  }
}
