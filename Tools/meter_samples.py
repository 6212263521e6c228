#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the meter samples with Python's csv, json and xml alone, and prints what Tests/MeteringTests/SampleTests.swift expects of each:
rows, and for each series (kind, unit, register) the number of readings, their exact sum, the first and the last instant in UTC.

    Tools/meter_samples.py ../shared/meter-samples
"""
import csv
import io
import json
import re
import sys
import xml.etree.ElementTree as ET
from collections import OrderedDict
from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

ROOT = sys.argv[1].rstrip("/") + "/"


def table(name, encoding="utf-8-sig", delimiter=",", skip=0):
    with open(ROOT + name, encoding=encoding, newline="") as file:
        text = file.read()
    lines = text.splitlines()[skip:]
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True)
    header = next(reader)
    return [dict(zip(header, row)) for row in reader if row]


def utc(local, zone, seen=None):
    """A wall-clock time in UTC; in the hour that comes twice the first is summer time, unless `seen` has it already."""
    aware = local.replace(tzinfo=ZoneInfo(zone)).astimezone(timezone.utc)
    if seen is not None:
        if aware in seen:
            aware = local.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(timezone.utc)
        seen.add(aware)
    return aware


class Tally:
    def __init__(self, name, rows):
        self.name, self.rows, self.series = name, rows, OrderedDict()

    def add(self, kind, unit, register, when, value):
        entry = self.series.setdefault((kind, unit, register), [0, Decimal(0), when, when])
        entry[0] += 1
        # Readings are kept to seven decimals.
        entry[1] += Decimal(str(value)).quantize(Decimal("1e-7"), ROUND_HALF_UP)
        entry[2], entry[3] = min(entry[2], when), max(entry[3], when)

    def show(self):
        for (kind, unit, register), (count, total, first, last) in sorted(self.series.items()):
            print(f"{self.name}: rows {self.rows}: {kind} {unit} {register or '-'}: {count} sum {total.normalize():f} "
                  f"{first:%Y-%m-%dT%H:%M:%SZ} {last:%Y-%m-%dT%H:%M:%SZ}")


def iso(text):
    text = re.sub(r"(\.\d{6})\d+", r"\1", text.replace("Z", "+00:00"))
    return datetime.fromisoformat(text).astimezone(timezone.utc)


def long(name, value, when, kind, unit, **options):
    rows = table(name, **options)
    tally = Tally(name, len(rows))
    for row in rows:
        number = value(row)
        if number is not None:
            tally.add(kind, unit(row) if callable(unit) else unit, "", when(row), number)
    tally.show()


hour, quarter, day = timedelta(hours=1), timedelta(minutes=15), timedelta(days=1)
long("generic-csv/ready_like_composed.csv", lambda r: Decimal(r["Consumption (m3)"]),
     lambda r: utc(datetime.fromisoformat(r["Date/Time"]), "Europe/Copenhagen"), "interval", "m3")
long("generic-csv/izar_like_composed.csv", lambda r: Decimal(r["Index Value"]),
     lambda r: utc(datetime.strptime(r["Reading Date"], "%d.%m.%Y %H:%M"), "Europe/Berlin"), "register", "L", delimiter=";")
long("generic-csv/temetra_like_composed.csv", lambda r: Decimal(r["Cumulative Volume (L)"]),
     lambda r: utc(datetime.fromisoformat(r["Reading Date"]), "Europe/London"), "register", "L")
long("generic-csv/register_with_diff_semicolon_composed.csv", lambda r: Decimal(r["meter reading"]),
     lambda r: utc(datetime.strptime(r["datetime"], "%d/%m/%Y %H:%M:%S"), "Europe/Paris"), "register", "L", delimiter=";")
long("generic-csv/customer_portal_us_composed.csv", lambda r: Decimal(r["Consumption"]),
     lambda r: utc(datetime.strptime(r["Time Interval"], "%m/%d/%Y") + day, "America/New_York"), "interval", "gal")
long("generic-csv/tab_bom_thousands_composed.txt", lambda r: Decimal(r["Usage (kgal)"].replace(",", "")),
     lambda r: utc(datetime.strptime(r["Read Date"], "%m/%d/%Y %I:%M:%S %p") + day, "America/Chicago"), "interval", "kgal", delimiter="\t")
long("generic-csv/register_edge_cases_litres_composed.csv", lambda r: Decimal(r["register_l"]), lambda r: iso(r["timestamp"]), "register", "L")
long("dma-balance/reads_composed.csv", lambda r: Decimal(r["register_l"]), lambda r: iso(r["timestamp"]), "register", "L")
long("dma-balance/inflow_composed.csv", lambda r: Decimal(r["inflow_l"]), lambda r: iso(r["interval_start"]) + hour, "interval", "L")
long("dma-scada-wide/pulse_counter_15min_composed.csv", lambda r: Decimal(r["Pulses"]), lambda r: iso(r["DateTime"]) + quarter, "interval",
     lambda r: r["PulseFactor_L"] + " L")
long("dma-scada-wide/historian_long_composed.csv",
     lambda r: Decimal(r["Value"]) if r["Status"] == "Good" else None,
     lambda r: datetime.strptime(r["Timestamp"], "%d-%b-%y %H:%M:%S").replace(tzinfo=timezone.utc), "rate", "m3/h")
long("pulse-logger/ciws_site019_first5000.csv", lambda r: Decimal(r["Pulses"]),
     lambda r: utc(datetime.strptime("20" + r["Time"], "%Y-%m-%d %H:%M:%S"), "America/Denver"), "interval", "gal", skip=3)
long("badger-beacon/interval_import_composed.csv", lambda r: Decimal(r["Encoder_Value"]),
     lambda r: utc(datetime.fromisoformat(r["Read_Time"]), "America/Los_Angeles"), "register", "step")
long("vendor-json/xylem_datalake_intervals_mit.csv", lambda r: Decimal(r["interval_value"]),
     lambda r: iso(r["read_time_timestamp"] + "+00:00"), "interval", "ft3")
long("vendor-json/xylem_datalake_registers_mit.csv", lambda r: Decimal(r["register_value"]),
     lambda r: iso(r["read_time_timestamp"] + "+00:00"), "register", "ft3")
long("vendor-json/metersense_interval_reads_composed.csv", lambda r: None if r["STATUS"] == "2" else Decimal(r["READ_VALUE"]),
     lambda r: utc(datetime.fromisoformat(r["READ_DTM"]), "America/Los_Angeles"), "interval", "ccf")
units = {"CUBIC_FEET": "ft3", "GAL": "gal", "CUBIC_METER": "m3", "CCF": "ccf", "Gallons": "gal", "KGAL": "kgal"}

rows = table("generic-csv/wide_litres_composed.csv")
tally = Tally("generic-csv/wide_litres_composed.csv", len(rows))
for row in rows:
    for meter in ("M001", "M002", "M003"):
        if row[meter]:
            tally.add("interval", "L", "", datetime.fromisoformat(row["date"]).replace(tzinfo=timezone.utc) + hour, row[meter])
tally.show()

for name in ("bwdf_inflow_2021-03_spring.csv", "bwdf_inflow_2021-10_autumn.csv"):
    rows = table("dma-scada-wide/" + name)
    tally, seen = Tally("dma-scada-wide/" + name, len(rows)), set()
    for row in rows:
        when = utc(datetime.strptime(row["Date-time CET-CEST (DD/MM/YYYY HH:mm)"], "%d/%m/%Y %H:%M"), "Europe/Rome", seen)
        for column, value in row.items():
            if "L/s" in column and value != "NaN":
                tally.add("rate", "L/s", "", when, value)
    tally.show()

rows = table("dma-scada-wide/scada_semicolon_latin1_composed.csv", encoding="latin-1", delimiter=";")
tally = Tally("dma-scada-wide/scada_semicolon_latin1_composed.csv", len(rows))
for row in rows:
    for name in ("DMA_NORD_Q", "DMA_SUD_Q"):
        value = row[name + " (m3/h)"]
        if value not in ("", "#N/A", "-9999") and row[name + ".Qualité"] in ("192", "64"):
            when = datetime.strptime(row["Horodatage"], "%d/%m/%Y %H:%M:%S").replace(tzinfo=timezone(hour))
            tally.add("rate", "m3/h", "", when.astimezone(timezone.utc), value.replace(",", "."))
tally.show()

for name in ("beacon360_range_composed.csv", "beacon360_range_mit.csv"):
    rows = table("badger-beacon/" + name)
    tally = Tally("badger-beacon/" + name, len(rows))
    for row in rows:
        for value, time, unit, kind in (("Read", "Read_Time", "Read_Unit", "register"), ("Flow", "Flow_Time", "Flow_Unit", "interval")):
            if row[time] and row[value]:
                when = utc(datetime.fromisoformat(row[time]), "America/Los_Angeles")
                tally.add(kind, units[row[unit]], row["Register_Number"], when, row[value])
    tally.show()

rows = table("badger-beacon/billing_read_export_composed.csv")
tally = Tally("badger-beacon/billing_read_export_composed.csv", len(rows))
for row in rows:
    if row["Read"]:
        tally.add("register", units[row["Read_Unit"]], row["Register_Number"], iso("2025-07-01T00:00:00Z"), row["Read"])
tally.show()

for name in ("UTIL_Readings_11032025_composed.csv", "aclara_readings_mit.csv"):
    rows = table("aclara/" + name)
    tally = Tally("aclara/" + name, len(rows))
    for row in rows:
        if row["ScaledRead"] != "ERROR" and row["AccountType"] != "DETECTOR CHECK":
            tally.add("register", "ft3", "", iso(row["ReadingTime"] + "+00:00"), row["ScaledRead"])
    tally.show()

for name in ("202511020815_dst", "202606020815", "202606030815"):
    path = f"cmep/UTIL_IntervalReport_{name}_composed.txt"
    rows = list(csv.reader(open(ROOT + path)))
    tally = Tally(path, len(rows))
    for row in rows:
        if row[0] != "MEPMD01" or row[8] != "OK" or row[9] != "W":
            continue
        assert len(row) == 14 + 3 * int(row[13])
        seen, first = set(), None
        for index in range(int(row[13])):
            stamp, code, value = row[14 + 3 * index:17 + 3 * index]
            if stamp:
                when = utc(datetime.strptime(stamp, "%Y%m%d%H%M"), "America/Los_Angeles", seen)
            else:
                when = first + index * hour
            first = first or when
            if code[0] != "N":
                tally.add("register" if "REG" in row[10] else "interval", "ft3", "", when, value)
    tally.show()

path = "wmbus-jsonl/Water_2026-06-02_composed.jsonl"
lines = [json.loads(line, parse_float=Decimal) for line in open(ROOT + path)]
tally, kept = Tally(path, len(lines)), {}
for line in lines:
    if line["media"] not in ("water", "cold water"):
        continue
    when = iso(line["timestamp"])
    for key, register in (("total_m3", ""), ("backflow_m3", "reverse")):
        if key not in line:
            continue
        last = kept.get((line["id"], register))
        if last is None or (when - last).total_seconds() >= 300:
            kept[line["id"], register] = when
            tally.add("register", "m3", register, when, line[key])
tally.show()

for name in ("tts_v3_uplinks_composed.jsonl", "w1_decoded_composed.jsonl"):
    path = "lorawan-json/" + name
    lines = [json.loads(line, parse_float=Decimal) for line in open(ROOT + path)]
    tally = Tally(path, len(lines))
    for line in lines:
        line = line.get("uplink_message", {}).get("decoded_payload", line)
        newest = iso(line["timestamp_utc"]).replace(minute=0, second=0, microsecond=0)
        value = line["log_volume_m3"]
        for index in range(24):
            if index:
                value += line[f"delta_{index}_m3"]
            tally.add("register", "m3", "", newest - (23 - index) * hour, value)
        assert value == line["current_volume_m3"]
    tally.show()

path = "vendor-json/sentryx_consumption_mit.json"
meters = json.load(open(ROOT + path), parse_float=Decimal)["meters"]
tally = Tally(path, len(meters))
for meter in meters:
    for point in meter["data"]:
        when = utc(datetime.fromisoformat(point["timeStamp"]), "America/Denver")
        tally.add("register", "ft3", "", when, point["reading"])
        tally.add("interval", "ft3", "", when, point["consumption"])
tally.show()

path = "vendor-json/subeca_usages_mit.json"
hourly = json.load(open(ROOT + path), parse_float=Decimal)["data"]["hourly"]
tally = Tally(path, len(hourly))
for time, point in hourly.items():
    tally.add("interval", "ft3", "", iso(time) + hour, point["value"])
tally.show()

IEC = "{http://iec.ch/TC57/2011/MeterReadings#}"
for name in ("meterreadings_bare_one_block_per_reading_composed.xml", "meterreadings_water_composed.xml"):
    path = "iec61968-9/" + name
    root = ET.parse(ROOT + path).getroot()
    found = []
    for reading in root.iter(IEC + "MeterReading"):
        for block in reading.findall(IEC + "IntervalBlocks"):
            for value in block.findall(IEC + "IntervalReadings"):
                found.append(("interval", block.find(IEC + "ReadingType").get("ref"), value))
        for value in reading.findall(IEC + "Readings"):
            found.append(("register", value.find(IEC + "ReadingType").get("ref"), value))
    tally = Tally(path, len(found))
    for kind, ref, value in found:
        power = int(ref.split(".")[15])
        tally.add(kind, "m3", "", iso(value.find(IEC + "timeStamp").text), Decimal(value.find(IEC + "value").text).scaleb(power))
    tally.show()

ESPI = "{http://naesb.org/espi}"
path = "green-button-espi/water_hourly_composed.xml"
found = list(ET.parse(ROOT + path).getroot().iter(ESPI + "IntervalReading"))
tally = Tally(path, len(found))
for reading in found:
    start = int(reading.find(f"{ESPI}timePeriod/{ESPI}start").text) + int(reading.find(f"{ESPI}timePeriod/{ESPI}duration").text)
    tally.add("interval", "gal", "", datetime.fromtimestamp(start, timezone.utc), Decimal(reading.find(ESPI + "value").text).scaleb(-1))
tally.show()

rows = table("billing-mvrs/billing_reads_monthly_composed.csv")
tally, met = Tally("billing-mvrs/billing_reads_monthly_composed.csv", len(rows)), set()
for row in rows:
    when = [datetime.fromisoformat(row[key]).replace(tzinfo=timezone.utc) for key in ("previous_read_date", "read_date")]
    if row["reading_m3"]:
        if row["meter_serial"] not in met:
            tally.add("register", "m3", "", when[0], row["previous_reading_m3"])
        met.add(row["meter_serial"])
        tally.add("register", "m3", "", when[1], row["reading_m3"])
    tally.add("interval", "m3", "billed", when[1], row["billed_m3"])
tally.show()

path = "billing-mvrs/mvrs_upload_composed.txt"
records = [line for line in open(ROOT + path) if line.startswith("RDG")]
tally = Tally(path, len(records))
for line in records:
    when = utc(datetime.strptime(line[47:61], "%m%d%Y%H%M%S"), "America/New_York")
    tally.add("register", "m3", "", when, Decimal(line[33:43]).scaleb(-int(line[91:93])))
tally.show()

rows = table("billing-mvrs/annual_extract_latin1_composed.csv", encoding="latin-1", delimiter=";")
tally = Tally("billing-mvrs/annual_extract_latin1_composed.csv", len(rows))
for row in rows:
    tally.add("interval", "m3", "", datetime(int(row["Exercice"]) + 1, 1, 1, tzinfo=timezone.utc),
              row["Volume facturé (m3)"].replace(" ", "").replace(",", "."))
tally.show()

for name in ("weusedto_washbasin_excerpt.csv", "weusedto_wholehouse_excerpt.csv"):
    rows = [line.split() for line in open(ROOT + "flow-log/" + name)]
    tally = Tally("flow-log/" + name, len(rows))
    for time, value in rows:
        tally.add("rate", "L/h", "", datetime.fromtimestamp(int(time), timezone.utc), value)
    tally.show()
