#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Converting a model must not change what EPANET makes of it.

    crosscheck_convert.py YUSU FILE.inp ...

`yusu network convert` writes each model anew; EPANET 2.3 (the owa-epanet wheel) runs the original and the converted file over
their whole periods, at the files' own accuracy. Compared at every hydraulic step: time, heads, outflows, flows, status of links,
settings and pump powers. Differences are relative to the largest head and flow of the file. Also converts the converted file
once more, which must give the same bytes. Prints a line a file; exits 1 where a difference is above 1e-6 or a file that EPANET
opens is refused.
"""
import os, subprocess, sys, tempfile

from epanet import toolkit as en

BAR = 1e-6


def run(path, folder):
    """Per hydraulic step: time, heads, demands, flows, statuses, settings, powers by name; None where EPANET refuses the file."""
    ph = en.createproject()
    steps, trouble = [], ""
    try:
        try:
            en.open(ph, path, os.path.join(folder, "e.rpt"), os.path.join(folder, "e.bin"))
        except Exception as problem:
            return None, str(problem)
        nodes = [(i, en.getnodeid(ph, i)) for i in range(1, en.getcount(ph, en.NODECOUNT) + 1)]
        links = [(i, en.getlinkid(ph, i)) for i in range(1, en.getcount(ph, en.LINKCOUNT) + 1)]
        try:
            en.openH(ph)
            en.initH(ph, en.INITFLOW)
            while len(steps) < 20000:
                time = en.runH(ph)
                steps.append((
                    time,
                    {name: en.getnodevalue(ph, i, en.HEAD) for i, name in nodes},
                    {name: en.getnodevalue(ph, i, en.DEMAND) for i, name in nodes},
                    {name: en.getlinkvalue(ph, i, en.FLOW) for i, name in links},
                    {name: en.getlinkvalue(ph, i, en.STATUS) for i, name in links},
                    {name: en.getlinkvalue(ph, i, en.SETTING) for i, name in links},
                    {name: en.getlinkvalue(ph, i, en.ENERGY) for i, name in links},
                ))
                if en.nextH(ph) <= 0:
                    break
        except Exception as problem:
            trouble = str(problem)
        return steps, trouble
    finally:
        try:
            en.close(ph)
        except Exception:
            pass
        en.deleteproject(ph)


def plain(steps):
    """Names by position: the wheel's text of letters beyond ASCII depends on the file's encoding."""
    return [(step[0], *(dict(enumerate(part.values())) for part in step[1:])) for step in steps]


def difference(one, two):
    """Largest relative difference, and a word on where it stands."""
    if len(one) != len(two):
        return float("inf"), f"{len(one)} and {len(two)} steps"
    worst, where = 0.0, ""
    scales = [max([1e-12] + [abs(value) for step in one for value in step[part].values()]) for part in range(1, 7)]
    for a, b in zip(one, two):
        if a[0] != b[0]:
            return float("inf"), f"times {a[0]} and {b[0]} s"
        for part in range(1, 7):
            if a[part].keys() != b[part].keys():
                return float("inf"), "names differ"
            for name, value in a[part].items():
                off = abs(value - b[part][name]) / scales[part - 1]
                if off > worst:
                    quantity = ("head", "demand", "flow", "status", "setting", "power")[part - 1]
                    worst, where = off, f"{quantity} of {name} at {a[0]} s: {value} and {b[part][name]}"
    return worst, where


def main():
    yusu, files = sys.argv[1], sys.argv[2:]
    same, differ, refused, both = 0, [], [], []
    largest = 0.0
    for path in files:
        name = os.path.basename(path)
        with tempfile.TemporaryDirectory() as folder:
            one, two = os.path.join(folder, "one.inp"), os.path.join(folder, "two.inp")
            made = subprocess.run([yusu, "network", "convert", path, "--output", one], capture_output=True, text=True)
            before, trouble = run(path, folder)
            if made.returncode:
                if not before:  # refused when opened, or before the first step
                    both.append(name)
                else:
                    refused.append(name)
                    print(f"{name:34s} yusu refuses what EPANET opens: {made.stderr.strip().splitlines()[0]}")
                continue
            again = subprocess.run([yusu, "network", "convert", one, "--output", two, "--quiet"], capture_output=True, text=True)
            stable = again.returncode == 0 and open(one, "rb").read() == open(two, "rb").read()
            after, trouble_after = run(one, folder)
            if not before or not after:  # not opened, or no step solved
                print(f"{name:34s} EPANET runs original {bool(before)}, converted {bool(after)}: {trouble} {trouble_after}")
                if before:
                    differ.append(name)
                continue
            if before and after and any(not name.isascii() for name in before[0][1]) and before[0][1].keys() != after[0][1].keys():
                before, after = plain(before), plain(after)
            worst, where = difference(before, after)
            if trouble != trouble_after:
                worst, where = float("inf"), f"'{trouble}' and '{trouble_after}'"
            remarks = [line for line in made.stderr.splitlines() if line.startswith("yusu:")]
            line = f"{name:34s} {len(before):5d} steps  {worst:.1e}" + ("" if stable else "  NOT THE SAME BYTES TWICE")
            if worst > BAR:
                line += f"  {where}"
            print(line + "".join(f"\n    {remark}" for remark in remarks))
            if worst <= BAR and stable:
                same += 1
                largest = max(largest, worst)
            else:
                differ.append(name)
    print(f"\nthe same within {BAR}: {same} files, largest difference {largest:.1e}; refused by both: {len(both)}")
    print(f"EPANET opens, yusu refuses: {len(refused)} {refused}\ndiffer: {len(differ)} {differ}")
    return 1 if differ or refused else 0


if __name__ == "__main__":
    sys.exit(main())
