// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

extension PlanDocument {
    /// Steps of the walk that the page lists.
    private static let listedSteps = 60

    /// A search for a leak as a page to take along: what is known of the leak, a map of probabilities, the walk, sensors and places to
    /// listen at, the walk as a table, and what was odd in the readings.
    /// - name: of the network, for the title.
    public init(finding: LeakFinding, walk: LeakWalk, network: Network, sensors: [Sensor], name: String, language: Catalogue) {
        title = .words(.leakPageTitle, [.literal(name)])
        subtitle = .words(.leakPageSubtitle)
        banner = []
        var blocks: [Block] = [.paragraph(Self.sentence(on: finding))]
        if let graphic = LeakMap(finding: finding, walk: walk, network: network, sensors: sensors).graphic {
            blocks.append(.graphic(graphic))
        } else {
            blocks.append(.notice(Notice(.missing, .words(.mapMissingTitle), [.words(.mapMissing)])))
        }
        blocks.append(.table(Self.table(of: walk)))
        if !finding.remarks.isEmpty {
            blocks.append(
                .notice(
                    Notice(.information, .words(.leakRemarks), finding.remarks.map { .finding($0.description, Origin(.reading)) })))
        }
        sections = [Section(id: "leaks", title: .words(.leaksTitle), blocks: blocks)]
        self.language = language
        hasContents = false
        addTraces(isShort: true) { origins in Dictionary(uniqueKeysWithValues: origins.map { ($0, Self.trace($0)) }) }
    }

    /// What a search goes by is the network and the readings; what these go by it is not told.
    private static func trace(_ origin: Origin) -> Trace {
        let isOfNetwork = [.given, .counted].contains(origin.kind)
        return Trace(
            origin: origin, formula: .name(.trace, origin.kind.rawValue),
            inputs: [.words(.networkModel)] + (isOfNetwork ? [] : [.words(.sensorReadings)]),
            source: .name(.trace, "source_" + origin.kind.origin),
            statuses: isOfNetwork ? [] : [.computed])
    }

    private static func sentence(on leak: LeakFinding) -> Phrase {
        let chance: Phrase =
            leak.pValue < 0.001 ? .words(.lessThanPerMille) : .figure(Figure(leak.pValue, .none, .decimals(3)).from(.leakChance))
        guard leak.isDetected else { return .words(.leakNotFound, [.literal("1"), chance]) }
        let flow = Figure(leak.flow * 1000, low: leak.flowLow95 * 1000, high: leak.flowHigh95 * 1000, .litresPerSecond).from(.leakFlow)
        let start: Phrase = leak.start.map { .date($0.description) } ?? .words(.notKnown)
        return .words(
            .leakSeen, [.figure(flow), start, chance, .counted(.pipes, leak.credibleSet90.count, from: Origin(.leakProbability))])
    }

    private static func table(of walk: LeakWalk) -> Table {
        let listed = walk.legs.prefix(listedSteps)
        let hasCosts = listed.contains { $0.pays != nil }
        let rows = listed.enumerated().map { index, leg in
            var cells: [Cell] = [
                .ordinal(index + 1), .ordinal(leg.stretch),
                .text(.literal(leg.pipe.name)), .text(.words(.fromTo, [.literal(leg.from.name), .literal(leg.to.name)])),
                .number(Figure(leg.length, .metres, .decimals(0))), .number(Figure(leg.cumulativeLength, .metres, .decimals(0))),
                .number(Figure(100 * leg.probability, .percent, .decimals(1))),
                .number(Figure(min(100, 100 * leg.cumulativeProbability), .percent, .decimals(1))),
            ]
            if hasCosts { cells.append(leg.pays.map { .text(.words($0 ? .yes : .no)) } ?? .none) }
            return Table.Row(cells)
        }
        return Table(
            caption: .words(
                .walkCaption,
                [
                    .literal("\(rows.count)"), .figure(Figure(Double(walk.legs.count), .none, .decimals(0)).from(.leakProbability)),
                ]),
            columns: [
                .init(.words(.walkStep), isNumeric: true), .init(.words(.walkStretch), isNumeric: true), .init(.words(.pipe)),
                .init(.words(.betweenNodes)), .init(.words(.length), unit: .metres), .init(.words(.lengthWalked), unit: .metres),
                .init(.words(.probability), unit: .percent), .init(.words(.probabilitySoFar), unit: .percent),
            ] + (hasCosts ? [.init(.words(.walkPays))] : []), rows: Array(rows), note: .words(.walkNote))
    }
}

/// The map of a search.
struct LeakMap {
    /// The crew's places are shown for the pipes that hold this part of the probability. [–]
    private static let share = 0.9

    let finding: LeakFinding
    let walk: LeakWalk
    let network: Network
    let sensors: [Sensor]

    /// nil where the network has no coordinates.
    var graphic: Graphic? {
        let positions = Dictionary(
            network.nodes.compactMap { node in node.position.flatMap { $0.x.isFinite && $0.y.isFinite ? (node.id, $0) : nil } },
            uniquingKeysWith: { first, _ in first })
        guard positions.count >= 2 else { return nil }
        let probabilities = Dictionary(finding.candidates.map { ($0.pipe, $0.probability) }, uniquingKeysWith: { first, _ in first })
        let steps = Dictionary(walk.legs.enumerated().map { ($1.pipe, (number: $0 + 1, leg: $1)) }, uniquingKeysWith: { first, _ in first })
        func line(_ link: Link) -> NetworkMap.PipeLine? {
            guard let start = positions[link.start], let end = positions[link.end] else { return nil }
            var line = NetworkMap.PipeLine(id: link.id.name, points: [start] + link.vertices + [end])
            (line.length, line.diameter, line.device) = (link.pipe?.length, link.pipe?.diameter, NetworkMap.device(link))
            guard finding.isDetected else { return line }
            line.probability = link.pipe == nil ? nil : probabilities[link.id] ?? 0
            if let step = steps[link.id] {
                line.walk = NetworkMap.WalkStep(
                    number: step.number, cumulativeLength: step.leg.cumulativeLength, cumulativeProbability: step.leg.cumulativeProbability)
            }
            return line
        }
        let map = NetworkMap(
            pipes: network.links.filter { $0.pipe != nil }.compactMap(line),
            devices: network.links.filter { $0.pipe == nil }.compactMap(line),
            nodes: network.nodes.compactMap { node in positions[node.id].map { NetworkMap.dot(node, at: $0) } }, zones: [],
            sites: [sites(of: positions), finding.isDetected ? access(positions) : nil].compactMap { $0 })
        return Graphic(
            id: "network-map", title: .words(.leakMapTitle),
            description: .words(.leakMapDescription, [.counted(.pipes, map.pipes.count), .counted(.nodesCount, map.nodes.count)]),
            content: .map(map))
    }

    /// Sensors at their node, or in the middle of their link.
    private func sites(of positions: [Node.ID: Point]) -> NetworkMap.SiteGroup? {
        let links = network.linkIndex()
        let sites = sensors.compactMap { sensor -> NetworkMap.SiteGroup.Site? in
            guard let element = sensor.element else { return nil }
            var position = sensor.kind == .flow ? nil : positions[Node.ID(element)]
            if sensor.kind == .flow, let link = links[Link.ID(element)], let a = positions[network.links[link].start],
                let b = positions[network.links[link].end]
            {
                position = Point(x: (a.x + b.x) / 2, y: (a.y + b.y) / 2)
            }
            let kind: TextKey =
                switch sensor.kind {
                case .pressure: .sensorPressure
                case .flow: .sensorFlow
                case .level: .sensorLevel
                case .demand: .sensorDemand
                }
            let rows: [(label: Phrase, text: Phrase)] = [
                (.words(.mapReads), .words(kind)), (.words(sensor.kind == .flow ? .pipe : .mapNode), .literal(element)),
            ]
            return position.map { .init(id: sensor.id.name, position: $0, rows: rows) }
        }
        return sites.isEmpty ? nil : NetworkMap.SiteGroup(kind: .sensors, title: .words(.mapSensors), sites: sites)
    }

    /// Ends of the pipes to walk, in the order in which the crew gets to them, and the valves at these.
    private func access(_ positions: [Node.ID: Point]) -> NetworkMap.SiteGroup? {
        var sites: [NetworkMap.SiteGroup.Site] = []
        var reached: Set<Node.ID> = []
        let valves = network.links.indices.filter { network.links[$0].valve != nil }
        func row(_ step: Int) -> (label: Phrase, text: Phrase) { (.words(.walkStep), .literal("\(step)")) }
        for (index, leg) in walk.legs.enumerated() {
            for node in [leg.from, leg.to] where reached.insert(node).inserted {
                guard let position = positions[node] else { continue }
                var rows = [row(index + 1)]
                for index in valves where network.links[index].start == node || network.links[index].end == node {
                    let valve = network.links[index]
                    rows.append((.words(.mapDevice), .literal("\(valve.id.name) (\(NetworkMap.device(valve) ?? ""))")))
                }
                sites.append(.init(id: node.name, position: position, rows: rows))
            }
            if leg.cumulativeProbability >= Self.share { break }
        }
        return sites.isEmpty ? nil : NetworkMap.SiteGroup(kind: .access, title: .words(.mapAccess), sites: sites)
    }
}
