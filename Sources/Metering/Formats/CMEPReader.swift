// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// California Metering Exchange Protocol, record `MEPMD01`: a line is a meter and channel: 14 fields, then time, code and value in
/// turn. Source of the form: two public readers of Sensus and Xylem files (field page, section 1.3).
///
/// A code that begins with `N` says that there was no read: the value beside it is no reading, and never a zero. The clock of the
/// stamps differs between utilities and is not in the file, so the profile must name it.
struct CMEPReader: ExportReader {
    private let file: String
    private var lines: LineBuffer
    private var sink: ReadingSink
    private var hasRecord = false

    init(profile: Profile, file: String) {
        self.file = file
        lines = LineBuffer(profile.encoding)
        sink = ReadingSink(profile: profile)
    }

    mutating func read(_ piece: Span<UInt8>) throws(TextFileError) {
        lines.add(piece)
        readLines()
        try lines.refuseLongLine(file)
    }

    mutating func finish() throws(TextFileError) {
        lines.finish()
        readLines()
        guard hasRecord else {
            throw .invalid([
                InputProblem(
                    file: file, what: "no record of CMEP (a line that begins with MEP…)", remedy: "is this file of another format?")
            ])
        }
    }

    mutating func take() -> ParsedExport { sink.builder.take() }

    private mutating func readLines() {
        while let line = lines.next() {
            if line.allSatisfy({ $0 == 32 || $0 == 26 }) { continue }
            sink.builder.countRow()
            if let reason = record(line) { sink.reject(reason, line: lines.line, line.shown) }
        }
    }

    /// Number of fields before the readings.
    private static let headLength = 14

    /// Why the whole record was set aside.
    private mutating func record(_ line: [UInt8]) -> RejectReason? {
        guard let fields = LineBuffer.fields(line, delimiter: sink.profile.delimiter) else { return .openQuote }
        let type = fields[0].shown
        if type.hasPrefix("MEP") || type.hasPrefix("MLA") { hasRecord = true }
        guard type == "MEPMD01" else { return hasRecord ? Self.kind(of: type) : .malformed }
        guard fields.count >= Self.headLength else { return .tooFewFields }
        guard fields[8].shown == "OK" else { return fields[8].shown == "SUMMARY" ? .periodTotal : .notTaken }
        guard fields[9].shown == "W" else { return .notWater }
        // A count beyond the line is no count: it is not multiplied.
        guard let count = Int(fields[13].shown), (0...fields.count).contains(count), fields.count == Self.headLength + 3 * count else {
            return .malformed
        }
        guard let meter = fields[7].utf8Text else { return .notInEncoding }
        guard !meter.isEmpty else { return .noMeter }
        guard let interval = Self.interval(fields[12]) else { return .malformed }
        guard let series = series(units: fields[10].shown, constant: fields[11], interval: interval) else { return .unknownUnit }
        let index = sink.meter(meter)
        var first: [UInt8]?, firstTime: Int?
        for reading in 0..<count {
            let at = Self.headLength + 3 * reading
            var time = firstTime.map { $0 + reading * interval }
            if interval % 86_400 == 0, let first { time = day(first, after: reading * interval) }
            if !fields[at].isEmpty {
                switch sink.instant(fields[at], meter: index, series: series) {
                case .instant(let read): time = read
                case .rejected(let reason): reject(reason, fields[at...(at + 2)]); continue
                }
            }
            if reading == 0 {
                first = fields[at]
                firstTime = time
            }
            guard let time else { reject(.noTime, fields[at...(at + 2)]); continue }
            switch fields[at + 1].first {
            case 78, 110: sink.builder.countEmpty()
            case 82, 114: add(index, series, time, fields[at...(at + 2)], .good)
            case 69, 101: add(index, series, time, fields[at...(at + 2)], .estimated)
            default: reject(.unknownQuality, fields[at...(at + 2)])
            }
        }
        return nil
    }

    /// Of a record that holds no readings: MLA01 are alarms, MEPEC01 equipment (field page, section 1.3). None of them is kept but among
    /// what was set aside.
    private static func kind(of type: String) -> RejectReason {
        type.hasPrefix("MLA") ? .alarmRecord : type.hasPrefix("MEPEC") ? .equipmentRecord : .otherRecord
    }

    /// Days are counted on the clock: a day after a change has 23 or 25 hours. nil where there is no such time.
    private func day(_ stamp: [UInt8], after seconds: Int) -> Int? {
        let format = sink.profile.timeFormat
        guard let read = format.read(stamp.span, 0, stamp.count), let clock = sink.profile.clock else { return nil }
        var hint = 0
        switch clock.meaning(read.local + seconds, hint: &hint) {
        case .one(let time), .two(let time, _): return time
        case .none: return nil
        }
    }

    private mutating func add(_ meter: Int32, _ series: UInt8, _ time: Int, _ fields: ArraySlice<[UInt8]>, _ quality: Profile.Quality) {
        guard let value = fields.last else { return }
        switch sink.value(value) {
        case .number(let number): sink.add(meter: meter, series: series, time: time, value: number, quality: quality)
        case .empty: sink.builder.countEmpty()
        case .rejected(let reason): reject(reason, fields)
        }
    }

    private mutating func reject(_ reason: RejectReason, _ fields: ArraySlice<[UInt8]>) {
        sink.reject(reason, line: lines.line, fields.map(\.shown).joined(separator: ","))
    }

    /// `CFREG` is a register in CF, `CF` a volume of an interval.
    private mutating func series(units: String, constant: [UInt8], interval: Int) -> UInt8? {
        let isRegister = units.contains("REG")
        guard var unit = sink.unit(isRegister ? units.replacing("REG", with: "") : units), !unit.isRate else { return nil }
        if sink.profile.appliesConstant {
            guard case .number(let factor) = sink.value(constant), let scaled = unit.times(factor) else { return nil }
            unit = scaled
        }
        let digits = isRegister ? sink.profile.registerDigits : nil
        return sink.series(SeriesKind(isRegister ? .register : .interval, unit: unit, interval: interval, digits: digits))
    }

    /// MMDDhhmm. Months have no length; none are seen. [s]
    private static func interval(_ text: [UInt8]) -> Int? {
        guard text.count == 8, let value = Int(text.shown), value > 0, value < 1_000_000 else { return nil }
        let seconds = value / 10_000 * 86_400 + value / 100 % 100 * 3600 + value % 100 * 60
        return seconds > 0 ? seconds : nil
    }
}
