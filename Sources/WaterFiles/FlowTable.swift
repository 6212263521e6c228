// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// A table of flows as loggers and control rooms write it: a column a zone (wide) or a row a reading (long), at any step.
public struct FlowTable: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Flow of a moment or mean of a step.
        case rate
        /// Volume of each step.
        case volume
        /// A register that counts up.
        case register
    }

    /// Order of day and month in dates of figures.
    public enum DateOrder: String, Sendable, CaseIterable { case dmy, mdy, ymd }

    public struct Options: Sendable {
        /// Clock of stamps without an offset; nil: one that never changes.
        public var clock: PlaceClock?
        /// nil: told from the dates.
        public var dateOrder: DateOrder?
        /// Of values whose column names none.
        public var unit = "l/s"
        /// nil: rate for units of flow, volume for units of volume.
        public var kind: Kind?

        public init() {}
    }

    public struct Series: Sendable {
        public var name: String
        public var kind: Kind
        /// In the order of the file; nil is a gap. m³/s for rates, m³ for volumes and registers.
        public var readings: [(time: Instant, value: Double?)]
    }

    public var series: [Series] = []
    /// Clock of the place: as given, or the offset that the stamps have.
    public var clock: PlaceClock
    /// Columns that were left out, in words for the user.
    public var remarks: [String] = []

    /// Header names by which columns of a long table are known.
    static let timeNames = ["timestamp", "time", "datetime", "date_time", "date-time", "interval_start", "date", "horodatage"]
    static let nameNames = ["sensor", "zone", "dma", "dma_id", "tag", "name", "meter", "meter_id"]
    static let valueNames = ["value", "flow", "inflow", "volume", "register", "reading", "inflow_m3h"]
    static let statusNames = ["status", "quality", "state"]
    /// What a status says of a reading that counts; 192 is OPC's "good".
    static let goodWords: Set = ["", "good", "ok", "valid", "192", "0"]
    static let gapWords: Set = ["", "nan", "na", "n/a", "#n/a", "null", "-", "-9999"]

    /// Reads a file, `.gz` too, delimited by comma, semicolon (then decimal commas are read) or tab.
    ///
    /// The first column of a wide table is the time. Units stand in brackets at the end of a column's name, `DMA 1 (L/s)`, or behind
    /// its last underline, `inflow_l`; where some columns have a unit, those without a unit of flow or volume are left out.
    /// - Throws: `TextFileError` with every problem of the file.
    public init(path: String, options: Options = Options()) throws(TextFileError) {
        try self.init(text: FileBytes.text(FileBytes.read(path)), file: path, options: options)
    }

    public init(text: String, file: String, options: Options = Options()) throws(TextFileError) {
        let head = text.prefix { $0 != "\n" && $0 != "\r\n" }
        let delimiter: Character = head.contains(";") ? ";" : (head.contains("\t") && !head.contains(",") ? "\t" : ",")
        let table = try DelimitedText(text: text, file: file, delimiter: delimiter)
        var reader = FlowTableReader(table: table, hasDecimalComma: delimiter == ";", options: options)
        reader.read()
        try reader.problems.throwIfAny()
        series = reader.series
        clock = reader.clock
        remarks = reader.remarks
    }
}

/// Goes over the rows of a table of flows.
struct FlowTableReader {
    let table: DelimitedText
    let hasDecimalComma: Bool
    let options: FlowTable.Options
    var problems = ProblemList()
    var series: [FlowTable.Series] = []
    var remarks: [String] = []
    private var stampOffset: Int?
    private var stampsVary = false

    init(table: DelimitedText, hasDecimalComma: Bool, options: FlowTable.Options) {
        self.table = table
        self.hasDecimalComma = hasDecimalComma
        self.options = options
    }

    var clock: PlaceClock {
        options.clock ?? stampOffset.map { PlaceClock(name: "stamps' offset", offset: $0) } ?? .utc
    }

    mutating func read() {
        guard table.header.count >= 2, !table.rows.isEmpty else {
            problems.add(table.file, 1, "there are no readings", "give a header with the time and a column a zone, and rows below it")
            return
        }
        let names = table.header.map { FlowColumn(header: $0).bare.lowercased() }
        let time = names.firstIndex { FlowTable.timeNames.contains($0) } ?? 0
        guard let order = dateOrder(column: time) else { return }
        if let name = names.firstIndex(where: { FlowTable.nameNames.contains($0) }), name != time,
            let value = names.firstIndex(where: { FlowTable.valueNames.contains($0) }), value != time
        {
            readLong(time: time, name: name, value: value, order: order)
        } else {
            readWide(time: time, order: order)
        }
        if stampsVary, options.clock == nil {
            problems.add(
                table.file, nil, "the offset of the times changes within the file",
                "name the place's time zone: --time-zone Europe/Rome")
        }
    }

    private mutating func readLong(time: Int, name: Int, value: Int, order: FlowTable.DateOrder) {
        let column = FlowColumn(header: table.header[value])
        guard let measure = measure(column, line: 1) else { return }
        let status = table.header.firstIndex { FlowTable.statusNames.contains(FlowColumn(header: $0).bare.lowercased()) }
        var places: [String: Int] = [:]
        var last: [Int: Int] = [:]
        var bad = 0
        for row in table.rows {
            let key = row.fields[name]
            let place = places[key] ?? series.count
            if places[key] == nil {
                places[key] = place
                series.append(.init(name: key, kind: measure.kind, readings: []))
            }
            guard let moment = moment(row.fields[time], row.line, order, after: last[place]) else { continue }
            last[place] = moment.seconds
            // A reading that its own source calls bad is none, whatever stands in its place.
            let isGood = status.map { FlowTable.goodWords.contains(row.fields[$0].lowercased()) } ?? true
            if !isGood { bad += 1 }
            series[place].readings.append((moment, isGood ? number(row.fields[value], row.line, key, measure.factor) : nil))
        }
        if bad > 0 { remarks.append("\(bad) readings whose status is not good are left out") }
    }

    private mutating func readWide(time: Int, order: FlowTable.DateOrder) {
        let columns = table.header.enumerated().filter { $0.offset != time }.map { ($0.offset, FlowColumn(header: $0.element)) }
        let haveUnits = columns.contains { FlowUnits.known($0.1.unit) != nil }
        var used: [(column: Int, factor: Double)] = []
        var leftOut: [String] = []
        for (index, column) in columns {
            // A column of factors has the unit of a volume and is none.
            if haveUnits && FlowUnits.known(column.unit) == nil || column.bare.lowercased().hasSuffix("factor") {
                leftOut.append(table.header[index])
                continue
            }
            guard let measure = measure(column, line: 1) else { return }
            used.append((index, measure.factor))
            series.append(.init(name: column.bare, kind: measure.kind, readings: []))
        }
        guard !used.isEmpty else {
            problems.add(table.file, 1, "no column holds flows", "the header has: \(table.header.joined(separator: ", "))")
            return
        }
        if !leftOut.isEmpty { remarks.append("columns without a unit of flow are left out: \(leftOut.joined(separator: ", "))") }
        var last: Int?
        for row in table.rows {
            guard let moment = moment(row.fields[time], row.line, order, after: last) else { continue }
            last = moment.seconds
            for (place, item) in used.enumerated() {
                series[place].readings.append((moment, number(row.fields[item.column], row.line, series[place].name, item.factor)))
            }
        }
    }

    private mutating func measure(_ column: FlowColumn, line: Int) -> (kind: FlowTable.Kind, factor: Double)? {
        let text = column.unit ?? options.unit
        guard let unit = FlowUnits.known(text) else {
            problems.add(
                table.file, line, "column '\(column.bare)': the unit is '\(text)'",
                "give one of: \(FlowUnits.names.joined(separator: ", "))")
            return nil
        }
        let kind = options.kind ?? (unit.isVolume ? .volume : .rate)
        guard (kind == .rate) != unit.isVolume else {
            problems.add(
                table.file, line, "column '\(column.bare)' is in \(text), which is \(unit.isVolume ? "a volume" : "a flow")",
                unit.isVolume ? "say --kind volume or register" : "say --kind rate, or give a unit of volume")
            return nil
        }
        return (kind, unit.factor)
    }

    private mutating func number(_ text: String, _ line: Int, _ name: String, _ factor: Double) -> Double? {
        if FlowTable.gapWords.contains(text.lowercased()) { return nil }
        guard let value = NumberText.number(hasDecimalComma ? text.replacing(",", with: ".") : text) else {
            problems.add(
                table.file, line, "'\(name)': the value is '\(text)'", "give a number, or leave it empty where nothing was read")
            return nil
        }
        return value == -9999 ? nil : value * factor
    }

    /// - after: instant of the row before: of two that a stamp can mean, the one that follows it.
    private mutating func moment(_ text: String, _ line: Int, _ order: FlowTable.DateOrder, after last: Int?) -> Instant? {
        guard let stamp = DateText.parse(text, order: order) else {
            problems.add(table.file, line, "the time is '\(text)'", "write it as 2026-03-02T00:00, or 02/03/2026 00:00")
            return nil
        }
        if let offset = stamp.offset {
            if let known = stampOffset, known != offset { stampsVary = true }
            stampOffset = stampOffset ?? offset
            return Instant(seconds: stamp.seconds - offset)
        }
        guard let clock = options.clock else { return Instant(seconds: stamp.seconds) }
        let meanings = clock.instants(local: Instant(seconds: stamp.seconds))
        guard let first = meanings.first else {
            problems.add(
                table.file, line, "'\(text)' does not exist on the clock of \(clock.name): it was put forward over it",
                "is the file in standard time? Then give its offset: --time-zone +01:00")
            return nil
        }
        if meanings.count == 2, let last, last >= first.seconds { return meanings[1] }
        return first
    }

    private mutating func dateOrder(column: Int) -> FlowTable.DateOrder? {
        if let order = options.dateOrder { return order }
        var firstIsDay = false, secondIsDay = false, areFigures = false
        for row in table.rows {
            guard let parts = DateText.figures(row.fields[column]) else { continue }
            areFigures = true
            if parts.0 > 12 { firstIsDay = true }
            if parts.1 > 12 { secondIsDay = true }
        }
        if !areFigures { return .ymd }
        if firstIsDay != secondIsDay { return firstIsDay ? .dmy : .mdy }
        problems.add(
            table.file, table.rows.first?.line,
            firstIsDay
                ? "dates have a day in the first and in the second place" : "day and month of the dates cannot be told apart",
            "say which comes first: --date-order dmy or mdy")
        return nil
    }
}

/// Name and unit of a column: `DMA 1 (L/s)`, `inflow_l`.
struct FlowColumn {
    var bare: String
    var unit: String?

    init(header: String) {
        let text = header
        if text.hasSuffix(")") || text.hasSuffix("]"), let open = text.lastIndex(where: { $0 == "(" || $0 == "[" }) {
            bare = String(text[..<open])
            while bare.last == " " { bare.removeLast() }
            unit = String(text[text.index(after: open)...].dropLast())
            return
        }
        for line in text.indices where text[line] == "_" {
            let word = String(text[text.index(after: line)...].replacing("_per_", with: "/"))
            guard FlowUnits.known(word) != nil else { continue }
            bare = String(text[..<line])
            unit = word
            return
        }
        bare = text
    }
}

/// Units of flow and of volume in tables.
enum FlowUnits {
    static let names = SensorUnits.flow.map(\.name) + ["l", "m3", "ML", "gal", "kgal", "ft3"]

    static func known(_ text: String?) -> (factor: Double, isVolume: Bool)? {
        guard let text else { return nil }
        let plain = text.lowercased().filter { $0 != " " }.replacing("³", with: "3")
        let written = ["m3h": "m3/h", "m3d": "m3/d", "ls": "l/s"][plain] ?? text
        if let factor = SensorUnits.factor(written, in: SensorUnits.flow) { return (factor, false) }
        let unit: VolumeUnit? =
            switch plain {
            case "l", "litre", "litres", "liter", "liters": .litre
            case "m3", "cbm": .cubicMetre
            case "ml": .megalitre
            case "gal": .usGallon
            case "kgal": .thousandGallons
            case "ft3", "cf": .cubicFoot
            default: nil
            }
        return unit.map { ($0.cubicMetres, true) }
    }
}
