#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The choice of `yusu select` beside that of HiGHS on seeded random problems.

    crosscheck_selection.py YUSU [CASES] [FIRST_SEED]

Each case has zones with packages and years of start, yearly budgets with or without carry-over or a budget of the whole programme, crews,
prerequisites and exclusions across zones (in a third of the cases packages are sets of measures, as in a plan, that need measures of zones
before and after them), mandatory zones, a least volume or a revenue-water ratio, a deficit that closes (in half of them another each year), and one of the
objectives. Both programs must find the same value to 1e-6 of it, or both none; where the budget buys no package, Yusu refuses, and HiGHS must
choose none. Needs highspy (PyPI).
"""
import json
import os
import random
import subprocess
import sys
import tempfile

import highspy
import numpy

TOLERANCE = 1e-6


def case(seed, zones=None, packages=None, years=None):
    """A random problem; the same for the same seed."""
    r = random.Random(seed)
    zones = zones or r.randint(2, 9)
    packages = packages or r.randint(1, 5)
    years = years or r.randint(1, 5)
    horizon = 15
    first = 2027
    crews = {"survey": None} if r.random() < 0.5 else {}
    problem = {"first_year": first, "zones": []}
    total = 0.0
    offered = []
    sale = r.random() < 0.3
    for z in range(zones):
        loss = r.uniform(2e4, 4e5)
        zone = {"zone": f"Z{z}", "loss_m3_per_year": loss, "packages": []}
        if r.random() < 0.15:
            zone["mandatory"] = True
        for p in range(packages):
            share = r.uniform(0.05, 0.7)
            capital = loss * share * r.uniform(0.2, 3)
            total += capital / packages
            worth = r.uniform(0.05, 0.9)
            upkeep = capital * r.uniform(0, 0.05)
            build = r.choice([1, 1, 2])
            package = {"package": f"P{p}", "starts": []}
            if offered and r.random() < 0.15:
                package["requires"] = [r.choice(offered)]
            if offered and r.random() < 0.1:
                other = r.choice(offered)
                if other not in package.get("requires", []):
                    package["excludes"] = [other]
            for start in range(years):
                if start and r.random() < 0.1:
                    continue
                spend = [0.0] * start + [capital / build] * build
                factors = [1.08 ** -(t + 1) for t in range(horizon)]
                saved = [loss * share if t >= start + build else 0.0 for t in range(horizon)]
                value = sum(f * (s * worth - (upkeep if s else 0)) for f, s in zip(factors, saved))
                value -= sum(f * c for f, c in zip(factors, spend))
                entry = {
                    "year": first + start, "net_present_value": value, "volume_m3_per_year": loss * share, "capital": spend,
                    "revenue_gain_m3_per_year": loss * share * r.uniform(0, 0.3), "supply_cut_m3_per_year": loss * share * r.uniform(0, 0.7),
                    "connection_hours": loss * share * r.uniform(0, 1)}
                if crews:
                    entry["effort"] = {"survey": [0.0] * start + [r.uniform(1, 20)]}
                if sale:
                    entry["saleable_m3_per_year"] = saved
                package["starts"].append(entry)
            zone["packages"].append(package)
        offered += [f"Z{z}/P{p}" for p in range(packages)]
        problem["zones"].append(zone)
    shape = r.random()
    tightness = r.uniform(0.1, 0.9)
    if shape < 0.4:
        problem["yearly_budgets"] = [total * tightness / years * r.uniform(0.5, 1.5) for _ in range(years)]
    elif shape < 0.7:
        problem["yearly_budgets"] = [total * tightness / years * r.uniform(0.5, 1.5) for _ in range(years + 1)]
        problem["carry_forward"] = True
    elif shape < 0.9:
        problem["budget"] = total * tightness
    if crews:
        problem["crews"] = {"survey": [r.uniform(8, 12 * zones / years + 8) for _ in range(years)]}
    losses = sum(z["loss_m3_per_year"] for z in problem["zones"])
    if r.random() < 0.3:
        problem["least_volume_m3_per_year"] = losses * r.uniform(0, 0.25)
    problem["revenue_water_m3_per_year"] = losses * r.uniform(0.8, 2)
    problem["supply_m3_per_year"] = problem["revenue_water_m3_per_year"] + losses
    if r.random() < 0.2:
        base = problem["revenue_water_m3_per_year"] / problem["supply_m3_per_year"]
        problem["target_revenue_water_percent"] = 100 * min(1, base * r.uniform(1, 1.15))
    if sale:
        problem["sale"] = {
            "limit_m3_per_year": losses * r.uniform(0.05, 0.4), "worth_per_m3": [r.uniform(0, 0.3) * 1.08 ** -(t + 1) for t in range(horizon)]}
        q = random.Random(2_000_000 + seed)
        if q.random() < 0.5:
            limit = problem["sale"]["limit_m3_per_year"]
            problem["sale"]["limit_m3_per_year"] = [limit * q.choice([0, 0.3, 1, 2]) for _ in range(horizon)]
    if r.random() < 0.2:
        problem["most_connection_hours"] = losses * 0.1
    problem["objective"] = r.choice(["net_present_value"] * 4 + ["volume_saved", "supply_hours", "least_capital", "revenue_water_ratio"])
    relate(problem, random.Random(1_000_000 + seed))
    return problem


def relate(problem, r):
    """In some cases packages are sets of measures, and measures need measures of other zones, whichever way round the zones stand: a plan's
    packages beside those of the whole city. Measures need only such as come before them in one order, packages may need each other."""
    if r.random() > 0.35:
        return
    measures = {zone["zone"]: [f"{zone['zone']}:m{i}" for i in range(r.randint(1, 3))] for zone in problem["zones"]}
    order = [name for names in measures.values() for name in names]
    r.shuffle(order)
    needs = {}
    for place, name in enumerate(order):
        others = [other for other in order[:place] if other.split(":")[0] != name.split(":")[0]]
        if others and r.random() < 0.4:
            needs[name] = r.sample(others, min(len(others), r.randint(1, 2)))
    for zone in problem["zones"]:
        own = measures[zone["zone"]]
        for p, package in enumerate(zone["packages"]):
            # Each measure stands alone in a package where there are packages enough, so that what needs it can be had.
            held = [own[p]] if p < len(own) else sorted(r.sample(own, r.randint(1, len(own))))
            package["provides"] = held
            package["requires"] = sorted({name for m in held for name in needs.get(m, [])})
            package.pop("excludes", None)
        offered = {m for package in zone["packages"] for m in package["provides"]}
        zone["offered"] = offered
    all_offered = set().union(*(zone.pop("offered") for zone in problem["zones"]))
    for zone in problem["zones"]:
        for package in zone["packages"]:
            package["requires"] = [name for name in package["requires"] if name in all_offered]


class Model:
    """The problem as rows and columns for HiGHS."""

    def __init__(self, problem):
        self.problem = problem
        self.first = problem["first_year"]
        self.columns = []  # (zone, package, start)
        for z, zone in enumerate(problem["zones"]):
            for p, package in enumerate(zone["packages"]):
                for start in package["starts"]:
                    self.columns.append((z, p, start))
        self.rows = []  # (low, high, {column: amount})
        self.extra = []  # costs of excess columns

    def column_names(self, z, p):
        zone = self.problem["zones"][z]
        package = zone["packages"][p]
        return {f"{zone['zone']}/{package['package']}"} | set(package.get("provides", []))

    def build(self):
        problem, columns = self.problem, self.columns
        inf = highspy.kHighsInf
        for z, zone in enumerate(problem["zones"]):
            low = 1 if zone.get("mandatory") else 0
            self.rows.append((low, 1, {j: 1 for j, c in enumerate(columns) if c[0] == z}))
        span = max([len(c[2]["capital"]) for c in columns] + [len(problem.get("yearly_budgets", []))])
        at = lambda values, t: values[t] if t < len(values) else 0.0
        if "budget" in problem:
            self.rows.append((-inf, problem["budget"], {j: sum(c[2]["capital"]) for j, c in enumerate(columns)}))
        if "yearly_budgets" in problem:
            budgets = problem["yearly_budgets"]
            for t in range(span):
                if problem.get("carry_forward"):
                    self.rows.append((-inf, sum(budgets[:t + 1]), {j: sum(c[2]["capital"][:t + 1]) for j, c in enumerate(columns)}))
                else:
                    self.rows.append((-inf, at(budgets, t), {j: at(c[2]["capital"], t) for j, c in enumerate(columns)}))
        for crew, limits in problem.get("crews", {}).items():
            last = max([len(limits)] + [len(c[2].get("effort", {}).get(crew, [])) for c in columns])
            for t in range(last):
                self.rows.append(
                    (-inf, at(limits, t), {j: at(c[2].get("effort", {}).get(crew, []), t) for j, c in enumerate(columns)}))
        if "least_volume_m3_per_year" in problem:
            self.rows.append((problem["least_volume_m3_per_year"], inf, {j: c[2]["volume_m3_per_year"] for j, c in enumerate(columns)}))
        if "target_revenue_water_percent" in problem:
            tau = problem["target_revenue_water_percent"] / 100
            need = tau * problem["supply_m3_per_year"] - problem["revenue_water_m3_per_year"]
            self.rows.append((need, inf, {j: self.gain(c[2], tau) for j, c in enumerate(columns)}))
        # A package stands only where what it requires has begun by then: one row for each option.
        for j, (z, p, start) in enumerate(columns):
            package = problem["zones"][z]["packages"][p]
            for name in package.get("requires", []):
                givers = {k: -1 for k, c in enumerate(columns) if c[0] != z and c[2]["year"] <= start["year"] and name in self.column_names(*c[:2])}
                self.rows.append((-inf, 0, {j: 1, **givers}))
            for name in package.get("excludes", []):
                for k, c in enumerate(columns):
                    if c[0] != z and name in self.column_names(*c[:2]):
                        self.rows.append((-inf, 1, {j: 1, k: 1}))
        if problem["objective"] == "net_present_value" and "sale" in problem:
            for t, worth in enumerate(problem["sale"]["worth_per_m3"]):
                excess = len(columns) + len(self.extra)
                self.extra.append(-worth)
                row = {j: at(c[2].get("saleable_m3_per_year", []), t) for j, c in enumerate(columns)}
                limit = problem["sale"]["limit_m3_per_year"]
                self.rows.append((-inf, at(limit, t) if isinstance(limit, list) else limit, {**row, excess: -1}))
        if problem["objective"] == "supply_hours" and "most_connection_hours" in problem:
            excess = len(columns) + len(self.extra)
            self.extra.append(-1)
            row = {j: c[2]["connection_hours"] for j, c in enumerate(columns)}
            self.rows.append((-inf, problem["most_connection_hours"], {**row, excess: -1}))

    @staticmethod
    def gain(start, tau):
        return start["revenue_gain_m3_per_year"] + tau * start["supply_cut_m3_per_year"]

    def solve(self, costs, gap=1e-9, threads=1, seconds=600.0):
        h = highspy.Highs()
        h.setOptionValue("output_flag", False)
        h.setOptionValue("mip_rel_gap", gap)
        h.setOptionValue("mip_abs_gap", 1e-9)
        h.setOptionValue("mip_feasibility_tolerance", 1e-9)
        h.setOptionValue("primal_feasibility_tolerance", 1e-9)
        h.setOptionValue("threads", threads)
        h.setOptionValue("time_limit", float(seconds))
        n = len(self.columns) + len(self.extra)
        h.addVars(n, numpy.zeros(n), numpy.array([1.0] * len(self.columns) + [highspy.kHighsInf] * len(self.extra)))
        h.changeColsCost(n, numpy.arange(n, dtype=numpy.int32), numpy.array(list(costs) + self.extra))
        h.changeColsIntegrality(len(self.columns), numpy.arange(len(self.columns), dtype=numpy.int32),
                                numpy.array([highspy.HighsVarType.kInteger] * len(self.columns)))
        for low, high, row in self.rows:
            items = [(j, a) for j, a in row.items() if a != 0]
            # Rows in money and cubic metres are brought to the order of one, as tolerances are absolute.
            scale = max([abs(a) for _, a in items], default=1.0)
            h.addRow(low / scale if abs(low) < highspy.kHighsInf else low, high / scale if abs(high) < highspy.kHighsInf else high, len(items),
                     numpy.array([j for j, _ in items], dtype=numpy.int32), numpy.array([a / scale for _, a in items]))
        h.changeObjectiveSense(highspy.ObjSense.kMaximize)
        h.run()
        if h.getModelStatus() != highspy.HighsModelStatus.kOptimal and seconds >= 600:
            return None, []
        values = numpy.array(h.getSolution().col_value)
        return h.getInfo().objective_function_value, [j for j in range(len(self.columns)) if values[j] > 0.5]

    def best(self):
        objective = self.problem["objective"]
        starts = [c[2] for c in self.columns]
        if objective == "net_present_value":
            return self.solve([s["net_present_value"] for s in starts])[0]
        if objective == "volume_saved":
            return self.solve([s["volume_m3_per_year"] for s in starts])[0]
        if objective == "supply_hours":
            return self.solve([s["connection_hours"] for s in starts])[0]
        if objective == "least_capital":
            value = self.solve([-sum(s["capital"]) for s in starts])[0]
            return None if value is None else -value
        # Ratio: Charnes and Cooper would make it linear; steps of Dinkelbach do as well.
        revenue, supply = self.problem["revenue_water_m3_per_year"], self.problem["supply_m3_per_year"]
        tau = revenue / supply
        while True:
            value, chosen = self.solve([self.gain(s, tau) for s in starts])
            if value is None:
                return None
            r = revenue + sum(starts[j]["revenue_gain_m3_per_year"] for j in chosen)
            s = supply - sum(starts[j]["supply_cut_m3_per_year"] for j in chosen)
            if r / s <= tau + 1e-12:
                return r / s
            tau = r / s


def main():
    yusu = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    equal, impossible, unaffordable, wrong = 0, 0, 0, []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(first, first + count):
            problem = case(seed)
            path = os.path.join(folder, "problem.json")
            with open(path, "w") as file:
                json.dump(problem, file)
            out = os.path.join(folder, "out")
            run = subprocess.run([yusu, "select", path, "--output", out, "--quiet"], capture_output=True, text=True)
            model = Model(problem)
            model.build()
            expected = model.best()
            if run.returncode == 65:
                if expected is None:
                    impossible += 1
                elif expected == 0 and "price of the cheapest package" in run.stderr:
                    # A programme of nothing, which is no answer to who asks what to buy.
                    unaffordable += 1
                else:
                    wrong.append((seed, "refused: " + run.stderr.strip(), expected))
                continue
            with open(os.path.join(out, "selection.json")) as file:
                found = json.load(file)
            value = found["value"]
            if expected is None or abs(value - expected) > TOLERANCE * max(1e-9, abs(expected)) or not found["is_proven_optimal"]:
                wrong.append((seed, value, expected, found["bound"], problem["objective"]))
            else:
                equal += 1
    print(f"{count} cases: {equal} equal, {impossible} impossible for both, {unaffordable} with too little for any package, "
          f"{len(wrong)} differ")
    for item in wrong:
        print("  ", *item)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
