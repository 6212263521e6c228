// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss

/// Counts for Tools/Benchmarks/balance.py: `balance-coverage CASES SAMPLES SEED` prints
/// `design,indicator,cases,linear,simulated`.
@main
struct BalanceCoverage {
    static func main() throws {
        let numbers = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
        guard numbers.count == 3, numbers.allSatisfy({ $0 > 0 }) else {
            print("usage: balance-coverage CASES SAMPLES SEED")
            return
        }
        print("design,indicator,cases,linear,simulated")
        for design in SyntheticSystem.Design.allCases {
            let coverage = try Coverage(design, cases: numbers[0], samples: numbers[1], seed: UInt64(numbers[2]))
            for kind in LossIndicator.Kind.allCases {
                if let hits = coverage.hits[kind] {
                    print("\(design.rawValue),\(kind.rawValue),\(hits.cases),\(hits.linear),\(hits.simulated)")
                }
            }
        }
    }
}
