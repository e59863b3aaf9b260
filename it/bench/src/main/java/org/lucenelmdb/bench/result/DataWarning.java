/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.bench.result;

/**
 * A property of the data or of an engine's results that makes figures untypical.
 *
 * @param what a short name, such as {@code duplicates}
 * @param subject the data, or an engine
 * @param text a sentence with the numbers
 */
public record DataWarning(String what, String subject, String text) {}
