// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

extension ExportParser {
    /// What a parser found in a piece of a file without having seen the pieces before it.
    struct RowsApart: Sendable {
        /// Bytes before the first row, and up to the end of the last.
        var head: Int, tail: Int
        /// Lines of the rows.
        var lines = 0
        /// Meters and series in the numbers of this parser, lines of rejects counted from the first row on.
        var export = ParsedExport()
        /// Bytes of the names, and kinds of the series, that came after those of the pieces before.
        var names: [[UInt8]] = []
        var series: [SeriesKind] = []
    }

    /// Whether pieces of a file can be parsed apart: rows that mean nothing to one another but for the hour that comes twice.
    var canBeSplit: Bool { profile.shape == .long }

    /// A parser that knows the header that the bytes begin with, for `fork`; nil where they do not hold it, or it is wrong.
    func template(_ bytes: Span<UInt8>) -> ExportParser? {
        var parser = self
        guard ExportHeader.isWhole(bytes, profile: profile), (try? parser.begin(bytes)) != nil else { return nil }
        parser.stamps.defers = true
        return parser
    }

    /// The same parser, to be used by another thread.
    func fork() -> ExportParser {
        var parser = self
        parser.scanner = RowScanner(delimiter: scanner.delimiter, needed: scanner.needed)
        return parser
    }

    /// Parses the rows that are whole in a piece, but for the last few.
    /// - room: of readings that are done with, for those to come.
    mutating func rowsApart(_ piece: Span<UInt8>, isFirst: Bool, room: consuming [ParsedReading] = []) -> RowsApart {
        var head = isFirst ? header?.bodyStart ?? piece.count : 0
        if !isFirst {
            while head < piece.count, piece[head] != 10 { head += 1 }
            head = min(head + 1, piece.count)
        }
        var rows = RowsApart(head: head, tail: head)
        line = 0
        rows.tail = unsafe piece.withUnsafeBufferPointer { source in
            guard let first = source.baseAddress, let header, source.count - Self.margin > head else { return head }
            return unsafe parseLong(
                Rows(first: first, source: source, start: head, count: source.count - Self.margin, isLast: false), header)
        }
        rows.lines = line
        rows.export = builder.take(room: room)
        (rows.names, rows.series) = builder.namesSinceLast()
        return rows
    }

    /// Whether the bytes so far end with a row.
    var isBetweenRows: Bool { header != nil && buffer.isEmpty }

    /// Takes over rows that another parser, `worker`, found behind those read so far, or, where `isTaken` is false, the names alone.
    /// False where they cannot be taken over.
    mutating func take(over rows: inout RowsApart, worker: Int, isTaken: Bool) -> Bool {
        while numbers.count <= worker { numbers.append(Numbers()) }
        let encoding = profile.encoding
        for name in rows.names {
            numbers[worker].meters.append(builder.meter(name.span) { Self.name($0, encoding) })
        }
        for kind in rows.series { numbers[worker].series.append(builder.series(kind) ?? Numbers.none) }
        guard isTaken, !numbers[worker].series.contains(Numbers.none) else { return false }
        rows.export.newMeters = []
        rows.export.newSeries = []
        for i in rows.export.rejects.kept.indices { rows.export.rejects.kept[i].line += line }
        line += rows.lines
        rows.export.numbers = numbers[worker]
        if stamps.isChanging { stamps.settle(&rows.export) }
        return true
    }
}
