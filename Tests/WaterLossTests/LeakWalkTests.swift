// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterFiles
import WaterLoss
import WaterModel

@Suite("The crew's walk, and what it brings back")
struct LeakWalkTests {
    /// A street A-B-C-D with a branch B-E, and a pipe X-Y far from it.
    private func town() throws -> Network {
        try INP.parse(
            """
            [JUNCTIONS]
            A 0
            B 0
            C 0
            D 0
            E 0
            X 0
            Y 0
            [RESERVOIRS]
            R 50
            [PIPES]
            main R A 1 100 100
            ab A B 100 100 100
            bc B C 100 100 100
            cd C D 100 100 100
            be B E 50 100 100
            xy X Y 100 100 100
            dx D X 900 100 100
            """, file: "town.inp")
    }

    private func finding(_ probabilities: [(String, Double, Double)]) -> LeakFinding {
        LeakFinding(
            isDetected: true, pValue: 0.001, start: nil, flow: 2e-3, flowLow95: 1e-3, flowHigh95: 3e-3,
            candidates: probabilities.map { LeakFinding.Candidate(pipe: Link.ID($0.0), probability: $0.1, length: $0.2) }
                .sorted { $0.probability / $0.length > $1.probability / $1.length }, credibleSet90: [])
    }

    private let likely: [(String, Double, Double)] = [
        ("bc", 0.4, 100), ("xy", 0.3, 100), ("ab", 0.16, 100), ("be", 0.12, 50), ("cd", 0.01, 100), ("dx", 0.005, 900), ("main", 0.005, 1),
    ]

    @Test("stretches follow streets: likely neighbours join before a likelier pipe far away, unlikely ones do not")
    func stretches() throws {
        let walk = LeakWalk(finding(likely), network: try town())
        #expect(walk.legs.map(\.pipe.name) == ["main", "bc", "be", "xy", "ab", "cd"])
        #expect(walk.legs.map(\.stretch) == [1, 2, 2, 3, 4, 5])
        var reached: Set<Node.ID> = []
        var stretch = 0, metres = 0.0, probability = 0.0
        for leg in walk.legs {
            if leg.stretch != stretch {
                #expect(leg.stretch == stretch + 1)
                (stretch, reached) = (leg.stretch, [])
            } else {
                #expect(reached.contains(leg.from), "\(leg.pipe) hangs on the stretch before it")
            }
            reached.formUnion([leg.from, leg.to])
            metres += leg.length
            probability += leg.probability
            #expect(leg.cumulativeLength == metres && abs(leg.cumulativeProbability - probability) < 1e-12)
            #expect(leg.pays == nil)
        }
        #expect(Set(walk.legs.map(\.pipe)).count == walk.legs.count && probability >= 0.99)
    }

    @Test("walking stops to pay where δ π V < c L")
    func stopRule() throws {
        // V = 2 l/s over 10 days at 0.5 = 864; δ V = 432; a pipe of 100 m pays above π = 100 c/432.
        let economics = LeakWalk.Economics(costPerMetre: 0.6, waterValue: 0.5, days: 10, hearing: 0.5)
        let walk = LeakWalk(finding(likely), network: try town(), economics: economics)
        let bar = 100 * 0.6 / 432
        #expect(walk.legs.count { $0.pays == true } > 0)
        for leg in walk.legs { #expect(leg.pays == (leg.probability / leg.length >= bar / 100), "\(leg.pipe)") }
    }

    @Test("a dry pipe keeps what may have been missed; a found one is certain")
    func feedback() throws {
        let before = finding(likely)
        let after = before.after(["bc": .dry, "be": .dry], hearing: 0.8)
        let left = 0.2 * (0.4 + 0.12) + 0.48
        func probability(_ pipe: String) -> Double? { after.candidates.first { $0.pipe.name == pipe }?.probability }
        #expect(abs(try #require(probability("bc")) - 0.08 / left) < 1e-12)
        #expect(abs(try #require(probability("xy")) - 0.3 / left) < 1e-12)
        #expect(after.candidates.prefix(2).map(\.pipe.name) == ["main", "xy"])
        #expect(abs(after.candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
        let found = before.after(["cd": .found, "bc": .dry], hearing: 0.8)
        #expect(found.candidates.first?.pipe == "cd" && abs(found.candidates[0].probability - 1) < 1e-12)
        #expect(found.credibleSet90 == ["cd"])
    }
}
