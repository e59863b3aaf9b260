/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/** Output of all commands: tables for humans, or JSON for programs, and progress bars. */
package org.lucenelmdb.tools.output;
