// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// What customers used hour by hour, as their meters say it, by zone: in place of the model's patterns where a leak is looked for.
public struct MeteredUse: Sendable {
    /// Of a zone: use of the connections that have a meter, by hour [m³/s], and their share of all. [–]
    struct ZoneUse: Sendable {
        /// Hours of the place's own clock since 1970.
        var hourly: [Int: Double] = [:]
        var covered = 1.0
    }

    let zones: [Zone.ID: ZoneUse]

    /// Share of the meters that must have reported in an hour, and largest share of it that may be an estimate. [–]
    private static let reporting = 0.5, estimated = 0.3

    /// Hours in which few meters reported, or whose use is an estimate, are left out; in the others those that did not report are taken as
    /// those that did.
    /// - Parameters:
    ///   - consumption: by zone and hour. [m³]
    ///   - zones: with the number of their connections, where it is known: those without a meter stay with the model.
    public init(_ consumption: [ZoneConsumption], zones: [Zone]) {
        let connections = Dictionary(zones.map { ($0.id, $0.connections) }, uniquingKeysWith: { first, _ in first })
        var found: [Zone.ID: ZoneUse] = [:]
        for item in consumption where item.hourly.step == 3600 {
            let most = max(item.metersExpected.max() ?? 0, item.metersReporting.max() ?? 0)
            guard most > 0 else { continue }
            var use = ZoneUse()
            for (index, value) in item.hourly.values.enumerated() where index < item.metersReporting.count {
                let reporting = item.metersReporting[index]
                let expected = index < item.metersExpected.count ? max(item.metersExpected[index], reporting) : most
                guard let value, value >= 0, reporting > 0, Double(reporting) >= Self.reporting * Double(expected) else { continue }
                if index < item.estimated.count, item.estimated[index] > Self.estimated * value { continue }
                use.hourly[(item.hourly.start + index * 3600).seconds.floored(by: 3600)] =
                    value / Units.hour * Double(expected) / Double(reporting)
            }
            use.covered = min(Double(most) / Double(max(connections[item.zone].flatMap { $0 } ?? most, 1)), 1)
            if !use.hourly.isEmpty { found[item.zone] = use }
        }
        self.zones = found
    }
}

extension Int {
    /// The number of whole steps below it.
    fileprivate func floored(by step: Int) -> Int { (self - ((self % step) + step) % step) / step }
}

/// Demands of the model's nodes where the use of their zone is known.
///
/// The demand of a zone is what its meters say, scaled to the connections without one, and beside it what the model has more than that on the
/// mean of the healthy hours: losses and use that no meter counts, taken as constant. Nodes share it as the model has them share it.
struct ZoneDemands {
    private struct Group {
        var nodes: [Int]
        /// By hour since 1970: demand of the zone's nodes. [m³/s]
        var hourly: [Int: Double]
        /// Of hours without readings: over that of the model, by hour of the day. [–]
        var usual: [Double?]
    }

    private var groups: [Group] = []
    /// Share of each node's demand that only the model tells. [–]
    private(set) var unknown: [Double]
    private(set) var zones: [Zone.ID] = []
    /// Zones whose readings are too few, or far from the model's demand.
    private(set) var refused: [Zone.ID] = []

    /// Share of the hours that must be known, before and after. [–]
    private static let known = 0.8
    /// Least share of the connections that must have a meter, and factor by which the use may have changed since the healthy days. [–]
    private static let covered = 0.5, change = 1.35
    /// Range of metered use over the model's demand that is believed. [–]
    private static let believed = 0.3...2.0
    /// What is left unknown where all connections are metered: meters' errors, clocks, the nodes' share of the hour. [–]
    private static let least = 0.2

    /// - Parameters:
    ///   - model: without the use of zones.
    ///   - use: of customers.
    ///   - baseline: and `readings`, of which the hours are looked at.
    init?(_ model: ImposedModel, _ use: MeteredUse, _ baseline: SensorRecord, _ readings: SensorRecord) {
        unknown = model.network.nodes.map { _ in 1 }
        let metered = Set(model.meteredDemands.map(\.node))
        var byZone: [Zone.ID: [Int]] = [:]
        for (index, node) in model.network.nodes.enumerated() where node.isJunction && !metered.contains(index) {
            if let tag = node.tag { byZone[Zone.ID(tag), default: []].append(index) }
        }
        for zone in byZone.keys.sorted() {
            guard let own = use.zones[zone], let nodes = byZone[zone] else { continue }
            func hours(_ record: SensorRecord) -> [(hour: Int, instant: Instant)] {
                (0..<record.count).map { record.instant(at: $0) }.map { ($0.seconds.floored(by: 3600), $0) }
            }
            func share(_ record: SensorRecord) -> Double {
                let all = hours(record)
                return Double(all.count { own.hourly[$0.hour] != nil }) / Double(max(all.count, 1))
            }
            func demand(_ instant: Instant) -> Double {
                let conditions = BoundaryConditions(of: model.network, at: model.patternTime(instant))
                return nodes.reduce(0) { $0 + conditions.demands[$1] }
            }
            let healthy = hours(baseline).compactMap { item in
                own.hourly[item.hour].map { (used: $0 / own.covered, model: demand(item.instant), at: item) }
            }
            let used = healthy.reduce(0) { $0 + $1.used }, modelled = healthy.reduce(0) { $0 + $1.model }
            let later = hours(readings).compactMap { item in
                own.hourly[item.hour].map { (used: $0 / own.covered, model: demand(item.instant)) }
            }
            let usedLater = later.reduce(0) { $0 + $1.used }, modelledLater = later.reduce(0) { $0 + $1.model }
            let change = used * modelledLater > 0 ? usedLater * modelled / (used * modelledLater) : .infinity
            guard own.covered >= Self.covered, share(baseline) >= Self.known, share(readings) >= Self.known, modelled > 0,
                Self.believed.contains(used / modelled), change > 1 / Self.change, change < Self.change
            else {
                refused.append(zone)
                continue
            }
            let rest = max(modelled - used, 0) / Double(healthy.count)
            let hourly = own.hourly.mapValues { $0 / own.covered + rest }
            let usual = (0..<24).map { hour -> Double? in
                let same = healthy.filter { $0.at.instant.hourOfDay == hour && $0.model > 0 }
                return OrderStatistics.median(same.map { ($0.used + rest) / $0.model })
            }
            groups.append(Group(nodes: nodes, hourly: hourly, usual: usual))
            zones.append(zone)
            for node in nodes { unknown[node] = max(1 - own.covered, Self.least) }
        }
        if groups.isEmpty && refused.isEmpty { return nil }
    }

    var isEmpty: Bool { groups.isEmpty }

    /// Answers of a channel to the demand of each node where the sums of zones stay as their meters say: what one node takes more the
    /// others of its zone take less.
    /// - Parameters:
    ///   - answers: to an outflow at each node. [unit per m³/s]
    ///   - demands: of each node. [m³/s]
    func shared(_ answers: [Double], _ demands: [Double]) -> [Double] {
        var found = answers
        for group in groups {
            let sum = group.nodes.reduce(0) { $0 + demands[$1] }
            guard sum > 0 else { continue }
            let mean = group.nodes.reduce(0) { $0 + demands[$1] * answers[$1] } / sum
            for node in group.nodes { found[node] -= mean }
        }
        return found
    }

    func apply(to conditions: inout BoundaryConditions, at instant: Instant) {
        for group in groups {
            let modelled = group.nodes.reduce(0) { $0 + conditions.demands[$1] }
            guard modelled > 0 else { continue }
            let factor =
                group.hourly[instant.seconds.floored(by: 3600)].map { $0 / modelled } ?? group.usual[instant.hourOfDay] ?? 1
            for node in group.nodes { conditions.demands[node] *= factor }
        }
    }
}

extension HourlyResiduals {
    /// How far the readings lie from the model's, mean of the channels' logarithms of their spread.
    func distance() -> Double {
        let spreads = residuals.compactMap { row -> Double? in
            let known = row.compactMap { $0 }
            guard known.count > 8 else { return nil }
            let middle = OrderStatistics.medianOrZero(known)
            let spread = OrderStatistics.medianOrZero(known.map { abs($0 - middle) })
            return spread > 0 ? Foundation.log(spread) : nil
        }
        return spreads.isEmpty ? 0 : spreads.reduce(0, +) / Double(spreads.count)
    }
}
