// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import NumericalMethods
import WaterModel

/// A network divided into zones (district metered areas) that its engine has tried: who lies where, what is closed, what is metered.
public struct ZoneDesign: Sendable {
    public struct Border: Sendable {
        public enum Role: String, Sendable {
            /// A valve to be closed.
            case closed
            /// A meter.
            case inlet
            /// A pump, a valve or a switched pipe: metered, and left as it works.
            case device
        }

        public var link: Link.ID
        /// Names of the zones at its start and end; nil: outside.
        public var from: String?
        public var to: String?
        public var role: Role
        /// [m]
        public var diameter: Double?
        /// At peak, start to end positive. [m³/s]
        public var flowBefore: Double
        public var flowAfter: Double
        /// At peak. [m/s]
        public var velocityAfter: Double?
    }

    public struct Zone: Sendable {
        public var name: String
        public var properties: Double
        public var nodes: Int
        /// At peak. [m³/s]
        public var demand: Double
        /// [m]
        public var mainsLength: Double
        public var lowestElevation: Double
        public var highestElevation: Double
        /// Connected pieces; 1 where the zone hangs together.
        public var pieces: Int
        public var inlets: Int
        public var closedValves: Int
        /// Lowest at peak, of nodes that draw water. [m]
        public var lowestBefore: Double
        public var lowestAfter: Double
        public var criticalNode: Node.ID?
        /// Over the whole run. [m]
        public var lowestOfRun: Double
        /// Over nodes that draw water, at peak. [m]
        public var meanBefore: Double
        public var meanAfter: Double
        /// At the critical node with the fire flow; nil: not looked at. [m]
        public var fireBefore: Double?
        public var fireAfter: Double?
        /// Keeps its bounds, hangs together, and keeps its pressures, also with the fire flow.
        public var isWithinBounds: Bool
        public var keepsPressure: Bool
        public var keepsFirePressure: Bool
    }

    /// Of the whole network at peak, before and after.
    public struct Comparison: Sendable {
        /// Over nodes that draw water. [m]
        public var meanPressure: Double
        public var lowestPressure: Double
        /// Todini 2000. [–]
        public var resilience: Double
        /// Age of water by the flows of the peak, without tanks: mean over demand, and that which 5 % of the demand exceeds. [h]
        public var meanAge: Double
        public var oldAge: Double
        /// [m/s]
        public var highestVelocity: Double
    }

    public var zones: [Zone]
    /// Name of each node's zone, in the order of the network; nil: outside.
    public var zoneOfNode: [String?]
    public var isTrunk: [Bool]
    /// [m]
    public var trunkDiameter: Double
    public var properties: Double
    public var propertiesOutside: Double
    public var borders: [Border]
    public var before: Comparison
    public var after: Comparison
    /// Since the start of the run. [s]
    public var peakTime: Int
    /// Nodes whose pressure is not kept at some moment of the run, by how much it falls below what it must keep or rises above what it
    /// may. [m]
    public var shortfalls: [(node: Node.ID, time: Int, shortfall: Double)]
    /// Every solve of the run with the design converged.
    public var isConverged: Bool
    /// With closed valves closed and junctions' tags naming their zone.
    public var network: Network
    /// Steady solves that the design took.
    public var solves: Int

    public var isAccepted: Bool {
        isConverged && shortfalls.isEmpty
            && zones.allSatisfy { $0.isWithinBounds && $0.keepsPressure && $0.keepsFirePressure && $0.pieces == 1 }
    }
}

/// Why no zones can be designed.
public enum ZoneDesignError: Error, Sendable, CustomStringConvertible {
    case hydraulics(HydraulicError)
    case numerics(NumericalError)
    /// Bounds or pressures that contradict themselves.
    case options(String)
    case notConverged(String)
    case nothingToZone(String)

    public var description: String {
        switch self {
        case .hydraulics(let error): error.description
        case .numerics(let error): error.description
        case .options(let text), .notConverged(let text), .nothingToZone(let text): text
        }
    }
}

/// Zones of a network: trunk mains left out, parts of it that hang together and keep the bounds, borders closed but for the inlets that its
/// pressures need.
///
/// The pressures are those of the engine, at the moment of greatest demand and then over the whole run, by exact tanks and by EPANET's
/// explicit steps; where a run shows a node below what it must keep, that moment joins those that the inlets are chosen by.
/// - Throws: `ZoneDesignError`.
public func designZones(_ network: Network, _ options: ZoneDesignOptions = ZoneDesignOptions()) throws(ZoneDesignError) -> ZoneDesign {
    guard options.leastProperties > 0, options.mostProperties >= 2 * options.leastProperties else {
        throw .options("the most properties of a zone must be at least twice the least, which must be above 0")
    }
    let trial: ZoneTrial
    do throws(HydraulicError) { trial = try ZoneTrial(network, options) } catch { throw .hydraulics(error) }
    guard let peak = trial.moments.first, peak.before.contains(where: { $0 != nil }) else {
        throw .notConverged("the network as it stands has no state to compare with")
    }
    let layouts: [ZoneLayout]
    do throws(NumericalError) { layouts = try partitions(network, peak.flowsBefore, options) } catch { throw .numerics(error) }
    guard layouts[0].zoneCount > 0 else {
        throw .nothingToZone(
            "no part of the network outside the trunk has \(text(options.leastProperties)) properties; lower the least size, or give the properties or the trunk's diameter"
        )
    }
    // Of the partitions that cut fewest links, or hardly more, those are run that at peak lose least pressure.
    let fewest = layouts.map(\.borderCount).min() ?? 0
    let order = layouts.indices.sorted { (layouts[$0].borderCount, $0) < (layouts[$1].borderCount, $1) }
    let candidates = order.map { layouts[$0] }.filter { Double($0.borderCount) <= (1 + hardlyMore) * Double(fewest) }
        .prefix(max(2, mostNodesTried / network.nodes.count))
    var choices: [(feeds: ZoneFeeds, valves: Int, judged: ZoneTrial.Judged)] = []
    for layout in candidates {
        var feeds = ZoneFeeds(layout, trial)
        feeds.choose()
        choices.append((feeds, feeds.closed.count, trial.judged(0, closed: feeds.closed)))
    }
    choices.sort { ($0.judged.deficit, -$0.judged.mean, $0.valves) < ($1.judged.deficit, -$1.judged.mean, $1.valves) }
    var best: ZoneDesign?
    for choice in choices.prefix(mostRun) {
        var feeds = choice.feeds
        // A partition that was given stays as it is.
        if options.givenZones == nil {
            feeds = feeds.shifted()
            feeds.exchange()
        }
        let found = design(feeds, trial, options)
        if best.map({ found.isBetter(than: $0) }) ?? true { best = found }
        if found.isAccepted { break }
    }
    // What moving borders won at the peak may be lost at the hour at which tanks and pumps switch otherwise.
    if let first = choices.first, options.givenZones == nil, best.map({ !$0.isAccepted }) ?? true {
        let found = design(first.feeds, trial, options)
        if best.map({ found.isBetter(than: $0) }) ?? true { best = found }
    }
    guard let best else { throw .nothingToZone("no partition was found") }
    return best
}

/// Nodes, together, of the partitions that cut equally few links of which the engine tries the inlets; two it tries of any network.
private let mostNodesTried = 60_000

/// By which share more links than the fewest may be cut where that leaves more pressure. [–]
private let hardlyMore = 0.01

/// Different partitions, whose cuts count each link alike but for a little by diameter, by today's flow at peak or at random: which of
/// them leaves most pressure the engine tells.
private func partitions(
    _ network: Network, _ flows: [Double], _ options: ZoneDesignOptions
) throws(NumericalError) -> [ZoneLayout] {
    let most = flows.reduce(0) { max($0, abs($1)) }
    let byFlow = flows.map { most > 0 ? abs($0) / most : 0 }
    var layouts: [ZoneLayout] = []
    for attempt in 0..<(options.givenZones == nil ? max(1, min(options.alternatives, 100_000 / network.nodes.count)) : 1) {
        var seeded = options
        seeded.seed = options.seed &+ UInt64(attempt) &* 1000
        let random = try RandomNumbers(seed: seeded.seed)
        let weights = attempt % 3 == 0 ? [] : attempt % 3 == 1 ? byFlow : flows.map { _ in random.uniform(0, 0.2) }
        let layout = try ZoneLayout(network, seeded, weightsOfCuts: weights)
        if !layouts.contains(where: { $0.zoneOfNode == layout.zoneOfNode }) { layouts.append(layout) }
    }
    guard options.givenZones == nil else { return layouts }
    // Those that cut fewest links are looked at longer and longer; at last others that cut as few as the best.
    var stage = layouts
    for (number, (kept, trials)) in stagesOfSearch.enumerated() {
        let order = stage.indices.sorted { (stage[$0].borderCount, $0) < (stage[$1].borderCount, $1) }
        stage = order.prefix(max(1, min(kept, mostNodesSearched / network.nodes.count))).map { stage[$0] }
        if number == stagesOfSearch.count - 1, let best = stage.first { stage = Array(repeating: best, count: kept) }
        for place in stage.indices {
            try stage[place].search(options, trials: trials, seed: options.seed &+ UInt64(100 * number + place))
        }
        layouts += stage.filter { found in !layouts.contains { $0.zoneOfNode == found.zoneOfNode } }
    }
    return layouts
}

/// Nodes, together, of the partitions that are looked at longer.
private let mostNodesSearched = 60_000

/// How many partitions are looked at, and how many places of each for each zone.
private let stagesOfSearch = [(kept: 16, trials: 20), (kept: 3, trials: 60), (kept: 2, trials: 120), (kept: 4, trials: 10)]

/// Source: field page, section 8: the one or two feeds of least head loss.
private let inletsOfZone = 2

/// Rounds in which zones get links more.
private let mostRounds = 16

/// Partitions that are run through time, where the first is not accepted.
private let mostRun = 3

extension ZoneDesign {
    /// Accepted first, then fewer valves to close, then less pressure lost.
    fileprivate func isBetter(than other: ZoneDesign) -> Bool {
        if isAccepted != other.isAccepted { return isAccepted }
        let own = borders.count { $0.role == .closed }, others = other.borders.count { $0.role == .closed }
        return own != others ? own < others : after.meanPressure > other.after.meanPressure
    }
}

/// The inlets of one partition, with those that the run asks for beyond the peak.
private func design(_ chosen: ZoneFeeds, _ trial: ZoneTrial, _ options: ZoneDesignOptions) -> ZoneDesign {
    var feeds = chosen
    let layout = feeds.layout
    func run(_ feeds: ZoneFeeds, brief: Range<Int>? = nil) -> ZoneReport { ZoneReport(layout, trial, feeds, options, brief: brief) }
    var report = run(feeds)
    // Moments of the run that the peak did not stand for.
    for _ in 0..<6 {
        guard let worst = report.shortfalls.max(by: { $0.shortfall < $1.shortfall }), let state = report.stateBefore(at: worst.time),
            !trial.moments.contains(where: { $0.time == worst.time })
        else { break }
        trial.add(worst.time, state)
        let closed = feeds.closed.count
        feeds.look(at: trial.moments.count - 1)
        guard feeds.closed.count < closed else { break }
        report = run(feeds)
    }
    // Of the run with the design each zone that lacks something gets a link more, by its own worst moment.
    for _ in 0..<mostRounds {
        let opened = feeds.relieveZones(report.worstOfZone.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        guard opened else { break }
        report = run(feeds)
    }
    // Where tanks and pumps come to work otherwise, the run with the design itself tells which link its worst moment lacks.
    for _ in 0..<24 {
        guard let worst = report.worst else { break }
        trial.add(worst.time, worst.state, day: worst.day, with: feeds.closed)
        guard feeds.relieve(trial.moments.count - 1) else { break }
        report = run(feeds)
    }
    // Where no single link tells: runs do.
    report = report.opened(most: inletsOfZone * layout.zoneCount) { run($0, brief: $1) }
    // Of what was opened two inlets a zone stay, on average: which of them are needless hangs on when tanks and pumps switch, and each
    // costs pressure.
    if report.feeds.closed.count < chosen.closed.count {
        report = report.closedAgain(least: inletsOfZone * layout.zoneCount) { run($0, brief: $1) }
    }
    // Where tanks are, at last, what the run has at the peak tells which inlets are best.
    report = report.exchanged { run($0, brief: $1) }
    return report.design
}
