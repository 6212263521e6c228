// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A named input of an estimate of real losses. Inputs of one name are one and the same, in whichever estimates they stand.
public struct LossInput: Hashable, Sendable {
    public var name: String
    public var estimate: Estimate

    public init(_ name: String, _ estimate: Estimate) {
        self.name = name
        self.estimate = estimate
    }
}

/// One way to know the real losses of a system or a zone, with what each of its inputs does to it (first order).
public struct LossEstimate: Sendable {
    public struct Effect: Hashable, Sendable {
        public var input: LossInput
        /// Change of the loss with the input. [unit of the loss per unit of the input]
        public var slope: Double

        public init(input: LossInput, slope: Double) {
            self.input = input
            self.slope = slope
        }

        /// Change of the loss where the input is one standard deviation higher. [unit of the loss]
        var deviation: Double { slope * input.estimate.standardDeviation }
    }

    /// `balance`, `components`, `night flow` …
    public var name: String
    /// In one unit for all estimates that are brought together.
    public var value: Double
    public var effects: [Effect]

    public init(name: String, value: Double, effects: [Effect]) {
        self.name = name
        self.value = value
        self.effects = effects
    }

    /// Its own estimate, before it is brought together with others.
    public var estimate: Estimate {
        let variance = effects.reduce(0) { $0 + $1.deviation * $1.deviation }
        return Estimate(value, standardDeviation: variance.squareRoot())
    }

    /// Sum of inputs with their coefficients: a balance, or a sum of components.
    public static func sum(_ name: String, _ terms: [(coefficient: Double, input: LossInput)]) -> LossEstimate {
        LossEstimate(
            name: name, value: terms.reduce(0) { $0 + $1.coefficient * $1.input.estimate.value },
            effects: terms.map { Effect(input: $0.input, slope: $0.coefficient) })
    }

    /// (inflow at night − use at night) · hours of the night–day factor, in volume a day where flows are a volume an hour.
    public static func nightFlow(_ name: String, inflow: LossInput, use: LossInput, factor: LossInput) -> LossEstimate {
        let leakage = inflow.estimate.value - use.estimate.value, hours = factor.estimate.value
        return LossEstimate(
            name: name, value: leakage * hours,
            effects: [
                Effect(input: inflow, slope: hours), Effect(input: use, slope: -hours), Effect(input: factor, slope: leakage),
            ])
    }

    /// A figure that comes with the shares of its variance. Inputs named in `falling` lower the figure where they rise; that matters for
    /// those that stand in another estimate too.
    public init(name: String, _ figure: Estimate, shares: [VarianceShare], falling: Set<String> = []) {
        let parts = shares.isEmpty ? [VarianceShare(input: name, share: 1)] : shares
        self.init(
            name: name, value: figure.value,
            effects: parts.map { part in
                // In units of its own standard deviation.
                let slope = part.share.squareRoot() * figure.standardDeviation * (falling.contains(part.input) ? -1 : 1)
                return Effect(input: LossInput(part.input, Estimate(0, standardDeviation: 1)), slope: slope)
            })
    }
}
