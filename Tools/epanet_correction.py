# SPDX-License-Identifier: GPL-3.0-or-later
"""What EPANET's answer would be without the errors that it carries: Newton steps from its own state, on its own equations.

EPANET stops when the sum of its flow changes is small, and its flows carry the rounding of heads times conductances of up to
1e8 ft²/s. What its state lacks, the balance of each junction and the head loss of each pipe, is put into the linearised equations
at that state, with the statuses that EPANET found. The steps that come out are what EPANET's own errors are worth: a balance
that is off by 1e-7 m³/s moves heads by micrometres to millimetres, and fills tanks in the course of a day.

Everything here is in ft and ft³/s with EPANET's constants. Gradients need to be right to a per cent only; head losses, which are
compared with the heads, are exact for pipes and pumps with a curve, and taken as balanced for pumps of constant power and valves.
"""
import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.linalg import splu

import epanet_engine as en

DIAMETER, LENGTH, ROUGHNESS, MINOR = 0, 1, 2, 3
PIPE, PUMP, PRV, PSV, PBV, FCV, TCV, GPV, PCV = 1, 2, 3, 4, 5, 6, 7, 8, 9
HEADLOSS_FORMULA, EMITTER_EXPONENT, VISCOSITY = 7, 3, 13
PUMP_POWER, PUMP_CURVE, GPV_CURVE, PCV_CURVE = 18, 19, 24, 25
SMALLEST, OPEN, CLOSED, BARRIER = 1e-7, 1e-6, 1e8, 1e9  # ft per ft³/s: RQTOL, slopes of an open and a closed link, beyond a law


class Correction:
    """The network of a file, ready to correct EPANET's states of it."""

    def __init__(self, path, model):
        with en.Engine(path) as engine:
            if model == "pda":
                engine.use_pressure_driven_demand()
            elif model == "dda":
                engine.use_demand_driven_demand()
            self.flow_scale = 1 / (engine.flow_unit * en.FLOW_PER_CUBIC_FOOT[en.FLOW_UNIT.index(engine.flow_unit)])
            links, nodes = engine.link_count, engine.node_count
            small = en.FOOT if engine.length_unit == en.FOOT else 1.0
            value = lambda kind: engine.values("link", links, kind)
            self.names, self.link_names = engine.node_names(), engine.link_names()
            self.ends, self.is_source = engine.ends(), engine.sources()
            self.kind = np.array([engine.integer("getlinktype", k + 1) for k in range(links)])
            self.diameter = value(DIAMETER) * (1 / 12 if small == en.FOOT else 1e-3 / en.FOOT)
            self.length = value(LENGTH) * small / en.FOOT
            self.roughness, self.minor = value(ROUGHNESS), value(MINOR)
            self.elevation = engine.values("node", nodes, en.ELEVATION) * small / en.FOOT
            self.formula = int(engine.option(HEADLOSS_FORMULA))
            viscosity = engine.option(VISCOSITY)
            self.viscosity = 1.1e-5 * viscosity if viscosity > 1e-3 else viscosity / en.FOOT**2
            self.emitter_exponent = engine.option(EMITTER_EXPONENT)
            self.demand_model = engine.demand_model()
            self.head_scale = small / en.FOOT
            self.curves = {k: engine.curve(int(engine.number("getlinkvalue", k + 1, PUMP_CURVE if self.kind[k] == PUMP else GPV_CURVE)))
                           for k in range(links) if self.kind[k] in (PUMP, GPV)}
            unit = 1 if small == en.FOOT else 1 / 0.7457  # kW in SI files
            self.powers = {k: engine.number("getlinkvalue", k + 1, PUMP_POWER) * unit
                           for k, points in self.curves.items() if self.kind[k] == PUMP and not points}  # hp
            self.openings = {k: engine.points(int(engine.number("getlinkvalue", k + 1, PCV_CURVE)))
                             for k in range(links) if self.kind[k] == PCV}
        if self.formula == 1:
            self.roughness = self.roughness * (1e-3 if small == en.FOOT else 1e-3 / en.FOOT)
        pipes = self.kind <= PIPE
        d, c, length = (np.where(pipes, x, 1.0) for x in (self.diameter, self.roughness, self.length))
        self.exponent = 1.852 if self.formula == 0 else 2.0
        if self.formula == 0:
            self.resistance = 4.727 * length / c**1.852 / d**4.871
        elif self.formula == 2:
            self.resistance = (4 * c / (1.49 * np.pi * d**2))**2 * (d / 4)**-1.333 * length
        else:
            self.resistance = length / (2 * 32.2 * d) / (np.pi * d**2 / 4)**2
        diameters = np.where(self.diameter > 0, self.diameter, 1.0)
        self.per_coefficient = 0.02517 / diameters**4
        self.minor = np.where(self.kind == PUMP, 0.0, self.minor * self.per_coefficient)

    def pipe_loss(self, q):
        """Head loss of all links as if they were pipes, at flows of any sign. [ft]"""
        size = np.abs(q)
        if self.formula == 1:
            friction = self.darcy_factor(size) * self.resistance * size**2
        else:
            slope = self.exponent * self.resistance * size**(self.exponent - 1)
            friction = np.maximum(slope, SMALLEST) / self.exponent * size
        return np.sign(q) * (friction + self.minor * size**2)

    def darcy_factor(self, size):
        """Darcy's factor as EPANET has it: Hagen–Poiseuille, Dunlop's cubic, Swamee and Jain. [–]"""
        d = np.where(self.kind <= PIPE, self.diameter, 1.0)
        relative = np.where(self.kind <= PIPE, self.roughness, 1e-4) / d
        reynolds = np.maximum(4 * size / (np.pi * d * self.viscosity), 1e-12)
        rough = 1 / (0.8685889638065036 * np.log(relative / 3.7 + 5.74 / np.maximum(reynolds, 4000)**0.9))**2
        y2 = relative / 3.7 + 3.28895476345399e-3
        y3 = -0.868588963806503655 * np.log(y2)
        fa = y3**-2.0
        fb = fa * (2 - 0.00514214965799 / (y2 * y3))
        r = reynolds / 2000
        cubic = 7 * fa - fb + r * (0.128 - 17 * fa + 2.5 * fb + r * (-0.128 + 13 * fa - 2 * fb + r * (0.032 - 3 * fa + 0.5 * fb)))
        return np.where(reynolds <= 2000, 64 / reynolds, np.where(reynolds >= 4000, rough, cubic))

    def slopes(self, q, drop, state):
        """dh/dq of every link at EPANET's state. [ft per ft³/s]"""
        size = np.abs(q)
        if self.formula == 1:
            step = np.maximum(1e-4 * size, 1e-9)
            slope = (self.pipe_loss(size + step) - self.pipe_loss(size - step)) / (2 * step)
        else:
            slope = self.exponent * self.resistance * size**(self.exponent - 1)
            slope = np.where(slope < SMALLEST, SMALLEST / self.exponent, slope) + 2 * self.minor * size
        quadratic = 2 * np.abs(drop) / np.maximum(size, 1e-9)
        slope = np.where(self.kind > PUMP, np.maximum(quadratic, OPEN), slope)
        slope = np.where(self.kind == PBV, OPEN, slope)
        for k, points in self.curves.items():
            if self.kind[k] == GPV and len(points) > 1:
                slope[k] = max(self.segment(points, size[k])[1], OPEN)
            elif self.kind[k] == PUMP:
                slope[k] = self.pump_law(points, size[k], -drop[k], state["settings"][k])[1]
        return np.where(state["classes"] == 0, CLOSED, slope)

    def pump_law(self, points, q, lift, speed):
        """A pump's lift [ft], and its slope with the flow [ft per ft³/s]; the given lift where it has no curve."""
        if not points:
            return lift, abs(lift) / max(q, 1e-6)  # constant power, or no law
        if speed <= 0:
            return lift, CLOSED
        if len(points) == 1 or (len(points) == 3 and points[0][0] == 0):
            (q1, h1), h0 = points[len(points) // 2], points[0][1] * (1.33334 if len(points) == 1 else 1)
            q2, h2 = (2 * q1, 0.0) if len(points) == 1 else points[2]
            n = np.log((h0 - h2) / (h0 - h1)) / np.log(q2 / q1)
            r = (h0 - h1) / q1**n * speed**(2 - n)
            slope = n * r * q**(n - 1)
            return (h0 * speed**2 - r * q**n, slope) if slope > SMALLEST else (lift, SMALLEST)
        (x1, y1), slope = self.segment(points, q / speed)
        return (y1 - slope * x1) * speed**2 + slope * speed * q, max(-slope * speed, SMALLEST)

    def segment(self, points, q):
        """The point where a segment of a curve begins, and its slope."""
        at = min(max(np.searchsorted([x for x, _ in points], q), 1), len(points) - 1)
        return points[at - 1], (points[at][1] - points[at - 1][1]) / (points[at][0] - points[at - 1][0])

    def odd_opening(self, state):
        """What EPANET makes of positional valves where it is not what their curve says; empty where there is none.

        Beyond the last point of the curve it goes on towards (1, 1) in place of (100, 100); a shut one is a loss coefficient."""
        start, end = self.ends.T
        drop = np.abs(state["heads"][start] - state["heads"][end]) / en.FOOT
        for k, points in self.openings.items():
            q, opening = abs(state["flows"][k]) * self.flow_scale, state["settings"][k]
            if state["classes"][k] != 2 or q < 1e-6 or not self.minor[k] > 0:
                continue
            found = 100 * np.sqrt(self.minor[k] * q**2 / drop[k])  # share of the open valve's flow coefficient that the loss tells, %
            whole = [(0, 0), *points, (100, 100)]
            meant = np.interp(opening, [x for x, _ in whole], [y for _, y in whole])
            if abs(found - meant) <= 1e-3 * meant:
                continue
            if opening <= 0:
                return f"EPANET passes {q / self.flow_scale:.0e} m3/s through {self.link_names[k]}, which is 0 % open"
            if points and opening > points[-1][0]:
                x, y = points[-1]
                wrong = min((opening - x) / (1 - x) * (1 - y) + y, 100)
                if abs(found - wrong) <= 1e-3 * wrong:
                    return (f"{self.link_names[k]} at {opening:.0f} % has {found:.2f} % of its flow in EPANET: on the line from "
                            f"({x:.0f}, {y:.0f}) to (1, 1) in place of (100, 100), which gives {meant:.2f} %")
        return ""

    def idle_pump(self, state):
        """A pump of constant power that EPANET leaves shut though it is switched on, and what it would pass there by its law."""
        start, end = self.ends.T
        for k, power in self.powers.items():
            lift = state["heads"][end[k]] - state["heads"][start[k]]
            if state["classes"][k] == 0 and state["settings"][k] > 0 and power > 0 and 0 < lift < 1e4:
                passes = 8.814 * power * state["settings"][k]**3 / (lift / en.FOOT) / self.flow_scale
                return f"EPANET leaves {self.link_names[k]} shut against {lift:.1f} m, where its power would pass {passes:.1e} m3/s"
        return ""

    def stalled_pump(self, state):
        """A pump of constant power that EPANET has running at a flow and lift that are not its power; empty where there is none."""
        start, end = self.ends.T
        for k, power in self.powers.items():
            lift = (state["heads"][end[k]] - state["heads"][start[k]]) / en.FOOT
            given = abs(state["flows"][k]) * self.flow_scale * lift / 8.814
            meant = power * state["settings"][k]**3
            if state["classes"][k] != 0 and abs(given - meant) > 0.01 * meant:
                return (f"EPANET passes {abs(state['flows'][k]):.0e} m3/s through {self.link_names[k]} at a lift of {lift * en.FOOT:.1f} m: "
                        f"{given:.1e} hp in place of its {meant:.4g}")
        return ""

    def outflow_slopes(self, state, pressure):
        """d(outflow)/dH of every node, and what the law of its demand gives beyond what EPANET gives. [ft²/s, ft³/s]"""
        above = np.maximum(pressure, 1e-6)
        slope = np.abs(state["emitter_flows"]) / (self.emitter_exponent * above)
        slope += state["leak_flows"] / above  # between half and one and a half of it
        slope = np.where(pressure > 0, slope, 0)
        lack = np.zeros(len(pressure))
        kind, lowest, required, exponent = self.demand_model
        if kind == en.PDA:
            full, given = state["full_demands"], state["demand_flows"]
            share = np.clip((pressure - lowest) / (required - lowest), 0, 1)
            between = (full > 0) & (share > 1e-6) & (share < 1)
            beyond = (full > 0) & (np.abs(pressure - np.clip(pressure, lowest, required)) > 1)  # ft; its barriers are straight there
            law = full * share**exponent + (pressure - np.clip(pressure, lowest, required)) / BARRIER
            lack = np.where(between | beyond, law - given, 0)
            slope += np.where(between, exponent * law / np.maximum(pressure - lowest, 1e-9), np.where(beyond, 1 / BARRIER, 0))
        return slope, lack

    def correct(self, state, source_heads, steps=30):
        """EPANET's state without its own errors: heads [m], flows [m³/s], net inflow of every node [m³/s]; and those errors:
        the largest lack of balance of a junction [m³/s] and where, the largest error of head in a pipe [m].

        `state` holds EPANET's heads, flows, demands, classes, settings, reached and outflows in SI units; `source_heads` [m] stand
        at reservoirs and tanks.
        """
        state = dict(state)
        state["heads"] = state["heads"] / en.FOOT
        for key in ("flows", "demands", "emitter_flows", "leak_flows", "demand_flows", "full_demands"):
            state[key] = state[key] * self.flow_scale
        start, end = self.ends.T
        drop = state["heads"][start] - state["heads"][end]
        state["flows"] = np.where(state["classes"] == 0, drop / CLOSED, state["flows"])
        quadratic = np.abs(drop) / np.maximum(state["flows"]**2, 1e-12)
        found = None
        for _ in range(steps):
            errors, moved = self.step(state, source_heads / en.FOOT, quadratic)
            found = found or errors
            if moved < 1e-10:
                break
        inflow = np.zeros(len(state["heads"]))
        carried = np.where(state["classes"] == 0, 0, state["flows"])
        np.add.at(inflow, end, carried)
        np.add.at(inflow, start, -carried)
        return found | {"heads": state["heads"] * en.FOOT, "flows": carried / self.flow_scale, "inflows": inflow / self.flow_scale}

    def step(self, state, source_heads, quadratic):
        """One Newton step, taken in `state`; the errors before it and the largest change of a head [ft] or, ten times, of a flow [ft³/s].

        A flow that is to vanish keeps about half of itself in a step, when no head moves any more."""
        start, end = self.ends.T
        heads, q, classes = state["heads"], state["flows"], state["classes"]
        drop = heads[start] - heads[end]
        closed = classes == 0
        slope, law_lack = self.outflow_slopes(state, heads - self.elevation)
        conductance = 1 / self.slopes(q, drop, state)
        residual = np.where(self.kind <= PIPE, drop - self.pipe_loss(q), 0)
        throttles = (self.kind > PUMP) & (self.kind != PBV) & (self.kind != GPV) & (np.abs(q) > 1e-4)
        residual = np.where(throttles, drop - quadratic * q * np.abs(q), residual)
        for k in self.curves:
            if self.kind[k] == PUMP and q[k] > 0:
                residual[k] = drop[k] + self.pump_law(self.curves[k], q[k], -drop[k], state["settings"][k])[0]
        residual = np.where(closed, drop - CLOSED * q, residual)
        holds = (classes == 2) & ((self.kind == PRV) | (self.kind == PSV))
        fixed = (classes == 2) & (self.kind == FCV)
        conductance = np.where(holds, 0, np.where(fixed, 1 / CLOSED, conductance))
        use = state["reached"][start] & state["reached"][end]
        conductance, residual = np.where(use, conductance, 0), np.where(use & ~holds & ~fixed, residual, 0)
        moved = conductance * residual
        balance = -state["demands"]
        np.add.at(balance, end, np.where(use, q, 0))
        np.add.at(balance, start, np.where(use, -q, 0))
        # EPANET's closed links and the "connectivity" of sustaining valves pass a trickle that is meant.
        psv = holds & (self.kind == PSV) & use
        np.add.at(balance, end[psv], drop[psv] / CLOSED)
        free = state["reached"] & ~self.is_source
        lack = np.where(free, np.abs(balance), 0)
        worst = int(lack.argmax())
        pipes = (self.kind <= PIPE) & ~closed
        errors = {"lack": lack[worst] / self.flow_scale, "lack_at": self.names[worst],
                  "loss_error": np.abs(residual[pipes]).max(initial=0) * en.FOOT}
        balance -= law_lack
        np.add.at(balance, end, moved)
        np.add.at(balance, start, -moved)
        n, valves = len(heads), np.flatnonzero(holds & use)
        given = np.where(self.is_source, source_heads - heads, 0)
        held = np.where(self.kind[valves] == PRV, end[valves], start[valves])
        at = n + np.arange(len(valves))
        one = np.ones(len(valves))
        blocks = [(start, start, conductance), (start, end, -conductance), (end, end, conductance), (end, start, -conductance),
                  (np.arange(n), np.arange(n), slope), (start[valves], at, one), (end[valves], at, -one)]
        blocks = [(row[free[row]], column[free[row]], value[free[row]]) for row, column, value in blocks]
        known = np.flatnonzero(~free)
        blocks += [(known, known, np.ones(len(known))), (at, held, one)]
        rows, columns, values = (np.concatenate(parts) for parts in zip(*blocks))
        right = np.concatenate([np.where(free, balance, given), np.zeros(len(valves))])
        change = splu(coo_matrix((values, (rows, columns)), shape=(len(right),) * 2).tocsc()).solve(right)
        flow_change = moved + conductance * (change[start] - change[end])
        flow_change[valves] = change[at]
        state["heads"] = heads + change[:n]
        state["flows"] = q + flow_change
        more = law_lack + slope * change[:n]
        state["demand_flows"] = state["demand_flows"] + more
        state["demands"] = state["demands"] + np.where(self.is_source, 0, more)
        return errors, max(np.abs(change[:n]).max(initial=0), 10 * np.abs(flow_change).max(initial=0))
