#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the city folders of Examples/Shelf from its facts.csv: make_shelf.py [--check]

facts.csv holds published figures with year, source and status; every figure of a folder is one of them, arithmetic on them, or an
assumption whose source says so. With --check nothing is written, and folders that differ from what would be are named (exit code 1).
"""
import csv
import json
import pathlib
import sys

SHELF = pathlib.Path(__file__).resolve().parent.parent / "Examples" / "Shelf"
FACTS = list(csv.DictReader((SHELF / "facts.csv").open(encoding="utf-8")))
UNKNOWN = "user-input"


def fact(city, item, year):
    return next(row for row in FACTS if (row["city"], row["item"], row["year"]) == (city, item, str(year)))


def figure(value, unit, year, source, status, low=None, high=None, margin=None, extra=""):
    parts = [f"value: {number(value)}"]
    if low is not None:
        parts.append(f"low: {number(low)}, high: {number(high)}")
    if margin is not None:
        parts.append(f"margin_percent: {number(margin)}")
    parts += [f"unit: {unit}", f"year: {year}", f"source: {json.dumps(source, ensure_ascii=False)}", f"status: {status}"]
    return "{" + ", ".join(parts + ([extra] if extra else [])) + "}"


def number(value):
    return f"{value:.12g}"


def rounded(value, digits=2):
    """Assumptions are not given more digits than they are worth."""
    return float(f"{value:.{digits}g}")


def published(city, item, year, unit, margin=None, factor=1.0):
    """A figure as it is printed; its margin, where one is given, is ours and says so."""
    row = fact(city, item, year)
    source = row["source"] + (f"; margin of {margin} % assumed" if margin is not None else "")
    return figure(float(row["value"]) * factor, unit, row["year"], source, row["status"], margin=margin)


def value(city, item, year):
    return float(fact(city, item, year)["value"])


def rate(currency, per_dollar, margin=10):
    """Unit costs of the catalogue are in US$: without a rate no measure has a price."""
    return figure(per_dollar, f"{currency}/USD", 2025, "rounded for the example; put the rate of the day", "assumed", margin=margin)


# Mean worth of a cubic metre of non-revenue water, physical and commercial losses together: 39 billion US$ a year for 346 million m³/d.
WORLD_WORTH = 0.31


def world_worth(currency, per_dollar, what):
    centre = rounded(WORLD_WORTH * per_dollar)
    return figure(centre, f"{currency}/m3", 2019,
                  f"the city's {what} is not known: world mean worth of non-revenue water, US$0.31/m3 (Liemberger and Wyatt 2019), "
                  "halved and doubled", "assumed", low=centre / 2, high=centre * 2, extra="distribution: lognormal")


def connections_from(billed):
    """By cities of this shelf that print both: Hue bills 207, Vientiane some 370, Seoul 481 m³ a year per connection."""
    low, high = billed / 640, billed / 140
    return figure(rounded((low * high) ** 0.5), "connections", "not stated",
                  "not known: billed water over 140 to 640 m3 a year and connection, from Hue (207), Vientiane (370) and Seoul (480), "
                  "widened by a third", "assumed", low=rounded(low), high=rounded(high), extra="distribution: lognormal")


def mains_from(connections):
    """Seoul has 6 m of mains per connection; where houses stand apart it is several times that."""
    return figure(rounded(connections * 0.009), "km", "not stated", "not known: 4 to 20 m per connection; Seoul has 6 (13,721 km for 2.3 "
                  "million meters)", "assumed", low=rounded(connections * 0.004), high=rounded(connections * 0.020),
                  extra="distribution: lognormal")


def profile(currency, per_dollar, **figures):
    """Figures of city.yaml; what is not among them stays unknown."""
    lines = dict(figures)
    lines.setdefault("tariff", world_worth(currency, per_dollar, "price"))
    lines.setdefault("variable_production_cost", world_worth(currency, per_dollar, "cost of one more cubic metre"))
    lines["exchange_rate"] = rate(currency, per_dollar)
    return lines


YEAR = 365.0  # days


def seoul():
    supply, billed = value("Seoul", "system input volume", 2016), value("Seoul", "revenue water volume", 2016)
    leakage = value("Seoul", "leakage rate", 2016) / 100 * supply
    rest = supply - billed - leakage
    saved = value("Seoul", "water saved 1989-2017 (probably annual difference)", 2017)
    cost = value("Seoul", "production cost saved 1989-2017", 2017) / saved
    price = value("Seoul", "worth of 0.5 percentage points of ratio", 2017) / (0.005 * value("Seoul", "production", 2017))
    meters = value("Seoul", "small blocks", 2021) * value("Seoul", "meters per small block", 2021)
    archive = fact("Seoul", "production", 2017)["source"]
    return dict(
        name="Seoul", country="KR", currency="KRW", zone="Asia/Seoul", contexts=[], notes=[
            "The balance is that of 2016, the last year whose volumes are printed here.",
            "What is neither billed nor leaked (published ratio and leakage rate) stands as one line, metering_inaccuracy: how it divides "
            "among meters, own use and illegal use is not published.",
            "Seoul has 2,037 metered blocks. Their inflows are not published, so that the plan offers such blocks anew.",
        ],
        profile=profile(
            "KRW", 1350,
            connections=figure(meters, "connections", 2021, fact("Seoul", "small blocks", 2021)["source"]
                               + ": small blocks times meters in each; a meter is taken for a connection", "computed", margin=10),
            metered_connections=figure(meters, "connections", 2021, fact("Seoul", "small blocks", 2021)["source"]
                                       + ": small blocks times meters in each", "computed", margin=10),
            mains_length=published("Seoul", "pipe length", 2014, "km", margin=5),
            tariff=figure(price, "KRW/m3", 2017, archive + ": worth of half a percentage point of the ratio over that part of the "
                          "production; whether price or cost is not said", "computed", margin=25),
            variable_production_cost=figure(cost, "KRW/m3", 2017, archive + ": production cost saved over water saved, if both are "
                                            "of one year", "contested", margin=50),
            production_capacity=published("Seoul", "treatment capacity", 2017, "m3/d")),
        balance=dict(
            own_sources=published("Seoul", "system input volume", 2016, "m3", margin=2),
            billed_metered=published("Seoul", "revenue water volume", 2016, "m3", margin=1),
            metering_inaccuracy=figure(rest, "m3", 2016, "what ratio and leakage rate of 2016 (2.3 %, " + archive + ") leave: meters, "
                                       "own use and illegal use together", "computed", margin=60),
            unauthorised=figure(0, "m3", 2016, "in metering_inaccuracy", "computed"),
            unbilled_unmetered=figure(0, "m3", 2016, "in metering_inaccuracy", "computed"),
            data_handling=figure(0, "m3", 2016, "in metering_inaccuracy", "computed")))


def hanoi():
    return dict(
        name="Hanoi", country="VN", currency="VND", zone="Asia/Ho_Chi_Minh", contexts=["Vietnam (context)"], notes=[
            "No volume was found in public sources: there is no balance, and no loss is told. The one ratio that is printed is contested."],
        profile=profile("VND", 25000), balance=None)


def typical(billed):
    """Connections for a billed volume, at 300 m³ a year each. [–]"""
    return billed / 300


def ho_chi_minh_city():
    consumption = value("Ho Chi Minh City", "consumption", 2025)
    return dict(
        name="Ho Chi Minh City", country="VN", currency="VND", zone="Asia/Ho_Chi_Minh", contexts=["Vietnam (context)"], notes=[
            "Production and consumption of 2025 are printed without margins; those of this folder are assumed."],
        profile=profile("VND", 25000, connections=connections_from(consumption), mains_length=mains_from(typical(consumption))),
        balance=dict(own_sources=published("Ho Chi Minh City", "production", 2025, "m3", margin=4),
                     billed_metered=published("Ho Chi Minh City", "consumption", 2025, "m3", margin=2)))


def hue():
    billed, capacity = value("Hue", "billed volume", 2013), YEAR * value("Hue", "supply capacity", 2013)
    customers = value("Hue", "customers", 2013)
    return dict(
        name="Hue", country="VN", currency="VND", zone="Asia/Ho_Chi_Minh", contexts=["Vietnam (context)"], notes=[
            "What was supplied is not published. It lies between what was billed and what the works could make: these bounds stand as the "
            "range of own_sources, and no more than bounds on the losses follow."],
        profile=profile(
            "VND", 25000, population=published("Hue", "population served", 2013, "persons"),
            customers=published("Hue", "customers", 2013, "connections"), mains_length=mains_from(customers),
            connections=figure(customers, "connections", 2013, "HueWACO: customers, of which several may share a connection", "assumed",
                               low=0.8 * customers, high=customers),
            production_capacity=published("Hue", "supply capacity", 2013, "m3/d")),
        balance=dict(
            own_sources=figure((billed + capacity) / 2, "m3", 2013, "HueWACO: between what was billed (40 million m3) and what the works "
                               "can make in a year (180,000 m3/d)", "assumed", low=billed, high=capacity, extra="distribution: uniform"),
            billed_metered=published("Hue", "billed volume", 2013, "m3", margin=2)))


def of_one_supply(low, high, ratio_margin, name):
    """Group and correlation that give billed over supplied a margin of `ratio_margin` per cent where both have the same wide range.

    Each has the relative margin m: that of the ratio is m √(2 − 2ρ)."""
    margin = 100 * (high - low) / (high + low)
    return f"error_group: {name}, correlation: {1 - (ratio_margin / margin) ** 2 / 2:.4f}"


def vientiane():
    capacity, ratio = value("Vientiane", "supply capacity", 2025), 1 - value("Vientiane", "NRW", "2025 Jan-Aug") / 100
    low, high = 0.6 * YEAR * capacity, YEAR * capacity
    group = of_one_supply(low, high, 5, "own_sources")
    meters = value("Vientiane", "meters", 2025)
    times = fact("Vientiane", "NRW", "2025 Jan-Aug")["source"]
    return dict(
        name="Vientiane", country="LA", currency="LAK", zone="Asia/Vientiane", contexts=[], notes=[
            "The share of non-revenue water is published, the supply is not: it is taken as 60 to 100 % of the capacity, an assumption, and "
            "billed water follows from the share. Shares are as sure as the published one; volumes are not."],
        profile=profile(
            "LAK", 21500, connections=figure(meters, "connections", 2025, times + ": meters; connections without one are not known",
                                             "assumed", low=meters, high=1.2 * meters),
            metered_connections=published("Vientiane", "meters", 2025, "connections"), mains_length=mains_from(meters),
            production_capacity=published("Vientiane", "supply capacity", 2025, "m3/d")),
        balance=dict(
            own_sources=figure((low + high) / 2, "m3", 2025, times + ": 60 to 100 % of the capacity", "assumed", low=low, high=high,
                               extra=group),
            billed_metered=figure(ratio * (low + high) / 2, "m3", 2025, times + ": 76 % of the supply", "computed", low=ratio * low,
                                  high=ratio * high, extra=group)))


def jakarta():
    return dict(
        name="Jakarta", country="ID", currency="IDR", zone="Asia/Jakarta", contexts=[], notes=[
            "No volume was found in public sources, and no ratio after 2008: there is no balance, and no loss is told."],
        profile=profile("IDR", 16000), balance=None)


def bangkok():
    supply = YEAR * value("Bangkok", "supply", 2019)
    low, high = 1 - value("Bangkok", "NRW (close to)", 2018) / 100, value("Bangkok", "sold share", 2015) / 100
    return dict(
        name="Bangkok", country="TH", currency="THB", zone="Asia/Bangkok", contexts=[], notes=[
            "Prints of the share of non-revenue water go from 23.4 % (2015) to about 30 % (2018); the billed volume has this range.",
            "Two lengths of mains are printed, 37,700 and 25,000 km; both lie in the range of mains_length."],
        profile=profile(
            "THB", 34, connections=connections_from((low + high) / 2 * supply), mains_length=figure(
                value("Bangkok", "pipe length", 2019), "km", 2019, fact("Bangkok", "pipe length", 2019)["source"] + "; Geospatial World "
                "has 25,000 km (2009)", "contested", low=value("Bangkok", "pipe length (other source)", 2009), high=40000)),
        balance=dict(
            own_sources=published("Bangkok", "supply", 2019, "m3", margin=4, factor=YEAR),
            billed_metered=figure((low + high) / 2 * supply, "m3", 2019, "supply of 2019 times the share sold: 76.6 % (Smart Utilities, "
                                  "2015) to about 70 % (W12 Blueprint, 2018)", "contested", low=low * supply, high=high * supply,
                                  extra="distribution: uniform")))


def manila_west():
    west = "Manila West"
    supply = YEAR * value(west, "NRW volume", 2010) / (value(west, "NRW", 2010) / 100)
    low, high = 0.8 * supply, 1.2 * supply
    group = of_one_supply(low, high, 5, "own_sources")
    ratio = 1 - (value(west, "NRW", 2022) + value(west, "NRW (House hearing)", 2023)) / 200
    return dict(
        name="Manila west zone", country="PH", currency="PHP", zone="Asia/Manila", contexts=[], notes=[
            "The last volume that is printed is of 2010: 1,198,000 m3/d, 54 % of the supply. The supply of today is taken as that of 2010 "
            "within 20 %, an assumption; shares of 2022 (43 %) and 2023 (40 %, contested) give the billed water."],
        profile=profile("PHP", 57, connections=connections_from(ratio * supply), mains_length=mains_from(typical(ratio * supply))),
        balance=dict(
            own_sources=figure(supply, "m3", 2010, "ADB Country Water Action, Dec 2010: volume over share of non-revenue water; held for "
                               "today within 20 %", "assumed", low=low, high=high, extra=group),
            billed_metered=figure(ratio * supply, "m3", 2022, "supply times the share billed: DZRH, Jun 2023 (57 %) and Rappler, 17 May "
                                  "2023 (60 %)", "contested", low=ratio * low, high=ratio * high, extra=group)))


def manila_east():
    return dict(
        name="Manila east zone", country="PH", currency="PHP", zone="Asia/Manila", contexts=[], notes=[
            "Shares of non-revenue water are printed, volumes are not: there is no balance, and no loss is told."],
        profile=profile("PHP", 57), balance=None)


def phnom_penh():
    return dict(
        name="Phnom Penh", country="KH", currency="KHR", zone="Asia/Phnom_Penh", contexts=[], notes=[
            "Shares of non-revenue water are printed from 1993 to 2022, volumes are not: there is no balance, and no loss is told.",
            "The census that led from 72 to 6 % stands under facts: 13,722 connections without record, 12,980 records without connection."],
        profile=profile("KHR", 4050), balance=None)


def brunei():
    return dict(
        name="Pulau Muara Besar", country="BN", currency="BND", zone="Asia/Brunei", contexts=[], notes=[
            "A new-build case: an island that was to be opened by a bridge. No demand, population or network is published, so there is "
            "nothing to lose yet. What can be had before the first pipe lies: metered zones, pressure and meters in the design (yusu zones, "
            "yusu pressure on the designer's model)."],
        profile=profile("BND", 1.33), balance=None, facts="Brunei PMB island")


CITIES = {
    "Seoul": seoul, "Hanoi": hanoi, "HoChiMinhCity": ho_chi_minh_city, "Hue": hue, "Vientiane": vientiane, "Jakarta": jakarta,
    "Bangkok": bangkok, "ManilaEast": manila_east, "ManilaWest": manila_west, "PhnomPenh": phnom_penh, "PulauMuaraBesar": brunei,
}
FACTS_OF = {"Manila east zone": "Manila East", "Manila west zone": "Manila West", "Pulau Muara Besar": "Brunei PMB island"}
FIGURES = ["population", "customers", "connections", "metered_connections", "mains_length", "service_line_length", "average_pressure",
           "supply_hours", "tariff", "variable_production_cost", "operating_cost", "production_capacity", "exchange_rate"]
LINES = ["own_sources", "imported", "exported", "billed_metered", "billed_unmetered", "unauthorised", "metering_inaccuracy",
         "unbilled_unmetered", "data_handling"]


def fact_line(row, context=""):
    item = f"{context}{row['item']}"
    start = f"  - {{item: {json.dumps(item, ensure_ascii=False)}, "
    if row["status"] == UNKNOWN:
        unit = row["unit"] or "%"
        return start + f"unit: {json.dumps(unit)}, source: {json.dumps(row['source'])}, status: unknown}}"
    year = row["year"] if row["year"] else "not stated"
    return start + (f"value: {row['value']}, unit: {json.dumps(row['unit'])}, year: {json.dumps(year)}, "
                    f"source: {json.dumps(row['source'], ensure_ascii=False)}, status: {row['status']}}}")


def city_yaml(city):
    lines = ["# Published figures alone, written by Tools/make_shelf.py from ../facts.csv. What is not published stays unknown.",
             f"name: {json.dumps(city['name'])}", f"country: {city['country']}", f"currency: {city['currency']}", "language: en",
             f"time_zone: {city['zone']}", "notes:"]
    lines += [f"  - {json.dumps(note)}" for note in city["notes"]]
    lines += [f"{name}: {city['profile'].get(name, 'unknown')}" for name in FIGURES if name != "customers" or name in city["profile"]]
    lines.append("facts:")
    own = FACTS_OF.get(city["name"], city["name"])
    lines += [fact_line(row) for row in FACTS if row["city"] == own]
    for context in city["contexts"]:
        lines += [fact_line(row, context.split(" (")[0] + ": ") for row in FACTS if row["city"] == context]
    return "\n".join(lines) + "\n"


def balance_yaml(city):
    lines = ["# A year. Figures and margins say where they come from; margins are ours, since none is published.", "period_days: 365"]
    return "\n".join(lines + [f"{name}: {city['balance'][name]}" for name in LINES if name in city["balance"]]) + "\n"


PLAN = """# The horizon is ours; no target or budget is published for a plan of this kind.
horizon_years: 15
regime: surplus
objective: net_present_value
"""


def files():
    for folder, make in CITIES.items():
        city = make()
        yield f"{folder}/city.yaml", city_yaml(city)
        if city["balance"]:
            yield f"{folder}/balance.yaml", balance_yaml(city)
        yield f"{folder}/plan.yaml", PLAN


def main(arguments):
    if any(a in ("-h", "--help") for a in arguments) or any(a != "--check" for a in arguments):
        sys.exit(__doc__)
    differing = []
    for name, text in files():
        path = SHELF / name
        if arguments:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                differing.append(name)
            continue
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if differing:
        sys.exit("differ from facts.csv (run Tools/make_shelf.py): " + ", ".join(differing))


if __name__ == "__main__":
    main(sys.argv[1:])
