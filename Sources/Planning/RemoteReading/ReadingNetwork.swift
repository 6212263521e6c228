// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import WaterModel

/// Ways to read meters, compared by what they cost over the life of an endpoint, and what must be bought.
public struct ReadingNetwork: Sendable {
    public enum Way: String, Sendable, CaseIterable {
        case walkBy = "walk_by"
        case driveBy = "drive_by"
        case loRaWAN = "lorawan"
        case nbIoT = "nb_iot"
    }

    public struct Option: Sendable {
        public var way: Way
        /// Endpoints, gateways. [currency]
        public var capital: Double?
        /// Reading, connection, upkeep. [currency/year]
        public var operation: Double?
        /// Present cost over `life`, low and high with every figure at its end. [currency]
        public var presentCost: Double?
        public var presentCostLow: Double?
        public var presentCostHigh: Double?
        /// [currency per endpoint and year]
        public var costPerEndpointYear: Double?
        public var gateways: Int
        /// Readings of a meter. [per day]
        public var readingsPerDay: Double
        /// Figure that is not known and left out; nil: nothing is left out.
        public var missing: String?
    }

    /// Meters of one class and diameter.
    public struct EndpointClass: Sendable, Hashable {
        /// `residential` …; nil: there is no register of meters.
        public var customerClass: String?
        /// [mm]
        public var diameter: Int?
        public var count: Int
    }

    /// An item to be bought; nil quantity: to be settled in the tender.
    public struct Item: Sendable {
        /// `endpoints`, `spares`, `gateways`, `sims`, `head_end`, `meter_data_system`, `billing_interface`, `key_handover`, `training`, `pilot`.
        public var name: String
        public var quantity: Double?
        public var unit: String
    }

    public var endpoints: Double
    public var classes: [EndpointClass]
    /// Cheapest first; those without a cost last.
    public var options: [Option]
    /// Of LoRaWAN on the map; nil without a map whose scale is known.
    public var placement: GatewayPlacement?
    /// Metres per unit of the network file's coordinates, from lengths of pipes; nil: unknown.
    public var metresPerUnit: Double?
    /// Without a map, by area; nil where the area is not known.
    public var preDesign: Int?
    public var range: Double
    public var redundancy: Int
    /// Of daily reads. [–]
    public var readSuccess: Double?
    /// [years]
    public var life: Double
    public var items: [Item]
    public var ownsInterfaceAndKeys: Bool?
    /// Whether remote reading is among the measures chosen.
    public var isInProgramme: Bool
}

extension ReadingNetwork {
    /// Metres of a coordinate unit: the median of pipe length over straight distance. nil where fewer than ten pipes tell, or where they
    /// disagree by more than a factor of four between quartiles (a schematic map).
    static func scale(_ network: Network) -> Double? {
        let places = Dictionary(network.nodes.compactMap { node in node.position.map { (node.id, $0) } }, uniquingKeysWith: { a, _ in a })
        let ratios = network.links.compactMap { link -> Double? in
            guard let length = link.pipe?.length, length > 0, let a = places[link.start], let b = places[link.end] else { return nil }
            let distance = ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
            return distance > 0 ? length / distance : nil
        }.sorted()
        guard ratios.count >= 10 else { return nil }
        let low = ratios[ratios.count / 4], high = ratios[3 * ratios.count / 4]
        return high <= 4 * low ? ratios[ratios.count / 2] : nil
    }
}

/// Figures of the reading network: central, low, high. [as the catalogue has them, money in the city's currency]
struct ReadingFigures {
    var values: [String: (central: Double, low: Double, high: Double)]
    func central(_ key: String) -> Double? { values[key]?.central }
}

extension PlanBook {
    /// nil where no meter is known.
    func readingNetwork(_ measures: [PlannedMeasure]) -> ReadingNetwork? {
        let city = inputs.city
        let lot = city.lot.filter { $0.count > 0 }
        let metered = city.meters.isEmpty ? city.profile.meteredConnections.value : Double(city.meters.count)
        guard let count = lot.isEmpty ? metered : lot.reduce(0, { $0 + Double($1.count) }), count > 0 else { return nil }
        let figures = inputs.reading
        guard let range = figures.central("gateway_range"), let messages = figures.central("messages_per_day"),
            let capacity = figures.central("gateway_capacity"), let life = figures.central("endpoint_life"),
            let redundant = figures.central("redundancy")
        else { return nil }
        let redundancy = max(1, Int(redundant.rounded()))
        let scale = lot.isEmpty ? city.network.flatMap(ReadingNetwork.scale) : nil
        let (endpoints, sites) =
            if let network = city.network, let scale {
                Self.places(network, meters: count, scale: scale, spacing: range / 4)
            } else {
                Self.places(city.lot, spacing: range / 4)
            }
        var placement: GatewayPlacement?
        if !endpoints.isEmpty {
            placement = GatewayPlacement(
                endpoints: endpoints, candidates: sites, range: range, redundancy: redundancy, messages: count * messages,
                gatewayCapacity: capacity)
        }
        let gateways = placement?.count
        let options = ReadingNetwork.Way.allCases.map { option($0, meters: count, gateways: gateways, life: life) }
        let best = options.sorted { ($0.presentCost ?? .infinity, $0.way.rawValue) < ($1.presentCost ?? .infinity, $1.way.rawValue) }
        let spare = figures.central("spare_share") ?? 0
        let items: [ReadingNetwork.Item] = [
            .init(name: "endpoints", quantity: count, unit: "pieces"),
            .init(name: "spares", quantity: (count * spare).rounded(.up), unit: "pieces"),
            .init(name: "gateways", quantity: gateways.map(Double.init), unit: "pieces"),
            .init(name: "sims", quantity: best.first?.way == .nbIoT ? count : 0, unit: "pieces"),
            .init(name: "head_end", quantity: 1, unit: "systems"), .init(name: "meter_data_system", quantity: 1, unit: "systems"),
            .init(name: "billing_interface", quantity: 1, unit: "systems"), .init(name: "key_handover", quantity: 1, unit: "contracts"),
            .init(name: "training", quantity: nil, unit: "person_weeks"),
            .init(name: "pilot", quantity: (count * (figures.central("pilot_share") ?? 0)).rounded(.up), unit: "pieces"),
        ]
        return ReadingNetwork(
            endpoints: count, classes: Self.classes(city, count), options: best, placement: placement, metresPerUnit: scale,
            preDesign: nil, range: range, redundancy: redundancy, readSuccess: figures.central("read_success"), life: life, items: items,
            ownsInterfaceAndKeys: city.plan.delivery.ownsInterfaceAndKeys,
            isInProgramme: measures.contains {
                $0.isSelected && $0.catalogueKey == (lot.isEmpty ? "remote_reading" : "first_metering")
            })
    }

    private static func classes(_ city: City, _ count: Double) -> [ReadingNetwork.EndpointClass] {
        let meters =
            city.lot.contains { $0.count > 0 }
            ? city.lot : city.meters.map { LotMeters(customerClass: $0.customerClass, diameter: $0.diameter, count: 1) }
        guard !meters.isEmpty else { return [.init(customerClass: nil, diameter: nil, count: Int(count))] }
        struct Key: Hashable { var name: String; var diameter: Int? }
        let groups = Dictionary(grouping: meters.filter { $0.count > 0 }) {
            Key(name: $0.customerClass.rawValue, diameter: $0.diameter.map { Int(($0 * 1000).rounded()) })
        }
        return groups.sorted { ($0.key.name, $0.key.diameter ?? 0) < ($1.key.name, $1.key.diameter ?? 0) }
            .map { .init(customerClass: $0.key.name, diameter: $0.key.diameter, count: $0.value.reduce(0) { $0 + $1.count }) }
    }

    /// Meters of a lot where they will stand, and sites: places that the lot names for gateways, and of the meters' own one a spacing. [m]
    private static func places(
        _ lot: [LotMeters], spacing: Double
    ) -> (endpoints: [(place: Point, meters: Double)], sites: [Point]) {
        var cells: Set<[Int]> = []
        var sites: [Point] = []
        for meters in lot {
            guard let place = meters.place else { continue }
            let cell = [Int((place.x / spacing).rounded(.down)), Int((place.y / spacing).rounded(.down))]
            if meters.count == 0 || cells.insert(cell).inserted { sites.append(place) }
        }
        // The count of meters without a place is spread over those that have one.
        let placed = lot.filter { $0.place != nil && $0.count > 0 }
        let share = lot.reduce(0.0) { $0 + Double($1.count) } / max(1, placed.reduce(0.0) { $0 + Double($1.count) })
        return (placed.compactMap { meters in meters.place.map { ($0, share * Double(meters.count)) } }, sites)
    }

    /// Meters spread over the junctions by what is drawn there, and sites at tanks, sources and junctions a spacing apart. [m]
    private static func places(
        _ network: Network, meters: Double, scale: Double, spacing: Double
    ) -> (endpoints: [(place: Point, meters: Double)], sites: [Point]) {
        var endpoints: [(place: Point, meters: Double)] = []
        var sites: [Point] = []
        var cells: Set<[Int]> = []
        for node in network.nodes {
            guard let position = node.position else { continue }
            let place = Point(x: position.x * scale, y: position.y * scale)
            let drawn = node.junction?.demands.reduce(0) { $0 + max(0, $1.baseFlow) } ?? 0
            if drawn > 0 { endpoints.append((place, drawn)) }
            let cell = [Int((place.x / spacing).rounded(.down)), Int((place.y / spacing).rounded(.down))]
            if node.junction == nil || cells.insert(cell).inserted { sites.append(place) }
        }
        let total = endpoints.reduce(0) { $0 + $1.meters }
        return (endpoints.map { ($0.place, $0.meters / total * meters) }, sites)
    }

    private func option(_ way: ReadingNetwork.Way, meters: Double, gateways: Int?, life: Double) -> ReadingNetwork.Option {
        let figures = inputs.reading
        let rate = central[inputs.worth.rate]
        let network = way == .loRaWAN ? Double(gateways ?? 0) : 0
        var keys: [(key: String, quantity: Double, isYearly: Bool)] = [
            ("\(way.rawValue)_endpoint", meters, false), ("\(way.rawValue)_operation", meters, true),
        ]
        if way == .loRaWAN { keys += [("gateway_cost", network, false), ("gateway_operation", network, true)] }
        var missing = keys.first { figures.central($0.key) == nil }?.key
        if way == .loRaWAN, gateways == nil { missing = "map" }
        // What it costs to run a gateway is small beside the rest; without the figure it is left out and named.
        let isOpen = missing.map { $0 != "gateway_operation" } ?? false
        func cost(_ end: KeyPath<(central: Double, low: Double, high: Double), Double>) -> (capital: Double, yearly: Double) {
            keys.reduce((0, 0)) { sum, entry in
                let value = (figures.values[entry.key]?[keyPath: end] ?? 0) * entry.quantity
                return entry.isYearly ? (sum.0, sum.1 + value) : (sum.0 + value, sum.1)
            }
        }
        func present(_ end: KeyPath<(central: Double, low: Double, high: Double), Double>) -> Double {
            let (capital, yearly) = cost(end)
            return capital + yearly * CapitalRecovery.annuity(rate: rate, years: life)
        }
        let middle = cost(\.central)
        return ReadingNetwork.Option(
            way: way, capital: isOpen ? nil : middle.capital, operation: isOpen ? nil : middle.yearly,
            presentCost: isOpen ? nil : present(\.central), presentCostLow: isOpen ? nil : present(\.low),
            presentCostHigh: isOpen ? nil : present(\.high),
            costPerEndpointYear: isOpen
                ? nil : CapitalRecovery.annualisedCost(capital: middle.capital, operation: middle.yearly, rate: rate, life: life) / meters,
            gateways: Int(network),
            readingsPerDay: way == .walkBy || way == .driveBy ? 12.0 / 365 : figures.central("messages_per_day") ?? 1,
            missing: missing)
    }
}
