# SPDX-License-Identifier: GPL-3.0-or-later
"""The few figures of the folder - drawn around the truth within their margins - and the truth itself, for tests."""
import datetime
import json

import numpy as np

from .facts import FACTS
from .readings import REGISTER_ZONE, stamps
from .town import DAYS, HOURS, ZONES
from .truth import BURST_HOUR, BURST_ZONE, TRUNK_LEAKAGE_LPS

SYNTHETIC = 'year: 2026, source: "Tools/generate_chanchamayo.py, synthetic town", status: synthetic'
HEADER = "# SYNTHETIC: the town, its network and its readings are invented. Published figures carry their source. See README.md\n"


def quote(text):
    return '"' + str(text).replace('"', '\\"') + '"'


def figure(value, unit=None, margin=None, origin=SYNTHETIC):
    parts = [f"value: {value}"]
    if margin is not None:
        parts.append(f"margin_percent: {margin}")
    if unit:
        parts.append(f"unit: {unit}")
    return "{" + ", ".join(parts + [origin]) + "}"


def true_volumes(people, world, planted):
    """Of the 30 days, m3."""
    use = people.use.sum(axis=1) / 1000
    counted = planted["litres"].sum(axis=1) / 1000
    books = ~people.illegal
    billed = people.metered & ~people.unbilled
    real = {z.id: float((world.leakage[z.id].sum() + (world.burst_lps.sum() if z.id == BURST_ZONE else 0)) * 3.6) for z in ZONES}
    volumes = {
        "billed_metered": float(counted[billed].sum()),
        "billed_unmetered": float(use[books & ~people.metered].sum()),
        "unbilled_metered": float(counted[people.unbilled].sum()),
        "unauthorised": float(use[people.illegal].sum()),
        "metering_inaccuracy": float((use - counted)[people.metered].sum()),
        "real_losses_zones": real,
        "real_losses_trunk": TRUNK_LEAKAGE_LPS * 3.6 * HOURS,
    }
    volumes["real_losses"] = sum(real.values()) + volumes["real_losses_trunk"]
    # What flowed into the town. Water that went into the tanks' level is storage, not supply.
    volumes["system_input"] = float(use.sum() + volumes["real_losses"])
    volumes["flow_from_works"] = float(world.input.sum() * 3.6)
    return volumes


def write(seed, place, people, world, planted, folder, truth_path):
    rng = np.random.default_rng([seed, 7])
    true = true_volumes(people, world, planted)
    metered = int(people.metered.sum())
    connections = int((~people.illegal).sum())
    raw = place.pipes["RAW"].length
    mains = sum(p.length for p in place.pipes.values()) - raw
    city(folder, connections, metered, mains, place, world, rng)
    zones(folder, place, people, world, rng)
    balance(folder, true, people, rng)
    leaks(folder, place, rng)
    plan(folder)
    readme(folder, seed, connections, metered)
    truth(truth_path, seed, place, people, world, planted, true)


def city(folder, connections, metered, mains, place, world, rng):
    pressure = np.average([world.average_pressure[z.id] for z in ZONES], weights=[z.connections for z in ZONES])
    lines = [HEADER + "name: Chanchamayo (synthetic town)", "country: PE", "language: en", "currency: PEN", "time_zone: America/Lima",
             'utility: "invented; the real one is EPS Selva Central, whose figures are unknown here"', "synthetic: true", "notes:",
             '  - "Network, customers, readings, zone flows and leaks are synthetic and say nothing of the real town."',
             '  - "Published figures of Chanchamayo and Peru stand under facts, contested ones side by side."',
             f"population: {figure(int(round(connections * 4.2, -2)), margin=10)}",
             f"connections: {figure(connections)}", f"metered_connections: {figure(metered)}",
             f"mains_length: {figure(round(mains / 1000, 1), 'km', 3)}", f"service_line_length: {figure(6, 'm', 30)}",
             f"average_pressure: {figure(round(pressure + rng.normal(0, 0.8), 1), 'm', 8)}", f"supply_hours: {figure(24, 'h/d')}",
             'tariff: {value: 2.12, unit: PEN/m3, year: not stated, source: "SUNASS benchmarking report, mean of one year (to be confirmed)", status: unverified}',
             f"variable_production_cost: {figure(0.35, 'PEN/m3', 30)}", f"operating_cost: {figure(820000, 'PEN/year', 10)}",
             'production_capacity: {value: 3000, unit: m3/d, year: 2015, source: "Wow TV, 2 Mar 2015 (San Ramon treatment plant)", status: published}',
             'exchange_rate: {value: 3.75, low: 3.5, high: 4.0, unit: PEN/USD, year: 2026, source: "rounded for the example; put the rate of the day", status: assumed}',
             "facts:"]
    for item, value, unit, year, source, status in FACTS:
        parts = [f"item: {quote(item)}"] + ([f"value: {value}"] if value is not None else []) + [f"unit: {quote(unit)}"]
        parts += ([f"year: {year}"] if year else []) + [f"source: {quote(source)}", f"status: {status}"]
        lines.append("  - {" + ", ".join(parts) + "}")
    (folder / "city.yaml").write_text("\n".join(lines) + "\n")


def zones(folder, place, people, world, rng):
    lines = ["zone,name,connections,mains_length_km,average_pressure_m,inflow_sensors"]
    for z in ZONES:
        length = sum(p.length for p in place.pipes.values() if p.zone == z.id) / 1000
        pressure = world.average_pressure[z.id] + rng.normal(0, 0.8)
        lines.append(f"{z.id},{z.name} (synthetic),{z.connections},{length:.2f},{pressure:.1f},Q_{z.id}")
    (folder / "zones.csv").write_text("\n".join(lines) + "\n")


def balance(folder, true, people, rng):
    def drawn(value, margin):
        """Around the truth with the stated 95 % margin, within it (two thirds of the margin at most)."""
        return value * (1 + float(np.clip(rng.normal(0, margin / 196), -margin / 150, margin / 150)))

    margins = {"own_sources": 3, "billed_metered": 1, "billed_unmetered": 12, "unbilled_metered": 5, "unauthorised": 60}
    values = {"own_sources": true["system_input"], **{k: true[k] for k in margins if k != "own_sources"}}
    lines = [HEADER + "# volumes of 30 days, drawn around the generator's truth within their margins (95 %)",
             "period_start: 2026-03-02", f"period_days: {DAYS}"]
    for key, margin in margins.items():
        lines.append(f"{key}: {figure(round(drawn(values[key], margin)), 'm3', margin)}")
    lines.append(f"unbilled_unmetered: {figure(0, 'm3')}")
    share = true["metering_inaccuracy"] / (true["metering_inaccuracy"] + true["billed_metered"] + true["unbilled_metered"]) * 100
    share = round(share + float(np.clip(rng.normal(0, 1.2), -1.5, 1.5)), 1)
    lines.append("meter_under_registration: {value: %.1f, low: %.1f, high: %.1f, unit: \"%%\", %s}" % (share, share - 2.5, share + 2.5, SYNTHETIC))
    lines.append("data_handling: {value: 0, low: 0, high: 0, unit: m3, %s}" % SYNTHETIC)
    (folder / "balance.yaml").write_text("\n".join(lines) + "\n")


def leaks(folder, place, rng):
    """The log of repairs: bursts of mains, then of connections; invented, and no part of the truth that is simulated."""
    rows = []
    dates = ["2025-05-14", "2025-07-02", "2025-08-21", "2025-10-09", "2025-11-27", "2026-01-15", "2026-02-12"]
    zones_hit = ["Z5", "Z3", "Z5", "Z4", "Z5", "Z3", "Z2"]
    extra = np.random.default_rng([90125, len(place.pipes)])

    def dated(repaired, kind):
        """Dates of a log that is kept as people keep logs: the one of the repair always, others mostly."""
        wait = int(extra.integers(1, 5)) if kind == "reported" else int(extra.integers(5, 20))
        aware = repaired - datetime.timedelta(days=wait) if extra.random() < 0.8 else ""
        located = repaired - datetime.timedelta(days=int(extra.integers(0, min(wait, 2)))) if aware and extra.random() < 0.7 else ""
        return aware, located

    for date, zone in zip(dates, zones_hit):
        pipes = [p.id for p in place.pipes.values() if p.zone == zone]
        flow = f"{rng.uniform(0.3, 1.8):.1f}" if rng.random() < 0.7 else ""
        pipe = pipes[int(rng.integers(len(pipes)))]
        kind = "unreported" if date in ("2025-10-09", "2026-02-12") else "reported"
        rows.append((date, zone, pipe, flow, 40 if flow else "", "main", kind, *dated(datetime.date.fromisoformat(date), kind)))
    names = [z.id for z in ZONES]
    weights = np.array([z.connections * z.leakage for z in ZONES], float)
    for _ in range(26):
        repaired = datetime.date(2025, 4, 5) + datetime.timedelta(days=int(extra.integers(0, 355)))
        kind = "unreported" if extra.random() < 0.2 else "reported"
        zone = str(extra.choice(names, p=weights / weights.sum()))
        rows.append((repaired.isoformat(), zone, "", "", "", "connection", kind, *dated(repaired, kind)))
    rows.sort(key=lambda row: (row[0], row[1], row[2]))
    lines = ["date,zone,pipe,flow_l_per_s,flow_margin_percent,element,kind,aware,located"]
    lines += [",".join(str(field) for field in row) for row in rows]
    (folder / "leaks.csv").write_text("\n".join(lines) + "\n")
    (folder / "components.yaml").write_text(
        HEADER + "# what the component analysis needs beside leaks.csv\nlog_from: 2025-04-01\nlog_to: 2026-03-31\n"
        f"survey_cost: {figure(9000, 'PEN', 30)}\nrise_of_leakage: {figure(30, 'm3/d/year', 60)}\n"
        f"condition_factor: {figure(3, '-', 40)}\n")


# Money, households and delivery of the invented town.
FINANCING = """\
# invented for the example, but for the tax
price_base_year: 2026
tax: {value: 18, unit: "%", year: 2026, source: "IGV of Peru, 16 % and 2 % municipal, professional knowledge", status: unverified}
conversion_factor: {value: 0.85, low: 0.8, high: 0.9, unit: "-", year: 2026, source: "chosen for the example", status: assumed}
demand_growth: {value: 1.5, low: 0.5, high: 2.5, unit: "%/year", year: 2026, source: "chosen for the example", status: assumed}
household_use: {value: 15, low: 12, high: 18, unit: m3/month, year: 2026, source: "chosen for the example", status: synthetic}
household_income: {value: 1800, low: 1500, high: 2100, unit: currency/month, year: 2026, source: "chosen for the example", status: synthetic}
low_income: {value: 800, low: 600, high: 1000, unit: currency/month, year: 2026, source: "chosen for the example", status: synthetic}
affordable_share: {value: 5, low: 3, high: 5, unit: "%", year: not stated, source: "3 to 5 % of income is often quoted, professional knowledge", status: unverified}
energy_intensity: {value: 0.3, low: 0.16, high: 0.5, unit: kWh/m3, year: not stated, source: "Vietnamese utility sample study", status: published}
emission_factor: {value: 0.2, low: 0.15, high: 0.3, unit: kg/kWh, year: 2026, source: "chosen for the example", status: assumed}
wet_season: [1, 2, 3, 12]
international_tender_from: {value: 5000000, unit: currency, year: 2026, source: "chosen for the example", status: assumed}
quotations_below: {value: 40000, unit: currency, year: 2026, source: "chosen for the example", status: assumed}
asbestos_cement: false
resettlement: false
operation_paid_by: "utility, from its operating budget (invented)"
"""


def plan(folder):
    (folder / "plan.yaml").write_text(
        HEADER + "# the sums below are invented for the example\nstart_year: 2027\nhorizon_years: 15\nconstruction_years: 5\n"
        "target_revenue_water_percent: 75\ntarget_year: 2032\nbudget: 2200000\n"
        'discount_rate: {value: 8, unit: "%", year: 2019, source: "MEF, Directiva 001-2019-EF/63.01, Anexo 11 (real)", status: published}\n'
        "regime: surplus\nobjective: net_present_value\n"
        'natural_rise_of_leakage: {value: 5, low: 2, high: 10, unit: "%/year", year: 2026, source: "chosen for the example", status: assumed}\n'
        "funding:\n  - {name: \"partner city grant (invented)\", kind: grant, amount: 1800000}\n"
        "  - {name: \"own funds of the utility (invented)\", kind: own_funds, amount: 400000}\ndonor: invierte-pe\n" + FINANCING)
    (folder / "catalogue.yaml").write_text(
        HEADER + "# figures that replace the built-in catalogue's here, in its units; invented for the example\nmeasures:\n"
        f"  general:\n    collection_rate: {figure(0.9, 'share of bills paid', origin=SYNTHETIC + ', low: 0.85, high: 0.95')}\n"
        f"  pressure_management:\n    target_pressure: {figure(30, 'm', origin=SYNTHETIC + ', low: 27, high: 33')}\n"
        f"  illegal_use_census:\n    unit_cost: {figure(40, 'PEN per connection', origin=SYNTHETIC + ', low: 25, high: 60')}\n"
        "exclude: [walk_by_reading]\n")


def readme(folder, seed, connections, metered):
    (folder / "README.md").write_text(f"""# Chanchamayo (synthetic town)

A whole city folder, so that a first day with Yusu has something to work on. **Everything measured in it is invented.** Written by
`Tools/generate_chanchamayo.py {seed}`; the same seed writes the same bytes.

| file | what is published | what is synthetic |
|---|---|---|
| `city.yaml` | `facts:` with source, year and status, contested figures side by side; mean tariff of Peru (unverified); capacity of the San Ramon works | population served, connections, mains, pressure, hours, costs: those of the invented town |
| `plan.yaml` | real discount rate of 8 % (MEF) | target, budget, funding, rise of leakage |
| `network.inp` | the kind of terrain, 700-900 m | all of it: intake, works, two reservoirs, six zones with one metered inlet each, three of them behind a pressure-reducing valve. Roughness and demands are approximate, as in a utility's own model |
| `zones.csv`, `sensors.csv`, `meters.csv`, `leaks.csv`, `components.yaml` | - | all |
| `flows/`, `pressures/` | - | 30 days, hourly, from 2026-03-02T00:00 (Monday), local time: inflow of each zone and outflow of the works [l/s], 21 pressures [m], two reservoir levels [m] |
| `readings/` | - | {metered} customer meters of {connections} connections: litres an hour in wide files, one zone as registers in long rows. Means follow what is stated for Lima: 14 m3 a month with a meter, 18 without |
| `balance.yaml` | - | volumes of the 30 days, drawn around the truth within their stated margins |
| `catalogue.yaml` | - | local overrides of unit costs |

Of the real utility (EPS Selva Central) neither losses, hours, connections, mains, tariff nor pressure were found in public sources: they are
`unknown` in `city.yaml`, and nothing here stands for them.

The truth came from EPANET 2.3.5 driven hour by hour with roughness and demands of its own. What was planted is in `../Truth/Chanchamayo.json`,
outside the folder: the program never reads it, the tests do.
""")


def truth(path, seed, place, people, world, planted, true):
    ids = planted["ids"]
    pipe = place.pipes[world.burst_pipe]
    running = world.burst_lps[BURST_HOUR:]
    zone_truth = {}
    for z in ZONES:
        members = people.zone == z.id
        background = world.leakage[z.id].sum() * 3.6 / DAYS
        burst = world.burst_lps.sum() * 3.6 / DAYS if z.id == BURST_ZONE else 0.0
        zone_truth[z.id] = {
            "connections": z.connections, "meters": int((members & people.metered).sum()),
            "background_leakage_m3_per_day": round(background, 2), "burst_m3_per_day": round(burst, 2),
            "real_losses_m3_per_day": round(background + burst, 2),
            "real_losses_l_per_connection_day": round((background + burst) * 1000 / z.connections, 1),
            "true_use_m3_per_day": round(people.use[members].sum() / 1000 / DAYS, 2),
            "registered_m3_per_day": round(planted["litres"][members].sum() / 1000 / DAYS, 2),
            "illegal_m3_per_day": round(people.use[members & people.illegal].sum() / 1000 / DAYS, 2),
            "inflow_m3_per_day": round(float(world.inflows[z.id].sum()) * 3.6 / DAYS, 2),
            "average_pressure_m": round(world.average_pressure[z.id], 2),
        }
    ranking = sorted(zone_truth, key=lambda k: -zone_truth[k]["real_losses_l_per_connection_day"])
    billed = true["billed_metered"] + true["billed_unmetered"]
    apparent = true["unauthorised"] + true["metering_inaccuracy"]
    data = {
        "note": "truth of the synthetic town Chanchamayo, for tests; no program reads it", "seed": seed, "period_start": "2026-03-02T00:00",
        "period_days": DAYS,
        "balance_m3": {k: round(v, 1) for k, v in true.items() if not isinstance(v, dict)} | {
            "apparent_losses": round(apparent, 1), "non_revenue_water": round(true["system_input"] - billed, 1)},
        "revenue_water_percent": round(100 * billed / true["system_input"], 2),
        "under_registration_percent": round(100 * true["metering_inaccuracy"] / (
            true["metering_inaccuracy"] + true["billed_metered"] + true["unbilled_metered"]), 2),
        "zones": zone_truth, "zones_by_real_loss_per_connection": ranking,
        "leak": {"pipe": world.burst_pipe, "fraction_from_start": 0.5, "zone": BURST_ZONE, "start": stamps()[BURST_HOUR],
                 "flow_l_per_s": round(float(running.mean()), 3), "length_m": pipe.length, "diameter_mm": pipe.diameter},
        "dead_meters": sorted(({"meter": ids[k], "since": stamps()[people.dies_hour[k]]} for k in np.where(people.dead)[0]),
                              key=lambda d: d["meter"]),
        "under_registering_meters": sorted(({"meter": ids[k], "counts_share": round(float(people.factor[k]), 3)}
                                            for k in np.where(people.slow)[0]), key=lambda d: d["meter"]),
        "leaks_behind_meters": sorted(({"meter": ids[k], "l_per_hour": round(float(people.leaks[k]), 1)}
                                       for k in np.where((people.leaks > 0) & people.metered)[0]), key=lambda d: d["meter"]),
        "illegal_users": sorted(({"node": str(people.node[k]), "zone": str(people.zone[k]),
                                  "m3_per_month": round(float(people.use[k].sum()) / 1000, 1)} for k in np.where(people.illegal)[0]),
                                key=lambda d: (d["zone"], d["node"], d["m3_per_month"])),
        "register_zone": REGISTER_ZONE, "gaps": planted["gaps"], "spikes": planted["spikes"], "duplicate_rows": planted["duplicates"],
        "replaced": planted["replaced"], "rollover": planted["rollover"],
        "epanet_warnings": world.warnings,
    }
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
