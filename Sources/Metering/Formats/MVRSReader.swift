// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// The upload file of Itron MV-RS: records of fixed width, told by their first three letters: `CUS` a customer, `MTR` a meter, `RDG` its
/// reading. Offsets are those of one public writer of such files (field page, section 1.8); the download file has others.
///
/// The unit is not in the file: the profile must name it. Lines may be short. The previous reading stands in the record without a
/// date and is not taken.
struct MVRSReader: ExportReader {
    private let file: String
    private var lines: LineBuffer
    private var sink: ReadingSink
    private var meter = ""
    private var hasHeader = false, hasTrailer = false

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
        guard hasHeader else {
            throw .invalid([
                InputProblem(file: file, what: "no record FHD, as MV-RS files begin with", remedy: "is this file of another format?")
            ])
        }
        guard hasTrailer else {
            throw .invalid([
                InputProblem(
                    file: file, line: lines.line, what: "no record FTR at the end",
                    remedy: "it was cut off; fetch it again. Nothing of it was imported")
            ])
        }
    }

    mutating func take() -> ParsedExport { sink.builder.take() }

    private mutating func readLines() {
        while let line = lines.next() {
            switch String(decoding: line.prefix(3), as: UTF8.self) {
            case "FHD": hasHeader = true
            case "FTR": hasTrailer = true
            case "CUS", "RTR", "CTR", "CHD", "RHD", "", "\u{1a}": meter = ""
            case "MTR":
                guard let number = Self.field(line, 45...56).utf8Text else {
                    meter = ""
                    sink.builder.countRow()
                    sink.reject(.notInEncoding, line: lines.line, line.shown)
                    continue
                }
                meter = number
            case "RDG":
                sink.builder.countRow()
                if let reason = reading(line) { sink.reject(reason, line: lines.line, line.shown) }
            default:
                sink.builder.countRow()
                sink.reject(.otherRecord, line: lines.line, line.shown)
            }
        }
    }

    /// Without blanks around it; empty where the line is shorter.
    private static func field(_ line: [UInt8], _ places: ClosedRange<Int>) -> [UInt8] {
        guard places.lowerBound < line.count else { return [] }
        var part = line[places.lowerBound...min(places.upperBound, line.count - 1)]
        while part.first == 32 { part.removeFirst() }
        while part.last == 32 { part.removeLast() }
        return Array(part)
    }

    private mutating func reading(_ line: [UInt8]) -> RejectReason? {
        guard !meter.isEmpty else { return .noMeter }
        let date = Self.field(line, 47...54)
        guard !date.isEmpty, date.contains(where: { $0 != 48 }) else { return .noTime }
        guard case .fixed(let unit) = sink.profile.unit else { return .unknownUnit }
        let decimals = Self.field(line, 91...92)
        guard let places = decimals.isEmpty ? 0 : Int(decimals.shown), (0...6).contains(places) else { return .malformed }
        let dials = Int(Self.field(line, 89...90).shown).flatMap { (1...12).contains($0) ? $0 : nil }
        let kind = SeriesKind(.register, unit: unit, digits: sink.profile.registerDigits ?? dials.map { max(1, $0 - places) })
        guard let series = sink.series(kind) else { return .tooManySeries }
        let index = sink.meter(meter)
        var time = Self.field(line, 55...60)
        if time.isEmpty { time = Array("000000".utf8) }
        let number: DecimalText
        switch sink.value(Self.field(line, 33...42)) {
        case .number(let read):
            guard let scaled = read.scaled(byPowerOfTen: -places) else { return .tooLarge }
            number = scaled
        case .empty:
            sink.builder.countEmpty()
            return nil
        case .rejected(let reason): return reason
        }
        // A trouble code is a remark of the reader (a dog, a leak): what it says of the reading is the profile's to tell.
        let words = [Self.field(line, 61...61), Self.field(line, 66...68), Self.field(line, 69...71)].map(\.shown)
        let quality = words.compactMap { sink.quality($0) }.max { $0.rawValue < $1.rawValue } ?? .good
        guard quality != .bad else { return .badQuality }
        switch sink.instant(date + time, meter: index, series: series) {
        case .instant(let instant): sink.add(meter: index, series: series, time: instant, value: number, quality: quality)
        case .rejected(let reason): return reason
        }
        return nil
    }
}
