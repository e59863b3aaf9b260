/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools;

/** The exit codes of the program, for scripts. */
public final class ExitCodes {

  /** The command did what it should, and has nothing to complain of. */
  public static final int OK = 0;

  /** {@code verify} found damage, or {@code doctor} a cause of bad recall. */
  public static final int FINDINGS = 1;

  /** The command line is wrong. */
  public static final int USAGE = 2;

  /** An index or a file cannot be used. */
  public static final int UNUSABLE = 3;

  /** An error of the program. */
  public static final int SOFTWARE = 70;

  private ExitCodes() {}
}
