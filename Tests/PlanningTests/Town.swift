// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// A synthetic town with three zones, two of them metered, a month of meter summaries, pressures and one located leak.
enum Town {
    static func city() -> City {
        var profile = CityProfile(name: "Testville", country: "XX", currency: "XTS")
        profile.isSynthetic = true
        profile.population = SourcedValue(20_000, status: .synthetic)
        profile.connections = SourcedValue(5000, status: .synthetic)
        profile.meteredConnections = SourcedValue(4000, status: .measured)
        profile.mainsLength = SourcedValue(60_000, status: .synthetic)
        profile.averagePressure = SourcedValue(45, status: .synthetic)
        profile.supplyHours = SourcedValue(24, status: .synthetic)
        profile.tariff = SourcedValue(2.1, low: 2, high: 2.2, year: "2024", source: "tariff decree", status: .published)
        profile.variableProductionCost = SourcedValue(0.5, low: 0.4, high: 0.6, status: .assumed)
        profile.exchangeRate = SourcedValue(3.7, year: "2024", source: "central bank", status: .published)
        var city = City(profile: profile)
        city.zones = [
            Zone(id: "Z1", name: "North", connections: 2000, mainsLength: 24_000, inflowMeters: [.init(sensor: "F1", sign: 1)]),
            Zone(id: "Z2", name: "South", connections: 1500, mainsLength: 18_000, inflowMeters: [.init(sensor: "F2", sign: 1)]),
            Zone(id: "Z3", name: "Hills", connections: 1500, mainsLength: 18_000),
        ]
        city.meters = (0..<400).map { Meter(id: .init("M\($0)"), zone: "Z1", installed: $0 < 100 ? "1995" : "2022-05-01") }
        city.plan.startYear = 2026
        city.plan.horizonYears = 15
        city.plan.constructionYears = 4
        city.plan.targetRevenueWaterRatio = 0.7
        city.plan.targetYear = 2034
        city.plan.funding = [.init(name: "Grant", kind: .grant, amount: 1_000_000)]
        return city
    }

    /// Of a year of 2 million m³, 56 % of it billed.
    static func balance() -> WaterBalance? {
        func volume(_ value: Double, _ relativeMargin: Double) -> SourcedValue {
            SourcedValue(value, low: value * (1 - relativeMargin), high: value * (1 + relativeMargin), status: .synthetic)
        }
        let input = BalanceInput(
            periodDays: 365,
            volumes: [
                .ownSources: volume(2_000_000, 0.04), .billedMetered: volume(900_000, 0.02), .billedUnmetered: volume(220_000, 0.2),
                .unbilledUnmetered: volume(20_000, 0.5), .unauthorised: volume(40_000, 0.5), .meteringInaccuracy: volume(60_000, 0.4),
                .dataHandling: volume(10_000, 0.5),
            ])
        return try? WaterBalance(input)
    }

    static func assessment(of city: City = city()) -> CityAssessment {
        let second = 365.0 * 86_400
        let real = [300_000.0, 150_000].map { Estimate($0 / second, relativeMargin95: 0.2) }
        let zones = zip(city.zones, real).map { zone, loss in
            ZoneAssessment(zone: zone, inflow: Estimate(0.02), registeredConsumption: Estimate(0.01), realLoss: loss)
        }
        var nodes: [PressureSurvey.NodePressure] = []
        for index in 0..<30 {
            let zone = city.zones[index % 3].id
            nodes.append(.init(node: .init("N\(index)"), zone: zone, peak: 35 + Double(index), night: 45 + Double(index)))
        }
        let meters = (0..<400).map {
            MeterSummary(meter: .init("M\($0)"), zone: "Z1", isStuck: $0 >= 380, volume: $0 >= 380 ? 0 : 12 + Double($0 % 7))
        }
        let leak = LeakFinding(
            isDetected: true, pValue: 0.001, start: nil, flow: 0.001, flowLow95: 0.0006, flowHigh95: 0.0014, candidates: [],
            credibleSet90: [], zone: "Z1")
        return CityAssessment(
            level: .networkModel, balance: balance(), zones: zones, meters: meters,
            pressures: PressureSurvey(nodes: nodes, peakHour: 7, nightHour: 3, converged: true), leaks: [leak])
    }

    /// Totals only: a balance and a profile.
    static func poor() -> (City, CityAssessment) {
        var city = city()
        city.zones = []
        city.meters = []
        return (city, CityAssessment(level: .totals, balance: balance()))
    }
}
