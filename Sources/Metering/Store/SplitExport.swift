// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// A file of rows, parsed by two threads at once.
///
/// Each thread takes the next piece of the file in turn (and expands it, where it is gzipped: while one does, the other parses), hashes it,
/// cuts it at its first line end and parses the rows that are whole in it. Whoever takes the batches goes through the pieces in order and
/// gives what lies across the cuts to a parser of its own, which reads the file as if it came in one. Where a cut proves to lie inside a row
/// (a line feed in quotes), that parser reads the whole piece, and what was parsed apart is dropped. So rows, lines, numbers of meters and
/// rejects are those of one parser alone.
final class SplitExport: @unchecked Sendable {
    private static let threads = 2
    /// Pieces on their way, each with its bytes.
    private static let mostPieces = 6

    private struct Piece {
        var bytes: [UInt8]
        var part: ContentHash.Part
        var worker: Int
        /// Bytes of the file, as it lies there, that were read with it.
        var taken: Int
        /// nil where the piece could not be parsed apart.
        var rows: ExportParser.RowsApart?
    }

    private enum Result {
        case piece(Piece)
        case end(packedHash: String?, packedBytes: Int)
        case failure(TextFileError)
    }

    private let path: String
    /// Held while a piece is read.
    private let turn = NSLock()
    private var file: FilePieces?
    private var count = 0, isAtEnd = false, isPacked = false
    private var packed = ContentHash()

    /// Guards what follows.
    private let condition = NSCondition()
    private var results: [Int: Result] = [:]
    private var rooms: [[UInt8]] = []
    /// Room of readings that were taken, to be used again.
    private var spare: [[ParsedReading]] = []
    private var onTheirWay = 0
    private var isCancelled = false
    /// Knows the header, and no rows; nil until the first piece was looked at.
    private var template: ExportParser?
    private var isUnsplit = false

    // Of who takes.
    private var parser: ExportParser
    private var hash = ContentHash()
    private var whole = ExportPipeline.Whole()
    private var next = 0
    private var taken = 0
    private var ready: [ParsedExport] = []

    init(_ path: String, parser: ExportParser) {
        self.path = path
        self.parser = parser
        for worker in 0..<Self.threads { Thread { self.work(worker) }.start() }
    }

    func cancel() {
        condition.lock()
        isCancelled = true
        condition.broadcast()
        condition.unlock()
    }

    // MARK: threads

    private func work(_ worker: Int) {
        var parser: ExportParser?
        // The room is held here alone: a second holder would have it copied before it is written into.
        while var bytes = room() {
            turn.lock()
            guard !isAtEnd else { return turn.unlock() }
            let index = count
            count += 1
            var taken = 0
            do throws(TextFileError) {
                let goesOn = try read(&bytes, isFirst: index == 0)
                taken = file?.taken ?? 0
                if !goesOn { isAtEnd = true }
            } catch {
                isAtEnd = true
                turn.unlock()
                return put(.failure(error), index)
            }
            let isEnd = isAtEnd
            turn.unlock()
            if isEnd { return put(.end(packedHash: isPacked ? packed.text : nil, packedBytes: taken), index) }
            let part = ContentHash.part(bytes.span)
            if index == 0 { publish(self.parser.template(bytes.span)) }
            if parser == nil { parser = header() }
            let rows = parser?.rowsApart(bytes.span, isFirst: index == 0, room: spareReadings())
            put(.piece(Piece(bytes: bytes, part: part, worker: worker, taken: taken, rows: rows)), index)
        }
    }

    private func read(_ bytes: inout [UInt8], isFirst: Bool) throws(TextFileError) -> Bool {
        if file == nil { file = try FilePieces(path) }
        guard let file else { return false }
        var isStart = isFirst
        return try file.next(into: &bytes) { raw in
            if isStart { isPacked = raw.count > 1 && raw[0] == 0x1f && raw[1] == 0x8b }
            isStart = false
            if isPacked { packed.add(raw) }
        }
    }

    /// Room for a piece; nil where no more are wanted.
    private func room() -> [UInt8]? {
        condition.lock()
        defer { condition.unlock() }
        while onTheirWay >= Self.mostPieces, !isCancelled { condition.wait() }
        guard !isCancelled else { return nil }
        onTheirWay += 1
        return rooms.popLast() ?? []
    }

    private func spareReadings() -> [ParsedReading] {
        condition.lock()
        defer { condition.unlock() }
        return spare.popLast() ?? []
    }

    private func publish(_ parser: ExportParser?) {
        condition.lock()
        template = parser
        isUnsplit = parser == nil
        condition.broadcast()
        condition.unlock()
    }

    /// A parser that knows the header; nil where none was found in the first piece.
    private func header() -> ExportParser? {
        condition.lock()
        defer { condition.unlock() }
        while template == nil, !isUnsplit, !isCancelled { condition.wait() }
        return template?.fork()
    }

    private func put(_ result: Result, _ index: Int) {
        condition.lock()
        results[index] = result
        condition.broadcast()
        condition.unlock()
    }

    // MARK: in order

    /// The next batch; nil at the end, and `whole` is then filled.
    func next(_ whole: inout ExportPipeline.Whole) throws(TextFileError) -> ExportPipeline.Batch? {
        while ready.isEmpty {
            switch take() {
            case .failure(let error): throw error
            case .end(let packedHash, let packedBytes):
                whole = self.whole
                whole.hash = hash.text
                whole.packedHash = packedHash ?? whole.hash
                whole.packedBytes = packedBytes
                guard next >= 0 else { return nil }
                try parser.finish()
                next = -1
                ready.append(parser.take())
            case .piece(var piece):
                next += 1
                taken = piece.taken
                hash.add(piece.part)
                self.whole.bytes += piece.bytes.count
                try join(&piece)
                giveBack(&piece.bytes)
            }
        }
        return ExportPipeline.Batch(export: ready.removeFirst(), taken: taken)
    }

    /// The end, or the failure, once it was met.
    private var last: Result?

    private func take() -> Result {
        if next < 0, let last { return last }
        condition.lock()
        defer { condition.unlock() }
        while true {
            if let result = results.removeValue(forKey: next) {
                if case .piece = result { return result }
                last = result
                return result
            }
            condition.wait()
        }
    }

    private func join(_ piece: inout Piece) throws(TextFileError) {
        let count = piece.bytes.count
        let head = piece.rows?.head ?? count
        try parser.read(piece.bytes.span.extracting(0..<head))
        // Taken out of the piece, so that the readings are changed where they lie.
        if var rows = piece.rows.take(), parser.take(over: &rows, worker: piece.worker, isTaken: parser.isBetweenRows) {
            ready.append(parser.take())
            ready.append(rows.export)
            try parser.read(piece.bytes.span.extracting(rows.tail..<count))
        } else {
            try parser.read(piece.bytes.span.extracting(head..<count))
            ready.append(parser.take())
        }
    }

    /// Takes back readings that are done with.
    func giveBack(_ readings: consuming [ParsedReading]) {
        guard readings.capacity > 0 else { return }
        condition.lock()
        if spare.count < Self.mostPieces { spare.append(readings) }
        condition.unlock()
    }

    private func giveBack(_ bytes: inout [UInt8]) {
        condition.lock()
        var room: [UInt8] = []
        swap(&room, &bytes)
        rooms.append(room)
        onTheirWay -= 1
        condition.broadcast()
        condition.unlock()
    }
}
