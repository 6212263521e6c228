// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Reads rows of delimited text from bytes. No text is made for a field; what cannot be read is set aside with line and reason.
struct ExportParser {
    private let profile: Profile
    private let file: String
    private var result = ParsedExport()
    private var names = NameTable()
    private var nullWords = WordList()
    private var unitWords = WordList()
    private var qualityWords = WordList()
    private var stamps: StampReader
    private var dateTime: [UInt8] = []

    init(profile: Profile, file: String) {
        self.profile = profile
        self.file = file
        stamps = StampReader(profile: profile)
        for word in profile.nullWords { nullWords.add(Self.bytes(word, profile.encoding), code: 0) }
        for word in profile.qualityMap.keys.sorted() {
            qualityWords.add(Self.bytes(word, profile.encoding), code: Int(profile.qualityMap[word]?.rawValue ?? 0))
        }
    }

    private static func bytes(_ word: String, _ encoding: Profile.Encoding) -> [UInt8] {
        encoding == .utf8 ? Array(word.utf8) : word.unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : 63 }
    }

    /// - Throws: `TextFileError.invalid` where a column is missing, or the file ends inside a row.
    mutating func parse(_ bytes: [UInt8]) throws(TextFileError) -> ParsedExport {
        let span = bytes.span
        let header = try ExportHeader(span, profile: profile, file: file)
        try refuseCutFile(span, header)
        switch profile.shape {
        case .long:
            if case .fixed(let unit) = profile.unit { result.units = [unit] }
            result.reserve(span.count / 32)
            parseLong(span, header)
            result.meters = (0..<names.count).map { index in
                let bytes = names.bytes(of: index)
                let text = ExportHeader.text(bytes, profile.encoding) ?? String(decoding: bytes, as: UTF8.self)
                return text.contains("\"\"") ? text.replacing("\"\"", with: "\"") : text
            }
        case .wide:
            result.meters = header.meterColumns.map(\.meter)
            result.reserve(span.count / 8)
            parseWide(span, header)
        }
        return result
    }

    /// A last line without a line end and with too few fields tells that the file was cut off.
    private func refuseCutFile(_ bytes: Span<UInt8>, _ header: ExportHeader) throws(TextFileError) {
        guard bytes.count > header.bodyStart, bytes[bytes.count - 1] != 10 else { return }
        var start = bytes.count
        while start > header.bodyStart, bytes[start - 1] != 10 { start -= 1 }
        var fields = 1, blank = true
        for at in start..<bytes.count {
            if bytes[at] == 34 { return }
            if bytes[at] == profile.delimiter { fields += 1 }
            if bytes[at] != 32, bytes[at] != 13, bytes[at] != 26 { blank = false }
        }
        guard !blank, fields < header.names.count else { return }
        var line = header.bodyLine
        for at in header.bodyStart..<start where bytes[at] == 10 { line += 1 }
        throw .invalid([
            InputProblem(
                file: file, line: line, what: "the file ends inside a row: \(fields) fields of \(header.names.count)",
                remedy: "it was cut off; fetch it again. Nothing of it was imported")
        ])
    }

    // MARK: fields

    /// Where the fields of a row begin and end, without quotes and blanks around them. Returns the first byte of the next row.
    private func split(
        _ bytes: Span<UInt8>, _ rowStart: Int, _ needed: Int, _ starts: inout [Int], _ ends: inout [Int], _ fields: inout Int,
        _ lines: inout Int,
        _ openQuote: inout Bool
    ) -> Int {
        let delimiter = profile.delimiter
        let count = bytes.count
        var at = rowStart
        fields = 0
        lines = 1
        openQuote = false
        while fields < needed {
            while at < count, bytes[at] == 32 { at += 1 }
            var start = at, end = at
            if at < count, bytes[at] == 34 {
                start = at + 1
                at += 1
                var newLines = 0
                while at < count {
                    if bytes[at] == 34 {
                        if at + 1 < count, bytes[at + 1] == 34 { at += 1 } else { break }
                    } else if bytes[at] == 10 {
                        newLines += 1
                        if newLines > 100 { break }
                    }
                    at += 1
                }
                if at >= count || bytes[at] != 34 {
                    openQuote = true
                    at = start
                    while at < count, bytes[at] != 10 { at += 1 }
                    return min(at + 1, count)
                }
                lines += newLines
                end = at
                at += 1
                while at < count, bytes[at] != delimiter, bytes[at] != 10 { at += 1 }
            } else {
                while at < count, bytes[at] != delimiter, bytes[at] != 10 { at += 1 }
                end = at
                while end > start, bytes[end - 1] == 32 || bytes[end - 1] == 13 { end -= 1 }
            }
            starts[fields] = start
            ends[fields] = end
            fields += 1
            guard at < count else { return count }
            if bytes[at] == 10 { return at + 1 }
            at += 1
        }
        // The rest of the row is not needed; a quote in it may still hold a line feed.
        var quoted = false
        while at < count {
            if bytes[at] == 34 { quoted.toggle() }
            if bytes[at] == 10 {
                if !quoted { return at + 1 }
                lines += 1
                if lines > 100 { return at + 1 }
            }
            at += 1
        }
        return count
    }

    private static func isBlank(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        for at in start..<end where bytes[at] != 10 && bytes[at] != 13 && bytes[at] != 32 { return false }
        return true
    }

    // MARK: rows

    private mutating func parseLong(_ bytes: Span<UInt8>, _ header: ExportHeader) {
        func column(_ role: ExportHeader.Role) -> Int { header.roles.firstIndex(of: role) ?? -1 }
        let meterAt = column(.meter), timeAt = column(.time), dateAt = column(.date), valueAt = column(.value)
        let unitAt = column(.unit), qualityAt = column(.quality)
        let needed = header.roles.count
        var starts = [Int](repeating: 0, count: needed), ends = starts
        var at = header.bodyStart, line = header.bodyLine
        var fields = 0, lines = 1, openQuote = false
        var last = -1
        let readsUnits = if case .column = profile.unit { true } else { false }
        while at < bytes.count {
            let row = at, rowLine = line
            at = split(bytes, row, needed, &starts, &ends, &fields, &lines, &openQuote)
            line += lines
            func reject(_ reason: RejectReason) {
                var end = at
                while end > row, bytes[end - 1] == 10 || bytes[end - 1] == 13 { end -= 1 }
                result.rejects.add(reason, line: rowLine, bytes, row, end)
            }
            if fields == 1, Self.isBlank(bytes, row, at) { continue }
            result.rows += 1
            if openQuote { reject(.openQuote); continue }
            guard fields == needed else { reject(.tooFewFields); continue }
            let meterStart = starts[meterAt], meterEnd = ends[meterAt]
            guard meterEnd > meterStart else { reject(.noMeter); continue }
            let valueStart = starts[valueAt], valueEnd = ends[valueAt]
            if valueEnd == valueStart || (!nullWords.isEmpty && nullWords.code(bytes, valueStart, valueEnd) != nil) {
                result.emptyValues += 1
                continue
            }
            let number: DecimalText
            switch DecimalText.read(bytes, valueStart, valueEnd, mark: profile.decimal, thousands: profile.thousands) {
            case .number(let read): number = read
            case .notANumber: reject(.badNumber); continue
            case .tooLarge: reject(.tooLarge); continue
            }
            var unit: UInt8 = 0
            if readsUnits {
                guard let code = unitCode(bytes, starts[unitAt], ends[unitAt]) else { reject(.unknownUnit); continue }
                unit = code
            }
            var quality: UInt8 = 0
            if qualityAt >= 0 {
                guard let code = qualityWords.code(bytes, starts[qualityAt], ends[qualityAt]) else { reject(.unknownQuality); continue }
                guard code != Int(Profile.Quality.bad.rawValue) else { reject(.badQuality); continue }
                quality = UInt8(code)
            }
            if last < 0 || !names.isName(last, bytes, meterStart, meterEnd) { last = names.index(bytes, meterStart, meterEnd) }
            let stamp = readStamp(bytes, dateAt, timeAt, starts, ends, meter: last)
            guard case .instant(let time) = stamp else {
                if case .rejected(let reason) = stamp { reject(reason) }
                continue
            }
            result.append(meter: last, unit: unit, time: time, value: number, quality: quality)
        }
    }

    private mutating func parseWide(_ bytes: Span<UInt8>, _ header: ExportHeader) {
        let timeAt = header.roles.firstIndex(of: .time) ?? 0, dateAt = header.roles.firstIndex(of: .date) ?? -1
        let needed = header.roles.count
        var starts = [Int](repeating: 0, count: needed), ends = starts
        var at = header.bodyStart, line = header.bodyLine
        var fields = 0, lines = 1, openQuote = false
        let units = header.meterColumns.map { column in
            if let index = result.units.firstIndex(of: column.unit) { return UInt8(index) }
            result.units.append(column.unit)
            return UInt8(result.units.count - 1)
        }
        while at < bytes.count {
            let row = at, rowLine = line
            at = split(bytes, row, needed, &starts, &ends, &fields, &lines, &openQuote)
            line += lines
            func reject(_ reason: RejectReason, _ start: Int, _ end: Int) { result.rejects.add(reason, line: rowLine, bytes, start, end) }
            if fields == 1, Self.isBlank(bytes, row, at) { continue }
            result.rows += 1
            if openQuote { reject(.openQuote, row, at - 1); continue }
            guard fields == needed else { reject(.tooFewFields, row, at - 1); continue }
            let stamp = readStamp(bytes, dateAt, timeAt, starts, ends, meter: 0)
            guard case .instant(let time) = stamp else {
                if case .rejected(let reason) = stamp { reject(reason, row, at - 1) }
                continue
            }
            for (index, column) in header.meterColumns.enumerated() {
                let start = starts[column.column], end = ends[column.column]
                if end == start || (!nullWords.isEmpty && nullWords.code(bytes, start, end) != nil) {
                    result.emptyValues += 1
                    continue
                }
                var quality: UInt8 = 0
                if let qualityAt = column.quality {
                    guard let code = qualityWords.code(bytes, starts[qualityAt], ends[qualityAt]) else {
                        reject(.unknownQuality, start, end); continue
                    }
                    guard code != Int(Profile.Quality.bad.rawValue) else { reject(.badQuality, start, end); continue }
                    quality = UInt8(code)
                }
                switch DecimalText.read(bytes, start, end, mark: profile.decimal, thousands: profile.thousands) {
                case .number(let number): result.append(meter: index, unit: units[index], time: time, value: number, quality: quality)
                case .notANumber: reject(.badNumber, start, end)
                case .tooLarge: reject(.tooLarge, start, end)
                }
            }
        }
    }

    private mutating func unitCode(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt8? {
        if let code = unitWords.code(bytes, start, end) { return code < 0 ? nil : UInt8(code) }
        var word: [UInt8] = []
        for at in start..<end { word.append(bytes[at]) }
        let unit = ExportHeader.text(word, profile.encoding).flatMap { ReadingUnit(spelling: $0) }
        guard let unit, unit.isRate == (profile.kind == .rate), result.units.count < 250 else { return nil }
        let code = result.units.firstIndex(of: unit) ?? result.units.count
        if code == result.units.count { result.units.append(unit) }
        unitWords.add(word, code: code)
        return UInt8(code)
    }

    private mutating func readStamp(_ bytes: Span<UInt8>, _ dateAt: Int, _ timeAt: Int, _ starts: [Int], _ ends: [Int], meter: Int)
        -> StampReader.Outcome
    {
        if dateAt < 0 { return stamps.read(bytes, starts[timeAt], ends[timeAt], meter: meter) }
        dateTime.removeAll(keepingCapacity: true)
        for at in starts[dateAt]..<ends[dateAt] { dateTime.append(bytes[at]) }
        dateTime.append(32)
        for at in starts[timeAt]..<ends[timeAt] { dateTime.append(bytes[at]) }
        let joined = dateTime
        return stamps.read(joined.span, 0, joined.count, meter: meter)
    }
}
