/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.lucene.util.IOUtils;

/**
 * A Python virtual environment. For each installed package, it has a file with the requirements of
 * that installation, so that an incomplete installation or one of other versions is not reused.
 */
final class PythonEnvironment {

  private static final String WHAT_TO_DO =
      "install Python 3.10 or newer with venv (Debian and Ubuntu: python3-venv), or leave out"
          + " hnswlib and faiss";

  private final Path directory;
  private final Installer installer;

  PythonEnvironment(Path directory, Installer installer) {
    this.directory = directory;
    this.installer = installer;
  }

  /**
   * Installs packages that are missing.
   *
   * @param requirements the versions
   * @return the environment's interpreter
   */
  Path install(Path requirements, Collection<String> packages) throws IOException {
    String versions = Files.readString(requirements);
    Path python = directory.resolve("bin").resolve("python");
    if (isUsable(python, versions, packages) == false) {
      create();
    }
    for (String name : missing(versions, packages)) {
      installer.run(
          "pip install " + name,
          "requires a network connection and, for hnswlib, a C++ compiler and Python's"
              + " headers",
          python.toString(),
          "-m",
          "pip",
          "install",
          "--disable-pip-version-check",
          "--no-input",
          "--constraint",
          requirements.toString(),
          name);
      Files.writeString(stamp(name), versions);
    }
    return python;
  }

  /**
   * Whether the installed packages have these versions, and the environment's base Python still
   * exists.
   */
  private boolean isUsable(Path python, String versions, Collection<String> packages)
      throws IOException {
    if (Files.isExecutable(python) == false) {
      return false;
    }
    for (String name : packages) {
      if (Files.exists(stamp(name)) && Files.readString(stamp(name)).equals(versions) == false) {
        return false;
      }
    }
    return true;
  }

  private List<String> missing(String versions, Collection<String> packages) {
    List<String> missing = new ArrayList<>(packages);
    missing.removeIf(name -> Files.exists(stamp(name)));
    return missing;
  }

  private void create() throws IOException {
    Path python = installer.find("python3", WHAT_TO_DO);
    IOUtils.rm(directory);
    installer.run(
        "python3 -m venv", WHAT_TO_DO, python.toString(), "-m", "venv", directory.toString());
  }

  private Path stamp(String name) {
    return directory.resolve(name + ".installed");
  }
}
