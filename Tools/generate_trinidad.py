#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes Examples/TrinidadAndTobago from its facts.csv: generate_trinidad.py [--check]

facts.csv holds published and contested figures with year, source and status. The national figures of the folder are those, arithmetic on
them, or assumptions that say so. The lot of meters (meter_lot.csv) is synthetic: drawn by a generator with a fixed seed, the same bytes each
time. With --check nothing is written, and files that differ from what would be are named (exit code 1).
"""
import csv
import pathlib
import random
import sys

from make_shelf import fact_line, figure, rounded, world_worth

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Examples" / "TrinidadAndTobago"
FACTS = list(csv.DictReader((FOLDER / "facts.csv").open(encoding="utf-8")))
SEED = 2014
YEAR = 365  # days
DOLLAR = 6.78  # TT$ per US$, the rate with which the sources convert
GALLONS = 4.54609e-3  # m³ in an imperial gallon


def fact(item):
    return next(row for row in FACTS if row["item"] == item)


def value(item):
    return float(fact(item)["value"])


def source(*items):
    return "; ".join(dict.fromkeys(fact(item)["source"] for item in items))


def between(low, high, unit, year, text, status, digits=4, extra="distribution: uniform"):
    """The middle of two prints that disagree, with both as the ends of what is possible."""
    return figure(rounded((low + high) / 2, digits), unit, year, text, status, low=rounded(low, digits), high=rounded(high, digits), extra=extra)


PRODUCTION = (value("production"), value("production (Minister)"))  # MIGD
DESALINATION = value("desalination contract 1, quantity") + value("desalination contract 2, quantity")  # MIGD
MEAN_PRODUCTION = sum(PRODUCTION) / 2
ACCOUNTS = value("residential customers") + value("IDB non-domestic beneficiaries")


def profile():
    metered = 1 - value("customers unmetered") / 100
    hours = [24 * share + (1 - share) * rest for share, rest in ((0.16, 4), (0.61, 14))]
    prices = value("mean price of water (earlier statement)"), value("mean price of water")
    return dict(
        population=figure(value("population"), "persons", 2014, source("population"), "published", margin=5),
        connections=figure(ACCOUNTS, "connections", "2021-2022", "408,000 residential accounts (CNC3 news) and 16,841 non-domestic customers "
                           "(Inter-American Development Bank); an account is taken for a connection, low end the round 400,000",
                           "computed", low=400000, high=430000),
        metered_connections=figure(rounded(metered * ACCOUNTS), "connections", 2022, source("customers unmetered") + ": 4 % of the accounts",
                                   "computed", margin=25),
        mains_length=figure(rounded(ACCOUNTS * 0.009), "km", "not stated", "not found in public sources: 4 to 20 m per connection, as the "
                            "shelf of cities takes it (Seoul has 6)", "assumed", low=rounded(ACCOUNTS * 0.004),
                            high=rounded(ACCOUNTS * 0.020), extra="distribution: lognormal"),
        supply_hours=between(hours[0], hours[1], "h/d", "2022-2024", "mean over the population: 16 % (Regulated Industries Commission, 2022) to "
                             "61 % (Minister, Trinidad Guardian, 2024) have water all day; the others are taken to have it for 4 to 14 hours, "
                             "an assumption", "contested", digits=2),
        tariff=between(DOLLAR * prices[0], DOLLAR * prices[1], "TTD/m3", "2017-2022", "mean price of US$0.18 (Minister, Newsday, 17 Oct 2017) "
                       "or US$0.31 per m3 (Trinidad Express, 19 Apr 2022), at TT$6.78 per US$", "contested", digits=3),
        # Of the utility's own works: desalinated water stands under the purchases of plan.yaml.
        variable_production_cost=world_worth("TTD", DOLLAR, "cost of one more cubic metre from its own works"),
        production_capacity=figure(value("production capacity"), "MIGD", 2024, source("production capacity"), "published"),
        exchange_rate=figure(DOLLAR, "TTD/USD", 2023, "rate with which the press reports convert; put the rate of the day", "assumed", margin=3))


NOTES = [
    "The national figures are published ones with their sources, or assumptions that say so. Where sources disagree both stand under the "
    "facts of the profile with their status, and the range of the figure holds both.",
    "The lot of 15,000 meters is synthetic: only its size is published (2014). Places, classes and diameters come from a seeded generator and say nothing of "
    "a real district.",
    "Desalinated water (45.6 million imperial gallons a day) is paid for whether it is taken or not until 2028, by another statement 2036 "
    "for the larger contract. Until then water that is saved lowers no bill; it lengthens the hours of supply. From then on the plan spares the dearer contract first, then the larger.",
    "Of the customers 96 % pay a flat charge: water that reaches them for more hours earns nothing more. What such water is worth to them "
    "is not counted here. Where saved water lengthens the hours of supply, nothing is spared; the worth told here is that of water no longer bought.",
    "What leakage control costs here is contested: published programmes paid US$123 (Ho Chi Minh City) to US$3,749 (Bahamas, award; all contracts "
    "since: 6,968) for each m3/d saved. The plan holds the range of the first two; a pilot must settle the price before its sums are committed.",
    "Whether 50 or 40 % of the water earns nothing is contested, and the utility denies that all of it leaks: what customers without a meter "
    "use is an estimate in every one of these figures.",
]


def city_yaml():
    lines = ["# Written by Tools/generate_trinidad.py from facts.csv; see README.md. What is not published stays unknown, or says that it is assumed.",
             "name: Trinidad and Tobago", "country: TT", "currency: TTD", "language: en", "time_zone: America/Port_of_Spain",
             "utility: Water and Sewerage Authority (WASA)", "notes:"]
    lines += [f'  - "{note}"' for note in NOTES]
    known = profile()
    lines += [f"{name}: {known.get(name, 'unknown')}" for name in (
        "population", "connections", "metered_connections", "mains_length", "service_line_length", "average_pressure", "supply_hours", "tariff",
        "variable_production_cost", "operating_cost", "production_capacity", "exchange_rate")]
    return "\n".join(lines + ["facts:"] + [fact_line(row, "" if row["city"] == "Trinidad and Tobago" else row["city"] + ": ") for row in FACTS]) + "\n"


def balance_yaml():
    shares = 1 - value("NRW (regulator)") / 100, 1 - value("NRW (Minister)") / 100
    metered = 25.0, 19.0, 31.0  # MIGD
    billed = [share * MEAN_PRODUCTION for share in shares]

    def yearly(low, high, *rest):
        return between(YEAR * low, YEAR * high, "MIG", *rest)

    return "\n".join([
        "# A year, in million imperial gallons. Written by Tools/generate_trinidad.py from facts.csv.", "period_days: 365",
        "own_sources: " + yearly(PRODUCTION[0] - DESALINATION, PRODUCTION[1] - DESALINATION, "2022-2023", "218 MIGD (Regulated Industries "
                                 "Commission, Newsday, 16 Apr 2022) or 240 MIGD (Minister, Trinidad Express, 23 Mar 2023), less desalination",
                                 "contested"),
        "# Bought: the desalination contracts. Taken to be a part of the production that is printed.",
        "imported: " + figure(YEAR * DESALINATION, "MIG", 2023, source("desalination contract 1, quantity") + ": 40 and 5.6 MIGD under contract; "
                              "margin assumed", "published", margin=3),
        "billed_metered: " + figure(YEAR * metered[0], "MIG", "not stated", "not published: all industrial, half of the commercial and 1.8 % of "
                                    "the residential customers have a meter; taken for 15 to 25 % of the billed water", "assumed",
                                    low=YEAR * metered[1], high=YEAR * metered[2]),
        "billed_unmetered: " + yearly(billed[0] - metered[0], billed[1] - metered[0], "2022-2023", "what earns revenue in all, 50 % (regulator, "
                                      "2022) to 60 % (Minister, 2023) of the mean production, less what is metered. No meter has measured it",
                                      "contested"),
    ]) + "\n"


def purchase(what, number, unit, factor=1.0):
    row = fact(f"desalination contract {number}, {what}")
    rate = f", at TT${DOLLAR} per US$" if factor != 1 else ""
    return figure(rounded(factor * float(row["value"]), 4), unit, row["year"], row["source"] + rate, row["status"])


def plan_yaml():
    end = f'{value("take-or-pay contracts end"):.0f}'
    loan = value("IDB first loan") * DOLLAR
    state = value("smart meters in FY2026 budget") + value("mains in FY2026 budget")
    return f"""# Written by Tools/generate_trinidad.py. Sums of funding are published, how they are put together is chosen for the example.
start_year: 2027
horizon_years: 15
# IDB disburses over four years.
construction_years: 4
budget: {loan + state:.0f}
discount_rate: {figure(12, '"%"', "not stated", "rate that the bank is said to use, professional knowledge", "unverified")}
# Desalinated water is paid for whether it is taken or not; by another statement to 2036.
regime: take_or_pay
purchases:
  - {{name: "contract 1", quantity: {purchase("quantity", 1, "MIGD")}, price: {purchase("price", 1, "currency/m3", DOLLAR)}, until: {end}}}
  - {{name: "contract 2", quantity: {purchase("quantity", 2, "MIGD")}, price: {purchase("price", 2, "currency/m3", DOLLAR)}, until: {end}}}
objective: net_present_value
# Supply is rationed near the works' capacity (240 of 243 MIGD): what leaks more is missing elsewhere, so losses cannot grow as in the catalogue's cases.
natural_rise_of_leakage: {figure(1, '"%/year"', 2026, "chosen for the example: production is near its capacity and supply is rationed", "assumed", low=0, high=3)}
# Inlet chambers that crews can build in a year, chosen for the example.
crews: {{district_metering: 100}}
# The lot of meters is decided, and must be supervised.
mandatory: [first_metering, construction_supervision]
funding:
  - {{name: "IDB, first loan of US$80 million (2022), 25 years; interest of 5 % assumed", kind: concessional_loan, amount: {loan:.0f}, interest_percent: 5, maturity_years: 25, grace_years: 4}}
  - {{name: "state budget of FY2026: smart meters TT$50 million, mains TT$300 million", kind: own_funds, amount: {state:.0f}}}
donor: idb
# Roles as the partner city offers them; the shares are invented.
consortium:
  - {{name: "contractor for meters and reading network (to be selected)", role: lead, share_percent: 85}}
  - {{name: "waterworks of the partner city", role: supervisor, share_percent: 15}}
price_base_year: 2026
tax: {figure(12.5, '"%"', "not stated", "value-added tax, professional knowledge", "unverified")}
# June to December.
wet_season: [6, 7, 8, 9, 10, 11, 12]
owns_interface_and_keys: true
operation_paid_by: "utility, with the state's subsidy (TT$2 billion a year, Trinidad Guardian, 2023)"
"""




def catalogue_yaml():
    leak = 12  # m³/d saved by a repair, central figure of the built-in catalogue
    programmes = [row for row in FACTS if row["item"].startswith("cost of a programme per m3/d saved")]
    costs = [leak * DOLLAR * float(row["value"]) for row in programmes]
    repair = figure(rounded((min(costs) * sorted(costs)[1]) ** 0.5), "TTD per leak", "2014-2022", "published programmes paid US$123 (Ho Chi Minh City) to "
                    "3,749 (Bahamas, award) per m3/d saved: on a repair that saves 12 m3/d, geometric mean of both",
                    "contested", low=rounded(min(costs)), high=rounded(sorted(costs)[1]), extra="distribution: pert")
    meter = figure(3000, "TTD per meter with endpoint", 2021, "CNC3 news: metering cost per meter; range is the example's own", "published",
                   low=2200, high=4500)
    months = figure(60, "person-months", 2026, "chosen for the example", "assumed")
    month = figure(110000, "TTD per person-month", 2026, "chosen for the example: US$16,000", "assumed", low=80000, high=150000)
    return f"""# Written by Tools/generate_trinidad.py.
measures:
  remote_reading:
    unit_cost: {meter}
  active_leak_control:
    repair_cost: {repair}
  construction_supervision:
    quantity: {months}
    unit_cost: {month}
# Meters that are there already are not in the lot.
exclude: [remote_reading, walk_by_reading]
"""

# A town between two hills and a road with villages, 11 by 6 km: centre [m], spread [m], share of the blocks. Invented.
CLUSTERS = [((3000, 2200), 800, 0.42), ((6100, 3600), 550, 0.26), ((8700, 1800), 420, 0.14)]
RESERVOIRS = [(2600, 4300), (5200, 900), (6900, 4900), (9800, 2600)]
# Class, share of the meters, diameters [mm] with their shares within the class.
CLASSES = [
    ("residential", 0.925, ((15, 0.94), (20, 0.06))), ("commercial", 0.060, ((15, 0.45), (20, 0.35), (25, 0.15), (40, 0.05))),
    ("institutional", 0.012, ((20, 0.30), (25, 0.40), (50, 0.30))), ("industrial", 0.003, ((50, 0.60), (80, 0.40))),
]
BLOCK = 25  # meters about one place


def pick(rng, choices):
    at = rng.random()
    for what, share in choices:
        at -= share
        if at < 0:
            return what
    return choices[0][0]


def lot_csv():
    """Blocks of meters, thinned out about the centres and along the road; the same bytes for the same seed."""
    rng = random.Random(SEED)
    counts = {}
    left = int(value("remote-read meters in the planned lot"))
    while left:
        at = rng.random()
        place = None
        for (x, y), spread, share in CLUSTERS:
            at -= share
            if at < 0:
                place = x + rng.gauss(0, spread), y + rng.gauss(0, spread)
                break
        if place is None:
            road = rng.random()
            place = 500 + 10000 * road, 2400 + 900 * road + rng.gauss(0, 250)
        key = round(place[0], -1), round(place[1], -1)
        for _ in range(min(BLOCK, left)):
            name = pick(rng, [(entry, entry[1]) for entry in CLASSES])
            diameter = pick(rng, name[2])
            counts[key + (name[0], diameter)] = counts.get(key + (name[0], diameter), 0) + 1
            left -= 1
    rows = ["x_m,y_m,class,diameter_mm,count"]
    rows += [f"{x:.0f},{y:.0f},,,0" for x, y in RESERVOIRS]
    rows += [f"{x:.0f},{y:.0f},{name},{diameter},{count}" for (x, y, name, diameter), count in sorted(counts.items())]
    return "\n".join(rows) + "\n"


FILES = {"city.yaml": city_yaml, "balance.yaml": balance_yaml, "plan.yaml": plan_yaml, "catalogue.yaml": catalogue_yaml,
         "meter_lot.csv": lot_csv}


def main(arguments):
    if any(a in ("-h", "--help") for a in arguments) or any(a != "--check" for a in arguments):
        sys.exit(__doc__)
    differing = []
    for name, make in FILES.items():
        path, text = FOLDER / name, make()
        if not arguments:
            path.write_text(text, encoding="utf-8")
        elif not path.exists() or path.read_text(encoding="utf-8") != text:
            differing.append(name)
    if differing:
        sys.exit("differ from facts.csv (run Tools/generate_trinidad.py): " + ", ".join(differing))


if __name__ == "__main__":
    main(sys.argv[1:])
