// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Every figure that a plan computes with, once: its central value, how it spreads, where it comes from and where it is used.
///
/// A draw of the Monte Carlo is one array with a value for each; figures are independent of one another, and a figure that several zones
/// share moves them together.
struct Figures {
    enum Distribution: Hashable {
        case fixed(Double)
        /// Between two ends with a most likely value.
        case triangular(low: Double, mode: Double, high: Double)
        /// Cut off at zero.
        case normal(Double, standardDeviation: Double)

        var central: Double {
            switch self {
            case .fixed(let value): value
            case .triangular(_, let mode, _): mode
            case .normal(let value, _): max(0, value)
            }
        }
    }

    struct Figure {
        /// `pressure_management.unit_cost`, `profile.tariff`.
        var id: String
        var unit: String
        var value: SourcedValue
        var distribution: Distribution
        /// Comes out of the city's own data, and is no assumption.
        var isResult = false
        var usedIn: Set<String> = []
    }

    private(set) var list: [Figure] = []
    private var index: [String: Int] = [:]

    /// Adds the figure, or finds the one of that name.
    mutating func add(_ id: String, unit: String, _ value: SourcedValue, distribution: Distribution? = nil) -> Int {
        if let known = index[id] { return known }
        list.append(Figure(id: id, unit: unit, value: value, distribution: distribution ?? Self.spread(of: value)))
        index[id] = list.count - 1
        return list.count - 1
    }

    mutating func add(_ id: String, unit: String, _ estimate: Estimate, status: SourceStatus, source: String) -> Int {
        let value = SourcedValue(estimate.value, low: estimate.low95, high: estimate.high95, source: source, status: status)
        let spread: Distribution =
            estimate.standardDeviation > 0
            ? .normal(estimate.value, standardDeviation: estimate.standardDeviation) : .fixed(max(0, estimate.value))
        let known = add(id, unit: unit, value, distribution: spread)
        list[known].isResult = true
        return known
    }

    mutating func use(_ figure: Int, in place: String) { list[figure].usedIn.insert(place) }

    var central: [Double] { list.map(\.distribution.central) }

    /// Triangular between the ends that are given, in order; fixed without them.
    private static func spread(of value: SourcedValue) -> Distribution {
        let mode = value.value ?? 0
        let low = min(mode, value.low ?? mode), high = max(mode, value.high ?? mode)
        return high > low ? .triangular(low: low, mode: mode, high: high) : .fixed(mode)
    }

    /// `count` draws from a seed. The same seed and figures give the same draws.
    func draws(_ count: Int, seed: UInt64) -> [[Double]] {
        // Fails only without memory for the generator: then there are no intervals.
        guard let random = try? RandomNumbers(seed: seed) else { return [] }
        return (0..<max(0, count)).map { _ in
            list.map { figure in
                switch figure.distribution {
                case .fixed(let value): value
                case .triangular(let low, let mode, let high): Self.triangular(random.uniform(), low, mode, high)
                case .normal(let mean, let deviation): max(0, mean + deviation * random.normal())
                }
            }
        }
    }

    /// Inverse of the triangular distribution function.
    static func triangular(_ probability: Double, _ low: Double, _ mode: Double, _ high: Double) -> Double {
        guard high > low else { return mode }
        let turn = (mode - low) / (high - low)
        return probability < turn
            ? low + (probability * (high - low) * (mode - low)).squareRoot()
            : high - ((1 - probability) * (high - low) * (high - mode)).squareRoot()
    }
}
