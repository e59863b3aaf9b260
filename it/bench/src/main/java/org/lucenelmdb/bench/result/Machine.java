/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

/**
 * The machine of a run.
 *
 * @param cpu the processor's name
 * @param cores available to the JVM
 * @param memoryMegabytes of the machine, or of the container
 * @param system the operating system's name and version
 * @param java the JVM's name and version
 * @param simd whether the JVMs had the module jdk.incubator.vector
 */
public record Machine(
    String cpu, int cores, long memoryMegabytes, String system, String java, boolean simd) {}
