# Copyright the lucene-lmdb authors.
# SPDX-License-Identifier: Apache-2.0
"""Prints the links of an environment of hannoy: "LEVEL ITEM NEIGHBOR...", one list a line.

Argument: environment.
"""

import struct
import sys

import lmdb
import pyroaring

environment = lmdb.open(sys.argv[1], readonly=True)
with environment.begin() as txn:
    for key, value in txn.cursor():
        _, mode, item, level = struct.unpack(">HBIB", key)
        if mode == 2:
            print(level, item, *pyroaring.BitMap.deserialize(value[1:]))
