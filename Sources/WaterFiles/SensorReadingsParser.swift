// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Goes once over the bytes of a file of readings, long or wide. Fields become text only where something is wrong with them.
struct ReadingsParser {
    private let bytes: [UInt8]
    private let file: String
    private let fileIndex: Int32
    private let sensors: [SensorDescription]
    private var position = 0
    private var line = 1
    private var separator: UInt8 = 44
    /// Hash of a name to the sensors that bear it.
    private var byHash: [UInt64: Int] = [:]
    private var lastTime: (range: Range<Int>, seconds: Int)?
    private var unknown: [String: (line: Int, count: Int)] = [:]
    private var unknownOrder: [String] = []

    init(bytes: [UInt8], file: String, fileIndex: Int32, sensors: [SensorDescription]) {
        self.bytes = bytes
        self.file = file
        self.fileIndex = fileIndex
        self.sensors = sensors
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
        let base = Self.plainName(file)
        var chosen: [String: Int] = [:]
        var ambiguous: Set<String> = []
        for (index, sensor) in sensors.enumerated() where sensor.file.map({ Self.plainName($0) == base }) ?? false {
            chosen[sensor.name] = index
        }
        for (index, sensor) in sensors.enumerated() where chosen[sensor.name].map({ sensors[$0].file.map(Self.plainName) != base }) ?? true
        {
            if chosen[sensor.name] == nil { chosen[sensor.name] = index } else { ambiguous.insert(sensor.name) }
        }
        for (name, index) in chosen where !ambiguous.contains(name) { byHash[Self.hash(Array(name.utf8)[...])] = index }
    }

    mutating func parse(into collected: inout CollectedReadings, problems: inout ProblemList) {
        skipBlankLines()
        let headerLine = line
        var end = position
        while end < bytes.count, bytes[end] != 10 { end += 1 }
        if !bytes[position..<end].contains(44) { separator = bytes[position..<end].contains(59) ? 59 : 9 }
        var header: [Range<Int>] = []
        rowFields { header.append($0) }
        guard let first = header.first, header.count > 1, text(first).lowercased() == "timestamp" else {
            let found = header.map { "'\(text($0))'" }.prefix(6).joined(separator: ", ")
            problems.add(
                file, headerLine, header.first.map(\.isEmpty) ?? true ? "the file is empty" : "the header is \(found)",
                "begin with the line 'timestamp,sensor,value', or with 'timestamp' and a column for each sensor")
            return
        }
        if header.count == 3, text(header[1]).lowercased() == "sensor", text(header[2]).lowercased() == "value" {
            parseLong(into: &collected, problems: &problems)
        } else {
            parseWide(header, headerLine, into: &collected, problems: &problems)
        }
        for name in unknownOrder {
            guard let place = unknown[name] else { continue }
            let known = sensors.prefix(4).map(\.name).joined(separator: ", ")
            let rows = place.count > 1 ? " (\(place.count) rows)" : ""
            problems.add(
                file, place.line, "sensor '\(name)' is not in the list of sensors\(rows)",
                "add it there; known are \(known)\(sensors.count > 4 ? " and \(sensors.count - 4) more" : "")")
        }
    }

    private mutating func parseLong(into collected: inout CollectedReadings, problems: inout ProblemList) {
        while skipBlankLines() {
            var fields = (0..<0, 0..<0, 0..<0)
            var count = 0
            let rowLine = line
            rowFields { range in
                switch count {
                case 0: fields.0 = range
                case 1: fields.1 = range
                default: fields.2 = range
                }
                count += 1
            }
            guard count == 3 else {
                shortRow(count, 3, rowLine, &problems)
                continue
            }
            guard let time = time(fields.0, rowLine, &collected, &problems) else { continue }
            guard let sensor = byHash[Self.hash(bytes[fields.1])], matches(sensor, fields.1) else {
                let name = text(fields.1)
                if unknown[name] == nil { unknownOrder.append(name) }
                unknown[name, default: (rowLine, 0)].count += 1
                continue
            }
            collected.add(moment: time, line: rowLine, file: fileIndex)
            collected.occurs[sensor] = true
            add(fields.2, sensor, time, rowLine, &collected, &problems)
        }
    }

    private mutating func parseWide(
        _ header: [Range<Int>], _ headerLine: Int, into collected: inout CollectedReadings, problems: inout ProblemList
    ) {
        var columns = [Int](repeating: -1, count: header.count)
        var seen: Set<Int> = []
        for (column, range) in header.enumerated().dropFirst() {
            if let sensor = byHash[Self.hash(bytes[range])], matches(sensor, range) {
                if seen.insert(sensor).inserted {
                    columns[column] = sensor
                    collected.occurs[sensor] = true
                } else {
                    problems.add(file, headerLine, "two columns are named '\(text(range))'", "keep one")
                }
            } else {
                let name = text(range)
                if unknown[name] == nil { unknownOrder.append(name) }
                unknown[name] = (headerLine, 1)
            }
        }
        var row: [Range<Int>] = []
        while skipBlankLines() {
            row.removeAll(keepingCapacity: true)
            let rowLine = line
            rowFields { row.append($0) }
            guard row.count == header.count else {
                shortRow(row.count, header.count, rowLine, &problems)
                continue
            }
            guard let time = time(row[0], rowLine, &collected, &problems) else { continue }
            collected.add(moment: time, line: rowLine, file: fileIndex)
            for column in 1..<row.count where columns[column] >= 0 {
                add(row[column], columns[column], time, rowLine, &collected, &problems)
            }
        }
    }

    // MARK: Fields

    private func shortRow(_ count: Int, _ expected: Int, _ row: Int, _ problems: inout ProblemList) {
        problems.add(
            file, row, "\(count) field\(count == 1 ? "" : "s") where the header has \(expected)", "complete the row; was the file cut off?")
    }

    private func add(
        _ range: Range<Int>, _ sensor: Int, _ time: Int, _ row: Int, _ collected: inout CollectedReadings, _ problems: inout ProblemList
    ) {
        if range.isEmpty { return }
        if let value = DecimalBytes.number(bytes, range) {
            if value == -9999 {
                problems.add(
                    file, row, "sensor '\(sensors[sensor].name)': the value -9999 stands for a gap",
                    "leave the field empty where nothing was read")
                return
            }
            collected.readings.append(
                .init(time: time, sensor: Int32(sensor), line: Int32(row), file: fileIndex, value: value * sensors[sensor].factor))
        } else if !["nan", "na", "null"].contains(text(range).lowercased()) {
            problems.add(
                file, row, "sensor '\(sensors[sensor].name)': the value is '\(text(range))'",
                "give a number with a decimal point, or leave it empty where nothing was read")
        }
    }

    private mutating func time(
        _ range: Range<Int>, _ row: Int, _ collected: inout CollectedReadings, _ problems: inout ProblemList
    ) -> Int? {
        if let last = lastTime, last.range.count == range.count, bytes[last.range].elementsEqual(bytes[range]) { return last.seconds }
        guard let stamp = TimestampBytes.parse(bytes, range) else {
            problems.add(file, row, "the time is '\(text(range))'", "write it as 2026-03-02T00:00")
            return nil
        }
        if let offset = stamp.offset {
            if let known = collected.offset {
                if known.seconds != offset {
                    let place = known.file == file ? "line \(known.line)" : "\(known.file):\(known.line)"
                    problems.add(
                        file, row, "the offset of '\(text(range))' is another than in \(place)",
                        "write all times in the place's standard time, without daylight saving")
                    return nil
                }
            } else {
                collected.offset = (offset, file, row)
            }
        }
        lastTime = (range, stamp.seconds)
        return stamp.seconds
    }

    private func text(_ range: Range<Int>) -> String { FileBytes.text(Array(bytes[range])) }

    private func matches(_ sensor: Int, _ range: Range<Int>) -> Bool { sensors[sensor].name.utf8.elementsEqual(bytes[range]) }

    /// Without folder and `.gz`.
    private static func plainName(_ path: String) -> String {
        let name = String(path.split(separator: "/").last ?? "")
        return name.hasSuffix(".gz") ? String(name.dropLast(3)) : name
    }

    /// FNV-1a.
    private static func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }

    // MARK: Rows

    /// False at the end of the file.
    @discardableResult
    private mutating func skipBlankLines() -> Bool {
        while position < bytes.count {
            let byte = bytes[position]
            if byte == 10 { line += 1 } else if byte != 13 { return true }
            position += 1
        }
        return false
    }

    /// Hands out the fields of the row without blanks and quotes around them, and goes on to the next row.
    private mutating func rowFields(_ take: (Range<Int>) -> Void) {
        var first = position
        while true {
            var last = first
            if first < bytes.count, bytes[first] == 34 {
                last += 1
                while last < bytes.count, bytes[last] != 34, bytes[last] != 10 { last += 1 }
            }
            while last < bytes.count, bytes[last] != separator, bytes[last] != 10 { last += 1 }
            take(trimmed(first, last))
            if last >= bytes.count {
                position = last
                return
            }
            if bytes[last] == 10 {
                position = last + 1
                line += 1
                return
            }
            first = last + 1
        }
    }

    private func trimmed(_ start: Int, _ end: Int) -> Range<Int> {
        var first = start, last = end
        while first < last, bytes[first] == 32 || bytes[first] == 13 || bytes[first] == 9 { first += 1 }
        while first < last, bytes[last - 1] == 32 || bytes[last - 1] == 13 || bytes[last - 1] == 9 { last -= 1 }
        if last - first >= 2, bytes[first] == 34, bytes[last - 1] == 34 { return first + 1..<last - 1 }
        return first..<last
    }
}

/// ISO 8601 moments in bytes.
enum TimestampBytes {
    /// `2026-03-02T00:00`, a blank for the T, seconds (a fraction is dropped where it is zero), `Z` or an offset at the end.
    /// - Returns: seconds of the clock as written, and its offset from UTC where one is written; nil for anything else. [s]
    static func parse(_ bytes: [UInt8], _ range: Range<Int>) -> (seconds: Int, offset: Int?)? {
        let start = range.lowerBound, end = range.upperBound
        guard end - start >= 16, bytes[start + 4] == 45, bytes[start + 7] == 45, bytes[start + 10] == 84 || bytes[start + 10] == 32,
            bytes[start + 13] == 58, let year = digits(bytes, start, 4), let month = digits(bytes, start + 5, 2),
            let day = digits(bytes, start + 8, 2), let hour = digits(bytes, start + 11, 2), let minute = digits(bytes, start + 14, 2),
            year >= 1, (1...12).contains(month), day >= 1, day <= days(of: month, in: year), hour < 24, minute < 60
        else { return nil }
        var index = start + 16
        var second = 0
        if index < end, bytes[index] == 58 {
            guard end - index >= 3, let value = digits(bytes, index + 1, 2), value < 60 else { return nil }
            second = value
            index += 3
            if index < end, bytes[index] == 46 {
                index += 1
                while index < end, bytes[index] == 48 { index += 1 }
            }
        }
        let seconds = Instant(year: year, month: month, day: day, hour: hour, minute: minute, second: second).seconds
        if index == end { return (seconds, nil) }
        if bytes[index] == 90, index + 1 == end { return (seconds, 0) }
        guard bytes[index] == 43 || bytes[index] == 45, let offsetHours = digits(bytes, index + 1, 2, end), offsetHours <= 14 else {
            return nil
        }
        let sign = bytes[index] == 43 ? 1 : -1
        index += 3
        if index < end, bytes[index] == 58 { index += 1 }
        if index == end { return (seconds, sign * offsetHours * 3600) }
        guard index + 2 == end, let offsetMinutes = digits(bytes, index, 2), offsetMinutes < 60 else { return nil }
        return (seconds, sign * (offsetHours * 3600 + offsetMinutes * 60))
    }

    private static func digits(_ bytes: [UInt8], _ start: Int, _ count: Int, _ end: Int = .max) -> Int? {
        guard start + count <= min(end, bytes.count) else { return nil }
        var value = 0
        for index in start..<start + count {
            let digit = bytes[index]
            guard digit >= 48, digit <= 57 else { return nil }
            value = value * 10 + Int(digit - 48)
        }
        return value
    }

    static func days(of month: Int, in year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}

/// Decimal numbers in bytes.
enum DecimalBytes {
    /// Powers of ten that a Double holds exactly.
    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
    ]

    /// Up to 15 digits without an exponent are one exact division (W. D. Clinger, 1990); all else goes the long way.
    static func number(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
        var index = range.lowerBound
        let end = range.upperBound
        var negative = false
        if index < end, bytes[index] == 45 || bytes[index] == 43 {
            negative = bytes[index] == 45
            index += 1
        }
        var mantissa = 0
        var digits = 0, decimals = 0
        var point = false
        while index < end {
            let byte = bytes[index]
            if byte >= 48, byte <= 57 {
                mantissa = mantissa &* 10 &+ Int(byte - 48)
                digits += 1
                if point { decimals += 1 }
            } else if byte == 46, !point {
                point = true
            } else {
                return long(bytes, range)
            }
            index += 1
        }
        guard digits > 0 else { return nil }
        guard digits <= 15 else { return long(bytes, range) }
        let value = Double(mantissa) / powers[decimals]
        return negative ? -value : value
    }

    private static func long(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
        NumberText.number(String(decoding: bytes[range], as: UTF8.self))
    }
}
