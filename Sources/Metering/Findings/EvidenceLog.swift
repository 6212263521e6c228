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
            // The size comes first, and is known last.
            bytes += repeatElement(0, count: 8)
            var writer = FieldWriter(bytes: bytes)
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
                    var reader = unsafe FieldReader(UnsafeRawBufferPointer(rebasing: piece[at + 8..<at + size]))
                    work(MeterEvidence(&reader, name))
                }
                number += 1
                at += size
            }
            return at
        }
    }
}
