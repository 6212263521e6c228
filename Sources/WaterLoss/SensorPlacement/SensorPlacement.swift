// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// Chooses the nodes at which the next pressure loggers shorten the search for leaks most.
///
/// Readings are linear in the leak and normal, as `LeakLocator` takes them: the differences of means before and after, moved by demand,
/// by meters, and by answers that are not those of the model. The length that is searched until the leak is found has a closed form in
/// the distances of the places (`SearchLength`), so that each node as the only new logger is judged exactly; of a set each further
/// logger is the best with those before it, after which each is tried against all others once. Several worlds with other
/// roughness, demand and size of leak are judged together, since what is best in one may be poor in another.
public struct SensorPlacement: Sendable {
    public let network: Network
    public let sensors: [Sensor]
    public var options: SensorPlacementOptions

    public init(network: Network, sensors: [Sensor], options: SensorPlacementOptions = SensorPlacementOptions()) {
        self.network = network
        self.sensors = sensors
        self.options = options
    }

    /// - Parameters:
    ///   - number: loggers to choose. (0 …)
    ///   - among: nodes that could carry one; nil for all junctions.
    /// - Throws: `LeakLocatorError`.
    public func plan(_ number: Int, among: [Node.ID]? = nil) throws(LeakLocatorError) -> SensorPlan {
        let known = Set(sensors.filter { $0.kind == .pressure }.compactMap(\.element))
        var seen: Set<Node.ID> = []
        let nodes = (among ?? network.nodes.filter { $0.junction != nil }.map(\.id)).filter {
            !known.contains($0.name) && seen.insert($0).inserted
        }
        let sites = nodes.map { Sensor(id: .init("site \($0.name)"), kind: .pressure, element: $0.name) }
        let model = try ImposedModel(network, sensors: sensors + sites, start: Instant(seconds: 4 * 86_400))
        let first = model.channels.count - sites.count
        let worlds = try PlacementWorlds(model, options: options)
        do throws(NumericalError) {
            let start = try Self.each(worlds.worlds) { world throws(NumericalError) in
                var knowledge = PlacementKnowledge(world, pipeLength: worlds.pipeLength)
                try knowledge.add(Array(0..<first))
                return knowledge
            }
            let now = start.map { $0.search.metres() }
            func site(_ place: Int, _ before: [Double], _ after: [Double]) -> SensorPlan.Site {
                let saved = zip(before, after).map { $0 - $1 }
                return .init(
                    node: nodes[place], expectedSearch: Self.mean(after), saved: Self.mean(saved), leastSaved: saved.min() ?? 0)
            }
            let alone = try Self.metres(start, sites: sites.indices.map { first + $0 })
            let order = sites.indices.sorted { (Self.mean(alone[$0]), $0) < (Self.mean(alone[$1]), $1) }
            var chosen: [Int] = []
            func best(with knowledge: [PlacementKnowledge]) throws(NumericalError) -> Int? {
                let free = sites.indices.filter { !chosen.contains($0) }
                let lengths = chosen.isEmpty ? alone : try Self.metres(knowledge, sites: free.map { first + $0 })
                return free.indices.min { (Self.mean(lengths[$0]), $0) < (Self.mean(lengths[$1]), $1) }.map { free[$0] }
            }
            func knowing(_ places: [Int]) throws(NumericalError) -> [PlacementKnowledge] {
                try Self.each(start) { world throws(NumericalError) in
                    var knowledge = world
                    try knowledge.add(places.map { first + $0 })
                    return knowledge
                }
            }
            while chosen.count < number, let next = try best(with: knowing(chosen)) { chosen.append(next) }
            // The first were chosen without the last.
            if chosen.count > 1 {
                for place in chosen.dropLast() {
                    let at = chosen.firstIndex(of: place) ?? 0
                    chosen.remove(at: at)
                    let rest = try knowing(chosen)
                    let own = Self.mean(try Self.metres(rest, sites: [first + place])[0])
                    if let other = try best(with: rest), Self.mean(try Self.metres(rest, sites: [first + other])[0]) < own - 1e-6 {
                        chosen.insert(other, at: at)
                    } else {
                        chosen.insert(place, at: at)
                    }
                }
            }
            var rows: [SensorPlan.Site] = [], last = now
            for count in 0..<chosen.count {
                let after = try knowing(Array(chosen[...count])).map { $0.search.metres() }
                rows.append(site(chosen[count], last, after))
                last = after
            }
            let all = try knowing(Array(sites.indices)).map { $0.search.metres() }
            return SensorPlan(
                expectedSearchNow: Self.mean(now), sites: order.map { site($0, now, alone[$0]) }, chosen: rows, bound: Self.mean(all),
                leakFlows: worlds.flows, pipeLength: worlds.pipeLength)
        } catch { throw .numerical(error.description) }
    }

    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(values.count, 1)) }

    /// By site and world, with that site alone added. [m]
    private static func metres(_ knowledge: [PlacementKnowledge], sites: [Int]) throws(NumericalError) -> [[Double]] {
        try each(sites) { site throws(NumericalError) in
            var lengths: [Double] = []
            for world in knowledge { lengths.append(try world.metres(adding: site)) }
            return lengths
        }
    }

    /// Each in parallel.
    private static func each<Item: Sendable, Value: Sendable>(
        _ items: [Item], _ body: @Sendable (Item) throws(NumericalError) -> Value
    ) throws(NumericalError) -> [Value] {
        let results: [Result<Value, NumericalError>] = concurrentMap(items.count) { place in
            do throws(NumericalError) { return .success(try body(items[place])) } catch { return .failure(error) }
        }
        var values: [Value] = []
        for result in results {
            switch result {
            case .success(let value): values.append(value)
            case .failure(let error): throw error
            }
        }
        return values
    }
}
