// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Evidence of a class's meters, each gone through in order as often as need be; with what their common figures need, gathered as they
/// come. Held are some ten bytes a meter and what a `ByteLog` holds.
final class EvidenceLog {
    private(set) var count = 0
    private(set) var rests = RestSums()
    private(set) var moves = MoveCounts()
    /// Mean use of each meter of which it is known. [L/h]
    private(set) var uses: [Double] = []
    /// Of the longest record.
    private(set) var weeks = 0
    private let name: Meter.CustomerClass
    private let log: ByteLog

    /// - limit: held in memory. [bytes]
    init(_ name: Meter.CustomerClass, limit: Int = 16 << 20) {
        self.name = name
        log = ByteLog(limit: limit)
    }

    func append(_ e: MeterEvidence) {
        count += 1
        rests.add(e.rest)
        moves.add(e.shape)
        weeks = max(weeks, e.weeks.count)
        if let use = FindingSearch.use(e.weeks) { uses.append(use.value) }
        log.append { bytes in
            let start = bytes.count
            var writer = RecordWriter(bytes: bytes)
            // The size comes first, and is known last.
            writer.put(0)
            bytes = []
            e.write(to: &writer)
            swap(&bytes, &writer.bytes)
            let size = bytes.count - start
            for i in 0..<8 { bytes[start + i] = UInt8(truncatingIfNeeded: size >> (8 * i)) }
        }
    }

    /// Evidence of every `stride`-th meter, from the first on.
    /// - Throws: what reading it throws.
    func forEach(stride: Int = 1, _ work: (MeterEvidence) -> Void) throws {
        var number = 0
        try unsafe log.read { piece in
            var at = 0
            while at + 8 <= piece.count {
                let size = unsafe piece.loadUnaligned(fromByteOffset: at, as: Int.self)
                guard at + size <= piece.count else { break }
                if number % stride == 0 {
                    var reader = unsafe RecordReader(UnsafeRawBufferPointer(rebasing: piece[at + 8..<at + size]))
                    work(MeterEvidence(&reader, name))
                }
                number += 1
                at += size
            }
            return at
        }
    }
}

extension MeterEvidence {
    /// What has one size.
    private struct Scalars {
        var diameter: Double?, peak: Float?, firstSpike: Int?
        var volume: Double, reverse: Double
        var readings: Int, spikes: Int, first: Int, last: Int, lastMove: Int, step: Int, reverseSteps: Int
        var resolution: Float
        var restNow: Double, restRead: Double, shortestRest: Double
        var hoursBelowLeast: Double, hoursAtRest: Double
    }

    /// A change of unit, as `ChainEdit` has it.
    private struct Step {
        var from: Int, to: Int
        var old: Double?, new: Double?
    }

    fileprivate func write(to writer: inout RecordWriter) {
        writer.put(
            Scalars(
                diameter: meter.diameter, peak: peak, firstSpike: firstSpike, volume: volume, reverse: reverse, readings: readings,
                spikes: spikes, first: first, last: last, lastMove: lastMove, step: step, reverseSteps: reverseSteps,
                resolution: resolution, restNow: rest.now, restRead: rest.read, shortestRest: rest.shortest,
                hoursBelowLeast: hoursBelowLeast, hoursAtRest: hoursAtRest))
        writer.put(meter.id.name)
        writer.put(meter.zone?.name)
        writer.put(meter.installed)
        writer.put(weeks)
        writer.put(lowShare)
        writer.put(draws)
        writer.put(rest.rests)
        writer.put(shape.boundaries)
        writer.put(episodes)
        writer.put(unitSteps.map { Step(from: $0.from, to: $0.to, old: $0.old, new: $0.new) })
    }

    fileprivate init(_ reader: inout RecordReader, _ name: Meter.CustomerClass) {
        let s: Scalars = reader.value()
        meter = Meter(id: .init(reader.text() ?? ""), customerClass: name, diameter: s.diameter)
        meter.zone = reader.text().map { Zone.ID($0) }
        meter.installed = reader.text()
        (peak, firstSpike, volume, reverse) = (s.peak, s.firstSpike, s.volume, s.reverse)
        (readings, spikes, first, last, lastMove) = (s.readings, s.spikes, s.first, s.last, s.lastMove)
        (step, reverseSteps, resolution) = (s.step, s.reverseSteps, s.resolution)
        (hoursBelowLeast, hoursAtRest) = (s.hoursBelowLeast, s.hoursAtRest)
        weeks = reader.list()
        lowShare = reader.list()
        draws = reader.list()
        rest = RestRecord(rests: reader.list(), now: s.restNow, read: s.restRead, shortest: s.shortestRest)
        shape = ShapeRecord(boundaries: reader.list())
        episodes = reader.list()
        let steps: [Step] = reader.list()
        unitSteps = steps.map { ChainEdit(rule: .unitStep, from: $0.from, to: $0.to, old: $0.old, new: $0.new) }
    }
}

/// Puts values one behind the other as they lie in memory: for the same process to read again.
private struct RecordWriter {
    var bytes: [UInt8]

    mutating func put<T: BitwiseCopyable>(_ value: T) {
        unsafe withUnsafeBytes(of: value) { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func put<T: BitwiseCopyable>(_ list: [T]) {
        put(Int32(truncatingIfNeeded: list.count))
        unsafe list.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    }

    mutating func put(_ text: String?) {
        guard var text else { return put(Int32(-1)) }
        text.withUTF8 { utf8 in
            put(Int32(truncatingIfNeeded: utf8.count))
            unsafe bytes.append(contentsOf: utf8)
        }
    }
}

@safe private struct RecordReader {
    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { unsafe self.bytes = bytes }

    mutating func value<T: BitwiseCopyable>() -> T {
        defer { at += MemoryLayout<T>.size }
        return unsafe bytes.loadUnaligned(fromByteOffset: at, as: T.self)
    }

    mutating func list<T: BitwiseCopyable>() -> [T] {
        let count = Int(value() as Int32)
        guard count > 0 else { return [] }
        let size = count * MemoryLayout<T>.stride
        defer { at += size }
        return unsafe [T](unsafeUninitializedCapacity: count) { room, filled in
            unsafe UnsafeMutableRawBufferPointer(room).copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[at..<at + size]))
            filled = count
        }
    }

    mutating func text() -> String? {
        let count = Int(value() as Int32)
        guard count >= 0 else { return nil }
        defer { at += count }
        return unsafe String(decoding: UnsafeRawBufferPointer(rebasing: bytes[at..<at + count]), as: UTF8.self)
    }
}
