// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Inflow of zones by hour, from a table of zone (or boundary sensor), start of the hour or interval, and volume or flow.
public struct ZoneInflow: Sendable {
    /// Volume by the start of the hour on the place's clock without changes; an hour that is not whole is missing. [m³]
    public var hourly: [Zone.ID: [Int: Double]]

    /// From the first hour with an inflow to the end of the last; nil where there is none.
    public var period: (start: Instant, end: Instant)? {
        let hours = hourly.values.flatMap(\.keys)
        guard let first = hours.min(), let last = hours.max() else { return nil }
        return (Instant(seconds: first), Instant(seconds: last + 3600))
    }

    /// Columns that may hold the value, with what one of it is over an hour. [m³]
    private static let values: [(name: String, cubicMetres: Double, isFlow: Bool)] = [
        ("inflow_m3", 1, false), ("inflow_l", VolumeUnit.litre.cubicMetres, false), ("inflow_m3_per_h", 1, true), ("inflow_m3h", 1, true),
        ("inflow_l_per_s", VolumeUnit.litre.cubicMetres * Units.hour, true), ("value", 1, true),
    ]

    /// - zones: zones with their boundary sensors, for a table that names sensors; else zones are named by themselves.
    /// - offset: place's clock without changes less UTC, for stamps with an offset; stamps without one are on that clock. [s]
    /// The header of a long table, which this type reads itself: names of zones or sensors in a column.
    public static func isLong(_ header: [String]) -> Bool { header.contains { ["zone", "dma_id", "sensor"].contains($0) } }

    /// - Throws: `TextFileError`, with everything that is wrong at once.
    public init(path: String, zones: [Zone], offset: Int) throws(TextFileError) {
        try self.init(DelimitedText(path: path), zones: zones, offset: offset)
    }

    /// A flow column is the mean flow from its stamp to the next one, an hour at most; `value` is taken as m³/h.
    public init(_ table: DelimitedText, zones: [Zone], offset: Int) throws(TextFileError) {
        func column(_ names: [String]) throws(TextFileError) -> Int {
            for name in names { if let index = table.column(name) { return index } }
            throw .invalid([
                InputProblem(
                    file: table.file, line: 1, what: "no column \(names.joined(separator: " or "))",
                    remedy: "the header has: \(table.header.joined(separator: ", "))")
            ])
        }
        let nameAt = try column(["zone", "dma_id", "sensor"])
        let timeAt = try column(["hour", "timestamp", "interval_start"])
        let valueAt = try column(Self.values.map(\.name))
        let value = Self.values.first { $0.name == table.header[valueAt] } ?? Self.values[0]
        let bySensor = table.header[nameAt] == "sensor"
        let places = Self.places(zones, bySensor: bySensor)
        var problems: [InputProblem] = []
        var readings: [String: [(start: Int, value: Double?)]] = [:]
        for row in table.rows {
            let name = row.fields[nameAt]
            if !zones.isEmpty, places[name] == nil { continue }
            if row.fields[valueAt].isEmpty { continue }
            let bytes = Array(row.fields[timeAt].utf8)
            guard let stamp = TimeFormat.iso8601.read(bytes.span, 0, bytes.count) else {
                problems.append(
                    InputProblem(
                        file: table.file, line: row.line, what: "time is '\(row.fields[timeAt])'", remedy: "write 2026-06-01T00:00"))
                continue
            }
            guard let number = NumberText.number(row.fields[valueAt]) else {
                problems.append(
                    InputProblem(
                        file: table.file, line: row.line, what: "\(value.name) is '\(row.fields[valueAt])'",
                        remedy: "give a number, or leave it empty"))
                continue
            }
            readings[name, default: []].append((stamp.local + (stamp.offset.map { offset - $0 } ?? 0), number))
        }
        guard problems.isEmpty else { throw .invalid(Array(problems.prefix(50))) }
        hourly = Self.sums(
            readings.map { name, list in
                (name, Self.hours(list.sorted { $0.start < $1.start }, value.cubicMetres, isFlow: value.isFlow))
            }, places, zones, bySensor: bySensor)
    }

    /// A column, or the rows of a name, in a table of flows.
    public struct Column: Sendable {
        public var name: String
        /// Mean flow from the stamp to the next one, an hour at most, in m³/h; else the volume of that time in m³.
        public var isFlow: Bool
        /// Place's clock without changes, in order; nil is a gap.
        public var readings: [(time: Instant, value: Double?)]

        public init(name: String, isFlow: Bool, readings: [(time: Instant, value: Double?)]) {
            self.name = name
            self.isFlow = isFlow
            self.readings = readings
        }

        /// A register that counts up: each reading stands for what passes until the next; nil across a fall.
        /// - readings: [m³]
        public init(register name: String, readings: [(time: Instant, value: Double?)]) {
            let ordered = readings.sorted { $0.time < $1.time }
            self.init(
                name: name, isFlow: false,
                readings: ordered.indices.dropLast().map { i in
                    guard let now = ordered[i].value, let next = ordered[i + 1].value, next >= now,
                        ordered[i + 1].time - ordered[i].time <= 3600
                    else { return (ordered[i].time, nil) }
                    return (ordered[i].time, next - now)
                })
        }
    }

    /// From columns named by zones or, where any of them is one, by the zones' sensors; others are left out where zones are given.
    public init(columns: [Column], zones: [Zone]) {
        let sensors = Set(zones.flatMap { $0.inflowMeters.map(\.sensor.name) })
        let bySensor = columns.contains { sensors.contains($0.name) }
        let places = Self.places(zones, bySensor: bySensor)
        var sums: [(String, [Int: Double])] = []
        for column in columns where zones.isEmpty || places[column.name] != nil {
            // A reading that is missing ends the one before it.
            var list: [(start: Int, value: Double?)] = []
            for reading in column.readings { list.append((reading.time.seconds, reading.value)) }
            list.sort { $0.start < $1.start }
            sums.append((column.name, Self.hours(list, 1, isFlow: column.isFlow)))
        }
        hourly = Self.sums(sums, places, zones, bySensor: bySensor)
    }

    private static func places(_ zones: [Zone], bySensor: Bool) -> [String: [(zone: Zone.ID, sign: Double)]] {
        var places: [String: [(zone: Zone.ID, sign: Double)]] = [:]
        for zone in zones {
            if bySensor {
                for meter in zone.inflowMeters { places[meter.sensor.name, default: []].append((zone.id, meter.sign)) }
            } else {
                places[zone.id.name] = [(zone.id, 1)]
            }
        }
        return places
    }

    /// Of a zone with several boundary meters an hour is known where all of them are.
    private static func sums(
        _ series: [(String, [Int: Double])], _ places: [String: [(zone: Zone.ID, sign: Double)]], _ zones: [Zone], bySensor: Bool
    ) -> [Zone.ID: [Int: Double]] {
        var hourly: [Zone.ID: [Int: Double]] = [:]
        var parts: [Zone.ID: [Int: (sum: Double, meters: Int)]] = [:]
        for (name, hours) in series {
            for (hour, volume) in hours {
                for place in places[name] ?? [(Zone.ID(name), 1)] {
                    let before = parts[place.zone]?[hour] ?? (0, 0)
                    parts[place.zone, default: [:]][hour] = (before.sum + place.sign * volume, before.meters + 1)
                }
            }
        }
        for (zone, hours) in parts {
            let expected = bySensor ? zones.first { $0.id == zone }?.inflowMeters.count ?? 1 : 1
            hourly[zone] = hours.filter { $0.value.meters >= expected }.mapValues(\.sum)
        }
        return hourly
    }

    /// Volume of each hour that is wholly covered.
    private static func hours(_ list: [(start: Int, value: Double?)], _ size: Double, isFlow: Bool) -> [Int: Double] {
        var sums: [Int: (volume: Double, covered: Int)] = [:]
        for (i, reading) in list.enumerated() {
            guard let value = reading.value, i == 0 || list[i - 1].start != reading.start else { continue }
            let next = i + 1 < list.count ? list[i + 1].start - reading.start : Int.max
            let before = i > 0 ? reading.start - list[i - 1].start : Int.max
            let length = min(3600, next, next == Int.max ? before : 3600)
            var start = reading.start
            let end = reading.start + length
            while start < end {
                let hour = start >= 0 ? start / 3600 * 3600 : (start - 3599) / 3600 * 3600
                let stop = min(end, hour + 3600)
                let share = Double(stop - start) / Double(isFlow ? 3600 : length)
                let sum = sums[hour] ?? (0, 0)
                sums[hour] = (sum.volume + value * size * share, sum.covered + stop - start)
                start = stop
            }
        }
        return sums.filter { $0.value.covered == 3600 }.mapValues(\.volume)
    }
}
