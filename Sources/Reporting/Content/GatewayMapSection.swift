// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterModel

extension PlanSource {
    /// Gateways above the network's pipes, or above the places of the lot's meters where they are placed by these; nil where neither has places.
    func map(of placement: GatewayPlacement, _ reading: ReadingNetwork) -> Graphic? {
        let scale = reading.metresPerUnit ?? 1
        var others: [[Point]] = [], devices: [[Point]] = [], sources: [NetworkMap.NodeDot] = []
        if reading.metresPerUnit != nil, let network = city.network {
            let places = Dictionary(
                network.nodes.compactMap { node in
                    node.position.flatMap { $0.x.isFinite && $0.y.isFinite ? (node.id, $0) : nil }
                }, uniquingKeysWith: { first, _ in first })
            for link in network.links {
                guard let start = places[link.start], let end = places[link.end] else { continue }
                if link.pipe != nil {
                    others.append([start] + link.vertices + [end])
                } else {
                    devices.append([start] + link.vertices + [end])
                }
            }
            sources = network.nodes.filter { !$0.isJunction }.compactMap { node in places[node.id].map { NetworkMap.dot(node, at: $0) } }
        }
        let meters = others.isEmpty ? city.lot.filter { $0.count > 0 }.compactMap(\.place) : []
        guard others.count + meters.count > 1, !placement.sites.isEmpty else { return nil }
        let marks = placement.sites.enumerated().map { index, site in
            ZoneMap.Mark(link: "\(index + 1)", position: Point(x: site.x / scale, y: site.y / scale), kind: .gateway)
        }
        return Graphic(
            id: "gateways-map", title: .words(.gatewaysMapTitle),
            description: .words(
                .gatewaysMapDescription,
                [
                    .figure(Figure(Double(placement.count), .none, .decimals(0)).from(.gateways)),
                    .figure(Figure(reading.range, .metres, .decimals(0)).from(.register)),
                ]),
            content: .zoneMap(
                ZoneMap(
                    areas: [], others: others, devices: devices, sources: sources, marks: marks, meters: meters, unitsPerMetre: 1 / scale)),
            origins: [Origin(.gateways)])
    }
}
