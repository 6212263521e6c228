// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

extension PlanSource {
    /// Pipes of a walking list that are printed.
    static let walkingListLength = 20

    var leaks: Section {
        var blocks: [Block] = []
        if assessment.leaks.isEmpty {
            blocks.append(.notice(Notice(.missing, .words(.leaksMissingTitle), [.words(.leaksMissing)])))
        }
        for (index, leak) in assessment.leaks.enumerated() {
            blocks.append(.paragraph(sentence(on: leak, number: index + 1)))
            guard leak.isDetected, !leak.candidates.isEmpty else { continue }
            if let chart = candidateChart(leak, number: index + 1) { blocks.append(.graphic(chart)) }
            blocks.append(.table(walkingList(leak, number: index + 1)))
        }
        if let map {
            blocks.append(.graphic(map))
            if let detail = detail(of: map) { blocks.append(.graphic(detail)) }
        } else {
            blocks.append(.notice(Notice(.missing, .words(.mapMissingTitle), [.words(.mapMissing)])))
        }
        return Section(id: "leaks", title: .words(.leaksTitle), blocks: blocks, startsPage: true)
    }

    func sentence(on leak: LeakFinding, number: Int) -> Phrase {
        guard leak.isDetected else { return .words(.leakNotFound, [.literal("\(number)"), leakChance(leak)]) }
        let zone = leak.zone.map { Phrase.literal(zoneName($0)) } ?? .words(.zoneNotKnown)
        return .words(
            .leakFound,
            [
                .literal("\(number)"), .figure(leakFlow(leak)), zone,
                leak.start.map { .date($0.description) } ?? .words(.notKnown),
                leakChance(leak), .counted(.pipes, leak.credibleSet90.count, from: Origin(.leakProbability)),
            ])
    }

    private func leakChance(_ leak: LeakFinding) -> Phrase {
        leak.pValue < 0.001 ? .words(.lessThanPerMille) : .figure(Figure(leak.pValue, .none, .decimals(3)).from(.leakChance))
    }

    func walkingList(_ leak: LeakFinding, number: Int) -> Table {
        var length = 0.0
        var probability = 0.0
        let pipes =
            city.network.map { network in Dictionary(network.links.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first }) } ?? [:]
        var rows: [Table.Row] = []
        for (index, candidate) in leak.candidates.prefix(Self.walkingListLength).enumerated() {
            length += candidate.length
            probability += candidate.probability
            rows.append(
                Table.Row([
                    .ordinal(index + 1), .text(.literal(candidate.pipe.name)),
                    ends(of: pipes[candidate.pipe]), .number(Figure(diameter(of: pipes[candidate.pipe]), .millimetres, .decimals(0))),
                    .number(Figure(candidate.length, .metres, .decimals(0))),
                    .number(Figure(length, .metres, .decimals(0))), .number(Figure(100 * candidate.probability, .percent, .decimals(1))),
                    .number(Figure(min(100, 100 * probability), .percent, .decimals(1))),
                ]))
        }
        return Table(
            caption: .words(
                .walkingListCaption,
                [
                    .literal("\(number)"), .literal("\(rows.count)"),
                    .figure(Figure(Double(leak.candidates.count), .none, .decimals(0)).from(.leakProbability)),
                ]),
            columns: [
                .init(.words(.rank), isNumeric: true), .init(.words(.pipe)), .init(.words(.betweenNodes)),
                .init(.words(.nominalDiameter), unit: .millimetres), .init(.words(.length), unit: .metres),
                .init(.words(.lengthWalked), unit: .metres), .init(.words(.probability), unit: .percent),
                .init(.words(.probabilitySoFar), unit: .percent),
            ], rows: rows, note: .words(.walkingListNote))
    }

    private func ends(of link: Link?) -> Cell {
        guard let link else { return .none }
        return .text(.words(.fromTo, [.literal(link.start.name), .literal(link.end.name)]))
    }

    /// [mm]
    private func diameter(of link: Link?) -> Double? {
        guard let link, case .pipe(let pipe) = link.kind else { return nil }
        return pipe.diameter * 1000
    }

    /// nil where no network or no positions are known.
    var map: Graphic? {
        guard let network = city.network else { return nil }
        let positions = Dictionary(
            network.nodes.compactMap { node in node.position.flatMap { $0.x.isFinite && $0.y.isFinite ? (node.id, $0) : nil } },
            uniquingKeysWith: { first, _ in first })
        guard positions.count >= 2 else { return nil }
        let night = Dictionary(
            (assessment.pressures?.converged == true ? assessment.pressures?.nodes ?? [] : []).filter(\.night.isFinite).map {
                ($0.node, $0.night)
            },
            uniquingKeysWith: { first, _ in first })
        let (probabilities, ranks) = leakProbabilities
        func line(_ link: Link) -> NetworkMap.PipeLine? {
            guard let start = positions[link.start], let end = positions[link.end] else { return nil }
            return NetworkMap.PipeLine(
                id: link.id.name, points: [start] + link.vertices + [end],
                probability: detectedLeaks.isEmpty ? nil : probabilities[link.id] ?? 0, rank: ranks[link.id], length: link.pipe?.length,
                diameter: link.pipe?.diameter, device: NetworkMap.device(link))
        }
        var zones: [Zone.ID: [Point]] = [:]
        for node in network.nodes {
            if node.isJunction, let tag = node.tag, !tag.isEmpty, let position = node.position {
                zones[Zone.ID(tag), default: []].append(position)
            }
        }
        let map = NetworkMap(
            pipes: network.links.filter { $0.pipe != nil }.compactMap(line),
            devices: network.links.filter { $0.pipe == nil }.compactMap(line),
            nodes: network.nodes.compactMap { node in
                positions[node.id].map { NetworkMap.dot(node, at: $0, nightPressure: night[node.id]) }
            },
            zones: zones.keys.sorted().map { id in
                NetworkMap.ZoneArea(name: zoneName(id), positions: zones[id] ?? [], figures: mapFigures(of: id))
            })
        return Graphic(
            id: "network-map", title: .words(.mapTitle),
            description: .words(.mapDescription, [.counted(.pipes, map.pipes.count), .counted(.nodesCount, map.nodes.count)]),
            content: .map(map))
    }

    private func mapFigures(of id: Zone.ID) -> [KeyFigure] {
        guard let zone = assessment.zones.first(where: { $0.zone.id == id }) else { return [] }
        func flow(_ estimate: Estimate?) -> Figure {
            estimate.map { Figure($0, times: Units.day, .cubicMetresPerDay) } ?? Figure(nil, .none)
        }
        return [
            KeyFigure(.words(.connections), Figure(zone.zone.connections.map(Double.init), .none, .decimals(0))),
            KeyFigure(.words(.inflow), flow(zone.inflow)), KeyFigure(.words(.realLosses), flow(zone.realLoss)),
        ]
    }

    /// That at least one of the leaks found sits on a pipe, and the pipe's best place in a walking list.
    private var leakProbabilities: ([Link.ID: Double], [Link.ID: Int]) {
        var free: [Link.ID: Double] = [:]
        var ranks: [Link.ID: Int] = [:]
        for leak in detectedLeaks {
            for (index, candidate) in leak.candidates.enumerated() {
                free[candidate.pipe, default: 1] *= 1 - candidate.probability
                if index < Self.walkingListLength { ranks[candidate.pipe] = min(ranks[candidate.pipe] ?? .max, index + 1) }
            }
        }
        return (free.mapValues { 1 - $0 }, ranks)
    }

    var pressures: Section {
        guard let survey = assessment.pressures, survey.converged, !survey.nodes.isEmpty else {
            let reason = assessment.pressures == nil ? TextKey.pressureMissing : .pressureNotConverged
            return Section(
                id: "pressure", title: .words(.pressureTitle),
                blocks: [.notice(Notice(.missing, .words(.pressureMissingTitle), [.words(reason)]))] + reducingValves)
        }
        let groups = Dictionary(grouping: survey.nodes) { $0.zone?.name ?? "" }
        let names = groups.keys.sorted { ($0.isEmpty ? 1 : 0, $0) < ($1.isEmpty ? 1 : 0, $1) }
        func label(_ name: String) -> Phrase { name.isEmpty ? .words(.noZone) : .literal(zoneName(Zone.ID(name))) }
        let panels = names.map { Plot.Panel(title: label($0), marks: Self.histogram((groups[$0] ?? []).map(\.night))) }
        let rows = names.map { name -> Table.Row in
            let nodes = groups[name] ?? []
            let night = nodes.map(\.night).sorted()
            func head(_ value: Double?) -> Cell { .number(Figure(value, .metresOfHead, .decimals(1))) }
            return Table.Row([
                .text(label(name)), .number(Figure(Double(nodes.count), .none, .decimals(0))), head(night.first),
                head(night.isEmpty ? nil : night[night.count / 2]), head(night.last), head(nodes.map(\.peak).min()),
            ])
        }
        return Section(
            id: "pressure", title: .words(.pressureTitle),
            blocks: [
                .graphic(
                    Graphic(
                        id: "pressure-histogram", title: .words(.pressureHistogramTitle),
                        description: .words(
                            .pressureHistogramDescription, [.literal("\(survey.nightHour)"), .figure(Figure(5, .metresOfHead))]),
                        content: .plot(
                            Plot(
                                x: .init(.words(.nightPressure), .metresOfHead), y: .init(.words(.shareOfNodes), .percent, includes: [0]),
                                panels: panels, legend: [])), origins: [Origin(.pressure)])),
                .table(
                    Table(
                        caption: .words(.pressureCaption, [.literal("\(survey.nightHour)"), .literal("\(survey.peakHour)")]),
                        columns: [
                            .init(.words(.zone)), .init(.words(.nodes), isNumeric: true), .init(.words(.nightLowest), unit: .metresOfHead),
                            .init(.words(.nightMedian), unit: .metresOfHead), .init(.words(.nightHighest), unit: .metresOfHead),
                            .init(.words(.peakLowest), unit: .metresOfHead),
                        ], rows: rows)),
            ] + reducingValves)
    }

    /// Shares of the nodes in classes of 5 m. [%]
    private static func histogram(_ pressures: [Double]) -> [Plot.Mark] {
        let width = 5.0
        let finite = pressures.filter(\.isFinite).map { min(max($0, -1000), 10_000) }
        var counts: [Int: Int] = [:]
        for pressure in finite { counts[Int((pressure / width).rounded(.down)), default: 0] += 1 }
        return counts.keys.sorted().map { bin in
            .bar(
                from: Point(x: Double(bin) * width, y: 0),
                to: Point(x: Double(bin + 1) * width, y: 100 * Double(counts[bin] ?? 0) / Double(finite.count)), .primary, label: nil)
        }
    }
}
