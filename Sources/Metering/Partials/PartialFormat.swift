// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// The file of a partial result: what some meters bring to a report.
///
/// It begins with the eight letters `YusuPart` and the format (4 bytes, low one first). Chunks follow, each with its kind (1 byte), the length
/// of its content (4 bytes), the CRC-32 of kind, length and content (4 bytes), and the content, written by `FieldWriter`:
///
/// | kind | content |
/// |---|---|
/// | 1, first | the head: what the partial is of, and counts (`PartialHead`) |
/// | 2, any number | meters in order of name, byte by byte: name, length, and what the meter brings (`MeterResult`) |
/// | 3, one a zone | consumption by the hour in order of zone: name, meters expected, columns of the hours (`ZoneHours.Share`) |
/// | 4, last | number of meters |
///
/// Of two partials a third is made by putting the meters in order and adding the whole numbers of heads and zones: so it is the same whatever
/// the order and the groups in which that is done. Sums of floating-point numbers are made once, at the end, in order of meter.
enum PartialFormat {
    /// Raised where the bytes change, or what they mean: other rules of evidence make other findings of the same bytes.
    static let version = 1
    static let mark = Array("YusuPart".utf8)
    static let headBytes = mark.count + 4
    /// Kind, length and checksum. [bytes]
    static let chunkHead = 9
    /// Of the meters of a chunk, from which on a new one is begun; and of any chunk, more than which none has. [bytes]
    static let fullChunk = 1 << 16, largestChunk = 1 << 30

    enum Kind: UInt8 { case head = 1, meters, zone, end }

    static func checksum(_ kind: UInt8, _ content: Span<UInt8>) -> UInt32 {
        var bytes = [kind] + word(content.count)
        for i in content.indices { bytes.append(content[i]) }
        return unsafe bytes.withUnsafeBytes { unsafe Checksum.crc32($0) }
    }

    static func word(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    static func problem(_ path: String, _ what: String, _ remedy: String) -> TextFileError {
        .invalid([InputProblem(file: path, what: what, remedy: remedy)])
    }

    static func damaged(_ path: String) -> TextFileError {
        problem(path, "this partial result is damaged (checksum)", "make it again with 'yusu meters map'")
    }

    static func cutOff(_ path: String) -> TextFileError {
        problem(path, "this partial result is cut off", "it was not written to its end; make it again with 'yusu meters map'")
    }
}

/// What was read of the exports behind a report.
public struct ReadingCounts: Sendable, Equatable {
    public var files = 0
    public var rows = 0
    /// Kept: without duplicates.
    public var readings = 0
    /// Fields without a value.
    public var emptyValues = 0
    public var duplicates = 0
    public var conflicts = 0
    /// By reason.
    public var rejected: [String: Int] = [:]
    /// UTC; nil where there are no readings.
    public var first: Instant?
    public var last: Instant?

    public init() {}

    mutating func add(_ other: ReadingCounts) {
        files += other.files
        rows += other.rows
        readings += other.readings
        emptyValues += other.emptyValues
        duplicates += other.duplicates
        conflicts += other.conflicts
        rejected.merge(other.rejected, uniquingKeysWith: +)
        first = [first, other.first].compactMap(\.self).min()
        last = [last, other.last].compactMap(\.self).max()
    }
}

/// What a partial result is of. Two go together where all but the counts is the same.
struct PartialHead {
    /// nil where there are no readings, and no period was named: goes together with every other.
    var window: ReportWindow?
    /// Hours of the zone balances, where they are not all.
    var balance: ReportWindow?
    /// The rules of validation, in words.
    var rules: String
    var counts = ReadingCounts()

    static func words(_ rules: ChainRules) -> String {
        // Every field with its name, and every rule with its version: they are only compared.
        "\(rules) " + EditRule.allCases.map { "\($0.rawValue) \($0.version)" }.joined(separator: " ")
    }

    func write(to writer: inout FieldWriter) {
        writer.put(window != nil)
        if let window {
            for value in [window.start, window.end, window.offset] { writer.put(value) }
            writer.put(balance?.start)
            writer.put(balance?.end)
        }
        writer.put(rules)
        for count in [counts.files, counts.rows, counts.readings, counts.emptyValues, counts.duplicates, counts.conflicts] {
            writer.put(count)
        }
        writer.put(counts.first?.seconds)
        writer.put(counts.last?.seconds)
        writer.put(counts.rejected.count)
        for (reason, rows) in counts.rejected.sorted(by: { $0.key < $1.key }) {
            writer.put(reason)
            writer.put(rows)
        }
    }

    init(window: ReportWindow?, balance: ReportWindow?, rules: String, counts: ReadingCounts) {
        self.window = window
        self.balance = balance
        self.rules = rules
        self.counts = counts
    }

    /// nil where the bytes are no head.
    init?(_ reader: inout FieldReader) {
        if reader.flag() {
            let known = ReportWindow(start: reader.int(), end: reader.int(), offset: reader.int())
            guard known.start <= known.end, known.start % 3600 == 0, known.end % 3600 == 0 else { return nil }
            window = known
            let start = reader.optionalInt(), end = reader.optionalInt()
            if let start, let end, known.start <= start, start <= end, end <= known.end {
                balance = ReportWindow(start: start, end: end, offset: known.offset)
            } else if start != nil || end != nil {
                return nil
            }
        }
        rules = reader.text()
        counts.files = reader.count()
        counts.rows = reader.count()
        counts.readings = reader.count()
        counts.emptyValues = reader.count()
        counts.duplicates = reader.count()
        counts.conflicts = reader.count()
        counts.first = reader.optionalInt().map { Instant(seconds: $0) }
        counts.last = reader.optionalInt().map { Instant(seconds: $0) }
        let rejected = reader.list { ($0.text(), $0.count()) }
        counts.rejected = Dictionary(rejected, uniquingKeysWith: +)
        guard reader.isWhole, reader.isAtEnd else { return nil }
    }
}

extension ZoneHours.Share {
    func write(to writer: inout FieldWriter) {
        writer.put(zone.name)
        writer.put(expected)
        writer.put(expectedInPart)
        writer.put(sums.volumes)
        writer.put(sums.meters)
        writer.put(sums.estimated)
        writer.put(sums.metersEstimated)
    }

    /// nil where the bytes are no share over the hours of the window.
    init?(_ reader: inout FieldReader, window: ReportWindow) {
        let hours = (window.end - window.start) / 3600
        zone = Zone.ID(reader.text())
        expected = reader.count()
        expectedInPart = reader.ints(most: hours)
        let volumes = reader.ints(most: hours), meters = reader.ints(most: hours)
        let estimated = reader.ints(most: hours), metersEstimated = reader.ints(most: hours)
        let columns = [volumes, meters, estimated, metersEstimated] + (expectedInPart.isEmpty ? [] : [expectedInPart])
        guard reader.isWhole, reader.isAtEnd, columns.allSatisfy({ $0.count == hours }) else { return nil }
        sums = HourSums(start: window.start, volumes: volumes, meters: meters, estimated: estimated, metersEstimated: metersEstimated)
    }
}
