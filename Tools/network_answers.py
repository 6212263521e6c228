#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the known answers of Networks/: network_answers.py

Beside NAME.inp stands NAME.answers.csv with the columns

    quantity   head, pressure, pressure_at_least [m]; flow, outflow [m3/s]; status closed|open|active; isolated (no head)
    element    node or link
    time_s     0: the state at the start; later: of the run
    value, unit, tolerance
    constants  exact or epanet: which mode must give it
    source     closed form, root (equations written out below and solved by scipy), EPANET 2.3.5, published, or reasoned

Three kinds of source: formulas written out here; EPANET 2.3.5 at ACCURACY 1e-8 (or the tightest that it balances) for networks
without a formula (its constants, so the answers are of mode epanet); figures of the literature. No answer comes from
Yusu. Needs scipy and the owa-epanet wheel.
"""
import math
import os
import sys

from scipy.optimize import brentq, fsolve

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from answers_file import HEAD, ROOT, Answers, from_epanet  # noqa: E402

G = 9.80665
PSI = 6894.757293168361 / (1000 * G)  # m of water
N = 1.852


def hw(length, millimetres, c):
    """r of h = r q^1.852 (Williams and Hazen 1933; 4.727 in feet and ft³/s). [m, m³/s]"""
    factor = 4.727 * 0.3048**4.871 / (0.3048**3)**N
    return factor * length / (c**N * (millimetres / 1000)**4.871)


def local(q, millimetres, k):
    """K v²/2g. [m]"""
    return k * (q / (math.pi * (millimetres / 1000)**2 / 4))**2 / (2 * G)


def three_points(q, h0, point1, point2):
    """Lift of a pump h0 - r q^n through three points, the first without flow. [m]"""
    (q1, h1), (q2, h2) = point1, point2
    n = math.log((h0 - h2) / (h0 - h1)) / math.log(q2 / q1)
    return h0 - (h0 - h1) * (q / q1)**n


def signed(q, r):
    return r * abs(q)**N * (1 if q > 0 else -1)


def drain(level, area, resistance, seconds):
    """Level above the outlet's water of a tank that drains through a pipe: A dy/dt = -(y/r)^(1/n). [m]"""
    b = 1 - 1 / N
    left = level**b - b * seconds / (area * resistance**(1 / N))
    return max(0.0, left)**(1 / b)


HOURS = [3600 * hour for hour in range(1, 25)]
LITRE_BAR = 3e-5  # m: EPANET's 28.317 L to the ft³ is 5.4 ppm more, which is 1.00001 of a loss; it and the bar of the solver
TANK_BAR = 1e-3  # m: what the field asks of a draining tank at steps of an hour


def tanks():
    out = Answers("Features/tank_drain")
    for time in HOURS[:12]:
        out.add("head", "T", 10 + drain(5, math.pi * 100, hw(2000, 200, 120), time), time, TANK_BAR)
    out.write()

    out = Answers("Features/tanks_linked")
    a1, a2 = math.pi * 100, math.pi * 49
    for time in HOURS[:12]:
        y = drain(6, 1 / (1 / a1 + 1 / a2), hw(1000, 250, 120), time)
        moved = (6 - y) / (1 / a1 + 1 / a2)
        out.add("head", "T1", 38 - moved / a1, time, TANK_BAR).add("head", "T2", 32 + moved / a2, time, TANK_BAR)
    out.write()

    out = Answers("Features/tanks_linked_short")
    for time in HOURS[:6]:
        out.add("head", "T1", 36, time, TANK_BAR).add("head", "T2", 36, time, TANK_BAR)
    out.write()

    out = Answers("Features/tank_overflow")
    for time in HOURS[:5]:
        level = min(5, 4 + 0.01 * time / (math.pi * 25))
        # Snapped to full within one second's flow.
        out.add("head", "T", 30 + level, time, 0.011 / (math.pi * 25)).add("flow", "P", 0.01, time)
    out.write()

    out = Answers("Features/tank_stops_full")
    r1, r2 = hw(800, 150, 120), hw(200, 150, 120)
    q = brentq(lambda q: 60 - signed(q + 0.006, r1) - signed(q, r2) - 44, 0, 0.1, xtol=1e-16)
    out.add("flow", "P2", q, source=ROOT).add("head", "J", 44 + signed(q, r2), source=ROOT)
    for time in HOURS[3:6]:
        out.add("head", "T", 45, time, 1e-3, "reasoned").add("flow", "P2", 0, time).add("head", "J", 60 - signed(0.006, r1), time)
        out.add("status", "P2", "closed", time, source="reasoned")
    out.write()

    # Both tanks full: each inlet passes what its outlet takes, and the pumps give the sum.
    out = Answers("Features/two_full_tanks")
    day = [1.0, 0.8, 0.5, 0.3, 0.2, 0.6, 1.2, 1.6]
    for time in HOURS[:12]:
        q1, q2 = (demand * day[time // 3600 % 8] for demand in (0.040, 0.030))
        m = 20 + three_points(q1 + q2, 70, (0.060, 66), (0.090, 58)) - signed(q1 + q2, hw(500, 400, 120))
        out.add("head", "T1", 64, time, 1e-3, "reasoned").add("head", "T2", 72, time, 1e-3, "reasoned")
        out.add("flow", "P1", q1, time).add("flow", "P2", q2, time)
        out.add("status", "P1", "active", time, source="reasoned").add("status", "P2", "active", time, source="reasoned")
        out.add("head", "M", m, time).add("head", "N", m + three_points(q2, 60, (0.060, 40), (0.110, 5)), time)
    out.write()

    out = Answers("Features/tank_volume_curve")
    points = [(0, 0), (2, 100), (4, 300), (6, 600)]
    for time in HOURS[:12]:
        volume = 50 + 0.01 * time
        (x0, v0), (x1, v1) = next(pair for pair in zip(points, points[1:]) if volume <= pair[1][1])
        out.add("head", "T", 30 + x0 + (volume - v0) * (x1 - x0) / (v1 - v0), time, 1e-6)
    out.write()


    out = Answers("Features/tank_empty_wide_pipe")
    for constants in ("exact", "epanet"):
        for time in HOURS[:3]:
            out.add("head", "T", 40, time, 1e-3, "reasoned", constants).add("flow", "W", 0, time, source="reasoned", constants=constants)
            out.add("head", "A", 30 - signed(0.01, hw(400, 150, 120)), time, LITRE_BAR if constants == "epanet" else HEAD, constants=constants)
    out.write()

    out = Answers("Features/pattern_start")
    area, factors = math.pi * 25, [1, 0.4, 1.6, 0.8]
    for time in HOURS[:6]:
        moments = [0] + [3600 * k - 1200 for k in range(1, 8) if 3600 * k - 1200 < time] + [time]
        volume = sum(0.01 * factors[k % 4] * (b - a) for k, (a, b) in enumerate(zip(moments, moments[1:])))
        out.add("head", "T", 45 - volume / area, time, HEAD)
    from_epanet(out, [0] + HOURS[:6], ["A", "T"], ["P"]).write()


def pumps():
    from_epanet(Answers("Features/pump_closed_at_start"), [0] + HOURS[:6], ["A", "T"], ["P"], ["U1", "U2"]).write()

    out = Answers("Features/pump_speed_pattern")
    for time, speed in zip((0, 3600, 7200, 10800), (1, 0.8, 0.6, 1.1)):
        head = 10 + speed**2 * 40 * 4 / 3 - 40 / 3 * (10 / 20)**2
        out.add("head", "A", head, time).add("head", "B", head - signed(0.01, hw(10, 400, 130)), time)
    out.write()

    Answers("Features/pump_energy").add("head", "A", 10 + 40 * 4 / 3 - 40 / 3 * (15 / 20)**2).write()

    out = Answers("Features/pumps_series_parallel")
    one = lambda h: 0.03 * math.sqrt(max(0, 4 - 3 * h / 40))
    n = math.log((60 - 15) / (60 - 45)) / math.log(2)
    three = lambda h: 0.025 * (max(0, 60 - h) / 15)**(1 / n)
    boost = lambda q: 25 * 4 / 3 - 25 / 3 * (q / 0.06)**2
    end = lambda q: boost(q) - local(q, 250, 2) - signed(q, hw(2000, 250, 120))
    lift = brentq(lambda h: 5 + h + end(one(h) + three(h)) - 70, 1, 59.9, xtol=1e-14)
    q = one(lift) + three(lift)
    out.add("head", "A", 5 + lift, source=ROOT).add("head", "B", 5 + lift + boost(q), source=ROOT)
    out.add("flow", "U1", one(lift), source=ROOT).add("flow", "U2", three(lift), source=ROOT).add("flow", "P", q, source=ROOT)
    out.write()

    # Both stand still until the second is switched on; then their power together lifts from the reservoir to the tank.
    out = Answers("Features/pumps_of_power_in_series")
    r1, r2, r3 = hw(4000, 200, 110), hw(1500, 150, 110), hw(1000, 150, 110)
    for time in (0, 3600):
        for pump in ("FIRST", "SECOND"):
            out.add("flow", pump, 0, time).add("status", pump, "closed", time, source="reasoned")
    level = 83 - 0.005 * 7200 / (math.pi * 36)
    lift = lambda q: level - 20 + signed(q, r1) + signed(q, r2) + signed(q - 0.005, r3)
    q = brentq(lambda q: 1000 * G * q * lift(q) - 30000, 1e-3, 0.1, xtol=1e-16)
    out.add("head", "T", level, 7200).add("flow", "FIRST", q, 7200, source=ROOT).add("flow", "SECOND", q, 7200, source=ROOT)
    out.add("head", "A", 20 + 25000 / (1000 * G * q), 7200, source=ROOT)
    out.add("head", "B", 20 + 25000 / (1000 * G * q) - signed(q, r1), 7200, source=ROOT)
    out.write()

    out = Answers("Features/pump_constant_power")
    r = hw(1500, 150, 120)
    q = brentq(lambda q: 1000 * G * q * (30 + signed(q, r)) - 8000, 1e-3, 0.1, xtol=1e-16)
    out.add("flow", "P", q, source=ROOT).add("head", "A", 30 + signed(q, r), source=ROOT)
    out.write()


def valves():
    out = Answers("Features/fcv_starves")
    for constants in ("exact", "epanet"):
        out.add("flow", "V", 0.008, constants=constants)
        for node in "AB":
            bar = LITRE_BAR if constants == "epanet" else HEAD
            out.add("head", node, 50 - signed(0.008, hw(500, 150, 120)), tolerance=bar, constants=constants)
        out.add("status", "V", "open", source="reasoned", constants=constants)
    out.write()

    out = Answers("Features/psv_above_inlet")
    a = 70 - signed(0.02, hw(500, 200, 120))
    b = a - local(0.015, 200, 2)
    out.add("head", "A", a).add("head", "B", b).add("head", "C", b - signed(0.005, hw(500, 150, 120))).add("status", "V", "open")
    out.write()

    out = Answers("Features/pcv_end_of_curve")
    a = 60 - signed(0.01, hw(100, 200, 120))
    out.add("head", "B", a - local(0.01, 100, 8 / 0.875**2)).write()

    out = Answers("Features/valve_fixed_status")
    r = hw(500, 200, 120)
    after = 60 - signed(0.01, r)
    out.add("head", "B", after - local(0.01, 100, 3)).add("head", "D", after - local(0.01, 100, 3))
    out.add("flow", "V3", 0).add("head", "E", 60).add("head", "F", after)
    out.add("status", "V1", "open", source="reasoned").add("status", "V2", "open", source="reasoned")
    out.add("status", "V3", "closed", source="reasoned")
    out.write()

    out = Answers("Features/prv_psi")
    gpm = 3.785411784e-3 / 60
    b = 100 * 0.3048 + 40 * PSI
    out.add("pressure", "B", 40 * PSI, source="closed form").add("flow", "P1", 150 * gpm)
    out.add("head", "C", b - signed(150 * gpm, hw(304.8, 203.2, 120))).add("status", "V", "active").write()

    from_epanet(Answers("Features/prv_parallel_series"), [0], ["A", "B1", "B2", "Z1", "Z2", "C", "D"], ["P2", "P3", "P5"],
                ["V1", "V2", "V3"]).write()


def control():
    out = Answers("Features/controls")
    for hour, word in ((0, "open"), (1, "open"), (2, "closed"), (3, "closed"), (4, "open"), (5, "open")):
        out.add("status", "P4", word, 3600 * hour, source="reasoned")
    from_epanet(out, [0] + HOURS, ["B", "C", "T"], ["P1"], ["U", "P6"]).write()

    from_epanet(Answers("Features/rules"), [0] + HOURS, ["B", "C", "T"], ["P1"], ["U1", "U2"]).write()

    out = Answers("Features/rule_priority")
    r1, r2 = hw(500, 200, 120), hw(500, 150, 120)
    for half in range(0, 13):
        # Rules have looked at the end of a step before it is solved; at 2 h the control opens the pipe, until the rules look again.
        shut = 2 <= half < 8 and half != 4
        through = 0.005 if shut else 0.0025
        out.add("head", "B", 50 - signed(0.01, r1) - signed(through, r2), 1800 * half)
        out.add("status", "P3", "closed" if shut else "open", 1800 * half, source="reasoned")
    out.write()

    out = Answers("Features/island_closed_pipe")
    for time in (0, 3600, 7200):
        out.add("head", "A", 50 - signed(0.005, hw(500, 150, 120)), time)
        for node in ("B", "C"):
            if time == 3600:
                out.add("isolated", node, "yes", time, source="reasoned")
            else:
                out.add("head", node, 50 - signed(0.005, hw(500, 150, 120)), time)
    out.write()


def outflows():
    out = Answers("Features/demand_categories")
    standard, day, night = (1, 0.9, 1.1, 1), (0.5, 1.5, 1, 0.5), (2, 1, 0.5, 2)
    for k in range(4):
        a = 1.2e-3 * (3 * day[k] + 2 * night[k] + 1 * standard[k])
        b, c = 1.2e-3 * 4 * standard[k], 1.2e-3 * 2 * night[k]
        out.add("outflow", "A", a, 3600 * k).add("outflow", "B", b, 3600 * k).add("outflow", "C", c, 3600 * k)
        out.add("head", "A", 50 - signed(a + b + c, hw(500, 250, 120)), 3600 * k)
    out.write()

    out = Answers("Features/reservoir_pattern")
    r = hw(1000, 200, 120)
    for k, factor in enumerate((1, 0.9, 1.1, 0.97)):
        difference = 50 * factor - 48
        q = math.copysign((abs(difference) / r)**(1 / N), difference)
        out.add("flow", "P1", q, 3600 * k).add("head", "J", 50 * factor - 0.6 * difference, 3600 * k)
    out.write()

    c1, c2 = 0.8e-3, 1.2e-3
    r1, r2 = hw(500, 150, 120), hw(200, 100, 120)
    low = lambda head: brentq(lambda q: head - signed(q, r2) - 2 - (q / c2)**2, 1e-9, 0.1, xtol=1e-17)
    high = lambda head: -brentq(lambda q: 26 - (q / c1)**2 - signed(q, r2) - head, 1e-12, 0.1, xtol=1e-17)
    for name, inflow in (("yes", high), ("no", lambda head: 0.0)):
        head = brentq(lambda h: 20 - signed(low(h) + inflow(h), r1) - h, 5, 25, xtol=1e-14)
        out = Answers("Features/emitter_backflow_" + name)
        out.add("outflow", "HIGH", inflow(head), source=ROOT).add("outflow", "LOW", low(head), source=ROOT)
        out.add("head", "A", head, source=ROOT).write()

    # Half of a pipe's leak leaves at each end, all of it at the other where one end is a reservoir.
    def leak(area, expansion, p):
        return 0.6 * math.sqrt(2 * G * p) * (area + expansion * p) * 1e-6

    def equations(heads, outflows=False):
        a, b, c = heads
        p = [a - 10, b - 5, c]
        out_a = 0.002 + leak(20 * 8 + 60 * 3, 0.5 * 8, p[0])
        out_b = 0.003 + leak(60 * 3, 4 * 2, p[1]) + 0.02e-3 * p[1]**1.1
        out_c = 0.001 + leak(0, 4 * 2, p[2]) + 0.03e-3 * p[2]**1.1
        if outflows:
            return out_a, out_b, out_c
        return [60 - signed(out_a + out_b + out_c, hw(800, 150, 110)) - a, a - signed(out_b + out_c, hw(600, 100, 110)) - b,
                b - signed(out_c, hw(400, 100, 110)) - c]

    heads = fsolve(equations, [50, 45, 40], xtol=1e-13)
    out = Answers("Features/leaks_mixed")
    for node, head, flow in zip("ABC", heads, equations(heads, outflows=True)):
        out.add("head", node, float(head), source=ROOT).add("outflow", node, float(flow), source=ROOT)
    out.write()

    # p in feet in m p, 20 lengths of 100 ft.
    r = hw(2000 * 0.3048, 48 * 25.4, 140)
    q = lambda p: 0.6 * math.sqrt(2 * G * p) * (50 + 1.5 * p / 0.3048) * 20e-6
    p = brentq(lambda p: 150 * 0.3048 - signed(q(p), r) - p, 1, 150 * 0.3048, xtol=1e-14)
    Answers("Features/favad_us").add("outflow", "J", q(p), source=ROOT).add("head", "J", p, source=ROOT).write()

    served = lambda p: 0.008 * min(1, max(0, (p - 3) / 17))**0.5

    def branches(heads):
        a, b, c = heads
        q = served(a - 10), served(b - 30), served(c - 45)
        return [50 - signed(sum(q), hw(600, 150, 120)) - a, a - signed(q[1] + q[2], hw(500, 150, 120)) - b, b - signed(q[2], hw(300, 100, 120)) - c]

    heads = [float(h) for h in fsolve(branches, [46, 44, 44], xtol=1e-14)]
    out = Answers("Features/pda_branches")
    for node, head, z in zip("ABC", heads, (10, 30, 45)):
        out.add("head", node, head, source=ROOT).add("outflow", node, served(head - z), source=ROOT)
    out.write()

    out = Answers("Features/times")
    pattern = (0.5, 1, 1.5, 2, 0.8)
    for time in range(1800, 18001, 3000):
        out.add("outflow", "A", 0.01 * pattern[(time + 4800) // 2400 % 5], time)
    out.write()


def pipes():
    out = Answers("Features/zero_flow_loop")
    for link in ("CROSS1", "CROSS2", "STUB"):
        out.add("flow", link, 0, tolerance=1e-10, source="reasoned")
    out.add("flow", "P1", 0.012, source="reasoned").add("flow", "P2", 0.012, source="reasoned")
    r = hw(300, 150, 120)
    first = 40 - signed(0.024, hw(200, 250, 120)) - signed(0.012, r)
    second = first - signed(0.007, r)
    for node, head in (("L1", first), ("M1", first), ("L2", second), ("M2", second), ("E", second - signed(0.003, r))):
        out.add("head", node, head)
    out.add("head", "DEAD", second - signed(0.003, r)).write()

    # Swamee and Jain 1976 above Re 4000, Hagen-Poiseuille below 2000, Dunlop's cubic between; viscosity as the file has it.
    nu = 1.1e-6

    def friction(reynolds, e):
        if reynolds <= 2000:
            return 64 / reynolds
        if reynolds >= 4000:
            return 0.25 / math.log10(e / 3.7 + 5.74 / reynolds**0.9)**2
        y2 = e / 3.7 + 5.74 / 4000**0.9
        y3 = -2 * math.log10(y2)
        fa = y3**-2
        fb = fa * (2 - 0.00514215 / (y2 * y3))
        x1, x2, x3, x4 = 7 * fa - fb, 0.128 - 17 * fa + 2.5 * fb, -0.128 + 13 * fa - 2 * fb, 0.032 - 3 * fa + 0.5 * fb
        ratio = reynolds / 2000
        return x1 + ratio * (x2 + ratio * (x3 + ratio * x4))

    out = Answers("Features/dw_regimes")
    for node, q, length, d, e in (("LAMINAR", 0.06e-3, 100, 0.08, 0.01e-3), ("TRANSITION", 0.2e-3, 500, 0.08, 0.1e-3),
                                  ("SMOOTH", 10e-3, 500, 0.15, 0.01e-3), ("ROUGH", 40e-3, 500, 0.15, 2e-3)):
        v = q / (math.pi * d * d / 4)
        out.add("head", node, 100 - friction(v * d / nu, e / d) * length / d * v * v / (2 * G))
    out.write()

    out = Answers("Features/three_reservoirs")
    r = hw(2000, 300, 120), hw(1500, 250, 120), hw(3000, 350, 120)
    flow = lambda difference, r: math.copysign((abs(difference) / r)**(1 / N), difference)
    head = brentq(lambda h: flow(120 - h, r[0]) + flow(100 - h, r[1]) - flow(h - 80, r[2]), 80.001, 119.999, xtol=1e-14)
    out.add("head", "J", head, source=ROOT).add("flow", "P1", flow(120 - head, r[0]), source=ROOT)
    out.add("flow", "P2", flow(100 - head, r[1]), source=ROOT).add("flow", "P3", flow(head - 80, r[2]), source=ROOT)
    out.write()


def published():
    """Designs of the literature must hold the pressures that they were found for; their heads are EPANET's."""
    out = Answers("two_loop")
    for node in "234567":
        out.add("pressure_at_least", node, 30, source="published: Alperovits and Shamir 1977; design of 419000")
    from_epanet(out, [0], list("234567"), ["P1", "P4", "P8"]).write()

    out = Answers("Published/two_loop_split_pipes")
    for node in "234567":
        # Found with their own Hazen-Williams constant: 10.67 leaves up to some centimetres less.
        out.add("pressure_at_least", node, 30, tolerance=0.2, source="published: Alperovits and Shamir 1977; design of 479525")
    from_epanet(out, [0], list("234567"), ["1a", "5"]).write()

    out = Answers("Published/hanoi")
    for node in range(2, 33):
        out.add("pressure_at_least", str(node), 30, source="published: Fujiwara and Khang 1990; design of 6.081 million")
    from_epanet(out, [0], [str(node) for node in range(2, 33)], ["1", "3", "19", "20"]).write()

    out = Answers("Published/new_york_tunnels")
    for node in range(2, 21):
        feet = {16: 260, 17: 272.8}.get(node, 255)
        out.add("pressure_at_least", str(node), feet * 0.3048, source="published: Schaake and Lai 1969; design of 38.64 million dollars")
    from_epanet(out, [0], [str(node) for node in range(2, 21)], ["1", "15", "D7", "D17"]).write()

    from_epanet(Answers("Published/anytown"), [0, 3600] + HOURS[2::3], ["20", "90", "170", "65", "165"], ["U1", "78", "80"]).write()
    for name, tanks, links in (("town_400", ["T1", "B1"], ["U1", "PT1"]), ("town_600_pda", ["T1"], ["PR1", "PT1"])):
        out = Answers("Generated/" + name)
        from_epanet(out, [0] + HOURS[2::3], ["N1", "N200", "N400"] + tanks, links, ["V1", "V2", "V3"]).write()


if __name__ == "__main__":
    for part in (tanks, pumps, valves, control, outflows, pipes, published):
        part()
