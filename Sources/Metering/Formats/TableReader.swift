// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Reads long tables by a layout: several values in a row, registers of compound meters, units from other columns. `ExportParser` is
/// the fast reader of plain long and wide tables; this one knows more.
struct TableReader: ExportReader {
    /// Lines in which the header is looked for where the profile does not say how many to skip.
    private static let linesBeforeHeader = 20

    private let file: String
    private let profile: Profile
    private let layout: TableLayout
    private var lines: LineBuffer
    private var sink: ReadingSink
    private var columns: TableColumns?
    /// Lines before the header.
    private var preamble: [[UInt8]] = []
    private var meterName: String
    /// The row under way, where a quote holds a line feed.
    private var open: [(line: Int, bytes: [UInt8])] = []
    private var openBytes: [UInt8] = []
    /// Lines that are to be read again, the next one last.
    private var again: [(line: Int, bytes: [UInt8])] = []
    private var types: [String: (unit: ReadingUnit, digits: Int?)?] = [:]
    /// Highest version above the first of an instant, where the layout has versions.
    private var versions: [VersionKey: Int] = [:]
    private var met: Set<Int32> = []

    private struct VersionKey: Hashable {
        var meter: Int32
        var series: UInt8
        var time: Int
    }

    init(profile: Profile, file: String, layout: TableLayout) {
        self.file = file
        self.profile = profile
        self.layout = layout
        lines = LineBuffer(profile.encoding)
        sink = ReadingSink(profile: profile)
        meterName = profile.meterName ?? ""
    }

    mutating func read(_ piece: Span<UInt8>) throws(TextFileError) {
        lines.add(piece)
        try readLines()
        try lines.refuseLongLine(file)
    }

    mutating func finish() throws(TextFileError) {
        lines.finish()
        try readLines(isLast: true)
        if columns == nil { try begin(nil) }
    }

    mutating func take() -> ParsedExport { sink.builder.take() }

    private mutating func readLines(isLast: Bool = false) throws(TextFileError) {
        while true {
            if let line = again.popLast() {
                open.append(line)
            } else if let line = lines.next() {
                open.append((lines.line, line))
            } else if isLast, !open.isEmpty {
                try giveUp()
                continue
            } else {
                return
            }
            openBytes = open.count == 1 ? open[0].bytes : openBytes + [10] + (open.last?.bytes ?? [])
            if LineBuffer.hasOpenQuote(openBytes, delimiter: profile.delimiter) {
                if open.count >= RowScanner.mostLines || openBytes.count >= LineBuffer.longest { try giveUp() }
            } else {
                let row = openBytes, line = open[0].line
                open.removeAll(keepingCapacity: true)
                try take(row, line)
            }
        }
    }

    /// A quote that is never closed costs its own line; those that were taken for its field are read again.
    private mutating func giveUp() throws(TextFileError) {
        let first = open[0]
        again += open.dropFirst().reversed()
        open.removeAll()
        try take(first.bytes, first.line)
    }

    private mutating func take(_ row: [UInt8], _ line: Int) throws(TextFileError) {
        if row.allSatisfy({ $0 == 32 || $0 == 26 || $0 == 9 }) { return }
        guard let columns else { return try lookForHeader(row, line) }
        sink.builder.countRow()
        guard let fields = LineBuffer.fields(row, delimiter: profile.delimiter, wanted: columns.wanted) else {
            return sink.reject(.openQuote, line: line, row.shown)
        }
        if lines.isCut, line == lines.line, fields.count < columns.count {
            throw .invalid([
                InputProblem(
                    file: file, line: line, what: "the file ends inside a row: \(fields.count) fields of \(columns.count)",
                    remedy: "it was cut off; fetch it again. Nothing of it was imported")
            ])
        }
        guard fields.count > columns.last else { return sink.reject(.tooFewFields, line: line, row.shown) }
        if let reason = read(fields, columns) { sink.reject(reason, line: line, row.shown) }
    }

    // MARK: header

    private mutating func lookForHeader(_ row: [UInt8], _ line: Int) throws(TextFileError) {
        preamble.append(row)
        guard profile.hasHeader else {
            if preamble.count <= profile.skipLines { return }
            let count = LineBuffer.fields(row, delimiter: profile.delimiter)?.count ?? 0
            try begin((1...max(1, count)).map(String.init))
            return try take(row, line)
        }
        if profile.skipLines > 0 {
            if preamble.count <= profile.skipLines { return }
            return try begin(names(row))
        }
        if let names = names(row), TableColumns(names, layout, needsMeter: needsMeter).missing.isEmpty { return try begin(names) }
        if preamble.count == Self.linesBeforeHeader { try begin(nil) }
    }

    private var needsMeter: Bool { profile.meterName == nil && profile.meterLine == nil }

    private func names(_ row: [UInt8]) -> [String]? {
        guard let fields = LineBuffer.fields(row, delimiter: profile.delimiter) else { return nil }
        let names = fields.compactMap(\.utf8Text)
        return names.count == fields.count ? names.map(ExportHeader.trimmed) : nil
    }

    /// - names: nil where no line holds the columns: the first one is then told.
    private mutating func begin(_ names: [String]?) throws(TextFileError) {
        guard let first = preamble.first else {
            throw .invalid([InputProblem(file: file, what: "the file is empty", remedy: "a header line and rows were expected")])
        }
        guard let header = names ?? self.names(first) else {
            throw .invalid([
                InputProblem(
                    file: file, line: 1, what: "the header is not \(profile.encoding.rawValue)",
                    remedy: "write its 'encoding' into the profile: \(TextEncoding.allCases.map(\.rawValue).joined(separator: ", "))")
            ])
        }
        let found = TableColumns(header, layout, needsMeter: needsMeter)
        var problems = found.missing.map { name in
            let near = NearestName.of(name, among: header).map { "; '\($0)' is near" } ?? ""
            return InputProblem(
                file: file, line: profile.hasHeader ? (names == nil ? 1 : preamble.count) : nil, what: "no column '\(name)'",
                remedy: "the header has: \(header.joined(separator: ", "))\(near); mend the file or the profile's 'columns'")
        }
        if let prefix = profile.meterLine {
            let line = preamble.compactMap(\.utf8Text).first { $0.hasPrefix(prefix) }
            meterName = line.map { ExportHeader.trimmed(String($0.dropFirst(prefix.count))) } ?? ""
            if meterName.isEmpty {
                problems.append(
                    InputProblem(
                        file: file, what: "no line before the header begins with '\(prefix)'", remedy: "mend 'meter_line' of the profile"))
            }
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        columns = found
        preamble = []
    }

    // MARK: rows

    /// Why the row was set aside; values that are no fault of the row are counted by themselves.
    private mutating func read(_ fields: [[UInt8]], _ columns: TableColumns) -> RejectReason? {
        for (index, skip) in layout.skips.enumerated() {
            guard let at = columns.skips[index], let word = fields[at].utf8Text?.lowercased() else { continue }
            if skip.words.contains(word) { return skip.reason }
        }
        var name = meterName
        if let at = columns.meter.first(where: { !fields[$0].isEmpty }) {
            guard let text = fields[at].utf8Text else { return .notInEncoding }
            name = text
        }
        var register = ""
        if let at = columns.register, !fields[at].isEmpty {
            guard let text = fields[at].utf8Text else { return .notInEncoding }
            register = text
            if let at = columns.compoundMeter, let text = fields[at].utf8Text, !text.isEmpty { name = text }
        }
        var hasAny = false
        var reason: RejectReason?
        for (index, channel) in columns.channels.enumerated() {
            guard let channel else { continue }
            let time = channel.time.map { fields[$0] } ?? Array((profile.readAt ?? "").utf8)
            if fields[channel.value].isEmpty, time.isEmpty { continue }
            hasAny = true
            guard !time.isEmpty else { reason = .noTime; continue }
            var stamp = time
            if let at = columns.date { stamp = fields[at] + [32] + time }
            let found = value(fields, columns, layout.channels[index], channel, stamp, (name, register))
            if index == 0 || reason == nil { reason = found ?? reason }
        }
        return hasAny ? reason : .noTime
    }

    private mutating func value(
        _ fields: [[UInt8]], _ columns: TableColumns, _ layout: TableLayout.Channel, _ places: TableColumns.Channel, _ stamp: [UInt8],
        _ meter: (name: String, register: String)
    ) -> RejectReason? {
        let number: DecimalText
        switch sink.value(fields[places.value]) {
        case .number(let read): number = read
        case .empty:
            sink.builder.countEmpty()
            return nil
        case .rejected(let reason): return reason
        }
        guard !meter.name.isEmpty else { return .noMeter }
        guard let (unit, digits) = unit(fields, columns, layout, places) else { return .unknownUnit }
        var quality = Profile.Quality.good
        if let at = columns.quality, layout.register != TableLayout.billed {
            guard let word = fields[at].utf8Text else { return .notInEncoding }
            guard let known = self.layout.qualityMap[word] else { return .unknownQuality }
            quality = known
        }
        guard quality != .bad else { return .badQuality }
        let index = sink.meter(meter.name)
        let isRegister = layout.kind == .register
        func kind(_ interval: Int) -> SeriesKind {
            SeriesKind(
                layout.kind, unit: unit, interval: interval, register: layout.register.isEmpty ? meter.register : layout.register,
                digits: isRegister ? profile.registerDigits ?? digits : nil)
        }
        var interval = profile.interval
        if let start = places.start {
            guard let length = length(from: fields[start], to: stamp) else { return .badTime }
            interval = length
        }
        guard let series = sink.series(kind(interval)) else { return .tooManySeries }
        let time: Int
        switch sink.instant(stamp, meter: index, series: series, layout.stamping) {
        case .instant(let read): time = read
        case .rejected(let reason): return reason
        }
        if let at = columns.version {
            guard let version = Int(fields[at].shown) else { return .malformed }
            let key = VersionKey(meter: index, series: series, time: time)
            guard version >= versions[key] ?? Int.min else { return .oldVersion }
            if version > 1 { versions[key] = version }
        }
        if isRegister, met.insert(index).inserted { anchor(fields, columns, index, series, layout.stamping) }
        sink.add(meter: index, series: series, time: time, value: number, quality: quality)
        return nil
    }

    /// The register that the first row of a meter tells of the reading before.
    private mutating func anchor(
        _ fields: [[UInt8]], _ columns: TableColumns, _ meter: Int32, _ series: UInt8, _ stamping: ReadingSink.Stamping
    ) {
        guard let previous = columns.previous, case .number(let number) = sink.value(fields[previous.value]),
            case .instant(let time) = sink.instant(fields[previous.time], meter: meter, series: series, stamping)
        else { return }
        sink.add(meter: meter, series: series, time: time, value: number, quality: .good)
    }

    /// Whole days between two stamps. [s]
    private func length(from start: [UInt8], to end: [UInt8]) -> Int? {
        let format = profile.timeFormat
        guard let first = format.read(start.span, 0, start.count), let last = format.read(end.span, 0, end.count), last.local > first.local
        else { return nil }
        return max(1, (last.local - first.local + 43_200) / 86_400) * 86_400
    }

    private mutating func unit(
        _ fields: [[UInt8]], _ columns: TableColumns, _ layout: TableLayout.Channel, _ places: TableColumns.Channel
    ) -> (ReadingUnit, digits: Int?)? {
        var unit: ReadingUnit?
        var digits: Int?
        switch layout.unit {
        case .fixed(let fixed): unit = fixed
        case .header: unit = places.unitOfHeader
        case .column: unit = places.unit.flatMap { fields[$0].utf8Text }.flatMap { sink.unit($0) }
        case .description:
            guard let text = places.unit.flatMap({ fields[$0].utf8Text }) else { return nil }
            if let known = types[text] {
                unit = known?.unit
                digits = known?.digits
            } else {
                let type = TableLayout.meterType(text)
                if types.count < 10_000 { types[text] = .some(type) }
                unit = type?.unit
                digits = type?.digits
            }
        }
        guard let unit, unit.isRate == (layout.kind == .rate) else { return nil }
        guard let at = columns.factor else { return (unit, digits) }
        guard case .number(let factor) = sink.value(fields[at]), let scaled = unit.times(factor) else { return nil }
        return (scaled, digits)
    }
}

/// Where a layout's columns stand in a header.
struct TableColumns: Sendable {
    struct Channel: Sendable {
        var value: Int
        /// nil where all rows have the profile's stamp.
        var time: Int?
        var unit: Int?
        var unitOfHeader: ReadingUnit?
        var start: Int?
    }

    var meter: [Int] = []
    var date: Int?
    var register: Int?
    var compoundMeter: Int?
    var factor: Int?
    var version: Int?
    var quality: Int?
    var skips: [Int?] = []
    var channels: [Channel?] = []
    var previous: (value: Int, time: Int)?
    /// Last column that is needed, and the number of all.
    var last = 0
    var count = 0
    /// Columns whose fields are read.
    var wanted: [Bool] = []
    /// Names of columns that must be there and are not.
    var missing: [String] = []

    init(_ header: [String], _ layout: TableLayout, needsMeter: Bool) {
        var last = 0
        var missing: [String] = []
        var wanted = [Bool](repeating: false, count: header.count)
        let names = HeaderNames(header)
        func place(_ wording: TableLayout.Names, needed: Bool = false) -> Int? {
            guard !wording.isEmpty else { return nil }
            guard let index = names.place(wording) else {
                if needed { missing.append(wording[0]) }
                return nil
            }
            last = max(last, index)
            wanted[index] = true
            return index
        }
        meter = layout.meter.compactMap { place($0) }
        if meter.isEmpty, needsMeter { missing.append(layout.meter.first?.first ?? "meter") }
        date = place(layout.date, needed: true)
        register = place(layout.register)
        compoundMeter = place(layout.compoundMeter)
        factor = place(layout.factor, needed: true)
        version = place(layout.version)
        quality = place(layout.quality, needed: layout.needsQuality)
        skips = layout.skips.map { place($0.column) }
        if let names = layout.previous, let value = place(names.value), let time = place(names.time) { previous = (value, time) }
        for channel in layout.channels {
            guard let value = place(channel.value, needed: !channel.isOptional) else { channels.append(nil); continue }
            var found = Channel(value: value, time: place(channel.time, needed: true))
            switch channel.unit {
            case .fixed: break
            case .header: found.unitOfHeader = TableLayout.unitInName(header[value])?.unit
            case .column(let names), .description(let names): found.unit = place(names, needed: true)
            }
            found.start = place(channel.start)
            channels.append(found)
        }
        if !channels.contains(where: { $0 != nil }), missing.isEmpty, let first = layout.channels.first?.value.first {
            missing.append(first)
        }
        self.last = last
        count = header.count
        self.wanted = wanted
        self.missing = missing
    }
}
