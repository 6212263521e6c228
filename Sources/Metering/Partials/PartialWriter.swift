// SPDX-License-Identifier: GPL-3.0-or-later

/// Writes a partial result in pieces.
struct PartialWriter {
    private let write: ([UInt8]) -> Void
    private var meters = FieldWriter()
    private var count = 0
    private var content = FieldWriter()

    /// - write: gets piece after piece.
    init(_ head: PartialHead, _ write: @escaping ([UInt8]) -> Void) {
        self.write = write
        write(PartialFormat.mark + PartialFormat.word(PartialFormat.version))
        var writer = FieldWriter()
        head.write(to: &writer)
        put(.head, writer.bytes)
    }

    private func put(_ kind: PartialFormat.Kind, _ content: [UInt8]) {
        let sum = PartialFormat.checksum(kind.rawValue, content.span)
        write([kind.rawValue] + PartialFormat.word(content.count) + PartialFormat.word(Int(sum)) + content)
    }

    /// In order of meter, byte by byte.
    mutating func add(_ result: MeterResult) {
        content.bytes.removeAll(keepingCapacity: true)
        result.write(to: &content)
        add(Array(result.record.summary.meter.name.utf8), content.bytes[...])
    }

    /// - content: as another partial has it.
    mutating func add(_ name: [UInt8], _ content: ArraySlice<UInt8>) {
        meters.put(name.count)
        meters.bytes += name
        meters.put(content.count)
        meters.bytes += content
        count += 1
        if meters.bytes.count >= PartialFormat.fullChunk { flush() }
    }

    private mutating func flush() {
        guard !meters.bytes.isEmpty else { return }
        put(.meters, meters.bytes)
        meters.bytes.removeAll(keepingCapacity: true)
    }

    mutating func finish(_ zones: [ZoneHours.Share]) {
        flush()
        for share in zones {
            var writer = FieldWriter()
            share.write(to: &writer)
            put(.zone, writer.bytes)
        }
        put(.end, PartialFormat.word(count) + PartialFormat.word(count >> 32))
    }
}
