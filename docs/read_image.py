# Copyright the lucene-lmdb authors.
# SPDX-License-Identifier: Apache-2.0
# %% [markdown]
# # Reading the image of a segment
#
# A segment of lucene-lmdb keeps its vectors and its graph in an LMDB image. `export --to lmdb` copies it out of the
# index. This script reads such a copy with the packages `lmdb`, `pyroaring` and `numpy`, and searches the graph.
#
#     java -jar lucene-lmdb-tools.jar export INDEX --field vector --to lmdb --out image --segment _0
#     python docs/read_image.py image [FIELD]
#
# `# %%` begins a cell: editors such as VS Code and Spyder run this file as a notebook. The javadoc of
# `LmdbHnswVectorsFormat` specifies all records.

# %%
import heapq
import json
import struct
import sys
from pathlib import Path

import lmdb
import numpy as np
from pyroaring import BitMap

image_path = Path(sys.argv[1] if len(sys.argv) > 1 else "image")
field_name = sys.argv[2] if len(sys.argv) > 2 else None

# %% [markdown]
# ## Open the image
#
# Beside the image, the export writes what a segment keeps in its other file: names, dimensions and the entry node.

# %%
if image_path.is_dir():
    image_path = image_path / "data.mdb"
description = json.loads(Path(f"{image_path}.json").read_text())
fields = description["fields"]
field = next(f for f in fields if field_name in (None, f["name"]))
environment = lmdb.open(str(image_path), subdir=False, readonly=True, lock=False, max_dbs=16)
txn = environment.begin()


def database(name):
    """Opens a database; None if it has no records."""
    try:
        return environment.open_db(name.encode(), txn=txn, create=False)
    except lmdb.NotFoundError:
        return None


vectors_db, codes_db, links_db, levels_db, docs_db = map(
    database, ["vectors", "codes", "links", "levels", "docs"]
)
print("field:", field["name"], field["metric"], field["encoding"], field["dimension"], "dimensions")

# %% [markdown]
# ## Vectors
#
# A key is the number of the field and that of the block, big-endian. A value begins with the offset of its first vector
# and the number of vectors. Block after block, vectors are in the order of their ordinals.


# %%
def blocks(db, record_type):
    """Returns the records of a field: blocks of vectors, or of codes."""
    prefix = struct.pack(">H", field["number"])
    found = [np.empty(0, record_type)]
    cursor = txn.cursor(db)
    cursor.set_range(prefix)
    for key, value in cursor:
        if not key.startswith(prefix):
            break
        offset, count = struct.unpack_from("<ii", value)
        found.append(np.frombuffer(value, record_type, count, offset))
    return np.concatenate(found)


component = "<f4" if field["encoding"] == "float32" else "i1"
vectors = blocks(vectors_db, np.dtype((np.void, np.dtype(component).itemsize * field["dimension"])))
vectors = vectors.view(component).reshape(-1, field["dimension"])
assert len(vectors) == field["vectors"]

docs = txn.get(struct.pack(">H", field["number"]), db=docs_db) if docs_db else None
docs = np.array(BitMap.deserialize(docs)) if docs else np.arange(len(vectors))
print("vectors:", len(vectors), "in", description["maxDoc"], "documents")

# %% [markdown]
# ## Nodes
#
# Fields with codes number their nodes so that neighbors are near each other. The record of a code begins with the
# ordinal of its vector.

# %%
if field["codes"]:
    record = np.dtype({
        "names": ["ordinal"],
        "formats": ["<i4"],
        "offsets": [0],
        "itemsize": field["codes"]["recordBytes"],
    })
    ordinals = blocks(codes_db, record)["ordinal"]
    print("codes:", field["codes"]["bits"], "bits per dimension")
else:
    ordinals = np.arange(len(vectors))
assert sorted(ordinals) == list(range(len(vectors)))

# %% [markdown]
# ## Levels and degrees

# %%
graph = field["graph"]
if graph is None:
    print("no graph: the segment is so small that all vectors are scored")
    sys.exit()


def level_nodes(level):
    """Returns the nodes on a level. Level 0 has all."""
    if level == 0:
        return range(len(vectors))
    return BitMap.deserialize(txn.get(struct.pack(">HH", field["number"], level), db=levels_db))


def neighbors(level, node):
    """Returns the neighbors of a node."""
    key = struct.pack(">HHI", field["number"], level, node)
    return BitMap.deserialize(txn.get(key, db=links_db))


for level in range(graph["levels"]):
    degrees = [len(neighbors(level, node)) for node in level_nodes(level)]
    print(
        f"level {level}: {len(degrees)} nodes,"
        f" degree {min(degrees)} to {max(degrees)}, mean {np.mean(degrees):.1f}"
    )

# %% [markdown]
# ## A search
#
# The search descends greedily from the entry node. On level 0, it keeps the best `ef` nodes. It scores vectors, not
# codes, so its scores are exact: larger is nearer.


# %%
def score(query, ordinal):
    """Returns a number that ranks vectors as the metric does."""
    a, b = query.astype(np.float64), vectors[ordinal].astype(np.float64)
    match field["metric"]:
        case "euclidean":
            return -np.sum((a - b) ** 2)
        case "manhattan":
            return -np.sum(np.abs(a - b))
        case "hamming":
            return -int(np.bitwise_count(query.view(np.uint8) ^ vectors[ordinal].view(np.uint8)).sum())
        case "cosine":
            lengths = np.linalg.norm(a) * np.linalg.norm(b)
            return a @ b / lengths if lengths else 0.0
        case "dot_product" | "maximum_inner_product":
            return a @ b
        case other:
            raise ValueError(other)


def search_level(query, level, entry, ef):
    """Returns the best ef nodes that a beam search reaches, as pairs of score and node."""
    first = (score(query, ordinals[entry]), entry)
    visited = BitMap([entry])
    frontier = [(-first[0], entry)]
    best = [first]
    while frontier:
        nearest, node = heapq.heappop(frontier)
        if len(best) == ef and -nearest < best[0][0]:
            break
        for neighbor in neighbors(level, node) - visited:
            visited.add(neighbor)
            s = score(query, ordinals[neighbor])
            if len(best) < ef or s > best[0][0]:
                heapq.heappush(frontier, (-s, neighbor))
                heapq.heappush(best, (s, neighbor))
                if len(best) > ef:
                    heapq.heappop(best)
    return sorted(best, reverse=True), len(visited)


def search(query, k, ef=100):
    """Returns the documents of the k nearest vectors, and how many vectors were scored."""
    entry = graph["entryNode"]
    for level in range(graph["levels"] - 1, 0, -1):
        best, _ = search_level(query, level, entry, 1)
        entry = best[0][1]
    best, visited = search_level(query, 0, entry, max(k, ef))
    return [int(docs[ordinals[node]]) for _, node in best[:k]], visited


# %% [markdown]
# Stored vectors are the queries. Recall is the share of the nearest vectors that a search finds.

# %%
k = min(10, len(vectors))
queries = range(0, len(vectors), max(1, len(vectors) // 20))
hits = visits = 0
for ordinal in queries:
    query = vectors[ordinal]
    found, visited = search(query, k)
    visits += visited
    scores = np.array([score(query, o) for o in range(len(vectors))])
    worst = np.sort(scores)[-k]
    by_doc = {int(doc): s for doc, s in zip(docs, scores)}
    hits += sum(by_doc[doc] >= worst for doc in found)
print("nearest documents of the first query:", *search(vectors[queries[0]], k)[0])
print(f"recall@{k}: {hits / k / len(queries):.3f}, {visits / len(queries):.0f} vectors scored per query")
