#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether `yusu locate` keeps what it claims: one row a set of leak cases, over all its events.

    locate_claims.py YUSU SCORER CASE [CASE ...] [--events FILE]

CASE is a folder as `generate_leak_cases.py` writes it, or a supplied one (nominal.inp, sensors.csv, events/, truth/truth.csv); SCORER is
the score.py beside the supplied cases, by which distances, search lengths and 90 % sets are scored. Shares come with their 95 % interval
(Clopper and Pearson). The first pipe, the search and the 90 % set are of all events with a leak, found or not; the flow's error and
interval of those in which a leak was found, as only there a flow is claimed. Two events run at a time. --events adds a line an event to
a CSV file, from which two versions can be compared event by event. Needs Python with wntr, pandas, numpy, networkx and scipy.
"""
import argparse
import concurrent.futures
import os
import sys
import tempfile

import pandas as pd
import wntr
from scipy import stats

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from locate import located, scorer_at  # noqa: E402

PROCESSES = 2
COLUMNS = ["set", "leaks", "healthy", "first pipe, median m", "within 300 m", "search median m", "of the network", "90th percentile m",
           "of the network", "90 % set holds the leak", "its median length m", "detected", "false alarms", "flow error, median",
           "95 % flow interval holds", "longest s"]


def share(hits):
    """Count of count, in percent with its interval."""
    hits = [bool(hit) for hit in hits]
    if not hits:
        return "–"
    known = stats.binomtest(sum(hits), len(hits))
    low, high = known.proportion_ci(0.95)
    return f"{100 * sum(hits) / len(hits):.0f} % ({100 * low:.0f}–{100 * high:.0f})"


def claims(yusu, score, case):
    """What was said of each event beside the truth, a row an event; and the metres of pipe."""
    truth = pd.read_csv(os.path.join(case, "truth", "truth.csv"), dtype={"pipe": str})
    ranking, said = [], []
    with tempfile.TemporaryDirectory() as work, concurrent.futures.ThreadPoolExecutor(PROCESSES) as pool:
        found = pool.map(lambda event: located(yusu, case, event, os.path.join(work, event)), truth.event)
        for event, (result, pipes) in zip(truth.event, found):
            ranking += [(event, rank + 1, pipe, probability) for rank, (pipe, probability) in enumerate(pipes)]
            said.append({"event": event, "detected": int(result["leak_detected"]), "p_value": result["p_value"],
                         "flow": result["leak_l_per_s"], "low": result["leak_l_per_s_low95"], "high": result["leak_l_per_s_high95"],
                         "leaks_told": len(result["leaks"]), "told_start": result["start"], "seconds": result["seconds"]})
    network = wntr.network.WaterNetworkModel(os.path.join(case, "nominal.inp"))
    places, metres = score.score_ranking(network, truth, pd.DataFrame(ranking, columns=["event", "rank", "pipe", "probability"]))
    return truth.merge(pd.DataFrame(said), on="event").merge(places.drop(columns="q_lps"), on="event", how="left"), metres


def row_of(name, events, metres):
    leaks, healthy = events[events.leak == 1], events[events.leak == 0]
    alarmed = leaks[leaks.detected == 1]
    search = [leaks.search_m.median(), leaks.search_m.quantile(0.9)]
    error = ((alarmed.flow - alarmed.q_lps).abs() / alarmed.q_lps).median()
    holds = (alarmed.low <= alarmed.q_lps) & (alarmed.q_lps <= alarmed.high)
    return [name, len(leaks), len(healthy), f"{leaks.distance_m.median():.0f}", f"{100 * (leaks.distance_m <= 300).mean():.0f} %",
            f"{search[0]:.0f}", f"{100 * search[0] / metres:.1f} %", f"{search[1]:.0f}", f"{100 * search[1] / metres:.1f} %",
            share(leaks.in_90 == 1), f"{leaks.set_m.median():.0f}", share(leaks.detected), f"{healthy.detected.sum()}: {share(healthy.detected)}",
            f"{error:.3f}", share(holds), f"{events.seconds.max():.1f}"]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("yusu")
    options.add_argument("scorer")
    options.add_argument("cases", nargs="+")
    options.add_argument("--events", help="a CSV file that gets a line an event")
    options = options.parse_args()
    score = scorer_at(options.scorer)
    print("| " + " | ".join(COLUMNS) + " |\n" + "|---" * len(COLUMNS) + "|")
    together = []
    for case in options.cases:
        name = os.path.basename(os.path.normpath(case))
        events, metres = claims(options.yusu, score, case)
        print("| " + " | ".join(str(cell) for cell in row_of(name, events, metres)) + " |", flush=True)
        together.append(events.assign(set=name))
        if options.events:
            pd.concat(together).to_csv(options.events, index=False, float_format="%.4f")


if __name__ == "__main__":
    main()
