/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.run;

/** All processes that this JVM has started. */
final class ChildProcesses {

  private ChildProcesses() {}

  /** Kills them and waits until they are gone. */
  static void killAll() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
    ProcessHandle.current().children().forEach(child -> child.onExit().join());
  }
}
