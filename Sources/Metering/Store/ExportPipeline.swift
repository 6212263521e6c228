// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// A file on its way to the store. Long tables of delimited text are parsed by two threads (`SplitExport`); of other families one thread
/// reads and expands, a second one parses. Whoever takes the batches is the third. Queues between them are short: what is held does
/// not grow with the file. The batches hold the same readings in the same order whatever the threads' pace.
final class ExportPipeline: Sendable {
    /// What is known of a file once it was read to its end.
    struct Whole: Sendable {
        /// Of the file as it lies there.
        var packedHash = "", packedBytes = 0
        /// Of what it expands to, where it is gzipped.
        var hash = "", bytes = 0
    }

    struct Batch: Sendable {
        var export: ParsedExport
        /// Bytes of the file, as it lies there, that were read so far.
        var taken: Int
    }

    private struct Piece: Sendable {
        var bytes: [UInt8]
        var taken: Int
    }

    let path: String
    private let split: SplitExport?
    private let pieces = BoundedQueue<Piece, Whole>(depth: 4)
    private let batches = BoundedQueue<Batch, Whole>(depth: 4)

    init(_ path: String, reader: any ExportReader) {
        self.path = path
        if let parser = reader as? ExportParser, parser.canBeSplit {
            split = SplitExport(path, parser: parser)
            return
        }
        split = nil
        Thread { [pieces] in Self.read(path, into: pieces) }.start()
        Thread { [pieces, batches] in Self.parse(pieces, reader, into: batches) }.start()
    }

    /// Stops the threads; what is still on its way is dropped.
    deinit {
        split?.cancel()
        batches.cancel()
        pieces.cancel()
    }

    /// The next batch; nil at the end, and `whole` is then filled.
    func next(_ whole: inout Whole) throws(TextFileError) -> Batch? {
        if let split { return try split.next(&whole) }
        switch batches.take() {
        case .element(let batch): return batch
        case .end(let all):
            whole = all
            return nil
        case .failure(let error): throw error
        }
    }

    /// Takes back a batch that is done with: the room of its readings is used again.
    func giveBack(_ batch: consuming Batch) { split?.giveBack(batch.export.readings) }

    private static func read(_ path: String, into queue: BoundedQueue<Piece, Whole>) {
        do throws(TextFileError) {
            let file = try FilePieces(path)
            var hash = ContentHash(), packed = ContentHash()
            var whole = Whole()
            var isPacked = false, isFirst = true
            while true {
                var bytes: [UInt8] = []
                let goesOn = try file.next(into: &bytes) { raw in
                    if isFirst { isPacked = raw.count > 1 && raw[0] == 0x1f && raw[1] == 0x8b }
                    isFirst = false
                    if isPacked { packed.add(raw) }
                }
                guard goesOn else { break }
                hash.add(bytes.span)
                whole.bytes += bytes.count
                guard queue.put(Piece(bytes: bytes, taken: file.taken)) else { return }
            }
            whole.hash = hash.text
            whole.packedHash = isPacked ? packed.text : whole.hash
            whole.packedBytes = file.taken
            queue.finish(whole)
        } catch {
            queue.fail(error)
        }
    }

    private static func parse(_ pieces: BoundedQueue<Piece, Whole>, _ reader: any ExportReader, into queue: BoundedQueue<Batch, Whole>) {
        var reader = reader
        var taken = 0
        do throws(TextFileError) {
            while true {
                switch pieces.take() {
                case .element(let piece):
                    taken = piece.taken
                    try reader.read(piece.bytes.span)
                    guard queue.put(Batch(export: reader.take(), taken: taken)) else { return pieces.cancel() }
                case .end(let whole):
                    try reader.finish()
                    guard queue.put(Batch(export: reader.take(), taken: taken)) else { return }
                    return queue.finish(whole)
                case .failure(let error): throw error
                }
            }
        } catch {
            pieces.cancel()
            queue.fail(error)
        }
    }
}

/// Hands elements from one thread to another; who puts waits while it is full, who takes waits while it is empty.
final class BoundedQueue<Element: Sendable, End: Sendable>: @unchecked Sendable {
    enum Taken {
        case element(Element)
        case end(End)
        case failure(TextFileError)
    }

    private let depth: Int
    private let condition = NSCondition()
    private var elements: [Element] = []
    private var last: Taken?
    private var isCancelled = false

    init(depth: Int) { self.depth = depth }

    /// False where nobody takes any more.
    func put(_ element: Element) -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while elements.count >= depth, !isCancelled { condition.wait() }
        guard !isCancelled else { return false }
        elements.append(element)
        condition.broadcast()
        return true
    }

    func finish(_ end: End) { close(.end(end)) }
    func fail(_ error: TextFileError) { close(.failure(error)) }

    private func close(_ taken: Taken) {
        condition.lock()
        last = taken
        condition.broadcast()
        condition.unlock()
    }

    func take() -> Taken {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if !elements.isEmpty {
                condition.broadcast()
                return .element(elements.removeFirst())
            }
            if let last { return last }
            condition.wait()
        }
    }

    func cancel() {
        condition.lock()
        isCancelled = true
        elements.removeAll()
        condition.broadcast()
        condition.unlock()
    }
}
