// SPDX-License-Identifier: GPL-3.0-or-later

/// Readings of a file by series of a meter, in the file's order, in little more than two bytes each: what an import holds until it writes.
///
/// Exports list hour by hour over all meters, or meter by meter, or anything between. A slot (a meter's series) is a chain of chunks of
/// 64 bytes, so that a reading is put beside its meter's others at once, and nothing is sorted.
///
/// | of a reading | written |
/// |---|---|
/// | as far after the last one as that was after its own, same decimals and quality | number `zz(Δvalue) × 2` |
/// | any other | number `zz(Δvalue) × 2 + 1`, number `zz(Δtime)`, word of decimals and quality |
///
/// Numbers have variable length, fifteen bits a word of sixteen, low ones first; `zz` as in `ReadingBlock`.
@safe final class ReadingLog {
    private static let chunk = 64
    /// Words of a chunk behind the number of the next one.
    private static let payload = 30
    /// Begins a word that another one of its number follows.
    private static let more: UInt16 = 0x8000
    private static let chunksOfSlab = 1 << 14

    private struct Slot {
        var time = 0
        var value = 0
        var step = 0
        var first: Int32 = -1, tail: Int32 = -1
        var count: Int32 = 0
        var used: UInt8 = 0
        var detail: UInt8 = 255
    }

    private var slots: [Slot] = []
    /// Room for chunks; `slabCount` of them are made.
    private let slabs = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: mostSlabs)
    private var slabCount = 0
    private var chunks = 0
    /// Of a megabyte each: what a log may take at most.
    private static let mostSlabs = 1 << 14

    var slotCount: Int { slots.count }
    private(set) var readings = 0
    /// Of all readings that were ever put; the other way round where there are none. UTC [s]
    private(set) var earliest = Int.max, latest = Int.min
    /// Memory taken. [bytes]
    var bytes: Int { (chunks + Self.chunksOfSlab) * Self.chunk + slots.count * MemoryLayout<Slot>.stride }

    deinit {
        for i in 0..<slabCount { unsafe slabs[i].deallocate() }
        unsafe slabs.deallocate()
    }

    /// A new slot without readings; its number.
    func addSlot() -> Int32 {
        slots.append(Slot())
        return Int32(truncatingIfNeeded: slots.count - 1)
    }

    func count(_ slot: Int) -> Int { Int(slots[slot].count) }

    /// Forgets all readings; the slots stay.
    func clear() {
        for i in slots.indices { slots[i] = Slot() }
        chunks = 0
        readings = 0
    }

    @inline(__always)
    private func address(_ chunk: Int32) -> UnsafeMutableRawPointer {
        unsafe slabs[Int(chunk) >> 14] + (Int(chunk) & 16_383) * Self.chunk
    }

    private func newChunk() -> Int32 {
        if chunks == slabCount * Self.chunksOfSlab {
            precondition(slabCount < Self.mostSlabs, "an import writes its log long before it takes 16 GB")
            unsafe slabs[slabCount] = .allocate(byteCount: Self.chunksOfSlab * Self.chunk, alignment: 64)
            slabCount += 1
        }
        chunks += 1
        let index = Int32(truncatingIfNeeded: chunks - 1)
        unsafe address(index).storeBytes(of: -1, as: Int32.self)
        return index
    }

    /// Puts a reading behind the others of its slot.
    func append(_ slot: Int, time: Int, value: Int, detail: UInt8) {
        let reading = ParsedReading(time: time, mantissa: value, meter: 0, series: 0, detail: detail)
        let number = Int32(truncatingIfNeeded: slot)
        unsafe withUnsafePointer(to: reading) { reading in
            unsafe withUnsafePointer(to: number) { number in
                _ = unsafe append(UnsafeBufferPointer(start: reading, count: 1), from: 0, SlotsOfFile(slotOf: number))
            }
        }
    }

    /// Where the readings of a file go.
    @unsafe struct SlotsOfFile {
        /// Of a meter and series, at meter × 2^`shift` + series; −1 where there is none.
        var slotOf: UnsafePointer<Int32>
        var shift = 0
        /// Numbers in the file of the meters and series of a batch, where it holds others (`ParsedExport.numbers`).
        var meters: UnsafePointer<Int32>?
        var series: UnsafePointer<UInt8>?

        @inline(__always)
        func place(_ reading: ParsedReading) -> Int {
            guard let meters = unsafe meters, let series = unsafe series else {
                return unsafe Int(reading.meter) << shift | Int(reading.series)
            }
            return unsafe Int(meters[Int(reading.meter)]) << shift | Int(series[Int(reading.series)])
        }
    }

    /// Puts readings behind the others of their slots, up to the first that has none yet; its place.
    func append(_ batch: UnsafeBufferPointer<ParsedReading>, from start: Int, _ file: SlotsOfFile) -> Int {
        var i = start
        var earliest = earliest, latest = latest
        unsafe slots.withUnsafeMutableBufferPointer { slots in
            guard let slots = slots.baseAddress else { return }
            while i < batch.count {
                let reading = unsafe batch[i]
                let number = unsafe file.slotOf[file.place(reading)]
                guard number >= 0 else { break }
                i &+= 1
                earliest = min(earliest, reading.time)
                latest = max(latest, reading.time)
                let slot = unsafe slots + Int(number)
                let step = unsafe reading.time &- slot.pointee.time
                let change = unsafe ZigZag.encode(reading.mantissa &- slot.pointee.value) &<< 1
                unsafe slot.pointee.time = reading.time
                unsafe slot.pointee.value = reading.mantissa
                unsafe slot.pointee.count &+= 1
                let used = unsafe slot.pointee.used
                if unsafe step == slot.pointee.step && reading.detail == slot.pointee.detail && change < UInt64(Self.more)
                    && used < Self.payload
                {
                    let target = unsafe address(slot.pointee.tail) + 4 + 2 * Int(used)
                    unsafe target.storeBytes(of: UInt16(truncatingIfNeeded: change), as: UInt16.self)
                    unsafe slot.pointee.used = used &+ 1
                } else {
                    unsafe appendLong(&slot.pointee, change, step, reading.detail)
                }
            }
        }
        self.earliest = earliest
        self.latest = latest
        readings += i - start
        return i
    }

    private func appendLong(_ slot: inout Slot, _ number: UInt64, _ step: Int, _ detail: UInt8) {
        var words: [11 of UInt16] = .init(repeating: 0)
        var count = 0
        func put(_ value: UInt64) {
            var rest = value
            while rest >= UInt64(Self.more) {
                words[count] = UInt16(truncatingIfNeeded: rest) | Self.more
                count += 1
                rest >>= 15
            }
            words[count] = UInt16(truncatingIfNeeded: rest)
            count += 1
        }
        if step == slot.step, detail == slot.detail {
            put(number)
        } else {
            put(number | 1)
            put(ZigZag.encode(step))
            words[count] = UInt16(detail)
            count += 1
            slot.step = step
            slot.detail = detail
        }
        if slot.tail < 0 || Int(slot.used) + count > Self.payload {
            let next = newChunk()
            if slot.tail < 0 {
                slot.first = next
            } else {
                unsafe address(slot.tail).storeBytes(of: next, as: Int32.self)
                // A number that is never written, 0 in two words: the chunk ends here.
                let end = unsafe address(slot.tail) + 4 + 2 * Int(slot.used)
                if Int(slot.used) < Self.payload { unsafe end.storeBytes(of: Self.more, as: UInt16.self) }
                if Int(slot.used) < Self.payload - 1 { unsafe (end + 2).storeBytes(of: 0, as: UInt16.self) }
            }
            slot.tail = next
            slot.used = 0
        }
        let target = unsafe address(slot.tail) + 4 + 2 * Int(slot.used)
        for i in 0..<count { unsafe (target + 2 * i).storeBytes(of: words[i], as: UInt16.self) }
        slot.used += UInt8(truncatingIfNeeded: count)
    }

    /// Readings of a slot in the order they were put.
    func read(_ slot: Int, into readings: inout SlotReadings) {
        readings.clear()
        let count = Int(slots[slot].count)
        guard count > 0 else { return }
        readings.reserve(count)
        var bytes = unsafe UnsafeRawPointer(address(slots[slot].first))
        var at = 4
        var time = 0, value = 0, step = 0
        var detail: UInt8 = 0
        var isSorted = true, allDetails: UInt8 = 0, commonDetails: UInt8 = 255, previous = Int.min
        unsafe readings.times.withUnsafeMutableBufferPointer { times in
            unsafe readings.values.withUnsafeMutableBufferPointer { values in
                unsafe readings.details.withUnsafeMutableBufferPointer { details in
                    for i in 0..<count {
                        if at == Self.chunk || (unsafe Self.isEnd(bytes, at)) {
                            unsafe bytes = UnsafeRawPointer(address(bytes.load(as: Int32.self)))
                            at = 4
                        }
                        var first = unsafe UInt64(bytes.load(fromByteOffset: at, as: UInt16.self))
                        if first < UInt64(Self.more) { at &+= 2 } else { first = unsafe Self.number(bytes, &at) }
                        if first & 1 == 1 {
                            step = unsafe ZigZag.decode(Self.number(bytes, &at))
                            detail = unsafe UInt8(truncatingIfNeeded: bytes.load(fromByteOffset: at, as: UInt16.self))
                            at &+= 2
                            allDetails |= detail
                            commonDetails &= detail
                        }
                        time &+= step
                        value &+= ZigZag.decode(first &>> 1)
                        if time <= previous { isSorted = false }
                        previous = time
                        unsafe times[i] = time
                        unsafe values[i] = value
                        unsafe details[i] = detail
                    }
                }
            }
        }
        readings.isSorted = isSorted
        readings.isUniform = allDetails == commonDetails
    }

    @inline(__always)
    private static func isEnd(_ bytes: UnsafeRawPointer, _ at: Int) -> Bool {
        guard unsafe bytes.load(fromByteOffset: at, as: UInt16.self) == more else { return false }
        return unsafe at + 2 == chunk || bytes.load(fromByteOffset: at + 2, as: UInt16.self) == 0
    }

    @inline(__always)
    private static func number(_ bytes: UnsafeRawPointer, _ at: inout Int) -> UInt64 {
        var value: UInt64 = 0, shift: UInt64 = 0
        while true {
            let word = unsafe bytes.load(fromByteOffset: at, as: UInt16.self)
            at &+= 2
            value |= UInt64(word & ~more) &<< shift
            if word < more { return value }
            shift &+= 15
        }
    }
}

/// Readings of one series in columns, in room that is used again and again.
struct SlotReadings {
    private(set) var count = 0
    /// Times grow from each to the next.
    var isSorted = true
    /// All have the same decimals and quality.
    var isUniform = true
    /// UTC. [s]
    var times: [Int] = []
    var values: [Int] = []
    /// As in `ParsedReading`.
    var details: [UInt8] = []
    /// Room that sorting goes to.
    private var spareTimes: [Int] = [], spareValues: [Int] = [], spareDetails: [UInt8] = []

    mutating func clear() { count = 0 }

    /// Makes room for that many, which are to be written.
    mutating func reserve(_ count: Int) {
        self.count = count
        guard times.count < count else { return }
        let room = max(count, 2 * times.count)
        times = [Int](repeating: 0, count: room)
        values = [Int](repeating: 0, count: room)
        details = [UInt8](repeating: 0, count: room)
    }

    /// Sorts by time; of one instant the later reading stands, and earlier ones are counted in `merge`. Brings all values to one number
    /// of decimals, and returns it.
    mutating func settle(_ merge: inout ReadingMerge) -> Int {
        guard count > 0 else { return 0 }
        var decimals = Int(details[0] & 15)
        if !isUniform {
            for i in 0..<count { decimals = max(decimals, Int(details[i] & 15)) }
            for i in 0..<count { values[i] *= DecimalText.powers[decimals - Int(details[i] & 15)] }
        }
        if !isSorted { sort(&merge) }
        return decimals
    }

    /// The first reading from `start` on that is not before `time`; all are in order.
    func firstIndex(from start: Int, notBefore time: Int) -> Int {
        if count > 0, times[count - 1] < time { return count }
        var low = start, high = count
        while low < high {
            let middle = (low + high) / 2
            if times[middle] < time { low = middle + 1 } else { high = middle }
        }
        return low
    }

    func origins(_ range: Range<Int>, file: Int) -> OriginRuns {
        var runs = OriginRuns()
        if isUniform {
            runs.append(ReadingBlock.Origin(file: file, quality: details[range.lowerBound] >> 4), count: range.count)
            return runs
        }
        var start = range.lowerBound
        while start < range.upperBound {
            let quality = details[start] >> 4
            var end = start + 1
            while end < range.upperBound, details[end] >> 4 == quality { end += 1 }
            runs.append(ReadingBlock.Origin(file: file, quality: quality), count: end - start)
            start = end
        }
        return runs
    }

    func block(_ range: Range<Int>, isInterval: Bool, decimals: Int, file: Int) -> ReadingBlock {
        var block = ReadingBlock(
            isInterval: isInterval, decimals: decimals, times: Array(times[range]), values: Array(values[range]))
        block.origins = origins(range, file: file)
        return block
    }

    /// Few readings are late as a rule: they are taken out, sorted, and put between the stretches of the others.
    private mutating func sort(_ merge: inout ReadingMerge) {
        var late: [Int] = []
        var latest = Int.min
        for i in 0..<count {
            if times[i] > latest { latest = times[i] } else { late.append(i) }
        }
        let ends = late + [count]
        late.sort { (times[$0], $0) < (times[$1], $1) }
        if spareTimes.count < count {
            spareTimes = [Int](repeating: 0, count: times.count)
            spareValues = [Int](repeating: 0, count: times.count)
            spareDetails = [UInt8](repeating: 0, count: times.count)
        }
        var kept = 0, next = 0, at = 0
        for end in ends {
            while at < end {
                if next < late.count, times[late[next]] < times[at] {
                    put(late[next], &kept, &merge)
                    next += 1
                    continue
                }
                // A late reading of the same instant stands further on in the file: it comes after the other.
                let stop = next < late.count ? firstIndex(after: times[late[next]], in: at..<end) : end
                spareTimes.replaceSubrange(kept..<kept + stop - at, with: times[at..<stop])
                spareValues.replaceSubrange(kept..<kept + stop - at, with: values[at..<stop])
                spareDetails.replaceSubrange(kept..<kept + stop - at, with: details[at..<stop])
                kept += stop - at
                at = stop
            }
            at = end + 1
        }
        while next < late.count {
            put(late[next], &kept, &merge)
            next += 1
        }
        count = kept
        swap(&times, &spareTimes)
        swap(&values, &spareValues)
        swap(&details, &spareDetails)
    }

    /// Puts a late reading behind those kept; of one instant it takes the place of the last.
    private mutating func put(_ i: Int, _ kept: inout Int, _ merge: inout ReadingMerge) {
        if kept > 0, spareTimes[kept - 1] == times[i] {
            if spareValues[kept - 1] == values[i] { merge.duplicates += 1 } else { merge.conflicts += 1 }
            kept -= 1
        }
        spareTimes[kept] = times[i]
        spareValues[kept] = values[i]
        spareDetails[kept] = details[i]
        kept += 1
    }

    /// The first of a stretch in order that is later than `time`; its end where none is.
    private func firstIndex(after time: Int, in range: Range<Int>) -> Int {
        var low = range.lowerBound, high = range.upperBound
        while low < high {
            let middle = (low + high) / 2
            if times[middle] <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
