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
    }

    /// Links that one condition switches together, in its two states.
    struct SwitchGroup {
        let first: [(link: Int, status: Link.Status)]
        let second: [(link: Int, status: Link.Status)]
    }

    let network: Network
    let channels: [Channel]
    let tankLevels: [(node: Int, sensor: Sensor.ID)]
    let meteredDemands: [(node: Int, sensor: Sensor.ID)]
    let groups: [SwitchGroup]
    private let origin: Instant
    private let linkIndex: ElementIndex<Link>

    /// - Parameter start: first moment of the healthy record.
    init(_ network: Network, sensors: [Sensor], start: Instant) throws(LeakLocatorError) {
        self.network = network
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
        groups = Self.switchGroups(network, links)
    }

    /// Simple controls on a level or pressure, two states for each node that they look at.
    private static func switchGroups(_ network: Network, _ links: ElementIndex<Link>) -> [SwitchGroup] {
        var above: [Node.ID: [(link: Int, status: Link.Status)]] = [:], below = above
        for control in network.controls where !control.isDisabled {
            guard let link = links[control.link] else { continue }
            let status: Link.Status
            switch control.action {
            case .status(let wanted): status = wanted
            case .setting(let value): status = value == 0 ? .closed : .open
            }
            switch control.trigger {
            case .above(let node, _): above[node, default: []].append((link, status))
            case .below(let node, _): below[node, default: []].append((link, status))
            default: break
            }
        }
        return Set(above.keys).union(below.keys).sorted().map { SwitchGroup(first: above[$0] ?? [], second: below[$0] ?? []) }
    }

    /// Pattern time of a moment: hour 0 of the patterns is Monday 00:00 of the week in which the healthy record begins (for
    /// patterns of a day: midnight); from there time runs on.
    func patternTime(_ instant: Instant) -> Int { max(instant - origin, 0) }

    /// Conditions of a moment with the measured levels and demands in them.
    func conditions(at instant: Instant, record: SensorRecord, index: Int, lastLevels: inout [Int: Double]) -> BoundaryConditions {
        var conditions = BoundaryConditions(of: network, at: patternTime(instant))
        applyClock(&conditions, patternTime(instant))
        for (node, sensor) in tankLevels {
            if let level = record.series[sensor]?[index] { lastLevels[node] = level }
            guard let level = lastLevels[node], let tank = network.nodes[node].tank else { continue }
            // Just inside its limits: whether a full or empty tank is shut off is a question of its own, see `shutTanks`.
            let inside = min(max(level, tank.minimumLevel + Self.clearance), tank.maximumLevel - Self.clearance)
            conditions.fixedHeads[node] = network.nodes[node].elevation + inside
        }
        for (node, sensor) in meteredDemands {
            if let demand = record.series[sensor]?[index] { conditions.demands[node] = demand }
        }
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
        for (link, item) in last {
            switch item.action {
            case .status(let status): conditions.statuses[link] = status
            case .setting(let value): conditions.statuses[link] = value == 0 ? .closed : conditions.statuses[link]
            }
        }
    }

    private static let clearance = 0.002  // m, above the head at which the status rules shut a tank
    private static let nearLimit = 0.05  // m, some times the noise of a level

    /// A possible state of the switched links, as a number that tells hours of the same state.
    typealias Switching = (state: Int, changes: [(link: Int, status: Link.Status)])

    /// States from this number on have a tank shut off.
    static let firstShutTank = 1 << 4

    /// All settings of the switched links that are possible at an hour: both sides of each control (of at most four), and the
    /// links of a tank that reads full or empty both open and shut.
    func switchings(lastLevels: [Int: Double]) -> [Switching] {
        var list: [Switching] = [(0, [])]
        for (bit, group) in groups.prefix(4).enumerated() {
            list = list.flatMap { [($0.state, $0.changes + group.first), ($0.state | 1 << bit, $0.changes + group.second)] }
        }
        for (bit, tank) in tankLevels.prefix(6).enumerated() {
            guard let level = lastLevels[tank.node], let limits = network.nodes[tank.node].tank,
                level > limits.maximumLevel - Self.nearLimit || level < limits.minimumLevel + Self.nearLimit
            else { continue }
            let id = network.nodes[tank.node].id
            let shut = network.links.indices.filter { network.links[$0].start == id || network.links[$0].end == id }
            list = list.flatMap { [$0, ($0.state | Self.firstShutTank << bit, $0.changes + shut.map { ($0, Link.Status.closed) })] }
        }
        return list
    }

    /// What the model says a channel reads. nil where the node is cut off.
    func predicted(_ channel: Channel, _ state: HydraulicState) -> Double? {
        switch channel.observation {
        case .head: state.heads[channel.index].map { $0 - network.nodes[channel.index].elevation }
        case .flow: state.flows[channel.index]
        case .netInflow: state.demands[channel.index]
        }
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
