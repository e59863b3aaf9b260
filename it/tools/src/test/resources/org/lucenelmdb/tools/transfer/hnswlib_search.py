# Copyright the lucene-lmdb authors.
# SPDX-License-Identifier: Apache-2.0
"""Prints the recall of searches of an index file by hnswlib, for its own first 100 vectors.

Arguments: index file, space, vectors as .npy with their ids next to it, dimension.
"""

import sys

import hnswlib
import numpy

path, space, vectors, dimension = sys.argv[1:]
rows = numpy.load(vectors)
ids = numpy.loadtxt(vectors + ".ids.txt", dtype=numpy.int64)
index = hnswlib.Index(space=space, dim=int(dimension))
index.load_index(path)
index.set_ef(200)
index.set_num_threads(1)
found, _ = index.knn_query(rows[:100], k=10)
if space == "cosine":
    rows = rows / numpy.linalg.norm(rows, axis=1, keepdims=True)
if space == "l2":
    scores = -((rows[:100, None, :] - rows[None, :, :]) ** 2).sum(axis=2)
else:
    scores = rows[:100] @ rows.T
nearest = ids[numpy.argsort(-scores, axis=1)[:, :10]]
hits = sum(len(set(a) & set(b)) for a, b in zip(found.astype(numpy.int64), nearest))
print(hits / 1000)
