/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.io.IOException;
import java.nio.file.Path;

/** x. */
final class DoctorReport {
  private DoctorReport() {}

  static void write(Diagnosis diagnosis, Path file) throws IOException {}
}
