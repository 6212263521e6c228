// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

extension MeasureSizing {
    /// Measures on meters, reading, billing and illegal use, for the whole city.
    mutating func sizeApparent() {
        let replacements = ["stuck", "old"].map { "meter_replacement:\($0)" }
        offer("first_metering", in: nil) { sizing throws(Reason) in try sizing.firstMetering() }
        if !catalogue.excluded.contains("meter_replacement") {
            let stuck = assessment.meters.filter(\.isStuck)
            if !stuck.isEmpty { offer("meter_replacement", in: nil) { sizing throws(Reason) in try sizing.stuckMeters(stuck) } }
            offer("meter_replacement", in: nil) { sizing throws(Reason) in try sizing.oldMeters() }
        }
        offer("remote_reading", in: nil) { sizing throws(Reason) in
            var measure = try sizing.reading("remote_reading")
            measure.exclusions = ["walk_by_reading"] + replacements
            return measure
        }
        offer("walk_by_reading", in: nil) { sizing throws(Reason) in
            var measure = try sizing.reading("walk_by_reading")
            measure.exclusions = ["remote_reading"] + replacements
            return measure
        }
        offer("illegal_use_census", in: nil) { sizing throws(Reason) in try sizing.census() }
        offer("billing_clean_up", in: nil) { sizing throws(Reason) in try sizing.billing() }
    }

    private func measure(
        _ id: String, _ key: String, target: PlannedMeasure.Target = .apparentLosses, quantity: Double, unit: String,
        capital: [SizedMeasure.Cost], operation: [SizedMeasure.Cost] = [], effect: SizedMeasure.Effect, life: Int, decay: Int? = nil,
        buildYears: Int
    ) -> SizedMeasure {
        SizedMeasure(
            id: id, key: key, target: target, zone: nil, quantity: quantity, unit: unit, capital: capital, operation: operation,
            effect: effect, life: life, decay: decay, start: 0, buildYears: max(1, buildYears))
    }

    private mutating func firstMetering() throws(Reason) -> SizedMeasure {
        guard let connections = city.profile.connections.value, let metered = city.profile.meteredConnections.value else {
            throw Reason("the number of connections, or of metered ones, is not known")
        }
        guard connections > metered else { throw Reason("every connection is metered") }
        guard let use = base.unmeteredUse else { throw Reason("the balance has no billed unmetered use") }
        let unmetered = connections - metered
        // A lot that is laid out is read from afar, and takes its own part of the use: each connection the same.
        let lot = city.lot.reduce(0.0) { $0 + Double($1.count) }
        let count = lot > 0 ? min(lot, unmetered) : unmetered
        let source = lot > 0 ? "remote_reading" : "first_metering"
        return measure(
            "first_metering", "first_metering", target: .supply, quantity: count, unit: "meters",
            capital: [.rate(count, try figure(source, "unit_cost"))],
            operation: lot > 0 ? [.rate(count, try figure(source, "operation_cost"))] : [],
            effect: .demand(use: use, share: try figure("first_metering", "use_reduction"), part: count / unmetered),
            life: try figure("first_metering", "life"), buildYears: years)
    }

    /// Metered connections: by the register where there is one. [–]
    private var meterCount: Double? {
        city.meters.isEmpty ? city.profile.meteredConnections.value : Double(city.meters.count)
    }

    /// Volume of a year through a meter of each class: the balance's metered volume over its meters, divided as the readings divide. [m³/year]
    private func volumePerMeter() throws(Reason) -> (of: [Meter.CustomerClass: Double], mean: Double, spread: Double) {
        guard let balance = assessment.balance, balance.periodDays > 0, balance.billedMetered.value > 0 else {
            throw Reason("the metered volume of the balance is not known")
        }
        guard let count = meterCount, count > 0 else { throw Reason("the number of metered connections is not known") }
        let stuck = assessment.meters.count(where: \.isStuck)
        let mean = balance.billedMetered.value * 365 / balance.periodDays / max(1, count - Double(stuck))
        let classes = Dictionary(city.meters.map { ($0.id, $0.customerClass) }, uniquingKeysWith: { first, _ in first })
        let working = assessment.meters.filter { !$0.isStuck && $0.volume.isFinite && $0.volume >= 0 }
        let overall = working.reduce(0) { $0 + $1.volume } / Double(max(1, working.count))
        guard overall > 0 else { return ([:], mean, 0.5) }
        let variance = working.reduce(0) { $0 + ($1.volume - overall) * ($1.volume - overall) } / Double(working.count)
        var ofClass: [Meter.CustomerClass: Double] = [:]
        for (name, group) in Dictionary(grouping: working, by: { classes[$0.meter] ?? .residential }) {
            ofClass[name] = mean * group.reduce(0) { $0 + $1.volume } / Double(group.count) / overall
        }
        return (ofClass, mean, variance.squareRoot() / overall)
    }

    private mutating func stuckMeters(_ stuck: [MeterSummary]) throws(Reason) -> SizedMeasure {
        let cost = try figure("meter_replacement", "unit_cost")
        let life = try figure("meter_replacement", "life")
        let use = try volumePerMeter()
        let classes = Dictionary(city.meters.map { ($0.id, $0.customerClass) }, uniquingKeysWith: { first, _ in first })
        let sum = stuck.reduce(0) { $0 + (use.of[classes[$1.meter] ?? .residential] ?? use.mean) }
        let count = Double(stuck.count)
        // Customers differ; the mean of n of them differs by 1/√n of that.
        let volume = figures.add(
            "meters.stuck_volume", unit: "m³/year", Estimate(sum, standardDeviation: sum * use.spread / count.squareRoot()),
            status: .computed,
            source: "stuck meters × mean use of a working meter of their class")
        return measure(
            "meter_replacement:stuck", "meter_replacement", quantity: count, unit: "meters", capital: [.rate(count, cost)],
            effect: .meterVolume(volume), life: life, buildYears: 1)
    }

    /// Meters older than it pays to keep them; without a register of ages, every meter.
    private mutating func oldMeters() throws(Reason) -> SizedMeasure {
        let cost = try figure("meter_replacement", "unit_cost")
        let life = try figure("meter_replacement", "life")
        let dated = city.meters.compactMap { meter in meter.installed.flatMap { Int($0.prefix(4)) }.map { (meter, $0) } }
        if dated.isEmpty {
            guard let count = meterCount, count > 0 else { throw Reason("the number of metered connections is not known") }
            guard base.apparent[SizedMeasure.Apparent.metering.rawValue] != nil else { throw Reason("there is no balance") }
            return measure(
                "meter_replacement:old", "meter_replacement", quantity: count, unit: "meters", capital: [.rate(count, cost)],
                effect: .recover(.metering, try figure("meter_replacement", "recovered_share")), life: life, buildYears: years)
        }
        let growth = try figure("meter_replacement", "under_registration_growth")
        let use = try volumePerMeter()
        let stuck = Set(assessment.meters.filter(\.isStuck).map(\.meter))
        var count = 0.0, basis = 0.0
        for (meter, installed) in dated where !stuck.contains(meter.id) {
            let volume = use.of[meter.customerClass] ?? use.mean
            let replacement = MeterReplacement(cost: central(cost), growth: central(growth), volume: volume, tariff: tariff)
            let age = Double(city.plan.startYear - installed)
            guard age > replacement.discountedPeriod(rate: rate) else { continue }
            count += 1
            basis += volume * age
        }
        guard count > 0 else { throw Reason("no meter is older than it pays to keep it") }
        return measure(
            "meter_replacement:old", "meter_replacement", quantity: count, unit: "meters", capital: [.rate(count, cost)],
            effect: .meterAge(basis: basis, growth: growth), life: life, buildYears: years)
    }

    /// New meters that are read from afar, in place of all.
    private mutating func reading(_ key: String) throws(Reason) -> SizedMeasure {
        let cost = try figure(key, "unit_cost")
        let running = try figure(key, "operation_cost")
        guard let count = meterCount, count > 0 else { throw Reason("the number of metered connections is not known") }
        guard base.apparent[SizedMeasure.Apparent.metering.rawValue] != nil else {
            throw Reason("there is no balance, so what meters miss is not known")
        }
        var operation: [SizedMeasure.Cost] = [.rate(count, running)]
        if key == "remote_reading", let saved = optionalFigure(key, "manual_reading_saved") { operation.append(.rate(-count, saved)) }
        return measure(
            key, key, quantity: count, unit: "meters", capital: [.rate(count, cost)], operation: operation,
            effect: .recover(.metering, try figure(key, "recovered_share")), life: try figure(key, "life"), buildYears: years)
    }

    private mutating func census() throws(Reason) -> SizedMeasure {
        let key = "illegal_use_census"
        let cost = try figure(key, "unit_cost")
        guard let connections = city.profile.connections.value, connections > 0 else {
            throw Reason("the number of connections is not known")
        }
        guard base.apparent[SizedMeasure.Apparent.unauthorised.rawValue] != nil else { throw Reason("there is no balance") }
        return measure(
            key, key, quantity: connections, unit: "connections", capital: [.rate(connections, cost)],
            effect: .recover(.unauthorised, try figure(key, "recovered_share")), life: try figure(key, "life"),
            decay: try figure(key, "decay"), buildYears: min(2, years))
    }

    private mutating func billing() throws(Reason) -> SizedMeasure {
        let key = "billing_clean_up"
        let cost = try figure(key, "capital_cost")
        guard base.apparent[SizedMeasure.Apparent.dataHandling.rawValue] != nil else { throw Reason("there is no balance") }
        return measure(
            key, key, quantity: 1, unit: "city", capital: [.rate(1, cost)],
            effect: .recover(.dataHandling, try figure(key, "recovered_share")), life: try figure(key, "life"),
            decay: try figure(key, "decay"),
            buildYears: 1)
    }
}
