// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

/// Foundation has a `Pipe` too.
typealias Pipe = WaterModel.Pipe

/// A network with its solution, addressed by name.
struct NetworkUnderTest {
    let network: Network
    var conditions: BoundaryConditions
    var state: HydraulicState

    init(_ network: Network, constants: PhysicalConstants = .exact) throws {
        self.network = network
        conditions = BoundaryConditions(of: network, at: 0)
        let solver = try HydraulicSolver(network, constants: constants)
        state = solver.solve(conditions)
    }

    /// From the text of an INP file.
    init(_ text: String) throws { try self.init(try INP.parse(text, file: "test.inp")) }

    /// A file of `Networks/`.
    init(file name: String) throws { try self.init(try INP.read(Places.networks + name)) }

    func node(_ name: String) throws -> Int { try #require(network.nodes.firstIndex { $0.id.name == name }, "no node \(name)") }
    func link(_ name: String) throws -> Int { try #require(network.links.firstIndex { $0.id.name == name }, "no link \(name)") }

    /// [m]
    func head(_ name: String) throws -> Double { try #require(try state.heads[node(name)], "node \(name) has no head") }
    /// [m³/s]
    func flow(_ name: String) throws -> Double { try state.flows[link(name)] }
    /// [m³/s]
    func outflow(_ name: String) throws -> Double { try state.demands[node(name)] }
    func status(_ name: String) throws -> LinkStatus { try state.statuses[link(name)] }
}

/// Where files of the tests lie.
enum Places {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path
    static let networks = package + "/Networks/"
    static let shared = package + "/../shared/networks/"
    static let hasShared = FileManager.default.fileExists(atPath: shared + "published")
}

/// Bars of the comparisons, each with its reason.
enum Bar {
    /// The solver's own energy bar, twice: both ends of a comparison may be off by it. [m]
    static let head = 2e-6
    /// Closed forms of one pipe: rounding of `pow` and of a difference of heads near 100 m. [m]
    static let closedForm = 1e-9
    /// Flows of a tree follow from balance alone: rounding. [m³/s]
    static let flow = 1e-12
}

/// The published formulas, written out here again.
enum Formula {
    static let g = 9.80665

    /// Williams and Hazen 1933 in metres and m³/s, with the constant that EPANET's 4.727 (ft, ft³/s) is in metres. [m]
    static func hazenWilliams(_ q: Double, length: Double, diameter: Double, c: Double) -> Double {
        4.727 * pow(0.3048, 4.871) / pow(0.028316846592, 1.852) * length * pow(q, 1.852) / (pow(c, 1.852) * pow(diameter, 4.871))
    }

    /// The flow that loses `loss`. [m³/s]
    static func hazenWilliamsFlow(_ loss: Double, perFlow resistance: Double) -> Double { pow(loss / resistance, 1 / 1.852) }

    /// h = 32 ν L v/(g d²). [m]
    static func hagenPoiseuille(_ q: Double, length: Double, diameter: Double, viscosity: Double) -> Double {
        let velocity = q / (Double.pi * diameter * diameter / 4)
        return 32 * viscosity * length * velocity / (g * diameter * diameter)
    }

    /// Darcy–Weisbach with the friction factor of Swamee and Jain 1976. [m]
    static func swameeJain(_ q: Double, length: Double, diameter: Double, height: Double, viscosity: Double) -> Double {
        let velocity = q / (Double.pi * diameter * diameter / 4)
        let reynolds = velocity * diameter / viscosity
        let factor = 0.25 / pow(log10(height / (3.7 * diameter) + 5.74 / pow(reynolds, 0.9)), 2)
        return factor * length / diameter * velocity * velocity / (2 * g)
    }

    /// Manning: v = R^⅔ S^½/n with R = d/4. [m]
    static func manning(_ q: Double, length: Double, diameter: Double, n: Double) -> Double {
        let velocity = q / (Double.pi * diameter * diameter / 4)
        return length * pow(n * velocity / pow(diameter / 4, 2.0 / 3), 2)
    }

    /// K v²/2g. [m]
    static func localLoss(_ q: Double, diameter: Double, k: Double) -> Double {
        let velocity = q / (Double.pi * diameter * diameter / 4)
        return k * velocity * velocity / (2 * g)
    }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the tests' own seeded numbers.
struct Seeded {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// Between `low` and `high`.
    mutating func number(_ low: Double, _ high: Double) -> Double { low + (high - low) * Double(next() >> 11) / 9_007_199_254_740_992 }
    mutating func index(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}
