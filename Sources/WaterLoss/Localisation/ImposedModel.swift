// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

/// The model run hour by hour at the measured boundary: tank levels as read, metered demands as read, pumps and switched
/// links in the state that fits the readings best (Yusu's leak-detection notes, "impose what was measured").
struct ImposedModel {
    /// A quantity that a row of the residuals stands for.
    struct Channel {
        enum Source {
            case sensor(Sensor.ID)
            /// Net inflow of a tank from the rise of its measured level.
            case tank(Sensor.ID, area: Double)
        }

        let source: Source
        let observation: Observation
        /// Index of the node or link in the network.
        let index: Int
        let isFlow: Bool
        /// Whether it is the flow of a link, rather than a tank's.
        var isLink: Bool { if case .flow = observation { true } else { false } }

        var sensor: Sensor.ID {
            switch source {
            case .sensor(let id), .tank(let id, _): id
            }
        }
    }

    private(set) var network: Network
    let channels: [Channel]
    let tankLevels: [(node: Int, sensor: Sensor.ID)]
    let meteredDemands: [(node: Int, sensor: Sensor.ID)]
    let switched: SwitchedLinks
    private let origin: Instant
    /// By which the model's patterns and clock lag behind the readings'. [s]
    var delay = 0
    /// What customers' meters say of the demand of zones, where they do.
    var zoneDemands: ZoneDemands?
    private let linkIndex: ElementIndex<Link>
    private var table: ConditionTable

    /// - Parameter start: first moment of the healthy record.
    init(_ network: Network, sensors: [Sensor], start: Instant) throws(LeakLocatorError) {
        self.network = network
        table = ConditionTable(network)
        let midnight = start.seconds - ((start.seconds % 86_400) + 86_400) % 86_400
        origin = Instant(seconds: midnight - start.weekday * 86_400 + network.times.startClockTime)
        let nodes = network.nodeIndex(), links = network.linkIndex()
        linkIndex = links
        var channels: [Channel] = []
        var tankLevels: [(node: Int, sensor: Sensor.ID)] = []
        var meteredDemands: [(node: Int, sensor: Sensor.ID)] = []
        for sensor in sensors {
            guard let element = sensor.element else { continue }
            switch sensor.kind {
            case .pressure:
                guard let node = nodes[Node.ID(element)] else { throw .unknownElement(sensor: sensor.id, element: element) }
                channels.append(Channel(source: .sensor(sensor.id), observation: .head(Node.ID(element)), index: node, isFlow: false))
            case .flow:
                guard let link = links[Link.ID(element)] else { throw .unknownElement(sensor: sensor.id, element: element) }
                channels.append(Channel(source: .sensor(sensor.id), observation: .flow(Link.ID(element)), index: link, isFlow: true))
            case .level:
                guard let node = nodes[Node.ID(element)] else { throw .unknownElement(sensor: sensor.id, element: element) }
                guard let tank = network.nodes[node].tank else { continue }
                tankLevels.append((node, sensor.id))
                channels.append(
                    Channel(
                        source: .tank(sensor.id, area: Double.pi * tank.diameter * tank.diameter / 4),
                        observation: .netInflow(Node.ID(element)), index: node, isFlow: true))
            case .demand:
                guard let node = nodes[Node.ID(element)] else { throw .unknownElement(sensor: sensor.id, element: element) }
                meteredDemands.append((node, sensor.id))
            }
        }
        self.channels = channels
        self.tankLevels = tankLevels
        self.meteredDemands = meteredDemands
        switched = SwitchedLinks(network, tanks: tankLevels.map(\.node))
    }

    /// The same with another roughness and other demands.
    func replacing(_ network: Network) -> ImposedModel {
        var copy = self
        copy.network = network
        copy.table = ConditionTable(network)
        return copy
    }

    /// Pattern time of a moment: hour 0 of the patterns is Monday 00:00 of the week in which the healthy record begins (for
    /// patterns of a day: midnight); from there time runs on.
    func patternTime(_ instant: Instant) -> Int {
        let time = instant - origin - delay
        return time < 0 ? time + 7 * 86_400 : time
    }

    /// Conditions of a moment with the measured levels and demands in them.
    func conditions(at instant: Instant, record: SensorRecord, index: Int, lastLevels: inout [Int: Double]) -> BoundaryConditions {
        var conditions = table.conditions(at: patternTime(instant))
        applyClock(&conditions, patternTime(instant))
        for (node, sensor) in tankLevels {
            if let level = record.series[sensor]?[index] { lastLevels[node] = level }
            guard let level = lastLevels[node], let tank = network.nodes[node].tank else { continue }
            // Just inside its limits: whether a full or empty tank is shut off is a question of its own, see `SwitchedLinks`.
            let inside = min(max(level, tank.minimumLevel + Self.clearance), tank.maximumLevel - Self.clearance)
            conditions.fixedHeads[node] = network.nodes[node].elevation + inside
        }
        for (node, sensor) in meteredDemands {
            if let demand = record.series[sensor]?[index] { conditions.demands[node] = demand }
        }
        zoneDemands?.apply(to: &conditions, at: instant)
        return conditions
    }

    /// Controls by the clock hold from their hour until the next one of the same link.
    private func applyClock(_ conditions: inout BoundaryConditions, _ time: Int) {
        let clock = (time + network.times.startClockTime) % 86_400
        var last: [Int: (age: Int, action: Control.Action)] = [:]
        for control in network.controls where !control.isDisabled {
            guard case .clockTime(let moment) = control.trigger, let link = linkIndex[control.link] else { continue }
            let age = (clock - moment + 86_400) % 86_400
            if age < last[link]?.age ?? .max { last[link] = (age, control.action) }
        }
        for (link, item) in last { conditions.apply(item.action, to: link, of: network) }
    }

    private static let clearance = 0.002  // m, above the head at which the status rules shut a tank

    /// What the model says a channel reads. nil where the node is cut off.
    func predicted(_ channel: Channel, _ state: HydraulicState) -> Double? {
        switch channel.observation {
        case .head: state.heads[channel.index].map { $0 - network.nodes[channel.index].elevation }
        case .flow: state.flows[channel.index]
        case .netInflow: state.demands[channel.index]
        }
    }

    /// What it says that channels read, by channel and hour; nil where it has no answer.
    func predicted(_ hours: [BoundaryConditions], _ hydraulics: HydraulicModel) -> [[Double?]] {
        let solver = HydraulicSolver(hydraulics)
        let values = hours.indices.map { hour -> [Double?] in
            let state = solver.solve(hours[hour], warm: hour > 0)
            return channels.map { state.verdict.outcome == .converged ? predicted($0, state) : nil }
        }
        return channels.indices.map { k in values.map { $0[k] } }
    }

    /// The conditions of the middle of an hour: levels half way to those of its end, demands as the model's patterns have them there where
    /// no meter tells. nil where no tank's level is known at both ends.
    func middle(of conditions: BoundaryConditions, record: SensorRecord, index: Int) -> BoundaryConditions? {
        guard index + 1 < record.count else { return nil }
        var found = conditions
        var isKnown = false
        for (node, sensor) in tankLevels {
            guard let now = record.series[sensor]?[index], let next = record.series[sensor]?[index + 1], let head = found.fixedHeads[node]
            else { continue }
            found.fixedHeads[node] = head + (next - now) / 2
            isKnown = true
        }
        guard isKnown else { return nil }
        let start = patternTime(record.instant(at: index))
        if zoneDemands == nil, network.times.patternStep < record.step {
            let now = table.conditions(at: start).demands, then = table.conditions(at: start + record.step / 2).demands
            for node in found.demands.indices where now[node] != then[node] { found.demands[node] += then[node] - now[node] }
            for (node, _) in meteredDemands { found.demands[node] = conditions.demands[node] }
        }
        return found
    }

    /// What was read; for tanks the mean net inflow of the hour that begins here.
    func measured(_ channel: Channel, _ record: SensorRecord, _ index: Int) -> Double? {
        switch channel.source {
        case .sensor(let id): return record.series[id]?[index]
        case .tank(let id, let area):
            guard let series = record.series[id], index + 1 < series.count, let now = series[index], let next = series[index + 1] else {
                return nil
            }
            return area * (next - now) / Double(record.step)
        }
    }
}
