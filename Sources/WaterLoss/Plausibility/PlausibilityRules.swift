// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The rules of plausibility: what is likely to be a slip. Limits are wide: of filed AWWA audits, 90 % lie far inside them.
struct PlausibilityRules {
    private(set) var alerts: [BalanceAlert] = []
    private let figures: PlausibilityFigures

    init(_ figures: PlausibilityFigures) {
        self.figures = figures
        terms()
        bulkMeters()
        costs()
        network()
        period()
        volumes()
        defaults()
        leakageIndex()
    }

    private mutating func alert(_ kind: BalanceAlert.Kind, _ condition: Bool, _ message: @autoclosure () -> String) {
        if condition { alerts.append(BalanceAlert(kind: kind, message: message())) }
    }

    // MARK: Terms

    private var balance: WaterBalance { figures.balance }
    /// A year, or nearly so: billing has caught up with supply.
    private var isAnnual: Bool { balance.periodDays >= 350 }

    private mutating func terms() {
        let b = balance
        let isAnnual = self.isAnnual
        alert(.negativeRealLosses, b.terms.realLosses.value < 0, "real losses negative: check sources, units and billed volume")
        alert(
            .apparentAboveLosses, b.terms.apparentLosses.value > b.terms.waterLosses.value,
            "apparent losses above water losses: check meter error and unauthorised use")
        if b.terms.revenueWaterRatio.value > 1 {
            alert(
                .revenueAboveSupply, true,
                isAnnual
                    ? "revenue water above water supplied: check period of billing and source meters"
                    : "revenue water above water supplied: no error where bills lag behind supply; look at a year, or take the lag out")
        }
        alert(
            .noMeterError, b.terms.meteringInaccuracy.value == 0 && b.terms.billedMetered.value > 0,
            "metering inaccuracy 0: customer meters always err; test a sample")
        alert(
            .shareOfInput, b.exportConvention == .billed && b.terms.exported.value > 0,
            "percentages refer to system input volume; exported water counts as billed")
    }

    private mutating func bulkMeters() {
        for bulk in figures.bulk {
            alert(.doubleMeterError, bulk.hasBothErrors, "\(bulk.name): error given as percent and as volume; the volume was used")
            if bulk.volume > 0 {
                alert(
                    .signOfMeterError, abs(bulk.volume - bulk.corrected) > 0.1 * bulk.volume,
                    "\(bulk.name): meter error above 10 %; check its sign (over-registration is positive) and unit")
            }
            // The other sign would make the balance close.
            let change = bulk.volume - bulk.corrected
            let sign: Double = bulk.name == BalanceInput.Line.exported.rawValue ? -1 : 1
            alert(
                .signOfMeterError, balance.terms.realLosses.value < 0 && balance.terms.realLosses.value + 2 * sign * change > 0,
                "\(bulk.name): with the other sign of the meter error real losses would not be negative; check it")
        }
        alert(
            .doubleMeterError, figures.hasBothMeterErrors, "metering_inaccuracy: given as percent and as volume; the volume was used")
        if let share = figures.underRegistration {
            alert(
                .signOfMeterError, share < 0,
                "metering_inaccuracy_percent below 0: meters that miss water count positive; check the sign")
            alert(.signOfMeterError, share > 0.3, "meters miss more than 30 % of use: check the unit of the figure (5, not 0.05, is 5 %)")
        }
    }

    private mutating func costs() {
        guard let retail = figures.retailCost, let production = figures.productionCost, production > retail, retail > 0 else { return }
        alert(.costsUpsideDown, true, "production cost above retail cost: check their units")
        let slips = UnitSlip.explaining(production / retail, into: 0.03...0.6, among: UnitSlip.prices)
        alert(.unitSlip, !slips.isEmpty, "production cost against retail cost: perhaps \(UnitSlip.words(slips))")
    }

    // MARK: Network

    private mutating func network() {
        if let pressure = figures.pressure, pressure < 10 || pressure > 150 {
            alert(.pressureOutOfRange, true, "pressure out of range (10 to 150 m): check its unit")
            let slips = UnitSlip.explaining(pressure, into: 20...90, among: UnitSlip.pressures)
            alert(.unitSlip, !slips.isEmpty, "pressure: perhaps \(UnitSlip.words(slips))")
        }
        if let connections = figures.connections, let mains = figures.mainsLength, mains > 0, connections > 0 {
            let density = connections / (mains / 1000)
            if density < 1 || density > 500 {
                alert(.density, true, "connections per km of mains out of range (1 to 500): check the unit of the length")
                let slips = UnitSlip.explaining(1 / density, into: 1.0 / 120...1.0 / 10, among: UnitSlip.lengths)
                alert(.unitSlip, !slips.isEmpty, "length of mains: perhaps \(UnitSlip.words(slips))")
            }
        }
    }

    /// Of water supplied. [l per connection and day]
    private var daily: Double? {
        guard let connections = figures.connections, connections > 0 else { return nil }
        return balance.terms.waterSupplied.value * figures.cubicMetres * 1000 / balance.periodDays / connections
    }

    private mutating func period() {
        let days = balance.periodDays
        guard abs(days - 365) > 1 else { return }
        let asYear = days / 365
        // Losses and supply of a year, divided by the days of a part of it.
        let looksAnnual =
            days < 350
            && ((figures.index ?? 0) > 20 && (figures.index ?? 0) * asYear < 20 || (daily ?? 0) > 6_000 && (daily ?? 0) * asYear < 6_000)
        alert(
            .periodAndVolumes, true,
            looksAnnual
                ? "period is \(Self.short(days)) days but the volumes look like those of a year: check both"
                : "period is not a year: volumes must be those of the period")
    }

    private mutating func volumes() {
        let isAnnual = self.isAnnual
        let supplied = balance.terms.waterSupplied.value
        if let daily {
            alert(
                .supplyPerConnection, daily < 50 || daily > 50_000,
                "water supplied per connection and day out of range (50 to 50,000 l): check volume unit and period length")
        }
        guard supplied > 0 else { return }
        let ratio = balance.terms.revenueWater.value / supplied
        if ratio > 1.1 || ratio < 0.2 && ratio > 0 {
            let slips = UnitSlip.explaining(ratio, into: 0.5...1, among: UnitSlip.volumes)
            alert(.unitSlip, !slips.isEmpty, "billed volume against water supplied: perhaps \(UnitSlip.words(slips))")
        } else if ratio > 1.02 || ratio < 0.35 && ratio > 0 {
            // Nearer to the plausible: only the slips that would bring it well inside.
            let slips = UnitSlip.explaining(ratio, into: 0.7...0.97, among: UnitSlip.volumes)
            alert(.unitSlip, !slips.isEmpty && isAnnual, "billed volume against water supplied: perhaps \(UnitSlip.words(slips))")
        } else if let daily, daily < 50 || daily > 15_000 {
            let slips = UnitSlip.explaining(daily, into: 300...4_000, among: UnitSlip.volumes)
            alert(.unitSlip, !slips.isEmpty, "all volumes against connections: perhaps \(UnitSlip.words(slips))")
        }
    }

    // MARK: Defaults

    /// A volume that equals the other version's fraction, or the right fraction of the wrong base.
    private mutating func defaults() {
        let b = balance, rules = figures.rules
        let bases = [
            ("water supplied", b.terms.waterSupplied.value), ("billed authorised consumption", b.terms.revenueWater.value),
            ("billed metered consumption", b.terms.billedMetered.value),
        ]
        let lines: [(String, Double?, BalanceDefaults.Rule?)] = [
            ("unbilled_unmetered", figures.unbilledUnmetered, rules.unbilledUnmetered),
            ("unauthorised", figures.unauthorised, rules.unauthorised), ("data_handling", figures.dataHandling, rules.dataHandling),
        ]
        for (name, volume, rule) in lines {
            guard let volume, volume > 0, let rule else { continue }
            // The same volume may fit two bases that are equal; then no alert where the rule's own base is one of them.
            let fits = bases.flatMap { base in
                [0.0025, 0.0125].filter { abs(volume - $0 * base.1) < 1e-6 * volume }.map { (base.0, $0) }
            }
            guard let first = fits.first, !fits.contains(where: { $0.0 == rule.base.rawValue && $0.1 == rule.fraction.value }) else {
                continue
            }
            alert(
                .defaultOfOtherBase, true,
                "\(name): equals \(first.1 * 100) % of \(first.0); the default of \(rules.name) is \(rule.fraction.value * 100) % of \(rule.base.rawValue)"
            )
        }
    }

    // MARK: Leakage index

    private mutating func leakageIndex() {
        let missing = [
            figures.connections == nil ? "connections" : nil, figures.mainsLength == nil ? "mains_length" : nil,
            figures.pressure == nil ? "pressure" : nil,
        ].compactMap { $0 }
        if let connections = figures.connections, let mains = figures.mainsLength, let pressure = figures.pressure {
            if figures.hidesUnavoidable {
                alert(
                    .unavoidableNotValid, !figures.isUnavoidableShown,
                    "UARL and ILI not shown: system too small or pressure below 35 psi")
            } else {
                for flag in UnavoidableLosses.flags(mainsLength: mains, connections: connections, pressure: pressure) {
                    alert(.unavoidableNotValid, true, flag)
                }
            }
        }
        if let index = figures.index {
            alert(.indexBelowOne, index >= 0 && index < 1, "ILI below 1: rarely true; check sources, meter errors and pressure")
            alert(.indexAboveTwenty, index > 20, "ILI above 20: check units, period and pressure")
        }
        alert(.figuresMissing, !missing.isEmpty, "UARL and ILI not computed: \(missing.joined(separator: ", ")) not given")
    }

    private static func short(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e9 ? "\(Int(value))" : "\(value)"
    }
}
