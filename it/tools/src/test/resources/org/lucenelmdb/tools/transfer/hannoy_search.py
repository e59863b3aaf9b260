# Copyright the lucene-lmdb authors.
# SPDX-License-Identifier: Apache-2.0
"""Prints hannoy's answers to queries, one line each.

Arguments: environment, metric of hannoy, queries as .npy, k, ef. Queries of bytes are bit strings.
"""

import sys

import hannoy
import numpy

environment, metric, queries, k, ef = sys.argv[1:]
reader = hannoy.Database(environment, getattr(hannoy.Metric, metric)).reader()
rows = numpy.load(queries)
if rows.dtype == numpy.int8:
    rows = numpy.unpackbits(rows.view(numpy.uint8), axis=1, bitorder="little")
for row in rows.astype(numpy.float32):
    found = reader.by_vec(row.tolist(), int(k), int(ef))
    print(*(item for item, _ in found))
