// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Exports in JSON: telegrams of wmbusmeters, decoded LoRaWAN uplinks, responses of vendors' interfaces. One record is held at a time;
/// in files of lines a damaged line is set aside, and costs no other. An array or objects over several lines are read too, an element at
/// a time: there a fault costs the file, for nobody knows where the next record begins.
struct JSONExportReader: ExportReader {
    private let file: String
    private let profile: Profile
    private var decoder: TextDecoder
    private var records: JSONRecords
    private var sink: ReadingSink
    private var isLines: Bool
    /// The beginning, until it tells whether each line is a text of its own; nil once that is known.
    private var head: [UInt8]?

    /// A first line that is longer is taken for one of many.
    private static let longestHead = 1 << 20

    init(profile: Profile, file: String) {
        self.file = file
        self.profile = profile
        decoder = TextDecoder(profile.encoding)
        sink = ReadingSink(profile: profile)
        switch profile.format {
        case .sentryx:
            isLines = false
            records = JSONRecords(at: [.member("meters"), .each])
        case .subeca:
            isLines = false
            records = JSONRecords(at: [.member("data"), .each, .each])
        default:
            isLines = true
            records = JSONRecords(isLines: true)
            head = []
        }
    }

    mutating func read(_ piece: Span<UInt8>) throws(TextFileError) {
        try feed(decoder.decode(Array(span: piece)))
    }

    mutating func finish() throws(TextFileError) {
        try feed(decoder.finish(), isLast: true)
        records.finish()
        try readRecords()
    }

    private mutating func feed(_ bytes: [UInt8], isLast: Bool = false) throws(TextFileError) {
        guard let known = head else {
            records.feed(bytes)
            return try readRecords()
        }
        let all = known + bytes
        guard let spans = Self.spansLines(all) ?? (isLast || all.count > Self.longestHead ? false : nil) else {
            head = all
            return
        }
        if spans {
            isLines = false
            records = JSONRecords(at: all.first { $0 > 32 && $0 < 128 } == 91 ? [.each] : [])
        }
        head = nil
        records.feed(all)
        try readRecords()
    }

    /// Whether the first text goes on after its line, as printed for people or as an array of a record a line: the line is an opening
    /// bracket or two, or ends with the comma after an element. nil where the line has not ended.
    private static func spansLines(_ bytes: [UInt8]) -> Bool? {
        guard let start = bytes.firstIndex(where: { $0 > 32 && $0 < 128 }) else { return nil }
        guard let end = bytes[start...].firstIndex(of: 10) else { return nil }
        let line = bytes[start..<end].filter { $0 > 32 }
        return line.allSatisfy { $0 == 91 || $0 == 123 } || (line.first == 91 && line.last == 44)
    }

    mutating func take() -> ParsedExport { sink.builder.take() }

    private mutating func readRecords() throws(TextFileError) {
        while true {
            do {
                switch try records.next() {
                case .needsBytes, .ended: return
                case .record(let value, let names, let line):
                    if case .array(let values) = value, isLines {
                        for value in values { take(value, names, line) }
                    } else {
                        take(value, names, line)
                    }
                }
            } catch {
                guard isLines else {
                    throw .invalid([
                        InputProblem(
                            file: file, line: error.line, what: "not JSON: \(error.what)",
                            remedy: "the file is one text over several lines: was it cut off? Nothing of it was imported")
                    ])
                }
                sink.builder.countRow()
                sink.reject(.malformed, line: error.line, error.what)
                records.skipLine()
            }
        }
    }

    private mutating func take(_ value: JSONValue, _ names: [String], _ line: Int) {
        sink.builder.countRow()
        switch profile.format {
        case .wmbusmeters: telegram(value, line)
        case .axiomaW1: uplink(value, line)
        case .sentryx: sentryx(value, line)
        case .subeca: subeca(value, names, line)
        default: sink.reject(.otherRecord, line: line, value.excerpt)
        }
    }

    // MARK: wmbusmeters

    private static let litresBack = ["backflow_m3", "total_backward_m3", "total_backwards_m3", "total_backward_flow_m3"]

    /// Fields as wmbusmeters names them (field page, section 1.5). `timestamp` is the time of reception; a profile with `columns.time`
    /// takes the meter's own clock.
    private mutating func telegram(_ value: JSONValue, _ line: Int) {
        func reject(_ reason: RejectReason) { sink.reject(reason, line: line, value.excerpt) }
        guard case .object = value, let id = value["id"]?.text, !id.isEmpty else { return reject(.noMeter) }
        guard let medium = value["media"]?.text, profile.media.contains(medium) else { return reject(.notWater) }
        let timeName = profile.columns.time.isEmpty ? "timestamp" : profile.columns.time
        guard let stamp = value[timeName]?.text, !stamp.isEmpty else { return reject(.noTime) }
        let cubicMetre = ReadingUnit(name: "m3", cubicMetres: 1)
        var found = false
        for (name, register) in [("total_m3", "")] + Self.litresBack.map({ ($0, "reverse") }) {
            guard let text = value[name]?.text else { continue }
            found = true
            let kind = SeriesKind(.register, unit: cubicMetre, register: register, digits: profile.registerDigits)
            if let reason = add(id, kind, Array(stamp.utf8), text) { return reject(reason) }
        }
        if !found { reject(.notTaken) }
    }

    /// Why the value was set aside.
    private mutating func add(
        _ meter: String, _ kind: SeriesKind, _ stamp: [UInt8], _ text: String, quality: Profile.Quality = .good,
        stamping: ReadingSink.Stamping = .init()
    ) -> RejectReason? {
        guard !meter.isEmpty else { return .noMeter }
        switch sink.value(Array(text.utf8)) {
        case .empty:
            sink.builder.countEmpty()
            return nil
        case .rejected(let reason): return reason
        case .number(let number):
            guard let series = sink.series(kind) else { return .tooManySeries }
            let index = sink.meter(meter)
            switch sink.instant(stamp, meter: index, series: series, stamping) {
            case .rejected(let reason): return reason
            case .instant(let time):
                sink.add(meter: index, series: series, time: time, value: number, quality: quality)
                return nil
            }
        }
    }

    // MARK: Axioma W1 over LoRaWAN

    /// Where network servers put what the decoder gave.
    private static let envelopes = [
        ["uplink_message", "decoded_payload"], ["object"], ["decoded"], ["decoded", "payload"], ["payload"], ["data"],
    ]
    private static let mostDeltas = 1000

    /// An uplink holds the register of the oldest logged hour and the volumes of those after it: they become registers, an hour apart.
    private mutating func uplink(_ value: JSONValue, _ line: Int) {
        func reject(_ reason: RejectReason) { sink.reject(reason, line: line, value.excerpt) }
        var payload = value
        for path in Self.envelopes {
            let inner = path.reduce(Optional(value)) { $0?[$1] }
            if let inner, inner["log_volume_m3"] != nil || inner["current_volume_m3"] != nil { payload = inner }
        }
        let ids = value["end_device_ids"], info = value["deviceInfo"]
        let id =
            payload["dev_eui"]?.text ?? value["dev_eui"]?.text ?? ids?["dev_eui"]?.text ?? info?["devEui"]?.text ?? value["devEUI"]?.text
            ?? value["DevEUI"]?.text ?? ids?["device_id"]?.text ?? ""
        guard !id.isEmpty else { return reject(.noMeter) }
        let logged = payload["log_volume_m3"]?.text
        guard let log = logged ?? payload["current_volume_m3"]?.text else { return reject(.otherRecord) }
        guard let stamp = payload["timestamp_utc"]?.text ?? value["received_at"]?.text ?? value["time"]?.text else {
            return reject(.noTime)
        }
        let bytes = Array(stamp.utf8)
        guard let read = TimeFormat.iso8601.read(bytes.span, 0, bytes.count) else { return reject(.badTime) }
        let moment = read.local - (read.offset ?? 0)
        guard case .number(var register) = sink.value(Array(log.utf8)) else { return reject(.badNumber) }
        var registers = [register]
        while registers.count <= Self.mostDeltas, let text = payload["delta_\(registers.count)_m3"]?.text {
            guard case .number(let delta) = sink.value(Array(text.utf8)), let sum = register.adding(delta) else {
                return reject(.badNumber)
            }
            register = sum
            registers.append(sum)
        }
        let newest = profile.logClock == .stamp || logged == nil ? moment : moment - (moment % 3600 + 3600) % 3600
        let kind = SeriesKind(.register, unit: ReadingUnit(name: "m3", cubicMetres: 1), digits: profile.registerDigits)
        if let text = payload["current_volume_m3"]?.text {
            guard case .number(let current) = sink.value(Array(text.utf8)) else { return reject(.badNumber) }
            guard let rest = current.adding(register.negated) else { return reject(.tooLarge) }
            guard rest.mantissa >= 0 else { return reject(.historyMismatch) }
            if rest.mantissa > 0, newest < moment {
                sink.add(meter: id, kind: kind, time: moment, value: current, quality: .good, line: line, text: value.excerpt)
            }
        }
        for (index, number) in registers.enumerated() {
            let time = newest - 3600 * (registers.count - 1 - index)
            sink.add(meter: id, kind: kind, time: time, value: number, quality: .good, line: line, text: value.excerpt)
        }
    }

    // MARK: vendors' interfaces

    private mutating func sentryx(_ value: JSONValue, _ line: Int) {
        guard let id = value["deviceId"]?.text, !id.isEmpty else { return sink.reject(.noMeter, line: line, value.excerpt) }
        guard let unit = value["units"]?.text.flatMap({ sink.unit($0) }), !unit.isRate else {
            return sink.reject(.unknownUnit, line: line, value.excerpt)
        }
        let shift = profile.stamp == .start ? profile.interval : 0
        let kinds: [(name: String, kind: SeriesKind, shift: Int)] = [
            ("reading", SeriesKind(.register, unit: unit, digits: profile.registerDigits), 0),
            ("consumption", SeriesKind(.interval, unit: unit, interval: profile.interval), shift),
        ]
        for point in value["data"]?.elements ?? [] {
            guard let stamp = point["timeStamp"]?.text, !stamp.isEmpty else { sink.reject(.noTime, line: line, point.excerpt); continue }
            for (name, kind, shift) in kinds where profile.kindsTaken?.contains(kind.kind) ?? true {
                guard let text = point[name]?.text else { continue }
                if let reason = add(id, kind, Array(stamp.utf8), text, stamping: .init(shift: shift)) {
                    sink.reject(reason, line: line, point.excerpt)
                }
            }
        }
    }

    private mutating func subeca(_ value: JSONValue, _ names: [String], _ line: Int) {
        let lengths = ["hourly": 3600, "daily": 86_400]
        guard names.count == 2, let length = lengths[names[0]] else { return sink.reject(.otherRecord, line: line, value.excerpt) }
        guard let unit = value["unit"]?.text.flatMap({ sink.unit($0) }), !unit.isRate else {
            return sink.reject(.unknownUnit, line: line, value.excerpt)
        }
        guard let text = value["value"]?.text else { return sink.builder.countEmpty() }
        let kind = SeriesKind(.interval, unit: unit, interval: length)
        let shift = profile.stamp == .start ? length : 0
        if let reason = add(value["deviceId"]?.text ?? "", kind, Array(names[1].utf8), text, stamping: .init(shift: shift)) {
            sink.reject(reason, line: line, value.excerpt)
        }
    }
}

extension JSONValue {
    /// For the list of what was set aside.
    var excerpt: String {
        switch self {
        case .null: "null"
        case .boolean(let value): "\(value)"
        case .number(let text): text
        case .string(let text): "\"\(text.prefix(60))\""
        case .array(let elements): "[\(elements.prefix(3).map(\.excerpt).joined(separator: ","))]"
        case .object(let members): "{\(members.prefix(12).map { "\"\($0.name.prefix(40))\":\($0.value.excerpt)" }.joined(separator: ","))}"
        }
    }
}

extension DecimalText {
    var negated: DecimalText { DecimalText(mantissa: -mantissa, decimals: decimals) }

    /// nil where the sum is too large.
    func adding(_ other: DecimalText) -> DecimalText? {
        let most = max(decimals, other.decimals)
        guard most <= Self.mostDecimals else { return nil }
        let left = mantissa * Self.powers[most - decimals], right = other.mantissa * Self.powers[most - other.decimals]
        let (sum, overflow) = left.addingReportingOverflow(right)
        guard !overflow, sum.magnitude / UInt(Self.powers[most]) < UInt(Self.largest) else { return nil }
        return DecimalText(mantissa: sum, decimals: most)
    }
}
