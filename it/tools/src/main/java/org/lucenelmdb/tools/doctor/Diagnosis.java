/*
 * Copyright the lucene-lmdb authors.
 * SPDX-License-Identifier: Apache-2.0
 */
package org.lucenelmdb.tools.doctor;

import java.util.List;

/**
 * The result of the command.
 *
 * @param index the path of the index
 * @param healthy whether no field has a cause of bad recall or cost
 * @param fields the examined fields
 */
record Diagnosis(String index, boolean healthy, List<FieldDiagnosis> fields) {}
