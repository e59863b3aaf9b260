/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.elasticsearch.agent;

import java.lang.instrument.Instrumentation;

/**
 * Stands in for the agent of the distribution, which is not on Maven Central. Elasticsearch loads
 * it, and it gives Elasticsearch the instrumentation by which it enforces entitlements.
 */
public final class EntitlementAgent {

  private EntitlementAgent() {}

  /**
   * Called by the JVM.
   *
   * @param initialization the name of Elasticsearch's class that begins to enforce
   */
  public static void agentmain(String initialization, Instrumentation instrumentation)
      throws ReflectiveOperationException {
    Class.forName(initialization)
        .getMethod("initialize", Instrumentation.class)
        .invoke(null, instrumentation);
  }
}
