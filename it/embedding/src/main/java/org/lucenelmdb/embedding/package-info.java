/**
 * Turns texts into vectors with a small language model that runs in this JVM, and keeps the
 * vectors: what the demo and the benchmark have in common.
 *
 * <p>Knows nothing of indexes, and prints nothing.
 */
package org.lucenelmdb.embedding;
