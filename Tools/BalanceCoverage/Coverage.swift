// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterLoss
import WaterModel

/// How often the 95 % intervals of the indicators hold the truth of synthetic systems.
public struct Coverage: Sendable {
    /// Cases in which the interval held the truth.
    public struct Hits: Sendable {
        public var linear = 0
        public var simulated = 0
        public var cases = 0
    }

    public private(set) var hits: [LossIndicator.Kind: Hits] = [:]

    /// - Throws: `BalanceError`, `NumericalError`: neither happens with these systems.
    public init(_ design: SyntheticSystem.Design, cases: Int, samples: Int, seed: UInt64) throws {
        let run = try MonteCarlo(samples: samples, seed: seed)
        for number in 0..<cases {
            let system = SyntheticSystem(design, try RandomNumbers(seed: seed, stream: UInt64(number + 1)))
            let balance = try WaterBalance(system.input, defaults: .zero, exports: .billed, monteCarlo: run)
            let set = IndicatorSet(balance, profile: system.profile)
            for (kind, truth) in system.truth {
                guard let estimate = set[kind]?.value, let linear = set.linearEstimate(of: kind) else { continue }
                var count = hits[kind] ?? Hits()
                count.cases += 1
                if linear.low95 <= truth, truth <= linear.high95 { count.linear += 1 }
                if estimate.low95 <= truth, truth <= estimate.high95 { count.simulated += 1 }
                hits[kind] = count
            }
        }
    }
}
