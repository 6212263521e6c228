// SPDX-License-Identifier: GPL-3.0-or-later

/// Distances in time between readings one behind the other.
struct ReadingSteps {
    /// The median, of two the lower; 0 with fewer than two readings. [s]
    private(set) var usual = 0
    /// Readings that come at another distance from the one before, in order.
    private(set) var others: [Int] = []

    /// - times: in order. [s]
    init(_ times: [Int]) {
        guard times.count > 1 else { return }
        // Most feeds have one step by far.
        usual = times[1] - times[0]
        others = Self.others(times, usual)
        if 2 * others.count < times.count - 1 { return }
        var steps: [Int] = []
        steps.reserveCapacity(times.count - 1)
        for i in 1..<times.count { steps.append(times[i] - times[i - 1]) }
        steps.sort()
        usual = steps[(steps.count - 1) / 2]
        others = Self.others(times, usual)
    }

    private static func others(_ times: [Int], _ usual: Int) -> [Int] {
        var others: [Int] = []
        unsafe times.withUnsafeBufferPointer { times in
            var at = 1
            while at < times.count {
                let stop = min(times.count, at + 32)
                // Without a branch, so that several are judged at once.
                var odd = 0
                for i in at..<stop { odd |= unsafe (times[i] &- times[i &- 1]) ^ usual }
                if odd != 0 { for i in at..<stop where unsafe times[i] &- times[i &- 1] != usual { others.append(i) } }
                at = stop
            }
        }
        return others
    }
}
