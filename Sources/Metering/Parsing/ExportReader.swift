// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Reads the exports of one family from bytes that come in pieces, each cut anywhere: inside a row, a field, a letter.
///
/// A new family is a type of this protocol, and one line in `MeterStore.reader(of:profile:)`, which chooses. `BatchBuilder` numbers
/// meters and series and gathers the readings; `PieceBuffer` keeps the bytes of a row that is not yet whole.
///
///     var reader: any ExportReader = ExportParser(profile: profile, file: path)
///     for piece in pieces { try reader.read(piece); use(reader.take()) }
///     try reader.finish()
///     use(reader.take())
///
/// - Times are UTC; of an interval its end. `StampReader` turns wall-clock stamps into UTC, with the autumn hour told by order.
/// - Values are `DecimalText`: the digits as they stood in the file, at most seven behind the mark, below 10^11 units.
/// - A `SeriesKind` is kind, unit, length of the interval, register name and digits; one file may hold several.
/// - A row that cannot be read is rejected with its line and reason, and the rest of the file is used.
///
/// The store takes a batch after each piece of about a megabyte, so that what a reader holds does not grow with the file. It is made
/// on one thread and then used on another. What it throws undoes all of the file: a file is in the store as a whole or not at all.
protocol ExportReader: Sendable {
    /// Takes the next bytes of the file, expanded where it was gzipped.
    /// - Throws: `TextFileError.invalid` where nothing of the file can be used: a column is missing, the format is another one.
    mutating func read(_ piece: Span<UInt8>) throws(TextFileError)
    /// Called once, after the last piece.
    /// - Throws: `TextFileError.invalid` where the file was cut off.
    mutating func finish() throws(TextFileError)
    /// What was read since the last call.
    mutating func take() -> ParsedExport
}

/// Numbers the meters and series of a file, and gathers its readings until they are taken.
struct BatchBuilder: Sendable {
    private var names = NameTable()
    private var series: [SeriesKind] = []
    private(set) var batch = ParsedExport()

    /// Of one file; a reading holds the number of its series in a byte.
    static let mostSeries = 255

    /// Number of a meter by the bytes of its name.
    mutating func meter(_ bytes: Span<UInt8>, text: ([UInt8]) -> String) -> Int32 { meter(bytes, 0, bytes.count, text: text) }

    /// Number of a meter by its name in UTF-8.
    mutating func meter(_ name: String) -> Int32 {
        let bytes = Array(name.utf8)
        return meter(bytes.span, 0, bytes.count) { _ in name }
    }

    /// Number of the meter whose name stands in the bytes; `text` makes its name where it is new.
    mutating func meter(_ bytes: Span<UInt8>, _ start: Int, _ end: Int, text: ([UInt8]) -> String) -> Int32 {
        let known = names.count
        let index = names.index(bytes, start, end)
        if index == known { batch.newMeters.append(text(names.bytes(of: index))) }
        return Int32(truncatingIfNeeded: index)
    }

    /// The same, behind whose bytes `NameTable.margin` more can be read.
    @inline(__always)
    mutating func meter(_ name: UnsafePointer<UInt8>, _ length: Int, text: ([UInt8]) -> String) -> Int32 {
        let known = names.count
        let index = unsafe names.index(name, length)
        if Int(index) == known { batch.newMeters.append(text(names.bytes(of: known))) }
        return index
    }

    /// Number of a series; nil where the file has more than `mostSeries`.
    mutating func series(_ kind: SeriesKind) -> UInt8? {
        if let index = series.firstIndex(of: kind) { return UInt8(index) }
        guard series.count < Self.mostSeries else { return nil }
        series.append(kind)
        batch.newSeries.append(kind)
        return UInt8(series.count - 1)
    }

    /// - time: UTC; for intervals their end. [s]
    @inline(__always)
    mutating func append(meter: Int32, series: UInt8, time: Int, value: DecimalText, quality: Profile.Quality) {
        append(
            ParsedReading(
                time: time, mantissa: value.mantissa, meter: meter, series: series,
                detail: UInt8(truncatingIfNeeded: value.decimals) | quality.rawValue << 4))
    }

    @inline(__always)
    mutating func append(_ reading: ParsedReading) { batch.readings.append(reading) }

    /// Hands out the readings, for who adds many; they come back with `takeBack`.
    mutating func lend() -> [ParsedReading] {
        var readings: [ParsedReading] = []
        swap(&readings, &batch.readings)
        return readings
    }

    mutating func takeBack(_ readings: consuming [ParsedReading]) { batch.readings = readings }

    /// The reading that comes next has one of two instants, which its meter's rows before it tell.
    mutating func `defer`(_ first: Int, _ second: Int) {
        batch.deferred.append(.init(index: batch.readings.count, first: first, second: second))
    }

    /// Names and series that came since the last call, in order of their numbers.
    mutating func namesSinceLast() -> (names: [[UInt8]], series: [SeriesKind]) {
        defer { told = (names.count, series.count) }
        return ((told.names..<names.count).map { names.bytes(of: $0) }, Array(series[told.series...]))
    }

    private var told = (names: 0, series: 0)

    /// A row, or a record of another kind, was met.
    @inline(__always)
    mutating func countRow() { batch.rows += 1 }
    mutating func count(rows: Int) { batch.rows += rows }
    /// A value was left empty.
    mutating func countEmpty() { batch.emptyValues += 1 }

    /// Sets a row aside. Its text is `bytes` from `start` up to `end`.
    mutating func reject(_ reason: RejectReason, line: Int, _ bytes: Span<UInt8>, _ start: Int, _ end: Int) {
        batch.rejects.add(reason, line: line, bytes, start, end)
    }

    mutating func reject(_ reason: RejectReason, line: Int, _ text: String) {
        let bytes = Array(text.utf8)
        batch.rejects.add(reason, line: line, bytes.span, 0, bytes.count)
    }

    /// Counts a row that is left out, without keeping it.
    mutating func count(_ reason: RejectReason) { batch.rejects.count(reason) }

    /// What was read since the last call.
    /// - room: of readings that are done with, for those to come.
    mutating func take(room: consuming [ParsedReading] = []) -> ParsedExport {
        expected = max(expected, batch.readings.count)
        var next = ParsedExport()
        next.readings = room
        next.readings.removeAll(keepingCapacity: true)
        next.readings.reserveCapacity(expected + expected / 8)
        swap(&next, &batch)
        return next
    }

    private var expected = 0
}

/// Bytes that a reader could not use yet, because the rest of a row is to come.
struct PieceBuffer: Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func add(_ piece: Span<UInt8>) {
        unsafe piece.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Forgets the first bytes.
    mutating func drop(_ count: Int) { bytes.removeFirst(count) }
}
