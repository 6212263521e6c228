# SPDX-License-Identifier: GPL-3.0-or-later
"""Sensors and customer readings as a utility would hand them over, with the faults that such files have."""
import gzip
import io

import numpy as np

from .customers import metered_litres
from .town import HOURS, ZONES

START = np.datetime64("2026-03-02T00:00")
#: Customers of this zone come as registers in long rows; those of the others as litres an hour in wide files.
REGISTER_ZONE = "Z6"


def stamps(count=HOURS):
    return [str(START + np.timedelta64(h, "h")) for h in range(count)]


def write_gzip(path, text):
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=buffer, mode="wb", compresslevel=9, mtime=0) as file:
        file.write(text.encode())
    path.write_bytes(buffer.getvalue())


def spread(rng, place, zone, count):
    """Sensor nodes: the inlet, then always the node farthest from those chosen."""
    ids = place.zone_nodes(zone.id)
    ids = [n for n in ids if not n.startswith("V")]
    at = np.array([[place.nodes[n].x, place.nodes[n].y] for n in ids])
    chosen = [ids.index(place.entries[zone.id])]
    while len(chosen) < count:
        distance = np.min([np.hypot(*(at - at[c]).T) for c in chosen], axis=0)
        chosen.append(int(np.argmax(distance)))
    return [ids[c] for c in chosen]


def sensors(seed, place, world, folder):
    rng = np.random.default_rng([seed, 5])
    rows, times = [], stamps()
    flows = {}
    for zone in ZONES:
        true = world.inflows[zone.id]
        flows[f"Q_{zone.id}"] = true * rng.normal(1, 0.01) * (1 + rng.normal(0, 0.01, HOURS)) + rng.normal(0, 0.01, HOURS)
        rows.append((f"Q_{zone.id}", "flow", place.inlets[zone.id], "l/s", zone.id))
    flows["Q_WTP"] = world.input * rng.normal(1, 0.01) * (1 + rng.normal(0, 0.01, HOURS))
    rows.append(("Q_WTP", "flow", "MAIN0", "l/s", ""))
    pressures = {}
    for zone in ZONES:
        for node in spread(rng, place, zone, zone.sensors):
            pressures[f"P_{node}"] = world.pressures[node] + rng.normal(0, 0.3) + rng.normal(0, 0.06, HOURS)
            rows.append((f"P_{node}", "pressure", node, "m", zone.id))
    levels = {}
    for tank, values in world.levels.items():
        levels[f"L_{tank}"] = values + rng.normal(0, 0.01, HOURS)
        rows.append((f"L_{tank}", "level", tank, "m", ""))

    def table(series, decimals):
        lines = ["timestamp," + ",".join(series)]
        missing = {k: rng.random(HOURS) < 0.005 for k in series}
        if "Q_Z3" in series:
            missing["Q_Z3"][9 * 24 + 13:9 * 24 + 18] = True  # five hours without power at the chamber
        for h, time in enumerate(times):
            lines.append(time + "," + ",".join("" if missing[k][h] else f"{v[h]:.{decimals}f}" for k, v in series.items()))
        return "\n".join(lines) + "\n"

    (folder / "flows" / "zone_inflows.csv").write_text(table(flows, 3))
    write_gzip(folder / "pressures" / "pressures.csv.gz", table(pressures, 2))
    (folder / "pressures" / "reservoir_levels.csv").write_text(table(levels, 2))
    (folder / "sensors.csv").write_text(
        "sensor,kind,network_element,unit,zone\n" + "".join(",".join(row) + "\n" for row in rows))
    return flows


def write(seed, place, people, world, folder):
    rng = np.random.default_rng([seed, 6])
    flows = sensors(seed, place, world, folder)
    litres = metered_litres(people)
    times = stamps(HOURS + 1)
    ids = {}
    serial = rng.permutation(90000)[:len(people.zone)] + 10000
    meter_rows = []
    for k in np.where(people.metered)[0]:
        ids[k] = f"CH{serial[k]:06d}"
        diameter = {"residential": 15, "commercial": 20, "institutional": 25, "industrial": 50}[people.kind[k]]
        meter_rows.append((ids[k], people.zone[k], people.kind[k], diameter, int(2026 - people.age[k]), 7, 0.001))
    planted = {"ids": ids, "gaps": [], "spikes": [], "duplicates": 0, "replaced": None, "rollover": None, "litres": litres, "flows": flows}
    for zone in ZONES:
        members = sorted((k for k in ids if people.zone[k] == zone.id), key=lambda k: ids[k])
        absent = rng.random((len(members), HOURS)) < 0.004
        for position in rng.choice(len(members), max(2, len(members) // 40), replace=False):
            start, length = int(rng.integers(24, HOURS - 90)), int(rng.integers(20, 72))
            absent[position, start:start + length] = True
            planted["gaps"].append({"meter": ids[members[position]], "start": times[start], "hours": length})
        outage = int(rng.integers(100, HOURS - 100))
        absent[:, outage:outage + 4] = True  # the zone's gateway was down
        planted["gaps"].append({"zone": zone.id, "start": times[outage], "hours": 4})
        if zone.id == REGISTER_ZONE:
            registers(rng, members, ids, litres, people, absent, times, folder, planted)
        else:
            intervals(rng, zone, members, ids, litres, absent, times, folder, planted)
    profile = "# SYNTHETIC readings of an invented town, see README.md\n"
    (folder / "readings" / "intervals.yaml").write_text(
        profile + 'files: "interval_*.csv.gz"\nshape: wide\ndelimiter: ","\ndecimal: "."\nencoding: utf-8\ncolumns: {time: timestamp}\n'
        "kind: interval\nunit: L\ntime_format: iso8601\ntime_zone: America/Lima\nstamp: start\ninterval_minutes: 60\n")
    (folder / "readings" / "registers.yaml").write_text(
        profile + 'files: "register_*.csv.gz"\nshape: long\ndelimiter: ","\ndecimal: "."\nencoding: utf-8\n'
        "columns: {meter: meter_id, time: timestamp, value: register_m3}\n"
        "kind: register\nunit: m3\ntime_format: iso8601\ntime_zone: America/Lima\n")
    (folder / "meters.csv").write_text("meter,zone,class,diameter_mm,installed,dials,factor\n"
                                       + "".join(",".join(map(str, row)) + "\n" for row in sorted(meter_rows)))
    return planted


def intervals(rng, zone, members, ids, litres, absent, times, folder, planted):
    values = litres[members].copy()
    if zone.id in ("Z1", "Z3", "Z4"):  # one impossible hour each
        position, hour = int(rng.integers(len(members))), int(rng.integers(50, HOURS - 50))
        values[position, hour] = 98765
        absent[position, hour] = False
        planted["spikes"].append({"meter": ids[members[position]], "time": times[hour], "litres": 98765})
    lines = ["timestamp," + ",".join(ids[k] for k in members)]
    for h in range(HOURS):
        lines.append(times[h] + "," + ",".join("" if absent[i, h] else str(values[i, h]) for i in range(len(members))))
    write_gzip(folder / "readings" / f"interval_{zone.id}.csv.gz", "\n".join(lines) + "\n")


def registers(rng, members, ids, litres, people, absent, times, folder, planted):
    """Rows of a meter together, one reading at each full hour; the register shows litres as thousandths."""
    healthy = [i for i, k in enumerate(members) if not people.dead[k] and litres[k].sum() > 8000]
    replaced, rolling, spiking = (healthy[int(j)] for j in rng.choice(len(healthy), 3, replace=False))
    lines = ["meter_id,timestamp,register_m3"]
    for i, k in enumerate(members):
        counted = np.concatenate([[0], np.cumsum(litres[k])])
        first = int(rng.integers(40_000, 6_000_000))
        if i == rolling:
            first = 10_000_000 - int(counted[-1] * 0.4)  # seven digits run over within the month
            hour = int(np.argmax(first + counted >= 10_000_000))
            planted["rollover"] = {"meter": ids[k], "first_reading_after": times[hour]}
        shown = (first + counted) % 10_000_000
        if i == replaced:
            hour = 12 * 24 + 10
            shown[hour:] = counted[hour:] - counted[hour]
            planted["replaced"] = {"meter": ids[k], "first_reading_of_new": times[hour]}
        gone = np.concatenate([absent[i], [False]])
        if i == spiking:
            hour = 400
            shown[hour] += 3_000_000
            gone[hour - 1:hour + 2] = False
            planted["spikes"].append({"meter": ids[k], "time": times[hour], "register_m3": round(shown[hour] / 1000, 3)})
        for h in range(HOURS + 1):
            if not gone[h]:
                row = f"{ids[k]},{times[h]},{shown[h] / 1000:.3f}"
                lines.append(row)
                if rng.random() < 0.0002:
                    lines.append(row)  # sent twice
                    planted["duplicates"] += 1
    write_gzip(folder / "readings" / f"register_{REGISTER_ZONE}.csv.gz", "\n".join(lines) + "\n")
