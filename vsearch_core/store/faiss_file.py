"""Reads the graph of a FAISS HNSW index as a stranger's: FAISS follows every number in it, and a wild one ends the
process.

Only the graph is on disk. Its vectors are the store's own embeddings, so the two cannot disagree.
"""

from __future__ import annotations

import os
import threading
from typing import BinaryIO

import faiss
import numpy as np

LINKS = 32
"""Links of a node to others; twice as many on the lowest level."""

_KIND = b"IHNf"
_faiss_limit = threading.Lock()


def new_graph(dimension: int) -> faiss.IndexHNSWFlat:
    """An empty index by inner product, which is the cosine of normalised vectors."""
    return faiss.IndexHNSWFlat(dimension, LINKS, faiss.METRIC_INNER_PRODUCT)


def graph_bytes(index: faiss.IndexHNSWFlat) -> np.ndarray:
    """The graph without its vectors: uint8 (bytes,)."""
    return np.asarray(faiss.serialize_index(index, faiss.IO_FLAG_SKIP_STORAGE))


def read_graph(file: BinaryIO, vectors: np.ndarray) -> faiss.IndexHNSWFlat:
    """The index that `graph_bytes` came from.

    Args:
        vectors: (n, d) float32, those that it was built from.

    Raises:
        ValueError: the file is not such an index; the message says what it is instead.
    """
    count, dimension = vectors.shape
    size = os.fstat(file.fileno()).st_size
    content = np.frombuffer(file.read(size), np.uint8)
    # FAISS reads many kinds of indexes, and each is a way in.
    if content[: len(_KIND)].tobytes() != _KIND:
        raise ValueError("it is not a FAISS index of this kind")
    with _faiss_limit:
        # No array of the file is larger than the file, whatever it claims; the limit is one for the whole process.
        faiss.set_deserialization_vector_byte_limit(size)
        try:
            index = faiss.deserialize_index(content)
        except (RuntimeError, MemoryError) as error:
            raise ValueError("FAISS cannot read it") from error
    if index.ntotal != count:
        raise ValueError(f"it holds {index.ntotal} pictures, but the store has {count} there")
    if index.d != dimension or index.metric_type != faiss.METRIC_INNER_PRODUCT or index.storage is not None:
        raise ValueError("it holds other vectors than the store's, or compares them in another way")
    if not _leads_somewhere(index.hnsw, count):
        raise ValueError("its links lead nowhere")
    storage = faiss.IndexFlat(index.d, index.metric_type)
    storage.add(vectors)
    storage.this.disown()
    index.storage, index.own_fields = storage, True
    return index


def _leads_somewhere(graph: faiss.HNSW, count: int) -> bool:
    """Whether every link leads to a node that has the level on which it is followed."""
    levels, offsets, links, starts = map(
        faiss.vector_to_array, (graph.levels, graph.offsets, graph.neighbors, graph.cum_nneighbor_per_level)
    )
    # Where a level's links begin among those of a node: the lowest has twice as many.
    usual = LINKS * np.append(0, np.arange(2, len(starts) + 1))
    if len(levels) != count or len(offsets) != count + 1 or not np.array_equal(starts, usual):
        return False
    if (levels < 1).any() or levels.max() >= len(starts) or levels.max() != graph.max_level + 1:
        return False
    if not 0 <= graph.entry_point < count or levels[graph.entry_point] != levels.max():
        return False
    if offsets[0] != 0 or offsets[-1] != len(links) or (np.diff(offsets.astype(np.int64)) != starts[levels]).any():
        return False
    if (links < -1).any() or (links >= count).any():
        return False
    for level in range(1, int(graph.max_level) + 1):
        nodes = offsets[:-1][levels > level].astype(np.int64)
        some = links[nodes[:, None] + np.arange(starts[level], starts[level + 1])]
        if (levels[some[some >= 0]] <= level).any():
            return False
    return True
