/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The threads of a build. {@link org.lucenelmdb.internal.workers.Workers} divides loops among them,
 * reports progress, and checks for aborts. This package is independent of the results of a build,
 * and depends on Lucene only.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.internal.workers;
