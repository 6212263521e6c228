// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Real losses of a period by components (BABE; Lambert 1994): background leakage, and the bursts of the repair log. It does not take
/// the place of a balance: what it leaves of the balance's real losses is what nobody has found yet.
public struct RealLossComponents: Sendable {
    public struct Options: Sendable {
        /// Background over unavoidable background. First guess: the ILI; without one 1 to 3, assumed. [–]
        public var conditionFactor = Estimate(2, margin95: 1)
        public var backgroundExponent = Estimate(1.5)
        /// Bursts in rigid pipe 0.5, mixed 1. [–]
        public var burstExponent = Estimate(0.75, margin95: 0.25)
        /// 95 % margin of a default flow, one error for all bursts of a kind: assumed. [–]
        public var flowMargin95 = 0.4
        /// 95 % scatter of the flow of single bursts about it: assumed. [–]
        public var scatterMargin95 = 1.0

        public init() {}
    }

    /// Of the period. [m³]
    public let background: Estimate
    public let reported: Estimate
    public let unreported: Estimate
    public let total: Estimate
    /// By kind of pipe. [m³]
    public let byKind: [(kind: BurstKind, reported: Estimate, unreported: Estimate)]
    /// [days]
    public let days: Double
    public let varianceShares: [VarianceShare]
    /// What takes the place of what the log does not say.
    public let assumptions: [String]
    /// Bursts without any date: counted nowhere.
    public let undated: Int

    /// - system: lengths, connections and pressure; its own bursts take no part.
    /// - pressure: mean of the period. [m]
    public init(log: RepairLog, system: BackgroundAndBursts, pressure: Estimate, options: Options = Options()) {
        var register = InputRegister()
        let relative = register.input("pressure", Estimate(pressure.value / 50, standardDeviation: pressure.standardDeviation / 50))
        func power(_ exponent: Propagated) -> Propagated {
            // d(p^n) = n p^(n−1) dp + p^n ln p dn
            let value = Power.of(relative.value, exponent.value)
            let byPressure = exponent.value * Power.of(relative.value, exponent.value - 1)
            let byExponent = relative.value > 0 ? value * Power.logarithm(relative.value) : 0
            return Propagated(value) + byPressure * (relative - Propagated(relative.value))
                + byExponent * (exponent - Propagated(exponent.value))
        }
        let factor = register.input("condition_factor", options.conditionFactor)
        let leaking = power(register.input("background_exponent", options.backgroundExponent))
        let bursting = power(register.input("burst_exponent", options.burstExponent))
        var at50 = system
        at50.pressure = 50
        let seconds = log.days * Units.day
        let backgroundVolume = (at50.unavoidableBackground * seconds) * (factor * leaking)

        var notes: [String] = []
        var volumes: [BurstKind: [Bool: Propagated]] = [:]
        var lost = 0
        for kind in BurstKind.allCases {
            for isReported in [true, false] {
                let events = log.events.filter { $0.kind == kind && $0.isReported == isReported }
                let usual = kind.flowAt50(isReported: isReported)
                let word = "\(isReported ? "reported" : "unreported")_\(kind.rawValue)"
                var own = Estimate(0), timeAtDefault = 0.0, scatter = 0.0
                for event in events {
                    guard let run = log.run(of: event) else {
                        lost += 1
                        continue
                    }
                    for note in run.assumptions where !notes.contains(note) { notes.append(note) }
                    if let flow = event.flow {
                        own = own + Units.day * Self.product(flow, run.days)
                    } else {
                        timeAtDefault += run.days.value
                        // Each burst's own flow and time, independent of the others'.
                        let single = Estimate(usual, relativeMargin95: options.scatterMargin95)
                        let deviation = Self.product(single, run.days).standardDeviation * Units.day
                        scatter += deviation * deviation
                    }
                }
                var volume = own.value != 0 ? register.input("flow_and_time_of_\(word)", own) : Propagated(0)
                if timeAtDefault > 0 {
                    let flow = register.input("default_flow_of_\(word)", Estimate(usual, relativeMargin95: options.flowMargin95))
                    let single = register.input("scatter_of_\(word)", Estimate(0, standardDeviation: scatter.squareRoot()))
                    volume = volume + bursting * ((timeAtDefault * Units.day) * flow + single)
                }
                volumes[kind, default: [:]][isReported] = volume
            }
        }
        func sum(_ isReported: Bool) -> Propagated {
            BurstKind.allCases.reduce(Propagated(0)) { $0 + (volumes[$1]?[isReported] ?? Propagated(0)) }
        }
        let all = backgroundVolume + sum(true) + sum(false)
        background = backgroundVolume.estimate
        reported = sum(true).estimate
        unreported = sum(false).estimate
        total = all.estimate
        byKind = BurstKind.allCases.map { kind in
            (kind, volumes[kind]?[true]?.estimate ?? Estimate(0), volumes[kind]?[false]?.estimate ?? Estimate(0))
        }
        days = log.days
        varianceShares = register.varianceShares(of: all)
        assumptions = notes
        undated = lost
    }

    /// Product of independent figures, the second-order term included: a run time may be as uncertain as it is long.
    private static func product(_ a: Estimate, _ b: Estimate) -> Estimate {
        let first = a.value * b.standardDeviation, second = b.value * a.standardDeviation, both = a.standardDeviation * b.standardDeviation
        return Estimate(a.value * b.value, standardDeviation: (first * first + second * second + both * both).squareRoot())
    }

    /// Real losses of the balance less those that the components explain: bursts that run and nobody has found. Below zero the components
    /// or the balance are wrong. Both of the same period. [m³]
    public func recoverable(realLosses: Estimate) -> Estimate { realLosses - total }
}
