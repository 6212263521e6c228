#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes Examples/Chanchamayo and its truth: generate_chanchamayo.py [SEED] [FOLDER]

The town is synthetic: network, customers, readings and leaks are drawn from a seeded generator, and the hydraulics of the
truth come from EPANET 2.3.5 (owa-epanet), not from Yusu. The facts of city.yaml are published ones with their sources.
FOLDER is Examples beside Tools unless given. Same seed, same bytes. Needs numpy and owa-epanet.
"""
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from chanchamayo import customers, documents, readings, town, truth  # noqa: E402


def main(seed, folder):
    place = town.build(seed)
    people = customers.build(seed, place)
    world = truth.simulate(seed, place, people)
    target = folder / "Chanchamayo"
    for name in ("flows", "pressures", "readings"):
        (target / name).mkdir(parents=True, exist_ok=True)
    (folder / "Truth").mkdir(parents=True, exist_ok=True)
    (target / "network.inp").write_text(town.nominal_inp(seed, place, people, world))
    planted = readings.write(seed, place, people, world, target)
    documents.write(seed, place, people, world, planted, target, folder / "Truth" / "Chanchamayo.json")
    size = sum(f.stat().st_size for f in target.rglob("*") if f.is_file())
    print(f"{target}: {len(place.nodes)} junctions, {len(place.pipes)} pipes, {size / 1e6:.2f} MB, "
          f"EPANET warnings: {world.warnings}, pressure p1/p50/p99: {world.pressure_percentiles}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    if any(a in ("-h", "--help") for a in arguments) or len(arguments) > 2:
        sys.exit(__doc__)
    main(int(arguments[0]) if arguments else 1,
         Path(arguments[1]) if len(arguments) > 1 else Path(__file__).resolve().parent.parent / "Examples")
