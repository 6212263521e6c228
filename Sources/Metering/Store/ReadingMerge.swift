// SPDX-License-Identifier: GPL-3.0-or-later

/// Puts a file's readings of one channel and month into the stored ones, and counts what was new, the same and other.
struct ReadingMerge {
    var added = 0
    var duplicates = 0
    var conflicts = 0
    var replaced = 0

    static func += (sum: inout Self, part: Self) {
        sum.added += part.added
        sum.duplicates += part.duplicates
        sum.conflicts += part.conflicts
        sum.replaced += part.replaced
    }

    /// Both in order of time. Of two readings of one instant the one from the newer file stands; within a file the later one.
    mutating func merge(_ stored: ReadingBlock, with fresh: ReadingBlock, isNewer: (_ fresh: Int, _ stored: Int) -> Bool) -> ReadingBlock {
        var old = stored, new = fresh
        old.raise(to: new.decimals)
        new.raise(to: old.decimals)
        var result = ReadingBlock(isInterval: old.isInterval, decimals: old.decimals)
        var i = 0, j = 0
        result.times.reserveCapacity(old.times.count + new.times.count)
        result.values.reserveCapacity(old.times.count + new.times.count)
        func take(_ block: ReadingBlock, _ range: Range<Int>) {
            result.times += block.times[range]
            result.values += block.values[range]
            result.origins.append(contentsOf: block.origins, range)
        }
        /// The first reading from `start` on that is not before `time`.
        func next(_ times: [Int], _ start: Int, _ time: Int) -> Int {
            var end = start
            while end < times.count, times[end] < time { end += 1 }
            return end
        }
        while i < old.times.count || j < new.times.count {
            if j == new.times.count || (i < old.times.count && old.times[i] < new.times[j]) {
                let end = j == new.times.count ? old.times.count : next(old.times, i, new.times[j])
                take(old, i..<end)
                i = end
            } else if i == old.times.count || new.times[j] < old.times[i] {
                let end = i == old.times.count ? new.times.count : next(new.times, j, old.times[i])
                take(new, j..<end)
                added += end - j
                j = end
            } else {
                let isSameFile = new.origins[j].file == old.origins[i].file
                let newer = isSameFile || isNewer(new.origins[j].file, old.origins[i].file)
                if old.values[i] == new.values[j] {
                    duplicates += 1
                } else {
                    conflicts += 1
                    if newer, !isSameFile { replaced += 1 }
                }
                if newer { take(new, j..<j + 1) } else { take(old, i..<i + 1) }
                i += 1
                j += 1
            }
        }
        return result
    }
}
