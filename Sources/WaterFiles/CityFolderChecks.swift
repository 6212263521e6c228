// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Whether the parts of a city folder agree. Each check is one question; its messages say what to do.
enum CityChecks {
    static let all: [@Sendable (CityContents) -> [InputProblem]] = [
        meteredConnections, metersOfLot, supplyHours, connectionsOfZones, mainsOfZones, boundaryMeters, zonesOfMeters, zonesOfSensors,
        metersOfZones,
        elementsOfSensors, placesOfRepairs, balancePeriod, lengthOfNetwork, tagsOfNetwork, piecesOfNetwork,
    ]

    /// Sums of zones may pass the city's total by so much: totals are rounded and dated differently. [–]
    static let slackOfSums = 0.05
    /// A network model and a stated length may differ by this factor before one of them must be wrong. [–]
    static let factorOfLengths = 2.0

    @Sendable static func meteredConnections(_ contents: CityContents) -> [InputProblem] {
        let profile = contents.city.profile
        guard let metered = profile.meteredConnections.value, let all = profile.connections.value, metered > all else { return [] }
        return [
            contents.problem(
                "city.yaml", contents.profileLines["metered_connections"],
                "metered_connections \(text(metered)) are more than connections \(text(all))", "mend one of the two")
        ]
    }

    @Sendable static func metersOfLot(_ contents: CityContents) -> [InputProblem] {
        let profile = contents.city.profile
        let count = contents.city.lot.reduce(0.0) { $0 + Double($1.count) }
        guard let all = profile.connections.value, let metered = profile.meteredConnections.value, count > max(0, all - metered) else {
            return []
        }
        return [
            contents.problem(
                "meter_lot.csv", nil, "the lot has \(text(count)) meters, and \(text(max(0, all - metered))) connections are without one",
                "mend the column 'count', or connections and metered_connections of city.yaml")
        ]
    }

    @Sendable static func supplyHours(_ contents: CityContents) -> [InputProblem] {
        guard let hours = contents.city.profile.supplyHours.value, hours > 24 else { return [] }
        return [
            contents.problem(
                "city.yaml", contents.profileLines["supply_hours"], "supply_hours is \(text(hours))", "a day has 24: give hours per day")
        ]
    }

    @Sendable static func connectionsOfZones(_ contents: CityContents) -> [InputProblem] {
        let sum = contents.city.zones.reduce(0.0) { $0 + Double($1.connections ?? 0) }
        guard let all = contents.city.profile.connections.value, sum > all * (1 + slackOfSums) else { return [] }
        return [
            contents.problem(
                "zones.csv", nil, "the zones' connections sum to \(text(sum)), the city has \(text(all)) (city.yaml)",
                "mend the column 'connections', or 'connections' of city.yaml")
        ]
    }

    @Sendable static func mainsOfZones(_ contents: CityContents) -> [InputProblem] {
        let sum = contents.city.zones.reduce(0.0) { $0 + ($1.mainsLength ?? 0) }
        guard let all = contents.city.profile.mainsLength.value, sum > all * (1 + slackOfSums) else { return [] }
        return [
            contents.problem(
                "zones.csv", nil, "the zones' mains sum to \(kilometres(sum)), the city has \(kilometres(all)) (city.yaml)",
                "mend the column 'mains_length_km', or 'mains_length' of city.yaml")
        ]
    }

    @Sendable static func boundaryMeters(_ contents: CityContents) -> [InputProblem] {
        if contents.hasUnreadSensors { return [] }
        let kinds = Dictionary(contents.city.sensors.map { ($0.id, $0.kind) }, uniquingKeysWith: { first, _ in first })
        return zip(contents.city.zones, contents.zoneLines).flatMap { zone, line in
            zone.inflowMeters.compactMap { meter in
                guard let kind = kinds[meter.sensor] else {
                    return contents.problem(
                        "zones.csv", line, "zone '\(zone.id)': inflow sensor '\(meter.sensor)' is not in sensors.csv",
                        near(meter.sensor.name, kinds.keys.map(\.name), "add it there"))
                }
                if kind == .flow { return nil }
                return contents.problem(
                    "zones.csv", line, "zone '\(zone.id)': inflow sensor '\(meter.sensor)' is a \(kind.rawValue), not a flow",
                    "name the flow meter of the zone's inlet")
            }
        }
    }

    @Sendable static func zonesOfMeters(_ contents: CityContents) -> [InputProblem] {
        unknownZones(
            contents, "meters.csv",
            zip(contents.city.meters, contents.meterLines).flatMap { meter, line in
                ([meter.zone] + meter.earlier.map(\.zone)).map { ("meter '\(meter.id)'", $0, line) }
            })
    }

    @Sendable static func zonesOfSensors(_ contents: CityContents) -> [InputProblem] {
        unknownZones(
            contents, "sensors.csv", zip(contents.city.sensors, contents.sensorLines).map { ("sensor '\($0.id)'", $0.zone, $1) })
    }

    /// More meters than connections in a zone, beyond the slack.
    @Sendable static func metersOfZones(_ contents: CityContents) -> [InputProblem] {
        var counts: [Zone.ID: Int] = [:]
        for meter in contents.city.meters { if let zone = meter.zone { counts[zone, default: 0] += 1 } }
        return zip(contents.city.zones, contents.zoneLines).compactMap { zone, line in
            guard let connections = zone.connections, let meters = counts[zone.id], Double(meters) > Double(connections) * (1 + slackOfSums)
            else { return nil }
            return contents.problem(
                "zones.csv", line, "zone '\(zone.id)' has \(connections) connections and \(meters) meters in meters.csv",
                "mend one of the two")
        }
    }

    @Sendable static func elementsOfSensors(_ contents: CityContents) -> [InputProblem] {
        guard let network = contents.city.network else { return [] }
        let nodes = network.nodeIndex(), links = network.linkIndex()
        return zip(contents.city.sensors, contents.sensorLines).compactMap { sensor, line in
            guard let element = sensor.element else { return nil }
            if sensor.kind == .flow {
                if links[.init(element)] != nil { return nil }
                let remedy = nodes[.init(element)] == nil ? "name a link of network.inp" : "it is a node; a flow is measured in a link"
                return contents.problem("sensors.csv", line, "sensor '\(sensor.id)': the network has no link '\(element)'", remedy)
            }
            guard let index = nodes[.init(element)] else {
                let remedy =
                    links[.init(element)] == nil
                    ? "name a node of network.inp" : "it is a link; a \(sensor.kind.rawValue) is measured at a node"
                return contents.problem("sensors.csv", line, "sensor '\(sensor.id)': the network has no node '\(element)'", remedy)
            }
            if sensor.kind == .level, network.nodes[index].isJunction {
                return contents.problem(
                    "sensors.csv", line, "sensor '\(sensor.id)': '\(element)' is a junction and has no level",
                    "name a tank, or make it a pressure")
            }
            return nil
        }
    }

    @Sendable static func placesOfRepairs(_ contents: CityContents) -> [InputProblem] {
        let links = contents.city.network?.linkIndex()
        let pipes = zip(contents.city.repairs, contents.repairLines).compactMap { repair, line -> InputProblem? in
            guard let pipe = repair.pipe, let links, links[pipe] == nil else { return nil }
            return contents.problem("leaks.csv", line, "the network has no pipe '\(pipe)'", "name a pipe of network.inp, or leave it empty")
        }
        return pipes
            + unknownZones(
                contents, "leaks.csv", zip(contents.city.repairs, contents.repairLines).map { ("repair of \($0.date)", $0.zone, $1) })
    }

    /// Billed consumption above the water put in: units or periods are mixed.
    @Sendable static func balancePeriod(_ contents: CityContents) -> [InputProblem] {
        guard let balance = contents.city.balance else { return [] }
        func sum(_ lines: [BalanceInput.Line]) -> Double { lines.reduce(0) { $0 + (balance.total($1) ?? 0) } }
        let supplied = sum([.ownSources, .imported]) - sum([.exported])
        let known = balance.isGiven(.ownSources) || balance.isGiven(.imported)
        let authorised = sum([.billedMetered, .billedUnmetered, .unbilledMetered, .unbilledUnmetered])
        guard known, authorised > supplied * (1 + slackOfSums) else { return [] }
        return [
            contents.problem(
                "balance.yaml", nil,
                "authorised consumption, \(text(authorised)) m3, is more than the water supplied, \(text(supplied)) m3",
                "check that units and periods of all volumes are the same")
        ]
    }

    private static func unknownZones(
        _ contents: CityContents, _ file: String, _ users: [(name: String, zone: Zone.ID?, line: Int)]
    ) -> [InputProblem] {
        let known = contents.city.zones.map(\.id)
        guard !known.isEmpty else { return [] }
        let set = Set(known)
        return users.compactMap { user in
            guard let zone = user.zone, !set.contains(zone) else { return nil }
            return contents.problem(
                file, user.line, "\(user.name): zone '\(zone)' is not in zones.csv", near(zone.name, known.map(\.name), "add it there"))
        }
    }

    /// Suggests the name that differs in case, blanks and marks only: names such as Z1 and Z2 are near each other and mean different things.
    static func near(_ word: String, _ words: [String], _ otherwise: String) -> String {
        func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
        let meant = words.sorted().first { plain($0) == plain(word) }
        return meant.map { "did you mean '\($0)'? else \(otherwise)" } ?? otherwise
    }

    static func text(_ value: Double) -> String { NumberText.exact((value * 100).rounded() / 100) }
    static func kilometres(_ metres: Double) -> String { NumberText.fixed(metres / 1000, 2) + " km" }
}
