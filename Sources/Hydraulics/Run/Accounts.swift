// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Volumes of a run or a part of it. [m³]
public struct FlowBalance: Sendable, Hashable {
    /// Out of reservoirs, and in through negative demands.
    public var inflow = 0.0
    /// Back into reservoirs.
    public var returned = 0.0
    /// Consumption delivered.
    public var consumption = 0.0
    /// Consumption wanted and not delivered.
    public var deficit = 0.0
    /// Out of emitters.
    public var emitters = 0.0
    /// Out of leaks, single ones and those of pipes.
    public var leakage = 0.0
    /// Gain of the tanks.
    public var storage = 0.0
    /// Over the rim of tanks.
    public var overflow = 0.0

    public init() {}

    init(
        inflow: Double, returned: Double, consumption: Double, deficit: Double, emitters: Double, leakage: Double, storage: Double,
        overflow: Double
    ) {
        (self.inflow, self.returned, self.consumption, self.deficit) = (inflow, returned, consumption, deficit)
        (self.emitters, self.leakage, self.storage, self.overflow) = (emitters, leakage, storage, overflow)
    }

    /// What the volumes leave unexplained, as a share of all that came in or out of tanks, or of a litre where that is more: what
    /// a solve's own bar for the balance lets pass in hours. [–]
    public var closure: Double {
        let used = returned + consumption + emitters + leakage + overflow
        let given = inflow + max(-storage, 0), taken = used + max(storage, 0)
        return (inflow - used - storage) / max(given, taken, 1e-3)
    }
}

/// Water that a zone takes and loses. A zone is the word that junctions carry in [TAGS].
public struct ZoneBalance: Sendable, Hashable {
    public var zone: String
    /// Net over its boundary, and from reservoirs and tanks of its own tag. [m³]
    public var inflow = 0.0
    public var consumption = 0.0
    public var leakage = 0.0
}

/// Work of a pump.
public struct PumpEnergy: Sendable, Hashable {
    public var pump: Link.ID
    /// [h]
    public var hours = 0.0
    /// [m³]
    public var volume = 0.0
    /// [kWh]
    public var energy = 0.0
    /// Highest power drawn. [kW]
    public var peakPower = 0.0
    /// Mean while running. [%]
    public var efficiency = 0.0
    /// In the user's money, without the demand charge.
    public var cost = 0.0
}

/// Adds up what flows: a vector of rates is taken from the solver, and added with a number of seconds.
final class Accounts {
    private let model: HydraulicModel
    /// Rates: [system 8 | zones 3 each | outflow laws | pumps 5 each].
    private let size: Int
    /// Number of each row's zone, −1 for none; empty where there are no zones.
    private let zoneOfRow: [Int32]
    private let zoneNames: [String]
    private let pumps: [(place: Int, link: Int, efficiency: PiecewiseLinear?, price: Double, pattern: Int?)]
    private let crossings: [(place: Int, from: Int32, to: Int32)]
    private(set) var total: [Double]
    private var peaks: [Double]
    private(set) var peakOfAll = 0.0
    private let zonesAt: Int, lawsAt: Int, pumpsAt: Int
    private let globalPattern: Int?

    init(_ model: HydraulicModel) {
        self.model = model
        let network = model.network
        let names = Set(network.nodes.compactMap { $0.isJunction ? $0.tag : nil }).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, Int32($0)) })
        var zones: [Int32] = []
        if !names.isEmpty {
            zones = [Int32](repeating: -1, count: model.rowCount + 1)
            for (index, node) in network.nodes.enumerated() {
                if let tag = node.tag, node.isJunction { zones[Int(model.rowOfNode[index])] = numbers[tag] ?? -1 }
            }
        }
        zoneOfRow = zones
        zoneNames = names
        var crossings: [(place: Int, from: Int32, to: Int32)] = []
        if !names.isEmpty {
            for k in 0..<model.table.count {
                let from = zones[Int(model.table.start[k])], to = zones[Int(model.table.end[k])]
                if from != to { crossings.append((k, from, to)) }
            }
        }
        self.crossings = crossings
        let curves = Dictionary(network.curves.map { ($0.id, $0.points) }, uniquingKeysWith: { first, _ in first })
        let patterns = Dictionary(network.patterns.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        globalPattern = network.energy.pricePattern.flatMap { patterns[$0] }
        pumps = network.links.indices.compactMap { link in
            network.links[link].pump.map { pump in
                (
                    Int(model.table.placeOfLink[link]), link,
                    pump.efficiencyCurve.flatMap { curves[$0] }.flatMap { $0.isEmpty ? nil : PiecewiseLinear($0) },
                    pump.price ?? network.energy.price, pump.pricePattern.flatMap { patterns[$0] }
                )
            }
        }
        zonesAt = 8
        lawsAt = zonesAt + 3 * names.count
        pumpsAt = lawsAt + model.outflows.laws.count
        size = pumpsAt + 5 * pumps.count
        total = [Double](repeating: 0, count: size)
        peaks = [Double](repeating: 0, count: pumps.count)
    }

    /// Rates at the state of the solver as it stands. [per s]
    /// - Parameters:
    ///   - multipliers: of the patterns at this moment, for the prices.
    ///   - spill: over the rims of tanks. [m³/s]
    func rates(_ solver: HydraulicSolver, multipliers: [Double], spill: Double = 0) -> [Double] {
        var rates = [Double](repeating: 0, count: size)
        addDemands(solver, &rates)
        for index in 0..<solver.outflows.count {
            let law = model.outflows.laws[index]
            guard !solver.isIsolated[law.row] else { continue }
            let q = solver.outflows.flow[index]
            rates[lawsAt + index] = q
            let zone = zone(ofRow: Int(law.row))
            switch law.role {
            case .demand:
                rates[2] += q
                rates[3] -= q
            case .emitter: rates[4] += q
            case .leak, .pipeLeak: rates[5] += q
            }
            if zone >= 0 { rates[zonesAt + 3 * zone + (law.role == .demand ? 1 : 2)] += q }
        }
        for row in model.order..<model.rowCount {
            let out = -solver.netInflow(row)
            if out >= 0 { rates[0] += out } else { rates[1] -= out }
        }
        for tank in model.tanks { rates[6] += solver.netInflow(Int(tank.row)) }
        rates[6] -= spill
        rates[7] = spill
        for crossing in crossings {
            let q = solver.flow[crossing.place]
            if crossing.to >= 0 { rates[zonesAt + 3 * Int(crossing.to)] += q }
            if crossing.from >= 0 { rates[zonesAt + 3 * Int(crossing.from)] -= q }
        }
        addPumps(solver, multipliers, &rates)
        return rates
    }

    private func zone(ofRow row: Int) -> Int { zoneOfRow.isEmpty ? -1 : Int(zoneOfRow[row]) }

    private func addDemands(_ solver: HydraulicSolver, _ rates: inout [Double]) {
        let demand = solver.demand
        if zoneNames.isEmpty, solver.isolatedRows.isEmpty, !model.outflows.isPressureDriven {
            // All get what they want.
            var given = 0.0, brought = 0.0
            for row in 0..<model.rowCount {
                given += max(demand[row], 0)
                brought -= min(demand[row], 0)
            }
            rates[0] += brought
            rates[2] += given
            return
        }
        for row in 0..<model.rowCount where model.isJunction[row] {
            let wanted = solver.wanted[row]
            guard wanted != 0 else { continue }
            let given = solver.isIsolated[row] ? 0 : demand[row]
            if wanted < 0 { rates[0] -= given } else { rates[2] += given; rates[3] += wanted - given }
            let zone = zone(ofRow: row)
            if zone >= 0 { rates[zonesAt + 3 * zone + 1] += given }
        }
    }

    /// Power in kW = q Δh ρ g/1000/η (EPANET 2.3, `getenergy`); η at q/ω, then 100 − (100 − η)(1/ω)^0.1 (Sârbu and Borza 1998).
    private func addPumps(_ solver: HydraulicSolver, _ multipliers: [Double], _ rates: inout [Double]) {
        let gravity = model.network.hydraulics.specificGravity
        for (index, pump) in pumps.enumerated() where !solver.status[pump.place].isClosed && !solver.isCutOff(pump.place) {
            let at = pumpsAt + 5 * index
            let q = abs(solver.flow[pump.place])
            let lift = abs(solver.head[model.table.start[pump.place]] - solver.head[model.table.end[pump.place]])
            var efficiency = model.network.energy.efficiency
            if let curve = pump.efficiency, solver.setting[pump.place] > 0 {
                let speed = solver.setting[pump.place]
                efficiency = 100 - (100 - curve.bounded(at: q / speed)) * power(1 / speed, 0.1)
            }
            efficiency = min(max(efficiency, 1), 100)
            let kilowatts = q * lift * gravity / model.constants.headFlowPerWatt / 1000 / (efficiency / 100)
            let factor = (pump.pattern ?? globalPattern).map { multipliers[$0] } ?? 1
            rates[at] = 1
            rates[at + 1] = q
            rates[at + 2] = kilowatts / Units.hour
            rates[at + 3] = efficiency
            rates[at + 4] = kilowatts / Units.hour * pump.price * factor
        }
    }

    func add(_ rates: [Double], seconds: Double) {
        guard seconds > 0 else { return }
        for index in rates.indices { total[index] += rates[index] * seconds }
        var sum = 0.0
        for index in pumps.indices {
            let power = rates[pumpsAt + 5 * index + 2] * Units.hour
            peaks[index] = max(peaks[index], power)
            sum += power
        }
        peakOfAll = max(peakOfAll, sum)
    }

    // MARK: What has been added up

    static func balance(_ total: [Double]) -> FlowBalance {
        FlowBalance(
            inflow: total[0], returned: total[1], consumption: total[2], deficit: total[3], emitters: total[4], leakage: total[5],
            storage: total[6], overflow: total[7])
    }

    var balance: FlowBalance { Self.balance(total) }

    var zones: [ZoneBalance] {
        zoneNames.enumerated().map { index, name in
            let at = zonesAt + 3 * index
            return ZoneBalance(zone: name, inflow: total[at], consumption: total[at + 1], leakage: total[at + 2])
        }
    }

    var energy: [PumpEnergy] {
        pumps.enumerated().map { index, pump in
            let at = pumpsAt + 5 * index
            return PumpEnergy(
                pump: model.network.links[pump.link].id, hours: total[at] / Units.hour, volume: total[at + 1], energy: total[at + 2],
                peakPower: peaks[index], efficiency: total[at] > 0 ? total[at + 3] / total[at] : 0, cost: total[at + 4])
        }
    }

    /// Background leakage of each pipe, in the order of the network as it was given: its share, by area, of what its end nodes lose. [m³]
    var leakageOfPipes: [Double] {
        let network = model.network
        guard model.outflows.laws.indices.contains(where: { model.outflows.laws[$0].role == .pipeLeak }) else {
            return [Double](repeating: 0, count: model.linkCount)
        }
        var fixed: [Int: Double] = [:], growing: [Int: Double] = [:]
        func ends(_ link: Int) -> [Int] {
            let place = Int(model.table.placeOfLink[link])
            return [Int(model.table.start[place]), Int(model.table.end[place])].filter { model.isJunction[$0] }
        }
        for (link, item) in network.links.enumerated() {
            guard let pipe = item.pipe, let leakage = pipe.leakage else { continue }
            let rows = ends(link)
            for row in rows {
                fixed[row, default: 0] += leakage.areaPerLength * pipe.length / Double(rows.count)
                growing[row, default: 0] += leakage.expansionPerLength * pipe.length / Double(rows.count)
            }
        }
        var result = [Double](repeating: 0, count: network.links.count)
        for (link, item) in network.links.enumerated() {
            guard let pipe = item.pipe, let leakage = pipe.leakage else { continue }
            let rows = ends(link)
            for row in rows {
                for index in model.outflows.laws(at: row) where model.outflows.laws[index].role == .pipeLeak {
                    let isFixed = model.outflows.laws[index].inverse == 2
                    let own = (isFixed ? leakage.areaPerLength : leakage.expansionPerLength) * pipe.length / Double(rows.count)
                    let all = (isFixed ? fixed[row] : growing[row]) ?? 0
                    if all > 0 { result[link] += total[lawsAt + index] * own / all }
                }
            }
        }
        // Parts of a pipe that was divided at a leak count for the pipe.
        var whole = Array(result.prefix(model.linkCount))
        let numbers = Dictionary(
            network.links.prefix(model.linkCount).enumerated().map { ($1.id.name, $0) }, uniquingKeysWith: { a, _ in a })
        for link in model.linkCount..<max(network.links.count, model.linkCount) {
            let name = network.links[link].id.name
            if let cut = name.lastIndex(of: "@"), let owner = numbers[String(name[..<cut])] { whole[owner] += result[link] }
        }
        return whole
    }
}

extension HydraulicSolver {
    /// Of a tank or reservoir. [m³/s]
    func netInflow(_ row: Int) -> Double {
        var sum = 0.0
        for index in model.links(at: row) {
            let k = Int(model.linksAtRow[index])
            // EPANET's trickle through what is closed is not counted, by EPANET neither.
            guard !status[k].isClosed else { continue }
            sum += Int(model.table.end[k]) == row ? flow[k] : -flow[k]
        }
        return sum
    }
}

extension PiecewiseLinear {
    /// Held at the first and last point beyond them.
    func bounded(at x: Double) -> Double { value(at: min(max(x, firstX), lastX)) }
}
