// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import WaterLoss
import WaterModel

/// A gravity town on a grid: 36 junctions, 60 streets of 100 m and the inlet from a reservoir; eight pressure loggers and the inlet meter.
/// Its readings come from the solver, on a world whose demands differ from the model's, with seeded noise.
struct GridTown {
    static let side = 6
    static let mondayMidnight = Instant(year: 2026, month: 3, day: 2)
    static let baselineHours = 7 * 24
    static let readingHours = 4 * 24

    let network: Network
    let sensors: [Sensor]

    static func junction(_ row: Int, _ column: Int) -> String { "J\(row)\(column)" }

    /// - roughness: Hazen-Williams coefficient of all pipes.
    init(roughness: Double = 120) {
        var network = Network()
        network.hydraulics.flowUnit = "LPS"
        network.patterns = [
            Pattern(
                id: "day",
                multipliers: [
                    0.5, 0.45, 0.4, 0.4, 0.5, 0.8, 1.3, 1.6, 1.5, 1.3, 1.2, 1.2, 1.3, 1.2, 1.1, 1.0, 1.0, 1.1, 1.3, 1.4, 1.3, 1.0, 0.7,
                    0.55,
                ])
        ]
        network.hydraulics.defaultPattern = "day"
        network.nodes = [Node(id: "R", elevation: 60, kind: .reservoir(Reservoir()))]
        func pipe(_ id: String, _ start: String, _ end: String, length: Double, diameter: Double) {
            network.links.append(
                Link(
                    id: .init(id), start: .init(start), end: .init(end),
                    kind: .pipe(Pipe(length: length, diameter: diameter, roughness: roughness)), status: .open))
        }
        pipe("IN", "R", Self.junction(0, 0), length: 300, diameter: 0.15)
        for row in 0..<Self.side {
            for column in 0..<Self.side {
                network.nodes.append(
                    Node(
                        id: .init(Self.junction(row, column)), elevation: 10 + Double(row) + 0.5 * Double(column),
                        kind: .junction(Junction(demands: [Demand(baseFlow: 0.0002)]))))
                if column + 1 < Self.side {
                    pipe("E\(row)\(column)", Self.junction(row, column), Self.junction(row, column + 1), length: 100, diameter: 0.08)
                }
                if row + 1 < Self.side {
                    pipe("S\(row)\(column)", Self.junction(row, column), Self.junction(row + 1, column), length: 100, diameter: 0.08)
                }
            }
        }
        self.network = network
        let loggers = [(0, 3), (1, 1), (1, 5), (2, 3), (3, 0), (4, 2), (4, 5), (5, 4)]
        sensors =
            [Sensor(id: "Q", kind: .flow, element: "IN")]
            + loggers.map { Sensor(id: .init("P\($0.0)\($0.1)"), kind: .pressure, element: Self.junction($0.0, $0.1)) }
    }

    /// The healthy record and the days after it, in which from `leakHour` on `leak` [m³/s] runs out of the middle of `pipe`, at once or
    /// growing over `growth` hours.
    /// - Parameters:
    ///   - scatter: factor on all that the demands differ by from the model's.
    ///   - season: demand of a day over that of the model. [–]
    ///   - use: told what all customers use in an hour. [m³/s]
    func records(
        seed: UInt64, pipe: String? = nil, leak: Double = 0, leakHour: Int = 0, second: (pipe: String, leak: Double)? = nil,
        growth: Int = 0, scatter: Double = 1, season: (_ day: Int) -> Double = { _ in 1 },
        use: (_ hour: Int, _ customers: Double) -> Void = { _, _ in }
    ) throws -> (
        baseline: SensorRecord, readings: SensorRecord
    ) {
        var world = network
        let places = [("leak", pipe), ("leak2", second?.pipe)]
        for (name, pipe) in places {
            guard let pipe, let index = world.links.firstIndex(where: { $0.id.name == pipe }), var half = world.links[index].pipe else {
                continue
            }
            half.length /= 2
            world.nodes.append(Node(id: .init(name), elevation: 12, kind: .junction(Junction())))
            let far = world.links[index].end
            world.links[index].end = .init(name)
            world.links[index].kind = .pipe(half)
            world.links.append(Link(id: .init("half of " + name), start: .init(name), end: far, kind: .pipe(half), status: .open))
        }
        var noise = Noise(seed: seed)
        let nodes = world.nodeIndex(), links = world.linkIndex()
        // Demands of a node differ from the model's by 8 % all the time and by 10 % from hour to hour; pressures are read to 3 cm, flows to 1 %.
        let bias = world.nodes.map { _ in 1 + 0.08 * scatter * noise.next() }
        let solver = try HydraulicSolver(world)
        var series: [Sensor.ID: [Double?]] = [:]
        for hour in 0..<Self.baselineHours + Self.readingHours {
            var conditions = BoundaryConditions(of: world, at: hour * 3600)
            let common = season(hour / 24) * (1 + 0.02 * scatter * noise.next())
            for node in world.nodes.indices { conditions.demands[node] *= common * bias[node] * max(0, 1 + 0.1 * scatter * noise.next()) }
            use(hour, conditions.demands.reduce(0, +))
            if hour >= Self.baselineHours + leakHour {
                let hours = hour - Self.baselineHours - leakHour + 1
                let share = growth > 0 ? min(1, Double(hours) / Double(growth)) : 1
                if let node = nodes["leak"] { conditions.demands[node] = leak * share }
                if let node = nodes["leak2"] { conditions.demands[node] = second?.leak ?? 0 }
            }
            let state = solver.solve(conditions, warm: hour > 0)
            for sensor in sensors {
                let error = noise.next()
                if sensor.kind == .flow {
                    series[sensor.id, default: []].append(links["IN"].map { state.flows[$0] * (1 + 0.01 * error) })
                } else {
                    let node = nodes[.init(sensor.element ?? "")]
                    series[sensor.id, default: []].append(
                        node.flatMap { node in state.heads[node].map { $0 - world.nodes[node].elevation + 0.03 * error } })
                }
            }
        }
        func part(_ range: Range<Int>) -> SensorRecord {
            SensorRecord(
                start: Self.mondayMidnight + range.lowerBound * 3600, step: 3600, count: range.count,
                series: series.mapValues { Array($0[range]) })
        }
        return (part(0..<Self.baselineHours), part(Self.baselineHours..<Self.baselineHours + Self.readingHours))
    }

    /// Standard normal numbers: SplitMix64 (Steele, Lea, Flood, 2014) and the method of Box and Muller (1958).
    struct Noise {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        private mutating func uniform() -> Double {
            state &+= 0x9e37_79b9_7f4a_7c15
            var z = state
            z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
            z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
            return (Double((z ^ (z >> 31)) >> 11) + 0.5) / 9_007_199_254_740_992
        }

        mutating func next() -> Double {
            let radius = (-2 * log(uniform())).squareRoot(), angle = 2 * Double.pi * uniform()
            return radius * cos(angle)
        }
    }
}
