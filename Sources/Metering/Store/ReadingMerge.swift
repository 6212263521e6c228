// SPDX-License-Identifier: GPL-3.0-or-later

/// Puts a file's readings of one channel and month into the stored block.
struct ReadingMerge {
    var added = 0
    var duplicates = 0
    var conflicts = 0
    var replaced = 0

    /// Sorts readings by time and settles equal instants within a file: the later row stands.
    /// - rows: positions in `parsed`, in the file's order, of one channel.
    mutating func block(_ parsed: ExportReadings, rows: ArraySlice<Int32>, isInterval: Bool, file: Int) -> ReadingBlock {
        var order = rows
        var sorted = true
        var previous = Int.min
        for row in order {
            let time = parsed.readings[Int(row)].time
            if time < previous { sorted = false; break }
            previous = time
        }
        if !sorted { order.sort { (parsed.readings[Int($0)].time, $0) < (parsed.readings[Int($1)].time, $1) } }
        var decimals = 0
        for row in order { decimals = max(decimals, Int(parsed.readings[Int(row)].detail & 15)) }
        var block = ReadingBlock(isInterval: isInterval, decimals: decimals)
        block.times.reserveCapacity(order.count)
        block.values.reserveCapacity(order.count)
        block.origins.reserveCapacity(order.count)
        for row in order {
            let i = Int(row)
            let detail = parsed.readings[i].detail
            let value = parsed.readings[i].mantissa * DecimalText.powers[decimals - Int(detail & 15)]
            let origin = ReadingBlock.Origin(file: file, quality: detail >> 4)
            if let last = block.times.last, last == parsed.readings[i].time {
                if block.values[block.values.count - 1] == value { duplicates += 1 } else { conflicts += 1 }
                block.values[block.values.count - 1] = value
                block.origins[block.origins.count - 1] = origin
            } else {
                block.times.append(parsed.readings[i].time)
                block.values.append(value)
                block.origins.append(origin)
            }
        }
        return block
    }

    /// Both in order of time. Of two readings of one instant the one from the newer file stands.
    mutating func merge(_ stored: ReadingBlock, with fresh: ReadingBlock, isNewer: (_ fresh: Int, _ stored: Int) -> Bool) -> ReadingBlock {
        var old = stored, new = fresh
        old.raise(to: new.decimals)
        new.raise(to: old.decimals)
        if let last = old.times.last, let first = new.times.first, last < first {
            old.times += new.times
            old.values += new.values
            old.origins += new.origins
            added += new.times.count
            return old
        }
        var result = ReadingBlock(isInterval: old.isInterval, decimals: old.decimals)
        var i = 0, j = 0
        func take(_ block: ReadingBlock, _ at: Int) {
            result.times.append(block.times[at])
            result.values.append(block.values[at])
            result.origins.append(block.origins[at])
        }
        while i < old.times.count || j < new.times.count {
            if j == new.times.count || (i < old.times.count && old.times[i] < new.times[j]) {
                take(old, i)
                i += 1
            } else if i == old.times.count || new.times[j] < old.times[i] {
                take(new, j)
                added += 1
                j += 1
            } else {
                let newer = isNewer(new.origins[j].file, old.origins[i].file)
                if old.values[i] == new.values[j] {
                    duplicates += 1
                } else {
                    conflicts += 1
                    if newer { replaced += 1 }
                }
                if newer { take(new, j) } else { take(old, i) }
                i += 1
                j += 1
            }
        }
        return result
    }
}
