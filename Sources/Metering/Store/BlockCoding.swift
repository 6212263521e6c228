// SPDX-License-Identifier: GPL-3.0-or-later

/// Turns readings into the bytes of blocks (`ReadingBlock`).
struct BlockEncoder {
    var writer = ByteWriter()
    private var numbers: [UInt64] = []

    /// Appends a block to `writer`. The readings are in order of time, no two of one instant.
    mutating func encode(
        isInterval: Bool, decimals: Int, times: UnsafeBufferPointer<Int>, values: UnsafeBufferPointer<Int>, origins: OriginRuns
    ) {
        let start = writer.bytes.count
        let (decimals, power) = unsafe Self.smallest(decimals, values)
        writer.bytes += [ReadingBlock.format, isInterval ? 1 : 0, UInt8(decimals)]
        writer.count(times.count)
        if times.count > 0 {
            unsafe encode(times)
            unsafe encode(values, isInterval: isInterval, power: power)
            writer.count(origins.runs.count)
            var first = 0
            for run in origins.runs {
                writer.count(run.origin.file)
                writer.bytes.append(run.origin.quality)
                writer.count(run.end - first)
                first = run.end
            }
        }
        let sum = unsafe writer.bytes.withUnsafeBytes { unsafe Checksum.crc32(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        for i in 0..<4 { writer.bytes.append(UInt8(truncatingIfNeeded: sum >> UInt32(8 * i))) }
    }

    mutating func encode(_ block: ReadingBlock) {
        unsafe block.times.withUnsafeBufferPointer { times in
            unsafe block.values.withUnsafeBufferPointer { values in
                unsafe encode(isInterval: block.isInterval, decimals: block.decimals, times: times, values: values, origins: block.origins)
            }
        }
    }

    /// The smallest number of decimals that holds all values, and what they are divided by.
    private static func smallest(_ decimals: Int, _ values: UnsafeBufferPointer<Int>) -> (Int, Int) {
        var decimals = decimals, power = 1
        while decimals > 0, unsafe values.allSatisfy({ $0 % (10 * power) == 0 }) {
            power *= 10
            decimals -= 1
        }
        return (decimals, power)
    }

    private mutating func encode(_ times: UnsafeBufferPointer<Int>) {
        unsafe writer.signed(times[0])
        // Almost always one run: the number of runs comes first, so they are counted first.
        var runs = 0, previous = -1
        for i in 1..<max(1, times.count) {
            let step = unsafe times[i] &- times[i &- 1]
            if step != previous { runs &+= 1 }
            previous = step
        }
        writer.count(runs)
        var i = 1
        while i < times.count {
            let step = unsafe times[i] - times[i - 1]
            var end = i + 1
            while end < times.count, unsafe times[end] &- times[end &- 1] == step { end &+= 1 }
            writer.count(step)
            writer.count(end - i)
            i = end
        }
    }

    private mutating func encode(_ values: UnsafeBufferPointer<Int>, isInterval: Bool, power: Int) {
        let count = values.count
        if numbers.count < count { numbers = [UInt64](repeating: 0, count: 2 * count) }
        if !isInterval { unsafe writer.signed(values[0] / power) }
        let skipped = isInterval ? 0 : 1
        unsafe numbers.withUnsafeMutableBufferPointer { numbers in
            if isInterval {
                for i in 0..<count { unsafe numbers[i] = ZigZag.encode(values[i]) }
            } else {
                for i in 1..<max(1, count) { unsafe numbers[i &- 1] = ZigZag.encode(values[i] &- values[i &- 1]) }
            }
            if power > 1 {
                for i in 0..<count - skipped { unsafe numbers[i] = ZigZag.encode(ZigZag.decode(numbers[i]) / power) }
            }
            for start in stride(from: 0, to: count - skipped, by: 128) {
                unsafe writer.packed(UnsafeBufferPointer(rebasing: numbers[start..<min(start + 128, count - skipped)]))
            }
        }
    }
}

extension ReadingBlock {
    /// Bytes of this block alone.
    func encoded() -> [UInt8] {
        var encoder = BlockEncoder()
        encoder.encode(self)
        return encoder.writer.bytes
    }

    /// nil where a checksum or the content is wrong.
    init?(decoding bytes: [UInt8]) {
        self.init(isInterval: false)
        var blob = BlobBytes()
        unsafe bytes.withUnsafeBytes { unsafe blob.copy($0) }
        guard append(decoding: blob) else { return nil }
    }

    /// Puts the readings of a blob's blocks behind these. False where a checksum or the content is wrong.
    mutating func append(decoding blob: borrowing BlobBytes) -> Bool {
        unsafe blob.bytes.withUnsafeBytes { bytes in
            guard let first = bytes.baseAddress else { return false }
            var start = 0
            repeat {
                guard let next = unsafe append(first + start, blob.count - start) else { return false }
                start += next
            } while start < blob.count
            return true
        }
    }

    /// Puts one block's readings behind these; the size of the block, nil where it is damaged.
    private mutating func append(_ bytes: UnsafeRawPointer, _ size: Int) -> Int? {
        var reader = unsafe ByteReader(bytes, count: size)
        guard reader.byte() == Self.format else { return nil }
        let interval = reader.byte() == 1
        let blockDecimals = Int(reader.byte())
        let count = reader.count()
        guard reader.isWhole, blockDecimals <= DecimalText.mostDecimals, times.count + count <= Self.mostReadings * 1200 else { return nil }
        // What is packed takes a bit or more, or is a run: a count that the bytes cannot hold is damage.
        guard count <= Self.mostReadings, count <= 128 * size else { return nil }
        if times.isEmpty {
            isInterval = interval
            decimals = blockDecimals
        } else if blockDecimals > decimals {
            raise(to: blockDecimals)
        }
        if count > 0 {
            guard readTimes(&reader, count), readValues(&reader, count, interval) else { return nil }
            let power = DecimalText.powers[decimals - blockDecimals]
            if power > 1 { for i in values.count - count..<values.count { values[i] = values[i] &* power } }
            let before = origins.count
            for _ in 0..<reader.count() {
                let file = reader.count()
                let quality = reader.byte()
                let repeats = reader.count()
                guard reader.isWhole, origins.count - before + repeats <= count else { return nil }
                origins.append(Origin(file: file, quality: quality), count: repeats)
            }
            guard reader.isWhole, origins.count - before == count else { return nil }
        }
        let end = reader.at
        guard end + 4 <= size else { return nil }
        let sum = unsafe UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: end, as: UInt32.self))
        guard unsafe Checksum.crc32(UnsafeRawBufferPointer(start: bytes, count: end)) == sum else { return nil }
        return end + 4
    }

    private mutating func readTimes(_ reader: inout ByteReader, _ count: Int) -> Bool {
        var time = reader.signed()
        let runs = reader.count()
        var isWhole = false
        times.append(addingCapacity: count) { room in
            unsafe room.withUnsafeMutableBufferPointer { times, filled in
                unsafe times[0] = time
                filled = 1
                for _ in 0..<runs {
                    let step = reader.count(), end = filled + reader.count()
                    guard reader.isWhole, end <= count else { return }
                    for i in filled..<end {
                        time &+= step
                        unsafe times[i] = time
                    }
                    filled = end
                }
                isWhole = filled == count
            }
        }
        return isWhole
    }

    private mutating func readValues(_ reader: inout ByteReader, _ count: Int, _ interval: Bool) -> Bool {
        values.append(addingCapacity: count) { room in
            unsafe room.withUnsafeMutableBufferPointer { values, filled in
                var value = 0
                if !interval {
                    value = reader.signed()
                    unsafe values[0] = value
                    filled = 1
                }
                unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 128) { group in
                    while filled < count {
                        let size = min(128, count - filled)
                        unsafe reader.packed(UnsafeMutableBufferPointer(rebasing: group[0..<size]))
                        guard reader.isWhole else { return }
                        if interval {
                            for i in 0..<size { unsafe values[filled + i] = ZigZag.decode(group[i]) }
                        } else {
                            for i in 0..<size {
                                value &+= unsafe ZigZag.decode(group[i])
                                unsafe values[filled + i] = value
                            }
                        }
                        filled += size
                    }
                }
            }
        }
        return reader.isWhole
    }
}

/// A copy of a blob, behind which a reader may look; its room is used again.
struct BlobBytes {
    private(set) var bytes: [UInt8] = []
    private(set) var count = 0

    mutating func copy(_ source: UnsafeRawBufferPointer) {
        count = source.count
        if bytes.count < count + ByteReader.margin { bytes = [UInt8](repeating: 0, count: 2 * count + 64) }
        unsafe bytes.withUnsafeMutableBytes { unsafe $0.copyMemory(from: source) }
    }
}
