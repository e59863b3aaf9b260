# Copyright the lucene-lmdb authors.
# SPDX-License-Identifier: Apache-2.0
"""Builds an environment with hannoy.

Arguments: environment, metric of hannoy, vectors as .npy, M. Items are 7 times the row, plus 3.
"""

import os
import sys

import hannoy
import numpy

environment, metric, vectors, m = sys.argv[1:]
rows = numpy.load(vectors)
if rows.dtype == numpy.int8:
    rows = numpy.unpackbits(rows.view(numpy.uint8), axis=1, bitorder="little")
rows = rows.astype(numpy.float32)
os.makedirs(environment)
database = hannoy.Database(environment, getattr(hannoy.Metric, metric))
with database.writer(rows.shape[1], m=int(m), ef=50) as writer:
    for i, row in enumerate(rows):
        writer.add_item(7 * i + 3, row.tolist())
