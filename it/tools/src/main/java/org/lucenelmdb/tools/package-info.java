/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The program {@code lucene-lmdb-tools}: its entry point, what its commands have in common on the
 * command line, and its exit codes.
 *
 * <p>Each command is a package below this one, which depends on {@code index}, {@code output} and
 * {@code search}, and not on other commands.
 */
package org.lucenelmdb.tools;
