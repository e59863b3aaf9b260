/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.external;

import java.io.IOException;
import java.nio.file.Path;

/** A Rust program. Cargo itself detects whether it must be compiled. */
final class CargoProgram {

  private static final String WHAT_TO_DO =
      "install Rust 1.90 or newer with Cargo (rustup.rs), or leave out hannoy";

  private final Path directory;
  private final Installer installer;

  /**
   * @param directory for compiled files
   */
  CargoProgram(Path directory, Installer installer) {
    this.directory = directory;
    this.installer = installer;
  }

  /**
   * Compiles a crate.
   *
   * @param crate its directory
   * @return the program
   */
  Path compile(Path crate, String name) throws IOException {
    Path cargo = installer.find("cargo", WHAT_TO_DO);
    installer.run(
        "cargo build " + name,
        "requires Rust 1.90 or newer, a C compiler and, the first time, a network connection",
        cargo.toString(),
        "build",
        "--release",
        "--locked",
        "--manifest-path",
        crate.resolve("Cargo.toml").toString(),
        "--target-dir",
        directory.toString());
    return directory.resolve("release").resolve(name);
  }
}
