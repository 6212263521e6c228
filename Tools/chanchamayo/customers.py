# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses water, how much, hour by hour, and what their meters show of it."""
from dataclasses import dataclass

import numpy as np

from .town import BUSINESS, DOMESTIC, HOURS, ZONES

#: Cubic metres a month: metered and unmetered household use as stated for Lima (14 and 18), here as means of the drawing.
METERED_USE, UNMETERED_USE, ILLEGAL_USE = 14.0, 18.0, 22.0
METERED_SHARE = 0.73


@dataclass
class People:
    zone: np.ndarray        # of each connection
    node: np.ndarray
    kind: np.ndarray        # residential …
    metered: np.ndarray     # bool
    illegal: np.ndarray     # bool: not in the utility's books
    unbilled: np.ndarray    # bool: metered and not billed (municipal)
    use: np.ndarray         # true, litres in each hour (connection, hour)
    registers: np.ndarray   # share of use that the meter counts, by hour (connection, hour); 0 where there is none
    dead: np.ndarray        # bool
    dies_hour: np.ndarray   # first hour that is not counted
    slow: np.ndarray        # bool: under-registers much
    factor: np.ndarray      # of the living meter
    leaks: np.ndarray       # litres per hour behind the meter, always
    age: np.ndarray         # years of the meter
    mean_lps_by_node: dict = None
    mean_lps_by_zone: dict = None
    pattern: np.ndarray = None


def build(seed, place):
    rng = np.random.default_rng([seed, 3])
    zone, node = [], []
    for id, count in place.connections_of.items():
        zone += [place.nodes[id].zone] * count
        node += [id] * count
    zone, node = np.array(zone), np.array(node)
    n = len(zone)
    # Users outside the books come on top of the connections: 2.6 %.
    extra = rng.choice(n, int(round(0.026 * n)), replace=False)
    zone, node = np.concatenate([zone, zone[extra]]), np.concatenate([node, node[extra]])
    illegal = np.arange(len(zone)) >= n
    m = len(zone)
    kind = np.where(rng.random(m) < 0.925, "residential", np.where(rng.random(m) < 0.86, "commercial", "institutional"))
    kind[illegal] = "residential"
    large = rng.choice(np.where((zone == "Z4") & ~illegal)[0], 2, replace=False)
    kind[large] = "industrial"
    metered = (rng.random(m) < METERED_SHARE) | (kind == "industrial")
    metered &= ~illegal
    unbilled = metered & (kind == "institutional") & (rng.random(m) < 0.5)
    month = np.where(metered, METERED_USE, UNMETERED_USE)
    month = np.where(illegal, ILLEGAL_USE, month) * rng.gamma(5.0, 1 / 5.0, m)
    month = np.where(kind == "commercial", 1.9 * month, month)
    month = np.where(kind == "institutional", 4.0 * month, month)
    month[large] = [520.0, 380.0]
    month[rng.random(m) < 0.02] = 0.0  # vacant
    per_hour = month * 1000 / 720
    leaks = np.where((rng.random(m) < 0.02) & (kind == "residential"), rng.uniform(5, 25, m), 0.0)
    weekday = (np.arange(HOURS) // 24) % 7
    town_day = np.repeat(rng.normal(1, 0.03, HOURS // 24), 24)
    town_hour = rng.normal(1, 0.02, HOURS)
    use = np.zeros((m, HOURS), dtype=np.int32)
    for k in range(m):
        house = kind[k] == "residential"
        shape = np.tile(DOMESTIC if house else BUSINESS, HOURS // 24)
        week = np.where(weekday >= 5, 1.06 if house else 0.65, 0.976 if house else 1.14)
        own_day = np.repeat(np.exp(rng.normal(-0.02, 0.2, HOURS // 24)), 24)
        mean = per_hour[k] * shape * week * own_day * town_day * town_hour
        event = 22.0 if house else max(40.0, per_hour[k] / 4)
        draws = rng.poisson(mean / event)
        volume = np.zeros(HOURS)
        some = draws > 0
        volume[some] = rng.gamma(draws[some] * 1.6, event / 1.6)
        steady = rng.poisson(leaks[k], HOURS) if leaks[k] > 0 else 0
        use[k] = np.round(volume).astype(np.int32) + steady
    age = np.clip(rng.gamma(3.0, 3.0, m), 0.5, 25).round(1)
    factor = 1 - np.clip(0.004 * age + rng.normal(0, 0.008, m), 0, 0.2)
    slow = metered & (rng.random(m) < 0.07)
    factor[slow] = rng.uniform(0.60, 0.85, int(slow.sum()))
    # Dead: half of them since before the record, half at some hour within its first half.
    candidates = np.where(metered & ~slow & (kind == "residential") & (month > 6) & (leaks == 0))[0]
    dead_ids = rng.choice(candidates, int(round(0.03 * metered.sum())), replace=False)
    dead = np.zeros(m, dtype=bool)
    dead[dead_ids] = True
    dies = np.full(m, HOURS)
    dies[dead_ids] = np.where(rng.random(len(dead_ids)) < 0.5, 0, rng.integers(72, 16 * 24, len(dead_ids)))
    registers = np.where(metered, factor, 0.0)[:, None] * (np.arange(HOURS)[None, :] < dies[:, None])
    people = People(zone, node, kind, metered, illegal, unbilled, use, registers, dead, dies, slow, factor, leaks, age)
    total = use.sum(axis=1) / 1000 / HOURS / 3.6  # l/s
    people.mean_lps_by_node = {id: float(total[node == id].sum()) for id in dict.fromkeys(node)}
    people.mean_lps_by_zone = {z.id: float(total[zone == z.id].sum()) for z in ZONES}
    people.pattern = use.sum(axis=0).reshape(-1, 24).mean(axis=0)
    people.pattern = np.round(people.pattern / people.pattern.mean(), 3)
    return people


def metered_litres(people):
    """What each meter counts in each hour: whole litres of its own register."""
    counted = np.floor(np.cumsum(people.use * people.registers, axis=1) + 1e-9).astype(np.int64)
    return np.diff(np.concatenate([np.zeros((len(counted), 1), dtype=np.int64), counted], axis=1), axis=1)
