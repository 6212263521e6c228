// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Metering
import TextFiles
import Testing
import WaterModel

/// Expected values: the table in `README.md` and `expected_composed.json` of the sample collection.
@Suite("sample exports with known answers", .enabled(if: Samples.areThere, "\(Samples.missing)"))
struct EdgeCaseTests {
    private func edgeCases() throws -> [String: MeterReport.Record] {
        let store = try MeterStore.inMemory()
        let report = try store.importFiles(
            [Samples.path("generic-csv/register_edge_cases_litres_composed.csv")], profile: Profiles.make(Profiles.longRegister))
        #expect(report.rejected == 0)
        return Dictionary(uniqueKeysWithValues: try store.report().records.map { ($0.summary.meter.name, $0) })
    }

    /// A millilitre, the store's unit of volume. [m³]
    static let millilitre = 1e-6

    @Test("volumes of the register edge cases E01 to E12, in litres")
    func volumes() throws {
        let records = try edgeCases()
        // E09: the table names the two values of one instant; the later row's 504 stands, so 5 L to 509.
        let litres: [String: Double] = [
            "E01": 31, "E02": 25, "E03": 29, "E04": 41, "E05": 41, "E06": 90, "E07": 0, "E08": 50, "E09": 5, "E10": 60, "E11": 31,
            "E12": 24,
        ]
        #expect(records.count == litres.count)
        for (meter, expected) in litres {
            let volume = try #require(records[meter]).summary.volume
            #expect(abs(volume - expected / 1000) < Self.millilitre, "\(meter): \(volume * 1000) L")
        }
    }

    @Test("what was found in the register edge cases")
    func findings() throws {
        let records = try edgeCases()
        func counts(_ meter: String) -> [Int] {
            guard let r = records[meter] else { return [] }
            let s = r.summary
            return [s.duplicates, r.conflicts, s.rollovers, s.replacements, s.spikes, s.gaps, s.negativeSteps]
        }
        #expect(counts("E01") == [1, 0, 0, 0, 0, 0, 0])
        #expect(counts("E02") == [0, 1, 0, 0, 0, 0, 0])
        #expect(counts("E03") == [0, 0, 1, 0, 0, 0, 0])
        #expect(counts("E04") == [0, 0, 0, 1, 0, 0, 0])
        #expect(counts("E05") == [0, 0, 0, 0, 1, 0, 0])
        #expect(counts("E06") == [0, 0, 0, 0, 0, 1, 0])
        #expect(counts("E07") == [0, 0, 0, 0, 0, 0, 2])
        #expect(counts("E08") == [0, 0, 0, 0, 0, 0, 0])
        #expect(counts("E09") == [0, 1, 0, 0, 0, 0, 0])
        #expect(counts("E11") == [0, 0, 0, 0, 0, 0, 0])
        #expect(records["E06"]?.missing == 4)
        #expect(abs((records["E07"]?.reverseVolume ?? 0) - 0.015) < Self.millilitre)
    }

    private func balance() throws -> (MeterReport, ZoneInflow) {
        let store = try MeterStore.inMemory()
        let profile = try Profiles.make("columns: {meter: meter_id, time: timestamp, value: register_l}\nkind: register\nunit: L\n")
        try store.importFiles([Samples.path("dma-balance/reads_composed.csv")], profile: profile)
        let meters = ["B1", "B2", "B3", "B4"].map { Meter(id: .init($0), zone: "Z1", dials: 8) }
        let report = try store.report(
            meters: meters, standardOffset: 0, from: Instant(year: 2026, month: 6, day: 1), to: Instant(year: 2026, month: 6, day: 2))
        return (report, try ZoneInflow(path: Samples.path("dma-balance/inflow_composed.csv"), zones: [], offset: 0))
    }

    @Test("zone balance with meters read at different times: volumes, hard bounds and loss")
    func zoneBalance() throws {
        let (report, inflow) = try balance()
        let expected: [String: (Double, Double, Double)] = [
            "B1": (878, 874, 882), "B2": (1016.667, 830, 1190), "B3": (768.403, 0, 1452), "B4": (90, 90, 90),
        ]
        let rounding = 2e-6  // m³: each end of the window is rounded to a millilitre, the figures of the source to half of one
        for record in report.records {
            let (volume, low, high) = try #require(expected[record.summary.meter.name])
            #expect(abs(record.summary.volume - volume / 1000) < rounding)
            #expect(abs(record.volumeBounds.low - low / 1000) < rounding)
            #expect(abs(record.volumeBounds.high - high / 1000) < rounding)
        }
        #expect(report.records[1].summary.rollovers == 1)
        #expect(report.records[3].summary.completeness < 0.5)
        let zone = try #require(report.balances(inflow: inflow).first)
        #expect(abs(zone.consumption - 2.753069) < 4 * rounding)
        #expect(abs((zone.inflow ?? 0) - 3.244) < rounding)
        #expect(abs((zone.loss ?? 0) - 0.490931) < 4 * rounding)
        // B4 ran at 9 L/h; its 14 unread hours may hide 126 L more use, to the low side only.
        // Steps that straddle an end of the window: B1, B2 and B3 at each. [m³]
        let widths: [Double] = [0.004, 0.004, 0.210, 0.150, 0.640, 0.812]
        var variance = 0.0
        for width in widths { variance += width * width / 12 }
        let reach = 1.959964 * variance.squareRoot()
        // Its use came in events, taken as 20 L each: so much wider is the low side.
        let below = 1.959964 * (variance + 0.020 * 0.126).squareRoot()
        #expect(abs((zone.loss95?.low ?? 0) - (0.490931 - below - 0.126)) < 1e-5)
        #expect(abs(zone.consumptionBounds.low - 1.794) < rounding && abs(zone.consumptionBounds.high - 3.614) < rounding)
        #expect(abs((zone.loss95?.high ?? 0) - (0.490931 + reach)) < 1e-5)
        #expect(zone.hours == 24)
        #expect(inflow.period?.start == report.start && inflow.period?.end == report.end)
        // Inflow of the hours from 02 and 03: 66 and 64 L.
        #expect(abs((zone.minimumNightFlow ?? 0) - 0.065) < 1e-9)
    }

    @Test("sums of interval exports: m³ by the hour, gallons by the day with a unit column, thousands of kgal")
    func intervals() throws {
        func volumes(_ file: String, _ profile: String, _ meters: [Meter] = []) throws -> [String: Double] {
            let store = try MeterStore.inMemory()
            let report = try store.importFiles([Samples.path("generic-csv/" + file)], profile: Profiles.make(profile))
            #expect(report.rejected == 0 && report.failed.isEmpty)
            return Dictionary(uniqueKeysWithValues: try store.report(meters: meters).summaries.map { ($0.meter.name, $0.volume) })
        }
        let ready = try volumes(
            "ready_like_composed.csv",
            "columns: {meter: Meter Number, time: Date/Time, value: Consumption (m3)}\nkind: interval\nunit: m3\ntime_format: \"yyyy-MM-dd'T'HH:mm:ss\"\ntime_zone: Europe/Copenhagen\nstamp: end\n"
        )
        // Sum of the column, by hand of an independent program: awk -F, '{s[$1]+=$3}'.
        #expect(abs((ready["KM001"] ?? 0) - 0.878) < Self.millilitre)
        #expect(abs((ready["KM002"] ?? 0) - 0.874) < Self.millilitre)
        let portal = try volumes(
            "customer_portal_us_composed.csv",
            "columns: {meter: Access Code, time: Time Interval, value: Consumption, unit: Units}\nkind: interval\nunit: column\ntime_format: MM/dd/yyyy\ntime_zone: America/New_York\ninterval_minutes: 1440\n"
        )
        #expect(abs((portal["00145xxxx"] ?? 0) - 123.8 * 0.003785411784) < Self.millilitre)
        let thousands = try volumes(
            "tab_bom_thousands_composed.txt",
            "delimiter: tab\nthousands: \",\"\ncolumns: {meter: Meter Id, time: Read Date, value: Usage (kgal), quality: \"Est?\"}\nkind: interval\nunit: kgal\ntime_format: M/d/yyyy h:mm:ss a\ntime_zone: America/Chicago\ninterval_minutes: 1440\nquality_map: {Y: estimated, \"\": good}\n",
            ["009000", "009002"].map { Meter(id: .init($0), diameter: 0.3) })
        #expect(abs((thousands["009000"] ?? 0) - 1000 * 3.785411784) < Self.millilitre)
        #expect(abs((thousands["009002"] ?? 0) - 1074.2 * 3.785411784) < Self.millilitre)
    }

    @Test("registers at odd stamps with 2e+05, checked against the file's own differences")
    func differences() throws {
        let store = try MeterStore.inMemory()
        let profile = try Profiles.make(
            "delimiter: \";\"\ncolumns: {meter: user key, time: datetime, value: meter reading}\nkind: register\nunit: L\ntime_format: dd/MM/yyyy HH:mm:ss\ntime_zone: Europe/Paris\n"
        )
        try store.importFiles([Samples.path("generic-csv/register_with_diff_semicolon_composed.csv")], profile: profile)
        let volumes = try store.report().summaries.map(\.volume)
        #expect(volumes.count == 2)
        #expect(abs(volumes[0] - 0.210) < Self.millilitre && abs(volumes[1] - 0.012) < Self.millilitre)
    }

    @Test(
        "flows of real zones over both clock changes: every row finds its hour",
        arguments: [("bwdf_inflow_2021-10_autumn.csv", 337), ("bwdf_inflow_2021-03_spring.csv", 335)])
    func clockChanges(_ file: String, _ hours: Int) throws {
        let path = Samples.path("dma-scada-wide/" + file)
        let profile = try Profiles.make(
            "shape: wide\ncolumns: {time: Date-time CET-CEST (DD/MM/YYYY HH:mm)}\nkind: rate\nunit: header\ntime_format: dd/MM/yyyy HH:mm\ntime_zone: Europe/Rome\nnull_words: [NaN]\n"
        )
        let store = try MeterStore.inMemory()
        let report = try store.importFiles([path], profile: profile)
        #expect(report.rejected == 0 && report.duplicates == 0 && report.conflicts == 0)
        let table = try DelimitedText(path: path)
        #expect(table.rows.count == hours)
        let records = try store.report(meters: (1...10).map { Meter(id: .init("DMA \($0)"), diameter: 0.5) }).records
        #expect(records.count == 10)
        for record in records {
            let column = try #require(table.header.firstIndex { $0.hasPrefix(record.summary.meter.name + " (") })
            let values = table.rows.compactMap { Double($0.fields[column]) }.filter { !$0.isNaN }
            #expect(record.summary.readings == values.count)
            // L/s over an hour: 3.6 m³.
            #expect(abs(record.summary.volume - values.reduce(0, +) * 3.6) < 1e-4)
        }
    }

    @Test("SCADA table: semicolon, decimal comma, Latin-1, quality beside the value, three null words")
    func scada() throws {
        let profile = try Profiles.make(
            """
            shape: wide
            delimiter: ";"
            decimal: ","
            encoding: latin-1
            columns: {time: Horodatage}
            kind: rate
            unit: header
            ignore_columns: ["DMA_NORD_P (bar)"]
            quality_suffix: ".Qualité"
            quality_map: {"192": good, "64": uncertain, "8": bad, "0": bad}
            time_format: dd/MM/yyyy HH:mm:ss
            time_zone: "UTC+01:00"
            interval_minutes: 15
            null_words: ["#N/A", "-9999"]
            """)
        let store = try MeterStore.inMemory()
        let report = try store.importFiles([Samples.path("dma-scada-wide/scada_semicolon_latin1_composed.csv")], profile: profile)
        #expect(report.rejected == 0 && report.emptyValues == 5)
        let readings = Dictionary(uniqueKeysWithValues: try store.report().summaries.map { ($0.meter.name, $0.readings) })
        #expect(readings == ["DMA_NORD_Q": 93, "DMA_SUD_Q": 94])
        #expect(try store.exportedReadings().split(separator: "\n").count { $0.hasSuffix(",uncertain,") } == 2)
    }
}
