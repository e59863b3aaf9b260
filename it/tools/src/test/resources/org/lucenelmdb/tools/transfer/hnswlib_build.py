# Copyright the lucene-lmdb authors.
# SPDX-License-Identifier: Apache-2.0
"""Builds an index file with hnswlib, and prints its links: "LEVEL LABEL NEIGHBOR..." a line.

Arguments: vectors as .npy, index file, number of elements to delete. Labels are 2^40 plus the row.
"""

import sys

import hnswlib
import numpy

vectors, path, deleted = sys.argv[1:]
rows = numpy.load(vectors)
labels = numpy.arange(len(rows), dtype=numpy.uint64) + numpy.uint64(1 << 40)
index = hnswlib.Index(space="l2", dim=rows.shape[1])
index.init_index(max_elements=len(rows) + 50, M=6, ef_construction=40, random_seed=7)
index.add_items(rows, labels, num_threads=1)
for label in labels[: int(deleted)]:
    index.mark_deleted(int(label))
index.save_index(path)

state = index.__getstate__()[0]
count = state["cur_element_count"]
element = state["size_data_per_element"]
level0 = numpy.frombuffer(state["data_level0"].tobytes(), numpy.uint8).reshape(-1, element)
upper = state["link_lists"].tobytes()
label_offset = state["label_offset"]
by_node = [int(row[label_offset : label_offset + 8].view(numpy.uint64)[0]) for row in level0]


def show(level, node, data):
    size = int(data[:2].view(numpy.uint16)[0])
    neighbors = data[4 : 4 + 4 * size].view(numpy.uint32)
    print(level, by_node[node], *(by_node[n] for n in neighbors))


at = 0
for node in range(count):
    show(0, node, level0[node])
    for level in range(1, int(state["element_levels"][node]) + 1):
        data = numpy.frombuffer(upper, numpy.uint8, state["size_links_per_element"], at)
        show(level, node, data)
        at += state["size_links_per_element"]
