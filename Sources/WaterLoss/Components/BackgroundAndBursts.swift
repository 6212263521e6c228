// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Component analysis of real losses: background leakage and bursts (BABE; Lambert 1994). Rates at 50 m of pressure.
public struct BackgroundAndBursts: Sendable {
    /// One kind of burst.
    public struct Bursts: Sendable {
        /// [1/year]
        public var perYear: Double
        /// At 50 m. [m³/s]
        public var flowAt50: Double
        /// Awareness, location and repair together. [days]
        public var runTime: Double
        /// [–]
        public var exponent: Double

        public init(perYear: Double, flowAt50: Double, runTime: Double, exponent: Double = 1) {
            self.perYear = perYear
            self.flowAt50 = flowAt50
            self.runTime = runTime
            self.exponent = exponent
        }
    }

    /// [m]
    public var mainsLength: Double
    public var connections: Double
    /// All private pipe from the boundary to the meters. [m]
    public var servicePipe: Double
    /// Mean. [m]
    public var pressure: Double
    /// Background leakage over the unavoidable; first guess: the ILI. [–]
    public var infrastructureConditionFactor: Double
    public var bursts: [Bursts]

    public init(
        mainsLength: Double, connections: Double, servicePipe: Double = 0, pressure: Double, infrastructureConditionFactor: Double = 1,
        bursts: [Bursts] = []
    ) {
        self.mainsLength = mainsLength
        self.connections = connections
        self.servicePipe = servicePipe
        self.pressure = pressure
        self.infrastructureConditionFactor = infrastructureConditionFactor
        self.bursts = bursts
    }

    /// (20 Lm + 1.25 Nc + 33.3 Lp)·(P/50)^1.5 l/h with km: unavoidable background leakage. [m³/s]
    public var unavoidableBackground: Double {
        let litresPerHour = 20 * mainsLength / 1000 + 1.25 * connections + 33.3 * servicePipe / 1000
        return litresPerHour / 1000 / Units.hour * Power.of(pressure / 50, 1.5)
    }

    /// [m³/s]
    public var background: Double { infrastructureConditionFactor * unavoidableBackground }

    /// Mean over the year. [m³/s]
    public var burstLosses: Double {
        bursts.map { $0.perYear * $0.runTime / 365 * $0.flowAt50 * Power.of(pressure / 50, $0.exponent) }.reduce(0, +)
    }

    /// Mean over the year. [m³/s]
    public var total: Double { background + burstLosses }
}
