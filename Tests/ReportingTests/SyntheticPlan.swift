// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import WaterLoss
import WaterModel

/// An invented town, to look at documents with. No figure here is a fact about any place.
enum SyntheticPlan {
    /// - columns, rows: nodes of the grid; 10 × 6 nodes by default.
    /// - prefix: put before every name that an input file could give.
    static func plan(columns: Int = 10, rows: Int = 6, prefix: String = "") -> ImprovementPlan {
        let network = network(columns: columns, rows: rows, prefix: prefix)
        var city = City(profile: profile(prefix))
        city.network = network
        city.zones = zones(prefix)
        city.balance = balanceInput
        city.plan.targetRevenueWaterRatio = 0.75
        city.plan.targetYear = 2035
        city.plan.budget = 2_500_000
        city.plan.funding = [
            .init(name: prefix + "Example donor", kind: .grant, amount: 900_000),
            .init(name: "Town budget", kind: .ownFunds, amount: 400_000),
        ]
        let nights = zoneAssessments(city.zones)
        let assessment = CityAssessment(
            level: .networkModel, balance: try? WaterBalance(balanceInput), indicators: indicators, zones: nights,
            pressures: pressures(of: network),
            leaks: [leak(in: network)], gaps: ["Customer readings cover 62 % of the meters; the rest is scaled."])
        return ImprovementPlan(
            city: city, assessment: assessment, measures: measures(prefix),
            selection: .init(
                objective: .netPresentValue, budget: 2_500_000, capital: 1_930_000, netPresentValue: 1_640_000, volumeSaved: 420_000,
                isProvenOptimal: true), trajectory: trajectory, cashFlow: cashFlow,
            finance: .init(
                netPresentValue: Estimate(1_640_000, margin95: 780_000), internalRateOfReturn: 0.187, benefitCostRatio: 1.62, payback: 6.4,
                costPerCubicMetre: 0.74), assumptions: assumptions, warnings: ["Unit costs are single press cases; ranges are wide."])
    }

    static func network(columns: Int, rows: Int, prefix: String) -> Network {
        var network = Network()
        func id(_ column: Int, _ row: Int) -> Node.ID { Node.ID("\(prefix)J\(row * columns + column + 1)") }
        for row in 0..<rows {
            for column in 0..<columns {
                let wave = sin(Double(column * 7 + row * 3))
                network.nodes.append(
                    Node(
                        id: id(column, row), elevation: 760 + 4 * Double(column), kind: .junction(Junction()),
                        position: Point(
                            x: 1000 + 120 * Double(column) + 24 * wave, y: 5000 + 105 * Double(row) + 22 * cos(Double(column * 5 + row))),
                        tag: "Z\(min(4, column * 5 / columns) + 1)"))
            }
        }
        func pipe(_ from: Node.ID, _ to: Node.ID) {
            network.links.append(
                Link(
                    id: Link.ID("\(prefix)P\(network.links.count + 1)"), start: from, end: to,
                    kind: .pipe(Pipe(length: 95 + Double(network.links.count % 7) * 11, diameter: 0.1, roughness: 120)), status: .open))
        }
        for row in 0..<rows {
            for column in 0..<columns {
                if column + 1 < columns { pipe(id(column, row), id(column + 1, row)) }
                if row + 1 < rows, (column + row) % 3 != 0 { pipe(id(column, row), id(column, row + 1)) }
            }
        }
        let tank = Node(
            id: Node.ID(prefix + "Tank"), elevation: 830,
            kind: .tank(Tank(initialLevel: 2, minimumLevel: 0, maximumLevel: 4, diameter: 12)),
            position: Point(x: 900, y: 5000 + 105 * Double(rows)))
        network.nodes.append(tank)
        network.links.append(
            Link(
                id: Link.ID(prefix + "V1"), start: tank.id, end: id(0, rows - 1),
                kind: .valve(Valve(kind: .pressureReducing, diameter: 0.15, setting: 40)), status: .active))
        return network
    }

    static func profile(_ prefix: String) -> CityProfile {
        var profile = CityProfile(name: prefix + "Example Town", country: "PE", currency: "PEN", timeZone: "America/Lima")
        profile.isSynthetic = true
        profile.utility = prefix + "Example Water Utility"
        profile.notes = ["All volumes, readings and the network are invented by the test."]
        profile.population = SourcedValue(24_000, year: "2024", source: "Example census", status: .synthetic)
        profile.connections = SourcedValue(5_200, low: 5_100, high: 5_300, year: "2025", source: "Example register", status: .synthetic)
        profile.meteredConnections = SourcedValue(3_200, year: "2025", source: "Example register", status: .synthetic)
        profile.mainsLength = SourcedValue(61_500, low: 58_000, high: 65_000, year: "2023", source: "Example drawings", status: .assumed)
        profile.averagePressure = SourcedValue(38, low: 32, high: 44, status: .assumed)
        profile.supplyHours = SourcedValue(24, year: "2025", source: "Example log", status: .synthetic)
        profile.tariff = SourcedValue(1.85, year: "2025", source: "Example tariff", status: .synthetic)
        profile.variableProductionCost = SourcedValue(0.42, low: 0.35, high: 0.5, status: .unverified)
        profile.facts = [
            CityFact(
                item: "programme budget (final)", unit: "PEN",
                value: SourcedValue(2_476_000, year: "2018", source: "First newspaper", status: .contested)),
            CityFact(
                item: "programme budget (earlier)", unit: "PEN",
                value: SourcedValue(2_100_000, year: "2017", source: "Second newspaper", status: .contested)),
            CityFact(
                item: "province area", unit: "km2", value: SourcedValue(4_732, year: "2007", source: "Example atlas", status: .published)),
        ]
        return profile
    }

    static func zones(_ prefix: String) -> [Zone] {
        [("Z1", "Upper town", 860), ("Z2", "Market", 1_240), ("Z3", "Riverside", 1_310), ("Z4", "Station", 930), ("Z5", "Lower town", 860)]
            .map {
                Zone(id: Zone.ID($0.0), name: prefix + $0.1, connections: $0.2, mainsLength: Double($0.2) * 11.8, averagePressure: 36)
            }
    }

    static var balanceInput: BalanceInput {
        func volume(_ value: Double, _ margin: Double) -> SourcedValue {
            SourcedValue(value, low: value - margin, high: value + margin, year: "2025", source: "Example records", status: .synthetic)
        }
        return BalanceInput(
            periodStart: "2025-01-01", periodDays: 365,
            volumes: [
                .ownSources: volume(1_825_000, 73_000), .billedMetered: volume(740_000, 15_000), .billedUnmetered: volume(310_000, 46_000),
                .unbilledMetered: volume(12_000, 600), .unbilledUnmetered: volume(23_000, 11_000), .unauthorised: volume(36_000, 27_000),
                .meteringInaccuracy: volume(81_000, 24_000), .dataHandling: volume(9_000, 9_000),
            ])
    }

    static var indicators: [LossIndicator] {
        [
            LossIndicator(
                kind: .revenueWaterRatio, value: Estimate(0.5753, margin95: 0.035), unit: "–",
                source: "revenue water / water supplied (IWA)"),
            LossIndicator(
                kind: .realLossesPerConnection, value: Estimate(323, margin95: 51), unit: "L/conn/d", source: "CARL / connections (IWA)"),
            LossIndicator(
                kind: .infrastructureLeakageIndex, value: Estimate(6.9, margin95: 1.6), unit: "–",
                source: "CARL / UARL (Lambert et al. 1999)",
                flags: ["The average pressure is assumed, not measured."]),
            LossIndicator(
                kind: .costOfNonRevenueWater, value: Estimate(492_000, margin95: 61_000), unit: "PEN/year",
                source: "losses at tariff and production cost"),
        ]
    }

    static func zoneAssessments(_ zones: [Zone]) -> [ZoneAssessment] {
        zones.enumerated().map { index, zone in
            let inflow = [8.2, 14.1, 16.4, 9.3, 9.8][index % 5] / 1000
            let leak = [2.1, 4.6, 7.4, 2.6, 3.1][index % 5] / 1000
            guard index != 3 else { return ZoneAssessment(zone: zone) }
            let nightly = (0..<28).map { day -> (day: Instant, flow: Double?) in
                let jump = index == 2 && day > 16 ? 0.0021 : 0
                return (
                    Instant(year: 2025, month: 3, day: 1) + day * 86_400,
                    day == 9 ? nil : leak + 0.0009 + jump + 0.0002 * sin(Double(day * (index + 2)))
                )
            }
            let night = ZoneNightFlow(
                zone: zone.id, nights: 27, minimumNightFlow: Estimate(leak + 0.0009, margin95: 0.0002),
                legitimateNightUse: Estimate(0.0009, margin95: 0.0003), nightLeakage: Estimate(leak, margin95: 0.00036),
                nightDayFactor: Estimate(21.5, margin95: 1.4), dailyLeakage: Estimate(leak * 0.9, margin95: 0.0005), nightly: nightly)
            return ZoneAssessment(
                zone: zone, inflow: Estimate(inflow, relativeMargin95: 0.03),
                registeredConsumption: Estimate(inflow - leak * 1.1, relativeMargin95: 0.02),
                loss: Estimate(leak * 1.1, relativeMargin95: 0.12), nightFlow: night, realLoss: Estimate(leak * 0.9, margin95: 0.0005))
        }
    }

    static func pressures(of network: Network) -> PressureSurvey {
        PressureSurvey(
            nodes: network.nodes.filter(\.isJunction).enumerated().map { index, node in
                let night = 74 - (node.elevation - 760) * 1.4 + 6 * sin(Double(index))
                return .init(node: node.id, zone: node.tag.map { Zone.ID($0) }, peak: night * 0.8, night: night)
            }, peakHour: 7, nightHour: 3, converged: true)
    }

    static func leak(in network: Network) -> LeakFinding {
        let pipes = network.links.compactMap { link in link.pipe.map { (link.id, $0.length) } }
        let centre = pipes.count * 5 / 9
        let weights = pipes.indices.map { exp(-0.35 * Double(abs($0 - centre))) + 1e-4 }
        let total = weights.reduce(0, +)
        let candidates = pipes.indices.map {
            LeakFinding.Candidate(pipe: pipes[$0].0, probability: weights[$0] / total, length: pipes[$0].1)
        }
        .sorted { ($0.probability / $0.length, $1.pipe.name) > ($1.probability / $1.length, $0.pipe.name) }
        return LeakFinding(
            isDetected: true, pValue: 0.0004, start: Instant(year: 2025, month: 3, day: 18, hour: 4), flow: 0.0021, flowLow95: 0.0016,
            flowHigh95: 0.0027, candidates: candidates, credibleSet90: candidates.prefix(11).map(\.pipe), zone: "Z3")
    }

    static func measures(_ prefix: String) -> [PlannedMeasure] {
        let list: [(String, PlannedMeasure.Target, Double, String, Double, Double, Double, Double)] = [
            ("pressure_management", .realLosses, 12, "valves", 420_000, 25_000, 15, 90_000),
            ("large_meter_replacement", .apparentLosses, 180, "meters", 180_000, 12_000, 10, 38_000),
            ("active_leak_control", .realLosses, 61_500, "m", 150_000, 60_000, 3, 140_000),
            ("service_renewal", .realLosses, 900, "connections", 620_000, 5_000, 30, 95_000),
            ("meter_replacement", .apparentLosses, 2_400, "meters", 288_000, 9_000, 10, 40_000),
            ("illegal_use_census", .apparentLosses, 5_200, "connections", 70_000, 14_000, 5, 22_000),
            ("mains_renewal", .realLosses, 12_000, "m", 2_400_000, 0, 50, 120_000),
            ("remote_reading", .apparentLosses, 5_200, "meters", 730_000, 31_000, 12, 18_000),
        ]
        var measures = list.enumerated().map { index, m -> PlannedMeasure in
            measure(id: m.0, key: m.0, m.1, zone: nil, m.2, m.3, m.4, m.5, m.6, m.7, isSelected: index < 4)
        }
        for (zone, volume) in [("Z2", 31_000.0), ("Z3", 52_000), ("Z5", 14_000)] {
            measures.append(
                measure(
                    id: "district_metering:\(zone)", key: "district_metering", .realLosses, zone: Zone.ID(zone), 1, "zones", 64_000, 4_000,
                    15,
                    volume, isSelected: zone == "Z3"))
        }
        measures.append(
            measure(
                id: prefix + "own idea", key: prefix + "own idea", .supply, zone: nil, 1, "lot", 90_000, 2_000, 20, 6_000, isSelected: false
            ))
        measures[2].prerequisites = ["district_metering:Z3"]
        measures[7].exclusions = ["meter_replacement"]
        return measures.sorted { ($0.costPerCubicMetre ?? 0, $0.id) < ($1.costPerCubicMetre ?? 0, $1.id) }
    }

    private static func measure(
        id: String, key: String, _ target: PlannedMeasure.Target, zone: Zone.ID?, _ quantity: Double, _ unit: String, _ capital: Double,
        _ operation: Double, _ life: Double, _ volume: Double, isSelected: Bool
    ) -> PlannedMeasure {
        let factor = 0.08 * pow(1.08, life) / (pow(1.08, life) - 1)
        let cost = (capital * factor + operation) / volume
        let worth = target == .apparentLosses ? 1.85 : 0.9
        return PlannedMeasure(
            id: id, catalogueKey: key, target: target, zone: zone, quantity: quantity, quantityUnit: unit,
            capital: Estimate(capital, relativeMargin95: 0.3), operation: Estimate(operation, relativeMargin95: 0.2), life: life,
            volumeSaved: Estimate(volume, relativeMargin95: 0.35), waterValue: worth, costPerCubicMetre: cost,
            netPresentValue: (worth - cost) * volume * 8, prerequisites: [], exclusions: [], isSelected: isSelected,
            startYear: isSelected ? 2027 : nil)
    }

    static var trajectory: [ImprovementPlan.TrajectoryYear] {
        (0..<15).map { (index: Int) -> ImprovementPlan.TrajectoryYear in
            let t = Double(index)
            let with: Double = 0.575 + 0.2 * (1 - exp(-t / 3.2))
            let lossesWith: Double = 614_000 * (0.38 + 0.62 * exp(-t / 3))
            return ImprovementPlan.TrajectoryYear(
                year: 2027 + index, revenueWaterRatioWithout: Estimate(0.575 - 0.006 * t, margin95: 0.035 + 0.003 * t),
                revenueWaterRatioWith: Estimate(with, margin95: 0.035 + 0.002 * t), realLossesWithout: 614_000 * pow(1.012, t),
                realLossesWith: lossesWith)
        }
    }

    static var cashFlow: [ImprovementPlan.CashFlowYear] {
        (0..<15).map { (index: Int) -> ImprovementPlan.CashFlowYear in
            let capital: Double = index < 5 ? 386_000 : 0
            let benefit: Double = 62_000 * Double(min(index + 1, 6))
            let funding: Double = index < 4 ? 325_000 : 0
            return ImprovementPlan.CashFlowYear(year: 2027 + index, capital: capital, operation: 95_000, benefit: benefit, funding: funding)
        }
    }

    static var assumptions: [ImprovementPlan.Assumption] {
        [
            .init(item: "discount_rate", unit: "%/year", value: SourcedValue(8, low: 6, high: 10, status: .assumed), usedIn: "finance"),
            .init(
                item: "leakage_exponent", unit: "–", value: SourcedValue(1, low: 0.5, high: 1.5, source: "FAVAD", status: .published),
                usedIn: "measures"),
            .init(
                item: "PRV price", unit: "PEN",
                value: SourcedValue(35_000, low: 20_000, high: 60_000, year: "2025", source: "Example offer", status: .unverified),
                usedIn: "measures"),
        ]
    }
}
