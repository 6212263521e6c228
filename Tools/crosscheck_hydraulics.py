#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare `yusu network simulate` with EPANET 2.3 (the owa-epanet wheel) at the start of each network's run.

    crosscheck_hydraulics.py YUSU FILE.inp ...

EPANET runs at ACCURACY 1e-8 (relaxed by tens where it does not balance, which is printed), Yusu at its default accuracy with
EPANET's constants. Heads are compared at nodes that an open link joins to a source. Prints a line a network and a closing
count; exits 1 where Yusu calls a solve converged whose heads differ by more than 1e-3 m from a balanced EPANET solution of the
same statuses. Where statuses differ both answers may be right: such networks are listed and counted apart.
"""
import csv, json, os, subprocess, sys, tempfile

from epanet import toolkit as en

BAR = 1e-3  # m
CREDIBLE = 1e5  # m; EPANET's heads beyond this stand for a part that it could not solve
FOOT = 0.3048
US_UNITS = {0, 1, 2, 3, 4}


def joined(ph, status):
    """Names of the nodes that links which EPANET calls open join to a tank or reservoir."""
    neighbours, queue = {}, []
    for i in range(1, en.getcount(ph, en.LINKCOUNT) + 1):
        if status[en.getlinkid(ph, i)]:
            a, b = en.getlinknodes(ph, i)
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
    for i in range(1, en.getcount(ph, en.NODECOUNT) + 1):
        if en.getnodetype(ph, i) != en.JUNCTION:
            queue.append(i)
    seen = set(queue)
    while queue:
        for other in neighbours.get(queue.pop(), []):
            if other not in seen:
                seen.add(other)
                queue.append(other)
    return {en.getnodeid(ph, i) for i in seen}


def epanet_start(path, folder):
    """Heads [m] by node and status by link (0 closed, 1 open or active) of EPANET's first solve; the accuracy it balanced at."""
    for accuracy in (1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3):
        ph = en.createproject()
        try:
            en.open(ph, path, os.path.join(folder, "e.rpt"), os.path.join(folder, "e.bin"))
            en.setoption(ph, en.ACCURACY, accuracy)
            en.setoption(ph, en.TRIALS, 2000)
            try:
                en.setoption(ph, en.UNBALANCED, 10)
            except Exception:
                pass
            en.openH(ph)
            en.initH(ph, en.INITFLOW)
            code = 0
            try:
                en.runH(ph)
            except Exception as problem:  # warnings come as exceptions in some builds
                code = str(problem)
            error = en.getstatistic(ph, en.RELATIVEERROR)
            unit = FOOT if en.getflowunits(ph) in US_UNITS else 1.0
            heads = {}
            for i in range(1, en.getcount(ph, en.NODECOUNT) + 1):
                heads[en.getnodeid(ph, i)] = en.getnodevalue(ph, i, en.HEAD) * unit
            status, flow = {}, {}
            for i in range(1, en.getcount(ph, en.LINKCOUNT) + 1):
                name = en.getlinkid(ph, i)
                status[name] = int(en.getlinkvalue(ph, i, en.STATUS))
                flow[name] = en.getlinkvalue(ph, i, en.FLOW)
            known = joined(ph, status)
            heads = {node: head for node, head in heads.items() if node in known}
            if error <= accuracy:
                return heads, status, flow, accuracy
        finally:
            try:
                en.close(ph)
            finally:
                en.deleteproject(ph)
    return heads, status, flow, None


def main():
    yusu, files = sys.argv[1], sys.argv[2:]
    agree, differ, apart, honest, refused = 0, [], [], [], []
    for path in files:
        name = os.path.basename(path)
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run([yusu, "network", "simulate", path, "--constants", "epanet", "--output", folder, "--quiet"],
                                 capture_output=True, text=True, timeout=300)
            try:
                heads, status, flow, accuracy = epanet_start(path, folder)
            except Exception as problem:
                if run.returncode == 65:
                    refused.append(name)
                    print(f"{name:34s} refused by both")
                else:
                    print(f"{name:34s} EPANET: {problem}; yusu exit {run.returncode}")
                continue
            if run.returncode == 65:
                print(f"{name:34s} yusu refuses: {run.stderr.strip().splitlines()[0] if run.stderr else ''}")
                differ.append(name)
                continue
            if run.returncode not in (0, 1):
                print(f"{name:34s} yusu ended with {run.returncode}: {run.stderr[:200]}")
                differ.append(name)
                continue
            verdict = json.load(open(os.path.join(folder, "summary.json")))["solves_detail"][0]
            ours, first = {}, None
            for row in csv.DictReader(open(os.path.join(folder, "nodes.csv"))):
                first = first or row["time_s"]
                if row["time_s"] == first and row["head_m"]:
                    ours[row["node"]] = float(row["head_m"])
            closed = ("closed", "temporarily_closed", "cannot_deliver_head")
            mismatch = []
            for row in csv.DictReader(open(os.path.join(folder, "links.csv"))):
                if row["time_s"] == first and row["link"] in status and (row["status"] in closed) != (status[row["link"]] == 0):
                    if max(abs(float(row["flow_m3_per_s"])), abs(flow[row["link"]])) > 1e-6:
                        mismatch.append(row["link"])
        worst, at = 0.0, ""
        for node, head in ours.items():
            if node in heads and abs(heads[node]) < CREDIBLE and abs(head - heads[node]) > worst:
                worst, at = abs(head - heads[node]), node
        line = f"{name:34s} {verdict['outcome']:22s} {verdict['iterations']:4d} it.  max |dH| {worst:.2e} m at {at:12s}"
        line += f" EPANET {accuracy if accuracy else 'unbalanced'}" + (f"  statuses differ: {mismatch[:4]}" if mismatch else "")
        print(line)
        if verdict["outcome"] != "converged":
            honest.append(name)
        elif worst <= BAR:
            agree += 1
        elif mismatch or accuracy is None or accuracy > 1e-6:
            apart.append(name)
        else:
            differ.append(name)
    print(f"\nagree within {BAR} m: {agree}; called not converged: {len(honest)} {honest}; statuses or EPANET's balance differ: "
          f"{len(apart)} {apart}; refused by both: {len(refused)}")
    print(f"disagree: {len(differ)} {differ}")
    return 1 if differ else 0


if __name__ == "__main__":
    sys.exit(main())
