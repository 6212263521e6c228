// SPDX-License-Identifier: GPL-3.0-or-later

/// What the columns of a family's long tables mean: found by name in the header, never by position.
struct TableLayout: Sendable {
    /// Names that a column has had, the one in use first.
    typealias Names = [String]

    enum Unit: Sendable {
        case fixed(ReadingUnit)
        case column(Names)
        /// At the end of the value column's own name: `reading_m3`, `Volume (m3)`.
        case header
        /// Aclara: `… 9D 0.001CuFt` gives digits, resolution and unit.
        case description(Names)
    }

    /// A value of a row, with what belongs to it.
    struct Channel: Sendable {
        var value: Names
        var time: Names
        var unit: Unit
        var kind: Profile.Kind
        /// Name of the register, where the layout gives one.
        var register = ""
        var stamping = ReadingSink.Stamping()
        /// A table without the value's column is no fault.
        var isOptional = false
        /// Column of the instant at which the interval began; without it intervals have the profile's length.
        var start: Names = []
    }

    /// The first that is not empty.
    var meter: [Names]
    var date: Names = []
    /// Column that tells the registers of a compound meter apart, and that of the meter they belong to.
    var register: Names = []
    var compoundMeter: Names = []
    var factor: Names = []
    var version: Names = []
    var channels: [Channel]
    /// Column and its words (small letters) of rows that are no readings.
    var skips: [(column: Names, words: Set<String>, reason: RejectReason)] = []
    /// Columns of quality; a word that the map does not know rejects the row.
    var quality: Names = []
    /// A table without that column is a fault.
    var needsQuality = false
    /// Words of quality; the profile's own where it gives some.
    var qualityMap: [String: Profile.Quality] = [:]
    /// The first row of a meter also gives the register of this column at the instant of that one.
    var previous: (value: Names, time: Names)?

    static func of(_ profile: Profile) -> TableLayout {
        var layout = family(profile)
        let columns = profile.columns
        if let name = columns.meter { layout.meter = [[name]] }
        if let name = columns.date { layout.date = [name] }
        if let name = columns.register { layout.register = [name] }
        if let name = columns.factor { layout.factor = [name] }
        if let name = columns.version { layout.version = [name] }
        if let name = columns.quality {
            layout.quality = [name]
            layout.needsQuality = true
        }
        for index in layout.channels.indices {
            if !columns.time.isEmpty { layout.channels[index].time = [columns.time] }
            if profile.readAt != nil { layout.channels[index].time = [] }
            guard index == 0 else { continue }
            if let name = columns.value { layout.channels[index].value = [name] }
            if let name = columns.unit { layout.channels[index].unit = .column([name]) }
            if case .fixed(let unit) = profile.unit { layout.channels[index].unit = .fixed(unit) }
        }
        if !profile.qualityMap.isEmpty { layout.qualityMap = profile.qualityMap }
        if let kinds = profile.kindsTaken { layout.channels.removeAll { !kinds.contains($0.kind) } }
        layout.skips += profile.skippedRows.keys.sorted().map { column in
            ([column], Set((profile.skippedRows[column] ?? []).map { $0.lowercased() }), .notTaken)
        }
        return layout
    }

    private static func family(_ profile: Profile) -> TableLayout {
        let shift = profile.stamp == .start ? profile.interval : 0
        let atStart = ReadingSink.Stamping(shift: profile.kind == .register ? 0 : shift)
        switch profile.format {
        case .beacon:
            // A row may lack its register or its flow; a flow's stamp is the end of its interval.
            return TableLayout(
                meter: [["Endpoint_SN"], ["Meter_ID"]], register: ["Register_Number"], compoundMeter: ["Meter_ID"],
                channels: [
                    Channel(value: ["Read"], time: ["Read_Time"], unit: .column(["Read_Unit"]), kind: .register, isOptional: true),
                    Channel(value: ["Flow"], time: ["Flow_Time"], unit: .column(["Flow_Unit"]), kind: .interval, isOptional: true),
                ],
                quality: ["Estimated_Flag"], qualityMap: ["0": .good, "1": .estimated, "": .good])
        case .beaconInterval:
            return TableLayout(
                meter: [["Endpoint_SN"]],
                channels: [Channel(value: ["Encoder_Value"], time: ["Read_Time"], unit: .header, kind: .register)])
        case .beaconBilling:
            return TableLayout(
                meter: [["Meter_ID"], ["Endpoint_SN"]], register: ["Register_Number"],
                channels: [
                    Channel(
                        value: ["Read", "Current_Read"], time: ["Read_Time", "Read_Date", "Current_Read_Time"],
                        unit: .column(["Read_Unit", "Current_Read_Units"]), kind: .register)
                ])
        case .aclara:
            return TableLayout(
                meter: [["MeterSN"]],
                channels: [
                    Channel(
                        value: ["ScaledRead"], time: ["ReadingTime"], unit: .description(["Description"]), kind: .register,
                        stamping: .init(clock: .utc))
                ])
        case .metersense:
            return TableLayout(
                meter: [["METER_ID"]], version: ["READ_VERSION"],
                channels: [Channel(value: ["READ_VALUE"], time: ["READ_DTM"], unit: .column(["UOM"]), kind: .interval, stamping: atStart)],
                quality: ["STATUS"])
        case .xylem:
            return TableLayout(
                meter: [["meter_id"]],
                channels: [
                    Channel(
                        value: ["register_value"], time: ["read_time_timestamp"], unit: .column(["unit_of_measure"]), kind: .register,
                        stamping: .init(clock: .utc), isOptional: true),
                    Channel(
                        value: ["interval_value"], time: ["read_time_timestamp"], unit: .column(["unit_of_measure"]), kind: .interval,
                        stamping: .init(clock: .utc), isOptional: true),
                ],
                skips: [(["commodity"], ["gas", "electric", "electricity"], .notWater)])
        case .billing:
            let time = ["read_date", "reading_date"]
            return TableLayout(
                meter: [["meter_serial", "meter", "meter_id", "serial"], ["account_id", "account"]],
                channels: [
                    Channel(value: ["reading", "read", "current_reading"], time: time, unit: .header, kind: .register),
                    Channel(
                        value: ["billed", "billed_volume"], time: time, unit: .header, kind: .interval, register: billed, isOptional: true,
                        start: ["previous_read_date", "previous_reading_date"]),
                ],
                quality: ["read_type"],
                previous: (["previous_reading", "previous_read"], ["previous_read_date", "previous_reading_date"]))
        default:
            let kind = profile.kind
            var unit = Unit.header
            if case .fixed(let fixed) = profile.unit { unit = .fixed(fixed) }
            return TableLayout(
                meter: [], channels: [Channel(value: [], time: [], unit: unit, kind: kind, stamping: atStart)])
        }
    }

    /// Register name of volumes that were billed, which are no measurement.
    static let billed = "billed"

    // MARK: names

    /// Small letters without blanks and marks between words.
    static func folded(_ name: String) -> String {
        String(name.lowercased().filter { $0 != " " && $0 != "_" && $0 != "-" && $0 != "." && $0 != "\u{feff}" })
    }

    /// The unit at the end of a column's name (`reading_m3`, `Index (L)`), and the name without it.
    static func unitInName(_ name: String) -> (stem: String, unit: ReadingUnit)? {
        var word = Substring(name), stem = Substring(name)
        if name.hasSuffix(")"), let open = name.lastIndex(of: "(") {
            word = name[name.index(after: open)...].dropLast()
            stem = name[..<open]
        } else if name.hasSuffix("]"), let open = name.lastIndex(of: "[") {
            word = name[name.index(after: open)...].dropLast()
            stem = name[..<open]
        } else if let mark = name.lastIndex(where: { $0 == "_" || $0 == " " }) {
            word = name[name.index(after: mark)...]
            stem = name[..<mark]
        } else {
            return nil
        }
        guard let unit = ReadingUnit(spelling: String(word)) else { return nil }
        return (ExportHeader.trimmed(String(stem)), unit)
    }

    /// Place of a column, see `HeaderNames`.
    static func place(_ names: Names, in header: [String]) -> Int? { HeaderNames(header).place(names) }

    /// Digits, size of a step and unit in an Aclara description; nil where they are not in it.
    static func meterType(_ description: String) -> (unit: ReadingUnit, digits: Int?)? {
        let words = description.split(separator: " ")
        guard let at = words.lastIndex(where: { $0.count >= 2 && $0.hasSuffix("D") && Int($0.dropLast()) != nil }) else { return nil }
        let rest = words[(at + 1)...].joined(separator: " ")
        let number = rest.prefix { $0.isNumber || $0 == "." }
        let text = Array((number.hasPrefix(".") ? "0" + number : String(number)).utf8)
        guard case .number(let step) = DecimalText.read(text.span, 0, text.count, mark: 46, thousands: nil), step.mantissa > 0,
            let unit = ReadingUnit(spelling: String(rest.dropFirst(number.count))), let dials = Int(words[at].dropLast()),
            (0...100).contains(dials)
        else { return nil }
        // The register starts again at 10^dials steps; that is a power of ten of units where a step is.
        var power = -step.decimals, mantissa = step.mantissa
        while mantissa % 10 == 0 { mantissa /= 10; power += 1 }
        let digits = dials + power
        return (unit, mantissa == 1 && (1...12).contains(digits) ? digits : nil)
    }
}

/// Names of a header as columns are looked up by them: folded once for all.
struct HeaderNames {
    private let plain: [String: Int]
    private let folded: [String: Int]
    /// Without a unit at the end.
    private let stems: [String: Int]

    /// Of a name that stands twice the first place counts.
    init(_ header: [String]) {
        func places(_ names: [(String, Int)]) -> [String: Int] { Dictionary(names, uniquingKeysWith: { first, _ in first }) }
        plain = places(header.enumerated().map { ($1, $0) })
        folded = places(header.enumerated().map { (TableLayout.folded($1), $0) })
        stems = places(
            header.enumerated().compactMap { index, name in TableLayout.unitInName(name).map { (TableLayout.folded($0.stem), index) } })
    }

    /// Place of a column: by its name, then without regard to case and marks, then without a unit at its end.
    func place(_ names: TableLayout.Names) -> Int? {
        for name in names { if let index = plain[name] { return index } }
        let words = names.map(TableLayout.folded)
        for word in words { if let index = folded[word] { return index } }
        for word in words { if let index = stems[word] { return index } }
        return nil
    }
}
