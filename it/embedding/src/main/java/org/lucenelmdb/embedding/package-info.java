/**
 * Embeds texts with a small language model that runs in this JVM, and caches the vectors. Used by
 * the demo and the benchmark.
 *
 * <p>Independent of indexes, and prints nothing.
 */
package org.lucenelmdb.embedding;
