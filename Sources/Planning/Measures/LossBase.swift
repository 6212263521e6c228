// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// What there is to save: real losses by area, apparent losses by cause, unmetered use; volumes of a year, each a figure with its spread.
struct LossBase {
    /// A zone, or the part of the system (or all of it) outside the zones.
    struct Area {
        /// nil: outside the zones.
        var zone: Zone?
        var connections: Double?
        /// [m]
        var mainsLength: Double?
        /// Its inflow is measured already.
        var isMetered: Bool
        /// Figure × weight; their sum is the area's real loss. [m³/year]
        var losses: [(figure: Int, weight: Double)] = []
        /// Part of the city's billed use; nil where it is not known. [–]
        var useShare: Double?

        var suffix: String { zone.map { ":\($0.id.name)" } ?? "" }
        var name: String { zone.map { "zone \($0.id.name)" } ?? "the system outside the zones" }

        func loss(_ draw: [Double]) -> Double { max(0, losses.reduce(0) { $0 + draw[$1.figure] * $1.weight }) }
    }

    var areas: [Area] = []
    /// Figures by `SizedMeasure.Apparent`; nil where there is no balance. [m³/year]
    var apparent: [Int?] = [nil, nil, nil]
    /// Billed but not metered. [m³/year]
    var unmeteredUse: Int?
    /// Billed by meter. [m³/year]
    var meteredUse: Int?
    /// Billed. [m³/year]
    var revenueWater = 0.0
    /// Used by right and not billed. [m³/year]
    var unbilled = 0.0
    /// False where neither a balance nor zone flows tell the revenue water.
    var knowsRevenue = false

    func apparentLosses(_ draw: [Double]) -> [Double] { apparent.map { $0.map { draw[$0] } ?? 0 } }

    static let secondsPerYear = 365.0 * 86_400

    init(city: City, assessment: CityAssessment, figures: inout Figures, warnings: inout [String]) {
        let balance = assessment.balance.flatMap { $0.periodDays > 0 ? $0 : nil }
        if let balance { readBalance(balance, &figures, &warnings) }
        readAreas(city: city, assessment: assessment, balance: balance, &figures, &warnings)
        if balance == nil { readZoneTotals(assessment, &figures) }
        shareUse(city)
    }

    private mutating func readBalance(_ balance: WaterBalance, _ figures: inout Figures, _ warnings: inout [String]) {
        let year = 365 / balance.periodDays
        let lines: [(String, Estimate)] = [
            ("unauthorised", balance.unauthorised), ("metering_inaccuracy", balance.meteringInaccuracy),
            ("data_handling", balance.dataHandling),
        ]
        for (index, line) in lines.enumerated() {
            apparent[index] = figures.add(
                "balance.\(line.0)", unit: "m³/year", year * line.1, status: .computed, source: "water balance of the period, per year")
        }
        if balance.billedUnmetered.value > 0 {
            unmeteredUse = figures.add(
                "balance.billed_unmetered", unit: "m³/year", year * balance.billedUnmetered, status: .computed,
                source: "water balance of the period, per year")
        }
        if balance.billedMetered.value > 0 {
            meteredUse = figures.add(
                "balance.billed_metered", unit: "m³/year", year * balance.billedMetered, status: .computed,
                source: "water balance of the period, per year")
        }
        revenueWater = max(0, year * balance.revenueWater.value)
        unbilled = max(0, year * balance.unbilledAuthorised.value)
        knowsRevenue = revenueWater > 0
        if balance.realLosses.value <= 0 {
            warnings.append("The balance leaves no real losses; measures against leakage save nothing by it.")
        } else if balance.realLosses.low95 < 0 {
            warnings.append(
                "The 95 % interval of the balance's real losses reaches below zero, which leakage cannot: the errors of the volumes are as large "
                    + "as what they leave for it. Measure before money is spent on leakage.")
        }
    }

    /// Real losses of zones and balance brought together, so that their sum is one figure of what the city loses.
    private mutating func readAreas(
        city: City, assessment: CityAssessment, balance: WaterBalance?, _ figures: inout Figures, _ warnings: inout [String]
    ) {
        let known = Dictionary(assessment.zones.map { ($0.zone.id, $0) }, uniquingKeysWith: { first, _ in first })
        var zones = city.zones
        for zone in assessment.zones.map(\.zone) where !zones.contains(where: { $0.id == zone.id }) { zones.append(zone) }
        zones.sort { $0.id < $1.id }
        let total = balance.map { 365 / $0.periodDays * $0.realLosses }
        let lengths = Self.networkLengths(city)
        let length = city.profile.mainsLength.value ?? city.network.map(\.pipeLength)
        var measured: [(area: Int, loss: Estimate)] = []
        var open: [Int] = []
        for zone in zones {
            let assessed = known[zone.id]
            areas.append(
                Area(
                    zone: zone, connections: zone.connections.map(Double.init), mainsLength: zone.mainsLength ?? lengths[zone.id.name],
                    isMetered: !zone.inflowMeters.isEmpty || assessed?.inflow != nil))
            if let loss = assessed?.realLoss, loss.value.isFinite {
                measured.append((areas.count - 1, Self.secondsPerYear * loss))
                if loss.value < 0 { warnings.append("Zone \(zone.id): real loss comes out below zero; it counts as none.") }
            } else {
                open.append(areas.count - 1)
            }
        }
        let sum = measured.reduce(Estimate(0)) { $0 + Estimate(max(0, $1.loss.value), standardDeviation: $1.loss.standardDeviation) }
        let connections = city.profile.connections.value
        let covered = zones.reduce(0.0) { $0 + Double($1.connections ?? 0) }
        // A remainder below a twentieth of the connections is taken for rounding of the two counts.
        let hasRemainder = zones.isEmpty || (open.isEmpty && (connections.map { covered < 0.95 * $0 } ?? false) && total != nil)
        if hasRemainder, total != nil {
            areas.append(
                Area(
                    zone: nil, connections: connections.map { max(0, $0 - covered) },
                    mainsLength: length.map { max(0, $0 - areas.reduce(0) { $0 + ($1.mainsLength ?? 0) }) }, isMetered: false))
            open.append(areas.count - 1)
        }
        var scale = 1.0
        if let total {
            if open.isEmpty {
                scale = Self.reconcile(total: total, zones: sum, &warnings)
            } else {
                spread(total: total, zones: sum, over: open, &figures, &warnings)
            }
        } else if !open.isEmpty {
            warnings.append("Without a balance, zones without inflow and readings have no known loss: nothing is planned for them.")
        }
        for (area, loss) in measured {
            let index = figures.add(
                "zone.\(areas[area].zone?.id.name ?? "").real_loss", unit: "m³/year", scale * loss, status: .computed,
                source: "night flow, or inflow less registered use")
            areas[area].losses = [(index, 1)]
        }
        areas.removeAll { $0.losses.isEmpty }
    }

    /// Factor on the zones' losses that brings their sum to the mean of both figures, each weighted by its certainty.
    private static func reconcile(total: Estimate, zones: Estimate, _ warnings: inout [String]) -> Double {
        let difference = total - zones
        if abs(difference.value) > difference.margin95, difference.margin95 > 0 {
            warnings.append(
                "Real losses by the balance (\(text(total.value)) m³/year) and by the zones (\(text(zones.value)) m³/year) differ by more "
                    + "than their intervals allow; the plan uses their weighted mean.")
        }
        guard zones.value > 0, total.value > 0 else { return 1 }
        let (a, b) = (total.standardDeviation, zones.standardDeviation)
        guard a + b > 0 else { return (total.value + zones.value) / (2 * zones.value) }
        let weight = b * b / (a * a + b * b)
        return (weight * total.value + (1 - weight) * zones.value) / zones.value
    }

    /// Billed use of each area, as its part of the connections.
    private mutating func shareUse(_ city: City) {
        if areas.count == 1 { areas[0].useShare = 1 }
        guard areas.count > 1 else { return }
        let whole = max(city.profile.connections.value ?? 0, areas.reduce(0) { $0 + ($1.connections ?? 0) })
        guard whole > 0 else { return }
        for index in areas.indices { areas[index].useShare = areas[index].connections.map { $0 / whole } }
    }

    /// What the zones leave of the total, spread over the areas without a figure of their own by connections.
    private mutating func spread(
        total: Estimate, zones: Estimate, over open: [Int], _ figures: inout Figures, _ warnings: inout [String]
    ) {
        let rest = total - zones
        if rest.value <= 0 {
            warnings.append("The zones that are measured lose as much as the whole balance: nothing is left for the rest of the system.")
        }
        let figure = figures.add(
            "balance.real_losses_outside_measured_zones", unit: "m³/year",
            Estimate(max(0, rest.value), standardDeviation: rest.standardDeviation),
            status: .computed, source: "real losses of the balance less those of the measured zones")
        let sizes = open.map { areas[$0].connections ?? 0 }
        let whole = sizes.reduce(0, +)
        let shares = whole > 0 && !sizes.contains(0) ? sizes.map { $0 / whole } : open.map { _ in 1 / Double(open.count) }
        if open.count > 1 {
            warnings.append(
                "\(open.count) zones have no loss of their own: the balance is spread over them by \(whole > 0 ? "connections" : "equal parts")."
            )
        }
        for (area, share) in zip(open, shares) { areas[area].losses = [(figure, share)] }
    }

    /// Revenue water from the zones' own flows, where there is no balance.
    private mutating func readZoneTotals(_ assessment: CityAssessment, _ figures: inout Figures) {
        let whole = assessment.zones.filter { $0.inflow != nil && $0.registeredConsumption != nil }
        guard !whole.isEmpty else { return }
        let inflow = whole.reduce(0) { $0 + ($1.inflow?.value ?? 0) } * Self.secondsPerYear
        revenueWater = whole.reduce(0) { $0 + ($1.registeredConsumption?.value ?? 0) } * Self.secondsPerYear
        let lost = whole.reduce(0) { $0 + max(0, $1.realLoss?.value ?? 0) } * Self.secondsPerYear
        unbilled = max(0, inflow - revenueWater - lost)
        knowsRevenue = revenueWater > 0
        meteredUse = figures.add(
            "zones.registered_use", unit: "m³/year",
            whole.reduce(Estimate(0)) { $0 + Self.secondsPerYear * ($1.registeredConsumption ?? Estimate(0)) }, status: .computed,
            source: "registered use of the zones")
    }

    /// Length of pipe with both ends in a zone, by the zone's name. [m]
    static func networkLengths(_ city: City) -> [String: Double] {
        guard let network = city.network else { return [:] }
        let zone = Dictionary(network.nodes.map { ($0.id, $0.tag) }, uniquingKeysWith: { first, _ in first })
        var lengths: [String: Double] = [:]
        for link in network.links {
            guard let pipe = link.pipe, let tag = zone[link.start] ?? nil, tag == zone[link.end] ?? nil else { continue }
            lengths[tag, default: 0] += pipe.length
        }
        return lengths
    }
}

/// A number for a sentence: no decimals from a hundred up, three digits below.
func text(_ value: Double) -> String {
    guard value.isFinite else { return "–" }
    if value == 0 { return "0" }
    var digits = 0
    var size = abs(value)
    while size < 100, digits < 4 {
        size *= 10
        digits += 1
    }
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    let rounded = (value * scale).rounded() / scale
    if digits > 0, rounded != rounded.rounded() { return "\(rounded)" }
    let whole = rounded.rounded()
    guard abs(whole) < 1e15 else { return "\(whole)" }
    var digitsText = String(Int(abs(whole)))
    var grouped = ""
    while digitsText.count > 3 {
        grouped = "," + digitsText.suffix(3) + grouped
        digitsText = String(digitsText.dropLast(3))
    }
    return (whole < 0 ? "−" : "") + digitsText + grouped
}
