// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

/// Hours to which the network answers alike: the same time of day, the same state of the links, tanks about as full, on a day of as much demand.
///
/// What a roughness or a leak does to a tank's inflow changes its sign with that inflow, so that hours of a tank that fills must not
/// be taken for those in which it empties. By how much all demand of a single hour is more is told by the very readings that are to be
/// explained: answers at that demand would go with what they have to explain, and a constant error at all hours seem to account for a part of
/// all that moves. They are taken at the demand of the day. Only where single customers bend head losses by what they draw in an hour, each
/// hour counts with that: there more is lost without it.
struct AlikeHours {
    /// The condition of each hour of the healthy record and of the later one.
    let before: [Int]
    let after: [Int]
    /// One hour of each condition, at the demand of its day: that in which the tanks are most nearly as full as they are on the average.
    let examples: [BoundaryConditions]
    /// By how much all demand is above the model's in these. [–]
    let demandLevels: [Double]
    /// What nodes draw beyond that in these; empty: none is told. [m³/s]
    let ownDemands: [[Double]]
    /// Share that a leak has of its size in these. [–]
    let leaks: [Double]

    /// Differences of level that are no difference; the finest that leaves few enough conditions is taken. [m]
    private static let tolerances = [0.25, 0.5, 1, 2, 4]
    /// Difference of demand that counts as one of level. [m]
    private static let ofDemand = 25.0
    /// Sensitivities that all conditions together may have.
    private static let mostSensitivities = 20_000_000

    /// Whether a network is so small that each hour of a record may be a condition of its own.
    static func canBeApart(_ model: ImposedModel, hours: Int) -> Bool {
        hours * model.channels.count * (model.network.nodes.count + model.network.links.count) < mostSensitivities
    }

    private struct Key: Hashable {
        var timeOfDay: Int
        var state: Int
        /// Share of a leak that runs, in quarters.
        var leak: Int
    }

    init(
        _ model: ImposedModel, _ baseline: SensorRecord, _ before: HourlyResiduals, _ readings: SensorRecord, _ after: HourlyResiduals,
        leak: SupposedLeak? = nil
    ) {
        let hours = before.atDemandOfDay(baseline) + after.atDemandOfDay(readings)
        func keys(_ record: SensorRecord, _ residuals: HourlyResiduals, _ leak: SupposedLeak?) -> [Key] {
            residuals.conditions.indices.map { hour in
                Key(
                    timeOfDay: ((record.instant(at: hour).seconds % 86_400) + 86_400) % 86_400, state: residuals.switching[hour],
                    leak: leak.map { Int((4 * $0.shares[hour]).rounded()) } ?? 0)
            }
        }
        let keys = keys(baseline, before, nil) + keys(readings, after, leak)
        let ofDemand = before.levelsOfDays(baseline) + after.levelsOfDays(readings)
        let own = HourlyResiduals.own(before, after)
        let levels = hours.indices.map { hour in
            // Single nodes count by what they draw more and less, of all demand.
            let apart = own.isEmpty ? 0 : own[hour].reduce(0) { $0 + abs($1) } / max(hours[hour].demands.reduce(0, +), 1e-9)
            return model.tankLevels.map { hours[hour].fixedHeads[$0.node] ?? 0 } + [Self.ofDemand * ofDemand[hour], Self.ofDemand * apart]
        }
        let width = max(model.channels.count * (model.network.nodes.count + model.network.links.count), 1)
        let isOfDemand = ofDemand.contains { $0 != 0 }
        let most = Self.mostSensitivities / width
        let groups =
            (model.tankLevels.isEmpty && !isOfDemand ? [] : Self.tolerances).lazy.map { Self.groups(keys, levels, within: $0) }
            .first { ($0.max() ?? 0) < most } ?? Self.groups(keys, levels, within: .infinity)
        var members = [[Int]](repeating: [], count: (groups.max() ?? -1) + 1)
        for (hour, group) in groups.enumerated() { members[group].append(hour) }
        let middles = members.map { members in
            let means = (0..<model.tankLevels.count + 2).map { t in members.reduce(0) { $0 + levels[$1][t] } / Double(members.count) }
            return members.min { Self.distance(levels[$0], means) < Self.distance(levels[$1], means) } ?? members[0]
        }
        examples = middles.map { hours[$0] }
        demandLevels = middles.map { ofDemand[$0] }
        ownDemands = own.isEmpty ? [] : middles.map { own[$0] }
        leaks = middles.map { Double(keys[$0].leak) / 4 }
        self.before = Array(groups.prefix(before.conditions.count))
        self.after = Array(groups.dropFirst(before.conditions.count))
    }

    /// Of each hour the first group of its key whose first hour has all levels within a tolerance.
    private static func groups(_ keys: [Key], _ levels: [[Double]], within tolerance: Double) -> [Int] {
        var known: [Key: [(group: Int, levels: [Double])]] = [:]
        var count = 0
        return zip(keys, levels).map { key, levels in
            if let group = known[key]?.first(where: { distance($0.levels, levels) <= tolerance })?.group { return group }
            known[key, default: []].append((count, levels))
            count += 1
            return count - 1
        }
    }

    private static func distance(_ one: [Double], _ other: [Double]) -> Double {
        zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }
}
