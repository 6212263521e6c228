// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Reads rows of delimited text from bytes. No text is made for a field; what cannot be read is set aside with line and reason.
struct ExportParser: ExportReader {
    /// A row that is longer is no row of an export. [bytes]
    static let longestRow = 16 << 20

    let profile: Profile
    private let file: String
    private(set) var buffer: [UInt8] = []
    var header: ExportHeader?
    /// Line of the row that comes next, counted from 1.
    var line = 1
    var builder = BatchBuilder()
    var scanner = RowScanner(delimiter: 44, needed: 0)
    var nullWords = WordList()
    private var unitWords = WordList()
    var qualityWords = WordList()
    var stamps: StampReader
    /// Of the parsers whose rows were taken over (`RowsApart`).
    var numbers: [Numbers] = []
    /// Decimals of the value read last.
    var decimals = 0
    /// Of a wide table: number of meter and series of each column.
    private var columns: [(meter: Int32, series: UInt8)] = []
    /// Of a long table with one unit.
    private(set) var series: UInt8 = 0
    private var dateTime: [UInt8] = []

    /// Bytes that are kept readable behind those of the file.
    static let margin = 128

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
        encoding != .latin1 ? Array(word.utf8) : word.unicodeScalars.map { $0.value < 256 ? UInt8($0.value) : 63 }
    }

    // MARK: pieces

    mutating func read(_ piece: Span<UInt8>) throws(TextFileError) {
        unsafe piece.withUnsafeBufferPointer { unsafe buffer.append(contentsOf: $0) }
        if header == nil {
            guard ExportHeader.isWhole(buffer.span, profile: profile) else { return try refuseLongRow() }
            try beginWithBuffer()
        }
        parseRows(isLast: false)
        try refuseLongRow()
    }

    mutating func finish() throws(TextFileError) {
        if header == nil { try beginWithBuffer() }
        try refuseCutFile()
        parseRows(isLast: true)
    }

    mutating func take() -> ParsedExport { builder.take() }

    private mutating func beginWithBuffer() throws(TextFileError) {
        var bytes: [UInt8] = []
        swap(&bytes, &buffer)
        try begin(bytes.span)
        bytes.removeFirst(header?.bodyStart ?? 0)
        swap(&bytes, &buffer)
    }

    mutating func begin(_ bytes: Span<UInt8>) throws(TextFileError) {
        let header = try ExportHeader(bytes, profile: profile, file: file)
        self.header = header
        line = header.bodyLine
        scanner = RowScanner(delimiter: profile.delimiter, needed: header.roles.count)
        if profile.shape == .long, case .fixed(let unit) = profile.unit {
            series = builder.series(SeriesKind(profile, unit: unit)) ?? 0
        }
        for column in header.meterColumns {
            guard let series = builder.series(SeriesKind(profile, unit: column.unit)) else { continue }
            columns.append((builder.meter(column.meter), series))
        }
    }

    private func refuseLongRow() throws(TextFileError) {
        guard buffer.count > Self.longestRow else { return }
        throw .invalid([
            InputProblem(
                file: file, line: line, what: "a row of more than \(Self.longestRow >> 20) MB",
                remedy: "is this the file that the profile describes? Nothing of it was imported")
        ])
    }

    /// A last line without a line end and with too few fields tells that the file was cut off.
    private func refuseCutFile() throws(TextFileError) {
        guard let last = buffer.last, last != 10, let header else { return }
        let start = (buffer.lastIndex(of: 10) ?? -1) + 1
        var fields = 1, blank = true
        for byte in buffer[start...] {
            if byte == 34 { return }
            if byte == profile.delimiter { fields += 1 }
            if byte != 32, byte != 13, byte != 26 { blank = false }
        }
        guard !blank, fields < header.names.count else { return }
        let lines = buffer[..<start].count { $0 == 10 }
        throw .invalid([
            InputProblem(
                file: file, line: line + lines, what: "the file ends inside a row: \(fields) fields of \(header.names.count)",
                remedy: "it was cut off; fetch it again. Nothing of it was imported")
        ])
    }

    // MARK: rows

    private mutating func parseRows(isLast: Bool) {
        guard let header, !buffer.isEmpty else { return }
        var bytes: [UInt8] = []
        swap(&bytes, &buffer)
        let count = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: Self.margin))
        let used = unsafe bytes.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress else { return 0 }
            let rows = unsafe Rows(first: first, source: source, start: 0, count: count, isLast: isLast)
            switch profile.shape {
            case .long: return unsafe parseLong(rows, header)
            case .wide: return unsafe parseWide(rows, header)
            }
        }
        bytes.removeLast(Self.margin)
        bytes.removeFirst(used)
        swap(&bytes, &buffer)
    }

    /// The bytes at hand. `margin` more can be read.
    @unsafe struct Rows {
        let first: UnsafePointer<UInt8>
        /// All, with the margin.
        let source: UnsafeBufferPointer<UInt8>
        /// Where the first row begins, and where the bytes end.
        let start: Int
        let count: Int
        let isLast: Bool

        func isBlank(_ start: Int, _ end: Int) -> Bool {
            for at in start..<end {
                let byte = unsafe first[at]
                if byte != 10, byte != 13, byte != 32 { return false }
            }
            return true
        }
    }

    private mutating func reject(_ reason: RejectReason, _ rows: Rows, _ start: Int, _ next: Int) {
        var end = next
        while end > start, unsafe rows.first[end - 1] == 10 || rows.first[end - 1] == 13 { end -= 1 }
        unsafe builder.reject(reason, line: line, rows.source.span, start, end)
    }

    /// Returns where the first row begins that is not whole.
    mutating func parseLong(_ rows: Rows, _ header: ExportHeader) -> Int {
        func column(_ role: ExportHeader.Role) -> Int { header.roles.firstIndex(of: role) ?? -1 }
        let meterAt = column(.meter), timeAt = column(.time), dateAt = column(.date), valueAt = column(.value)
        let unitAt = column(.unit), qualityAt = column(.quality)
        let readsUnits = if case .column = profile.unit { true } else { false }
        let hasNullWords = !nullWords.isEmpty
        let bytes = unsafe rows.first, count = unsafe rows.count
        let plain = readsUnits || dateAt >= 0 ? nil : PlainColumns(meter: meterAt, time: timeAt, value: valueAt, quality: qualityAt)
        var row = unsafe rows.start
        while row < count {
            if let plain { row = unsafe takePlainRows(rows, from: row, plain) }
            guard row < count, let next = unsafe scanner.scan(bytes, row, count, isLast: rows.isLast) else { break }
            defer {
                line += scanner.lines
                row = next
            }
            if scanner.fields == 1, unsafe rows.isBlank(row, next) { continue }
            builder.countRow()
            if scanner.openQuote { unsafe reject(.openQuote, rows, row, next); continue }
            guard scanner.fields == scanner.needed else { unsafe reject(.tooFewFields, rows, row, next); continue }
            let meterStart = unsafe scanner.starts[meterAt], meterEnd = unsafe scanner.ends[meterAt]
            guard meterEnd > meterStart else { unsafe reject(.noMeter, rows, row, next); continue }
            let valueStart = unsafe scanner.starts[valueAt], valueEnd = unsafe scanner.ends[valueAt]
            if valueEnd == valueStart || (hasNullWords && (unsafe nullWords.code(rows.source.span, valueStart, valueEnd)) != nil) {
                builder.countEmpty()
                continue
            }
            let number: DecimalText
            switch unsafe read(rows, valueStart, valueEnd) {
            case .number(let read): number = read
            case .notANumber: unsafe reject(.badNumber, rows, row, next); continue
            case .tooLarge: unsafe reject(.tooLarge, rows, row, next); continue
            }
            var series = series
            if readsUnits {
                guard let known = unsafe seriesOfUnit(rows.source.span, scanner.starts[unitAt], scanner.ends[unitAt]) else {
                    unsafe reject(.unknownUnit, rows, row, next); continue
                }
                series = known
            }
            var quality = Profile.Quality.good
            if qualityAt >= 0 {
                switch unsafe readQuality(rows, qualityAt) {
                case .success(let read): quality = read
                case .failure(let reason): unsafe reject(reason, rows, row, next); continue
                }
            }
            let encoding = profile.encoding
            let meter = unsafe builder.meter(bytes + meterStart, meterEnd - meterStart) { Self.name($0, encoding) }
            switch unsafe readStamp(rows, dateAt, timeAt, meter: Int(meter)) {
            case .instant(let time):
                if let other = stamps.other { builder.defer(time, other) }
                builder.append(meter: meter, series: series, time: time, value: number, quality: quality)
            case .rejected(let reason): unsafe reject(reason, rows, row, next)
            }
        }
        return row
    }

    static func name(_ bytes: [UInt8], _ encoding: Profile.Encoding) -> String {
        let text = ExportHeader.text(bytes, encoding) ?? String(decoding: bytes, as: UTF8.self)
        return text.contains("\"\"") ? text.replacing("\"\"", with: "\"") : text
    }

    private mutating func parseWide(_ rows: Rows, _ header: ExportHeader) -> Int {
        let timeAt = header.roles.firstIndex(of: .time) ?? 0, dateAt = header.roles.firstIndex(of: .date) ?? -1
        let bytes = unsafe rows.first, count = unsafe rows.count
        var row = unsafe rows.start
        while row < count, let next = unsafe scanner.scan(bytes, row, count, isLast: rows.isLast) {
            defer {
                line += scanner.lines
                row = next
            }
            if scanner.fields == 1, unsafe rows.isBlank(row, next) { continue }
            builder.countRow()
            if scanner.openQuote { unsafe reject(.openQuote, rows, row, next); continue }
            guard scanner.fields == scanner.needed else { unsafe reject(.tooFewFields, rows, row, next); continue }
            let time: Int
            switch unsafe readStamp(rows, dateAt, timeAt, meter: 0) {
            case .instant(let read): time = read
            case .rejected(let reason): unsafe reject(reason, rows, row, next); continue
            }
            for (index, column) in header.meterColumns.enumerated() where index < columns.count {
                let start = unsafe scanner.starts[column.column], end = unsafe scanner.ends[column.column]
                if end == start || (!nullWords.isEmpty && (unsafe nullWords.code(rows.source.span, start, end)) != nil) {
                    builder.countEmpty()
                    continue
                }
                var quality = Profile.Quality.good
                if let qualityAt = column.quality {
                    switch unsafe readQuality(rows, qualityAt) {
                    case .success(let read): quality = read
                    case .failure(let reason): unsafe reject(reason, rows, start, end); continue
                    }
                }
                switch unsafe read(rows, start, end) {
                case .number(let number):
                    builder.append(meter: columns[index].meter, series: columns[index].series, time: time, value: number, quality: quality)
                case .notANumber: unsafe reject(.badNumber, rows, start, end)
                case .tooLarge: unsafe reject(.tooLarge, rows, start, end)
                }
            }
        }
        return row
    }

    // MARK: fields

    @inline(__always)
    private func read(_ rows: Rows, _ start: Int, _ end: Int) -> DecimalText.Outcome {
        if let plain = unsafe DecimalText.readPlain(rows.first + start, end - start, mark: profile.decimal) { return .number(plain) }
        return unsafe DecimalText.read(rows.source.span, start, end, mark: profile.decimal, thousands: profile.thousands)
    }

    private enum QualityOutcome {
        case success(Profile.Quality)
        case failure(RejectReason)
    }

    private mutating func readQuality(_ rows: Rows, _ column: Int) -> QualityOutcome {
        guard let code = unsafe qualityWords.code(rows.source.span, scanner.starts[column], scanner.ends[column]),
            let quality = Profile.Quality(rawValue: UInt8(code))
        else { return .failure(.unknownQuality) }
        return quality == .bad ? .failure(.badQuality) : .success(quality)
    }

    private mutating func seriesOfUnit(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> UInt8? {
        if let code = unitWords.code(bytes, start, end) { return UInt8(code) }
        var word: [UInt8] = []
        for at in start..<end { word.append(bytes[at]) }
        let unit = ExportHeader.text(word, profile.encoding).flatMap { ReadingUnit(spelling: $0) }
        guard let unit, unit.isRate == (profile.kind == .rate), let code = builder.series(SeriesKind(profile, unit: unit)) else {
            return nil
        }
        unitWords.add(word, code: Int(code))
        return code
    }

    @inline(__always)
    private mutating func readStamp(_ rows: Rows, _ dateAt: Int, _ timeAt: Int, meter: Int) -> StampReader.Outcome {
        let start = unsafe scanner.starts[timeAt], end = unsafe scanner.ends[timeAt]
        if dateAt < 0 { return unsafe stamps.read(rows.first + start, end - start, meter: meter) }
        dateTime.removeAll(keepingCapacity: true)
        for at in unsafe scanner.starts[dateAt]..<scanner.ends[dateAt] { unsafe dateTime.append(rows.first[at]) }
        dateTime.append(32)
        for at in start..<end { unsafe dateTime.append(rows.first[at]) }
        let length = dateTime.count
        dateTime.append(contentsOf: repeatElement(0, count: StampReader.margin))
        let joined = dateTime
        return unsafe joined.withUnsafeBufferPointer { text in
            guard let first = text.baseAddress else { return .rejected(.badTime) }
            return unsafe stamps.read(first, length, meter: meter)
        }
    }
}
