// SPDX-License-Identifier: GPL-3.0-or-later

extension ChoiceTable {
    /// Prices near the best, by steps along the excess of what groups choose at them (Held, Wolfe & Crowder 1974, Polyak's step).
    func roughPrices(steps: Int = 250) -> [Double] {
        var prices = [Double](repeating: 0, count: rows), best = prices
        var bestBound = Double.infinity
        var ambition = 0.1
        var since = 0
        for _ in 0..<steps {
            var excess = limit.map { -$0 }
            var bound = 0.0
            for row in 0..<rows { bound += prices[row] * limit[row] }
            for group in 0..<groups {
                var chosen = groupStart[group], most = -Double.infinity
                for option in groupStart[group]..<groupStart[group + 1] {
                    let worth = value[option] - priced(option, prices)
                    if worth > most { (most, chosen) = (worth, option) }
                }
                bound += most
                for k in useStart[chosen]..<useStart[chosen + 1] { excess[useRow[k]] += useAmount[k] }
            }
            if bound < bestBound - 1e-9 * abs(bound) {
                (bestBound, best, since) = (bound, prices, 0)
            } else {
                since += 1
                if since >= 8 { (ambition, since, prices) = (ambition / 2, 0, best) }
            }
            // Watched limits start without a price; those that do not bind stay at none.
            for row in 0..<rows where isWatched[row] || (prices[row] == 0 && excess[row] < 0) { excess[row] = 0 }
            let square = excess.reduce(0) { $0 + $1 * $1 }
            guard square > 1e-18, ambition > 1e-6 else { break }
            let step = (bound - bestBound + ambition * max(abs(bestBound), 1e-6)) / square
            for row in 0..<rows { prices[row] = min(max(0, prices[row] + step * excess[row]), excessPrice[row]) }
        }
        return best
    }
}

extension ChoiceRelaxation {
    /// From the choice at rough prices, every limit kept or broken at a penalty, to the best shares: the primal simplex.
    /// Where a penalty is still paid at the end, the dual simplex goes on from there; where steps of no length go round in a circle, it
    /// starts from the beginning.
    mutating func startFromPrices(stepLimit: Int) {
        let rough = table.roughPrices()
        var key: [Int] = []
        for group in 0..<table.groups {
            var chosen = table.groupStart[group], most = -Double.infinity
            for option in table.groupStart[group]..<table.groupStart[group + 1] where !isBarred[option] {
                let worth = table.value[option] - table.priced(option, rough)
                if worth > most { (most, chosen) = (worth, option) }
            }
            key.append(chosen)
        }
        var used = [Double](repeating: 0, count: table.rows)
        for option in key { for k in table.useStart[option]..<table.useStart[option + 1] { used[table.useRow[k]] += table.useAmount[k] } }
        let plain = basis
        start(from: Basis(key: key, working: rows.map { used[$0] > table.limit[$0] ? .excess($0) : .rest($0) }))
        if !climb(stepLimit: min(stepLimit, steps + 10 * rows.count + 4 * table.groups)) { start(from: plain) }
    }
}
