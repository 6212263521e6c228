// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Plausibility of an audit: what is likely to be a slip, and what to look at.
struct AuditAlerts {
    private(set) var all: [String] = []

    init(_ result: WaterAuditResult, _ rules: BalanceDefaults) {
        balance(result.balance)
        inputs(result.audit, result.balance, result.standard)
        defaults(result.audit, result.balance, rules)
        indicators(result)
    }

    private mutating func alert(_ condition: Bool, _ text: @autoclosure () -> String) {
        if condition { all.append(text()) }
    }

    private mutating func balance(_ b: WaterBalance) {
        alert(b.realLosses.value < 0, "real losses negative: check sources, units and billed volume")
        alert(b.apparentLosses.value > b.waterLosses.value, "apparent losses above water losses: check meter error and unauthorised use")
        alert(b.revenueWaterRatio.value > 1, "revenue water above water supplied: check period of billing and source meters")
        alert(
            b.meteringInaccuracy.value == 0 && b.billedMetered.value > 0, "metering inaccuracy 0: customer meters always err; test a sample"
        )
        alert(
            b.exportConvention == .billed && b.exported.value > 0,
            "percentages refer to system input volume; exported water counts as billed")
    }

    private mutating func inputs(_ a: WaterAudit, _ b: WaterBalance, _ standard: WaterAudit.Standard) {
        for (name, bulk) in [("own_sources", a.ownSources), ("imported", a.imported), ("exported", a.exported)] {
            alert(
                bulk.errorFraction != nil && bulk.errorVolume != nil, "\(name): error given as percent and as volume; the volume was used")
            if let volume = bulk.volume, let corrected = bulk.corrected, volume > 0 {
                alert(
                    abs(volume - corrected) > 0.1 * volume,
                    "\(name): meter error above 10 %; check its sign (over-registration is positive) and unit")
            }
        }
        alert(
            a.meteringInaccuracyFraction != nil && a.meteringInaccuracy != nil,
            "metering_inaccuracy: given as percent and as volume; the volume was used")
        if let fraction = a.meteringInaccuracyFraction {
            alert(fraction < 0, "metering_inaccuracy_percent below 0: meters that miss water count positive; check the sign")
        }
        if let pressure = a.pressure {
            alert(pressure < 10 || pressure > 150, "pressure out of range (10 to 150 m): check its unit")
        }
        if let retail = a.retailCost, let production = a.productionCost {
            alert(production > retail, "production cost above retail cost: check their units")
        }
        if let connections = a.connections, connections > 0 {
            let daily = b.waterSupplied.value * a.volumeUnit.cubicMetres * 1000 / b.periodDays / connections
            alert(
                daily < 50 || daily > 50_000,
                "water supplied per connection and day out of range (50 to 50,000 l): check volume unit and period length")
        }
        alert(abs(b.periodDays - 365) > 1, "period is not a year: volumes must be those of the period")
    }

    /// A volume that equals the other version's fraction, or the right fraction of the wrong base.
    private mutating func defaults(_ a: WaterAudit, _ b: WaterBalance, _ rules: BalanceDefaults) {
        let bases = [
            ("water supplied", b.waterSupplied.value), ("billed authorised consumption", b.revenueWater.value),
            ("billed metered consumption", b.billedMetered.value),
        ]
        let lines: [(String, Double?, BalanceDefaults.Rule?)] = [
            ("unbilled_unmetered", a.unbilledUnmetered, rules.unbilledUnmetered), ("unauthorised", a.unauthorised, rules.unauthorised),
            ("data_handling", a.dataHandling, rules.dataHandling),
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
            all.append(
                "\(name): equals \(first.1 * 100) % of \(first.0); the default of \(rules.name) is \(rule.fraction.value * 100) % of \(rule.base.rawValue)"
            )
        }
    }

    private mutating func indicators(_ r: WaterAuditResult) {
        let hasFigures = r.audit.connections != nil && r.audit.mainsLength != nil && r.audit.pressure != nil
        if r.standard == .awwa {
            alert(hasFigures && r.unavoidableRealLosses == nil, "UARL and ILI not shown: system too small or pressure below 35 psi")
        } else if let connections = r.audit.connections, let mains = r.audit.mainsLength, let pressure = r.audit.pressure {
            all += UnavoidableLosses.flags(mainsLength: mains, connections: connections, pressure: pressure)
        }
        if let index = r.infrastructureLeakageIndex {
            alert(index >= 0 && index < 1, "ILI below 1: rarely true; check sources, meter errors and pressure")
            alert(index > 20, "ILI above 20: check units, period and pressure")
        }
        if !hasFigures {
            let missing = [
                r.audit.connections == nil ? "connections" : nil, r.audit.mainsLength == nil ? "mains_length" : nil,
                r.audit.pressure == nil ? "pressure" : nil,
            ].compactMap { $0 }
            all.append("UARL and ILI not computed: \(missing.joined(separator: ", ")) not given")
        }
    }
}
