// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterLoss
import WaterModel

@Suite("Places of systems among others")
struct RankIntervalTests {
    @Test("intervals that do not touch leave one place, those that overlap leave both")
    func overlap() {
        let ranks = RankInterval.ranks(of: [
            Estimate(10, margin95: 1), Estimate(50, margin95: 8), Estimate(45, margin95: 8), nil, Estimate(90, margin95: 2),
            Estimate(.nan, standardDeviation: 0),
        ])
        #expect(
            ranks == [
                .init(rank: 4, best: 4, worst: 4), .init(rank: 2, best: 2, worst: 3), .init(rank: 3, best: 2, worst: 3), nil,
                .init(rank: 1, best: 1, worst: 1), nil,
            ])
    }

    @Test("equal figures share the better place; without any there is no place")
    func ties() {
        #expect(
            RankInterval.ranks(of: [Estimate(5), Estimate(5), Estimate(1)])
                == [.init(rank: 1, best: 1, worst: 2), .init(rank: 1, best: 1, worst: 2), .init(rank: 3, best: 3, worst: 3)])
        #expect(RankInterval.ranks(of: []).isEmpty)
        #expect(RankInterval.ranks(of: [nil]) == [nil])
    }

    @Test("the places are those of counting every pair")
    func pairs() {
        var figures: [Estimate?] = []
        for index in 0..<60 {
            let value = Double(index * 37 % 53), margin = Double(index * 11 % 9)
            figures.append(index % 7 == 0 ? nil : Estimate(value, margin95: margin))
        }
        let known = figures.compactMap { $0 }
        for (figure, rank) in zip(figures, RankInterval.ranks(of: figures)) {
            guard let figure else { #expect(rank == nil); continue }
            #expect(rank?.rank == 1 + known.count { $0.value > figure.value })
            #expect(rank?.best == 1 + known.count { $0.low95 > figure.high95 })
            #expect(rank?.worst == known.count - known.count { $0.high95 < figure.low95 })
        }
    }
}
