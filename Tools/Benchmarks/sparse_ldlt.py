#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sparse LDLT on network graphs: analysis, and factorisation with one solution, against SciPy's SuperLU in the same run.

    Tools/Benchmarks/sparse_ldlt.py [FILE.inp ...]

Without files: square grids and a random planar graph. Needs numpy, scipy and swiftc. Options for swiftc may be given in
SWIFTFLAGS, for instance "-Xcc -march=x86-64-v3". Prints a table of milliseconds: the analysis; factorisation and solution, as
the caller numbers the rows, then with the rows numbered in the order of elimination and both in one call, then one matrix of
eight factored at once; SuperLU's time (minimum degree, symmetric mode, values refactored), and that over our first.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy
import scipy.sparse
import scipy.sparse.linalg
import scipy.spatial

HERE = pathlib.Path(__file__).resolve().parent
SOURCES = HERE.parent.parent / "Sources" / "NumericalMethods"


def network_graph(path):
    """Junctions as rows; a link to a fixed head leaves no off-diagonal entry."""
    section, rows, edges = "", {}, []
    for line in path.read_text(errors="replace").splitlines():
        words = line.split(";")[0].split()
        if not words:
            continue
        if words[0].startswith("["):
            section = words[0].upper()
        elif section == "[JUNCTIONS]":
            rows[words[0]] = len(rows)
        elif section in ("[PIPES]", "[PUMPS]", "[VALVES]") and words[1] in rows and words[2] in rows:
            edges.append((rows[words[1]], rows[words[2]]))
    return len(rows), [edge for edge in edges if edge[0] != edge[1]]


def grid(width, height):
    number = numpy.arange(width * height).reshape(height, width)
    across = zip(number[:, :-1].ravel(), number[:, 1:].ravel())
    down = zip(number[:-1].ravel(), number[1:].ravel())
    return width * height, [(int(a), int(b)) for pairs in (across, down) for a, b in pairs]


def planar(count, seed=1):
    """A Delaunay triangulation thinned to a spanning tree and a fifth more edges, the density of a distribution network."""
    random = numpy.random.default_rng(seed)
    triangles = scipy.spatial.Delaunay(random.random((count, 2))).simplices
    pairs = {tuple(sorted((int(t[i]), int(t[j])))) for t in triangles for i, j in ((0, 1), (1, 2), (0, 2))}
    pairs = shuffled(sorted(pairs), random)
    parent = list(range(count))

    def root(x):
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    tree, rest = [], []
    for a, b in pairs:
        if root(a) != root(b):
            parent[root(a)] = root(b)
            tree.append((a, b))
        else:
            rest.append((a, b))
    return count, tree + rest[: count // 5]


def shuffled(items, random):
    return [items[k] for k in random.permutation(len(items))]


def superlu(order, edges):
    """Milliseconds of a factorisation and a solution, best of several; the ordering is part of SuperLU's call."""
    conductance = 0.01 + (numpy.arange(len(edges)) * 7919 % 1000) / 100
    a, b = numpy.array(edges).T
    every = numpy.arange(order)
    rows = numpy.concatenate((a, b, a, b, every))
    columns = numpy.concatenate((a, b, b, a, every))
    values = numpy.concatenate((conductance, conductance, -conductance, -conductance, numpy.full(order, 1e-3)))
    matrix = scipy.sparse.csc_matrix((values, (rows, columns)), shape=(order, order))
    right = numpy.arange(order) % 17 - 8.0
    first = scipy.sparse.linalg.splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0, options={"SymmetricMode": True})
    permuted = matrix[first.perm_c.argsort()][:, first.perm_c.argsort()].tocsc()
    best = float("inf")
    for _ in range(5):
        start = time.perf_counter()
        factor = scipy.sparse.linalg.splu(permuted, permc_spec="NATURAL", diag_pivot_thresh=0, options={"SymmetricMode": True})
        factor.solve(right)
        best = min(best, time.perf_counter() - start)
    return best * 1e3, first.L.nnz - order


def main():
    cases = [(pathlib.Path(name).stem, network_graph(pathlib.Path(name))) for name in sys.argv[1:]]
    if not cases:
        cases = [("grid 100 x 100", grid(100, 100)), ("grid 200 x 250", grid(200, 250)), ("planar 20000", planar(20000))]
    with tempfile.TemporaryDirectory() as folder:
        program = f"{folder}/sparse_ldlt"
        sources = [str(path) for part in ("Storage", "Sparse") for path in sorted((SOURCES / part).glob("*.swift"))]
        sources.append(str(HERE / "sparse_ldlt" / "main.swift"))
        subprocess.run(["swiftc", "-O", "-wmo", *os.environ.get("SWIFTFLAGS", "").split(), *sources, "-o", program], check=True)
        print(f"{'graph':18}{'rows':>8}{'entries':>9}{'factor':>9}{'SuperLU':>9}{'analysis':>10}"
              f"{'solve':>9}{'in order':>9}{'of eight':>9}{'SuperLU':>9}{'ratio':>7}")
        for name, (order, edges) in cases:
            listing = pathlib.Path(folder) / "edges.txt"
            listing.write_text(f"{order}\n" + "".join(f"{a} {b}\n" for a, b in edges))
            words = subprocess.run([program, str(listing)], check=True, capture_output=True, text=True).stdout.split()
            try:
                other, fill = superlu(order, edges)
            except RuntimeError:
                other, fill = float("nan"), 0
            analysis, plain, in_order, of_eight = map(float, words[1:5])
            sound = "" if words[5] == "true" else "  (singular)"
            print(
                f"{name[:17]:18}{order:8d}{len(edges):9d}{int(words[0]):9d}{fill:9d}{analysis:10.2f}"
                f"{plain:9.4f}{in_order:9.4f}{of_eight:9.4f}{other:9.3f}{other / plain:7.1f}{sound}")


if __name__ == "__main__":
    main()
