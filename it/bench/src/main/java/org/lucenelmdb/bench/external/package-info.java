/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Engines that are not Java libraries: hnswlib and FAISS by a Python script, hannoy by a Rust
 * program, whose sources are in the module's directory {@code external}.
 *
 * <p>They search the same prepared data as the others, and report {@link
 * org.lucenelmdb.bench.result.Sample}s as lines of JSON. {@link
 * org.lucenelmdb.bench.external.ExternalTools} installs what they need into a directory that is
 * kept, and runs them as child processes.
 */
package org.lucenelmdb.bench.external;
