// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Place of one system among several by an uncertain figure, 1 the greatest, and the places that it may have.
public struct RankInterval: Sendable, Hashable {
    /// By the values alone; equal values share the better place.
    public var rank: Int
    /// Places left open by the 95 % intervals: only those count as before or behind whose interval lies wholly above or below.
    public var best: Int
    public var worst: Int

    public init(rank: Int, best: Int, worst: Int) {
        self.rank = rank
        self.best = best
        self.worst = worst
    }

    /// In the order of `figures`; those that are not known have no place and take none. Sorting makes it n log n.
    public static func ranks(of figures: [Estimate?]) -> [RankInterval?] {
        let known = figures.compactMap { $0 }.filter { $0.value.isFinite }
        let values = known.map(\.value).sorted(), lows = known.map(\.low95).sorted(), highs = known.map(\.high95).sorted()
        return figures.map { figure in
            guard let figure, figure.value.isFinite else { return nil }
            return RankInterval(
                rank: 1 + values.count - count(values, upTo: figure.value), best: 1 + lows.count - count(lows, upTo: figure.high95),
                worst: highs.count - count(highs, below: figure.low95))
        }
    }

    /// Numbers of an ascending list that are not above `limit`.
    private static func count(_ sorted: [Double], upTo limit: Double) -> Int { place(sorted) { $0 <= limit } }
    private static func count(_ sorted: [Double], below limit: Double) -> Int { place(sorted) { $0 < limit } }

    private static func place(_ sorted: [Double], _ isBefore: (Double) -> Bool) -> Int {
        var low = 0, high = sorted.count
        while low < high {
            let middle = (low + high) / 2
            if isBefore(sorted[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
