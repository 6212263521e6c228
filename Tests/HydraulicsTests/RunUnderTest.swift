// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

/// A network followed through time, with every solved moment, addressed by name.
struct RunUnderTest {
    struct Moment {
        let time: Double
        let isReported: Bool
        let state: HydraulicState
    }

    let network: Network
    let moments: [Moment]
    let total: FlowBalance
    let zones: [ZoneBalance]
    let energy: [PumpEnergy]
    let peakPower: Double
    let leakageOfPipes: [Double]

    init(_ network: Network, constants: PhysicalConstants = .exact) throws {
        var tight = network
        // Far below the default, so that only the step in time matters.
        tight.hydraulics.accuracy = 1e-9
        self.network = tight
        let run = try ExtendedPeriod(tight, constants: constants)
        var moments: [Moment] = []
        while let moment = run.next() {
            moments.append(Moment(time: moment.time, isReported: moment.isReported, state: run.state()))
            // A run that goes on for ever is a failure, not a wait.
            if moments.count > 20_000 { break }
        }
        self.moments = moments
        (total, zones, energy, peakPower) = (run.balance, run.zones, run.energy, run.peakPower)
        leakageOfPipes = run.leakageOfPipes
    }

    /// From the text of an INP file.
    init(_ text: String, constants: PhysicalConstants = .exact) throws {
        try self.init(try INP.parse(text, file: "test.inp"), constants: constants)
    }

    var reported: [Moment] { moments.filter(\.isReported) }
    /// Those that did not converge, for messages.
    var verdicts: [String] {
        moments.filter { !$0.state.verdict.isConverged }.prefix(3).map { "\($0.time) s: \($0.state.verdict)" }
    }
    var isConverged: Bool { moments.allSatisfy { $0.state.verdict.isConverged } }

    func node(_ name: String) throws -> Int { try #require(network.nodes.firstIndex { $0.id.name == name }, "no node \(name)") }
    func link(_ name: String) throws -> Int { try #require(network.links.firstIndex { $0.id.name == name }, "no link \(name)") }

    /// The last solve at a time. [s]
    func moment(_ time: Double) throws -> Moment {
        try #require(moments.last { abs($0.time - time) < 1e-6 }, "nothing solved at \(time) s")
    }
    /// [m]
    func head(_ name: String, at time: Double) throws -> Double {
        try #require(try moment(time).state.heads[node(name)], "node \(name) has no head")
    }
    /// Above the bottom of a tank. [m]
    func level(_ name: String, at time: Double) throws -> Double { try head(name, at: time) - network.nodes[node(name)].elevation }
    /// [m³/s]
    func flow(_ name: String, at time: Double) throws -> Double { try moment(time).state.flows[link(name)] }

    /// Times at which a link changed between open and closed from one solve to the next. [s]
    func switches(of name: String) throws -> [Double] {
        let link = try link(name)
        return zip(moments, moments.dropFirst()).compactMap { before, after in
            before.state.statuses[link].isClosed == after.state.statuses[link].isClosed ? nil : after.time
        }
    }
}

extension ConstantsMode {
    var physical: PhysicalConstants { self == .epanet ? .epanet : .exact }
}

/// Closed forms of tanks that fill or drain through one Hazen–Williams pipe.
enum TankFormula {
    static let a = 1 / 1.852

    /// Drop between two surfaces after a time: dx/dt = −(x/r)^a/A from x₀. [m]
    static func drop(_ start: Double, resistance r: Double, area: Double, after time: Double) -> Double {
        let rest = pow(start, 1 - a) - (1 - a) * time / (area * pow(r, a))
        return rest > 0 ? pow(rest, 1 / (1 - a)) : 0
    }

    /// When the drop has become `end`. [s]
    static func time(_ start: Double, to end: Double, resistance r: Double, area: Double) -> Double {
        (pow(start, 1 - a) - pow(end, 1 - a)) * area * pow(r, a) / (1 - a)
    }
}
