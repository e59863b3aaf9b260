/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * How a query is answered. {@code VectorSearch} decides whether candidates are found by codes, or
 * vectors scored by Lucene's searchers or a scan. On codes, {@code CodesSearch} has a {@code
 * FilterPlan} choose a strategy by what {@code SearchCosts} says, {@code CandidateSearch} walks and
 * {@code CandidateScan} scans, and {@code Rescoring} scores what is found by its vectors, and says
 * when it is enough. {@code AcceptedVectors} is a filter as vectors see it, {@code NodeFilters} as
 * the graph does. Who reads links is in {@code graph}, who compares codes is in {@code codes}, and
 * what is read is checked there.
 *
 * <p>Internal: not part of the public API, may change in any release.
 */
package org.lucenelmdb.search;
