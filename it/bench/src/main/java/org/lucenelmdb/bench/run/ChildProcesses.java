/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

/** All processes that this JVM has started. */
final class ChildProcesses {

  private static volatile boolean stopping;

  private ChildProcesses() {}

  /** Whether they have been killed, so that no more may be started. */
  static boolean stopping() {
    return stopping;
  }

  /** Kills all processes and waits for their end. */
  static void killAll() {
    stopping = true;
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    ProcessHandle.current().children().forEach(child -> child.onExit().join());
  }
}
