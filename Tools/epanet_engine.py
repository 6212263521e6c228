# SPDX-License-Identifier: GPL-3.0-or-later
"""EPANET 2.3 for comparisons: the C library of the owa-epanet wheel through ctypes, whole arrays at a time, in SI units.

The wheel's own Python functions give one value a call and its arrays cannot be filled; the library beside them can be asked
directly. Quantities are turned from the file's unit with the exact unit, never through EPANET's rounded cubic feet.
"""
import copy
import ctypes
import os
import subprocess
import sys
import tempfile

import numpy as np

FOOT = 0.3048
CUBIC_FOOT = FOOT**3
US_GALLON, IMPERIAL_GALLON = 3.785411784e-3, 4.54609e-3
DAY = 86400.0
# In the order of EN_FlowUnits: CFS GPM MGD IMGD AFD LPS LPM MLD CMH CMD CMS.
FLOW_UNIT = [CUBIC_FOOT, US_GALLON / 60, 1e6 * US_GALLON / DAY, 1e6 * IMPERIAL_GALLON / DAY, 43560 * CUBIC_FOOT / DAY,
             1e-3, 1e-3 / 60, 1e3 / DAY, 1 / 3600, 1 / DAY, 1.0]
US_FLOW_UNITS = 5
# EPANET's own flow units per cubic foot a second, rounded as it has them.
FLOW_PER_CUBIC_FOOT = [1.0, 448.831, 0.64632, 0.5382, 1.9837, 28.317, 1699.0, 2.4466, 101.94, 2446.6, 0.028317]
# EPANET's own pressure units per foot of water, in the order of EN_PressUnits: PSI KPA METERS BAR FEET.
PRESSURE_PER_FOOT = [0.4333, 0.4333 * 6.895, 0.3048, 0.4333 * 0.068948, 1.0]

ELEVATION, DEMAND, HEAD, EMITTER = 0, 9, 10, 3
FLOW, STATUS, SETTING, PUMP_STATE = 8, 11, 12, 16
TRIALS, ACCURACY, UNBALANCED, SP_GRAVITY, PRESS_UNITS = 0, 1, 14, 12, 25
ITERATIONS, RELATIVEERROR, MAXHEADERROR, MAXFLOWCHANGE = 0, 1, 2, 3
DURATION, REPORTSTEP, REPORTSTART = 0, 5, 6
EMITTER_FLOW, LEAK_FLOW, DEMAND_FLOW, FULL_DEMAND = 29, 30, 31, 32
TANK_DIAMETER, VOLUME_CURVE, LEAST_LEVEL, HIGHEST_LEVEL = 17, 19, 20, 21
NODES, LINKS = 0, 2
PDA = 1
CLOSED_STATES, OPEN_STATE, ACTIVE_STATE = (0, 1, 2), 3, 4
UNBALANCED_WARNING = 1


class EPANETError(Exception):
    """A code of 100 or more; `code` holds it."""

    def __init__(self, code):
        super().__init__(f"error {code}")
        self.code = code


def library():
    """The wheel's shared library; the wheel is installed where it is missing."""
    try:
        import epanet
    except ImportError:
        print("installing owa-epanet", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "owa-epanet"], check=True)
        import epanet
    folder = os.path.dirname(epanet.__file__)
    names = [name for name in sorted(os.listdir(folder)) if "epanet2" in name and name.endswith((".so", ".dylib", ".dll"))]
    return ctypes.CDLL(os.path.join(folder, names[0]))


class Engine:
    """One open project. `with Engine(path) as engine: ...`"""

    def __init__(self, path):
        self.lib = library()
        self.project = ctypes.c_void_p()
        self.path = path

    def __enter__(self):
        self.lib.EN_createproject(ctypes.byref(self.project))
        try:
            self.call("open", self.path.encode(), os.devnull.encode(), b"")
            unit = ctypes.c_int()
            self.call("getflowunits", ctypes.byref(unit))
            self.flow_unit = FLOW_UNIT[unit.value]
            # What EPANET takes for a cubic foot, over a cubic foot.
            self.unit_factor = self.flow_unit * FLOW_PER_CUBIC_FOOT[unit.value] / CUBIC_FOOT
            self.length_unit = FOOT if unit.value < US_FLOW_UNITS else 1.0
            self.node_count, self.link_count = self.count(NODES), self.count(LINKS)
        except EPANETError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.lib.EN_close(self.project)
        self.lib.EN_deleteproject(self.project)

    def call(self, name, *arguments):
        """Calls EN_name; returns its warning (0 to 99)."""
        code = getattr(self.lib, "EN_" + name)(self.project, *arguments)
        if code >= 100:
            raise EPANETError(code)
        return code

    def count(self, kind):
        value = ctypes.c_int()
        self.call("getcount", kind, ctypes.byref(value))
        return value.value

    def number(self, name, *arguments):
        value = ctypes.c_double()
        self.call(name, *arguments, ctypes.byref(value))
        return value.value

    def integer(self, name, *arguments):
        value = ctypes.c_int()
        self.call(name, *arguments, ctypes.byref(value))
        return value.value

    def demand_model(self):
        """Kind, pressure heads that give nothing and all [ft], exponent."""
        kind, a, b, c = ctypes.c_int(), ctypes.c_double(), ctypes.c_double(), ctypes.c_double()
        self.call("getdemandmodel", ctypes.byref(kind), ctypes.byref(a), ctypes.byref(b), ctypes.byref(c))
        foot = PRESSURE_PER_FOOT[int(self.option(PRESS_UNITS))] * self.option(SP_GRAVITY)
        return kind.value, a.value / foot, b.value / foot, c.value

    def points(self, index):
        """Points of a curve as the file has them; none for index 0."""
        x, y, found = ctypes.c_double(), ctypes.c_double(), []
        for point in range(1, self.integer("getcurvelen", index) + 1 if index > 0 else 1):
            self.call("getcurvevalue", index, point, ctypes.byref(x), ctypes.byref(y))
            found.append((x.value, y.value))
        return found

    def curve(self, index):
        """Points of a curve of flow and head [ft³/s, ft]; none for index 0."""
        flow = FLOW_PER_CUBIC_FOOT[FLOW_UNIT.index(self.flow_unit)]
        return [(x / flow, y * self.length_unit / FOOT) for x, y in self.points(index)]

    def curve_slopes(self, index):
        """Upper end [m] and surface [m²] of each part of a tank's volume curve; none for index 0."""
        points = [(x * self.length_unit, y * self.length_unit**3) for x, y in self.points(index)]
        return [(b[0], (b[1] - a[1]) / max(b[0] - a[0], 1e-9)) for a, b in zip(points, points[1:])]

    def state(self):
        """Heads, flows, demands and outflows [SI], and settings [file's unit]."""
        outflows = {"emitter_flows": EMITTER_FLOW, "leak_flows": LEAK_FLOW, "demand_flows": DEMAND_FLOW, "full_demands": FULL_DEMAND}
        found = {key: self.values("node", self.node_count, kind) * self.flow_unit for key, kind in outflows.items()}
        return found | {"heads": self.heads(), "flows": self.flows(), "demands": self.demands(),
                        "settings": self.values("link", self.link_count, SETTING)}

    def seconds(self, kind):
        value = ctypes.c_long()
        self.call("gettimeparam", kind, ctypes.byref(value))
        return value.value

    def option(self, option, value=None):
        if value is None:
            return self.number("getoption", option)
        self.call("setoption", option, ctypes.c_double(value))

    def statistic(self, kind):
        return self.number("getstatistic", kind)

    def head_error(self):
        """Largest difference of heads and head loss that EPANET finds in its own answer. [m]"""
        return self.statistic(MAXHEADERROR) * self.length_unit

    def names(self, what, count):
        buffer, found = ctypes.create_string_buffer(64), []
        for index in range(1, count + 1):
            self.call(f"get{what}id", index, buffer)
            try:
                found.append(buffer.value.decode("utf-8"))
            except UnicodeDecodeError:
                found.append(buffer.value.decode("latin-1"))
        return found

    def node_names(self):
        return self.names("node", self.node_count)

    def link_names(self):
        return self.names("link", self.link_count)

    def values(self, what, count, kind):
        values = np.empty(count)
        self.call(f"get{what}values", kind, values.ctypes.data_as(ctypes.POINTER(ctypes.c_double)))
        return values

    def heads(self):
        """[m]"""
        return self.values("node", self.node_count, HEAD) * self.length_unit

    def demands(self):
        """[m³/s]"""
        return self.values("node", self.node_count, DEMAND) * self.flow_unit

    def flows(self):
        """[m³/s]"""
        return self.values("link", self.link_count, FLOW) * self.flow_unit

    def classes(self):
        """0 closed, 1 open, 2 active."""
        state = self.values("link", self.link_count, PUMP_STATE)
        # EPANET calls a running pump with a trace of backward flow by the word of one that cannot deliver its head.
        state = np.where((state == 0) & (self.flows() != 0), OPEN_STATE, state)
        return np.where(np.isin(state, CLOSED_STATES), 0, np.where(state == ACTIVE_STATE, 2, 1)).astype(np.int8)

    def ends(self):
        """Start and end of each link, from 0."""
        a, b = ctypes.c_int(), ctypes.c_int()
        found = np.empty((self.link_count, 2), dtype=int)
        for index in range(self.link_count):
            self.call("getlinknodes", index + 1, ctypes.byref(a), ctypes.byref(b))
            found[index] = a.value - 1, b.value - 1
        return found

    def sources(self):
        """True for tanks and reservoirs."""
        kind = ctypes.c_int()
        found = np.zeros(self.node_count, dtype=bool)
        for index in range(self.node_count):
            self.call("getnodetype", index + 1, ctypes.byref(kind))
            found[index] = kind.value != 0
        return found

    def use_pressure_driven_demand(self, minimum=0.0, required=20.0, exponent=0.5):
        """Limits in metres; a file that has its own keeps them."""
        model, a, b, c = ctypes.c_int(), ctypes.c_double(), ctypes.c_double(), ctypes.c_double()
        self.call("getdemandmodel", ctypes.byref(model), ctypes.byref(a), ctypes.byref(b), ctypes.byref(c))
        if model.value != PDA:
            per_metre = PRESSURE_PER_FOOT[int(self.option(PRESS_UNITS))] * self.option(SP_GRAVITY) / FOOT
            self.call("setdemandmodel", PDA, ctypes.c_double(minimum * per_metre), ctypes.c_double(required * per_metre),
                      ctypes.c_double(exponent))

    def use_demand_driven_demand(self):
        zero, one = ctypes.c_double(0), ctypes.c_double(0.5)
        self.call("setdemandmodel", 0, zero, ctypes.c_double(20), one)

    def open_hydraulics(self, keep_flows=False):
        self.call("openH")
        self.call("initH", 0 if keep_flows else 10)

    def solve(self):
        """One solve: its time [s] and warning."""
        time = ctypes.c_long()
        warning = self.call("runH", ctypes.byref(time))
        return time.value, warning

    def advance(self):
        """Length of the step to the next solve; 0 at the end. [s]"""
        step = ctypes.c_long()
        self.call("nextH", ctypes.byref(step))
        return step.value


def with_true_power(wn):
    """A WNTR model to be written in SI units, with pumps of constant power such that the library gives them what they have."""
    pumps = [name for name, pump in wn.pumps() if pump.pump_type == "POWER"]
    if pumps:
        wn = copy.deepcopy(wn)
        taken = power_taken()
        for name in pumps:
            wn.get_link(name).power /= taken
    return wn


PUMP_OF_TEN_KILOWATTS = """[JUNCTIONS]
A 0 50
[RESERVOIRS]
R 10
[PUMPS]
U R A POWER 10
[OPTIONS]
UNITS LPS
[END]
"""


def power_taken():
    """What the library takes a kilowatt of a pump's constant power for, in a file in SI units: 2.3.5 takes it for 1.34. [kW]"""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "pump.inp")
        with open(path, "w") as file:
            file.write(PUMP_OF_TEN_KILOWATTS)
        with Engine(path) as engine:
            engine.open_hydraulics()
            engine.solve()
            heads, flows = engine.heads(), engine.flows()
            return abs(heads[0] - heads[1]) * flows[0] * 9.81 / 10
