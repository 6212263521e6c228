// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss

/// Counts for Tools/Benchmarks/balance.py: `balance-coverage CASES SAMPLES SEED` prints
/// `design,indicator,cases,linear,simulated`; `balance-coverage billing UTILITIES SEED` prints
/// `design,supply,kept,months,inside,first_months,first_inside,last_months,last_inside,half_width`.
@main
struct BalanceCoverage {
    static func main() throws {
        if CommandLine.arguments.dropFirst().first == "billing" { return try billing(Array(CommandLine.arguments.dropFirst(2))) }
        let numbers = CommandLine.arguments.dropFirst().map { Int($0) ?? 0 }
        guard numbers.count == 3, numbers.allSatisfy({ $0 > 0 }) else {
            print("usage: balance-coverage CASES SAMPLES SEED, or balance-coverage billing UTILITIES SEED")
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

    private static func billing(_ arguments: [String]) throws {
        let numbers = arguments.map { Int($0) ?? 0 }
        guard numbers.count == 2, numbers.allSatisfy({ $0 > 0 }) else {
            print("usage: balance-coverage billing UTILITIES SEED")
            return
        }
        print("design,supply,kept,months,inside,first_months,first_inside,last_months,last_inside,half_width")
        for design in BillingCoverage.Design.allCases {
            for (knowsSupply, keeps) in [(true, false), (true, true), (false, false), (false, true)] {
                let found = try BillingCoverage(
                    cases: numbers[0], knowsSupply: knowsSupply, keeps: keeps, seed: UInt64(numbers[1])
                ) { BillingCoverage.utility(design, $0) }
                print(
                    design.rawValue, knowsSupply ? "known" : "by_days", keeps ? "yes" : "no", found.all.months, found.all.inside,
                    found.first.months, found.first.inside, found.last.months, found.last.inside, found.halfWidth, separator: ",")
            }
        }
    }
}
