// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Apparent losses from what is known of their causes, as WB-EasyCalc and the AWWA workbook estimate them.
extension BalanceLineReader {
    /// Numbers of users times their daily use (Liemberger, WB-EasyCalc); nil where the volume of the line is given, or nothing.
    /// - connections: those that leak without being registered.
    mutating func unauthorisedUse() throws(BalanceError) -> (volume: Propagated, connections: Propagated?)? {
        guard !isGiven(.unauthorised), let use = input.unauthorisedUse else { return nil }
        let line = BalanceInput.Line.unauthorised.rawValue
        var perDay = Propagated(0)
        var connections: Propagated?
        if let households = use.illegalHouseholds {
            let number = try figure("\(line): illegal households", households.number)
            let persons = try figure("\(line): persons per illegal household", households.persons)
            let each = try figure("\(line): use per person", households.usePerPerson)
            perDay = perDay + number * persons * each
            connections = number
        }
        if let others = use.illegalOthers {
            let number = try figure("\(line): other illegal connections", others.number)
            perDay = perDay + number * (try figure("\(line): use of other illegal connections", others.use))
            connections = (connections ?? Propagated(0)) + number
        }
        if let tampering = use.tampering {
            let number = try figure("\(line): customers who tamper", tampering.number)
            perDay = perDay + number * (try figure("\(line): use past tampered meters", tampering.use))
        }
        for other in use.others { perDay = perDay + (try figure("\(line): \(other.name)", other.flow)) }
        return (input.periodDays * perDay, connections)
    }

    /// What the meters of exported water do not register.
    mutating func missedExport(_ registered: Propagated) throws(BalanceError) -> Propagated {
        guard let share = input.meterErrors?.exported, registered.value > 0 else { return Propagated(0) }
        return registered * (try missed("meter error of exported water", share))
    }

    /// What customers' meters do not register: `V·p/(1 − p)` of each class, p the share of the true volume.
    mutating func inaccuracy(metered: Propagated, unbilledMetered: Propagated) throws(BalanceError) -> Propagated {
        if isGiven(.meteringInaccuracy) { return try volume(.meteringInaccuracy) }
        let errors = input.meterErrors
        let classes = errors?.classes ?? []
        guard let customers = try ofCustomers(classes, metered) else {
            guard let share = errors?.unbilledMetered else { return try volume(.meteringInaccuracy) }
            return unbilledMetered * (try missed("meter error of unbilled metered use", share))
        }
        if let share = errors?.unbilledMetered {
            return metered * customers + unbilledMetered * (try missed("meter error of unbilled metered use", share))
        }
        return (metered + unbilledMetered) * customers
    }

    /// Missed over registered volume of all customers' meters; nil where nothing is known or assumed of them. [–]
    private mutating func ofCustomers(_ classes: [MeterErrors.MeterClass], _ metered: Propagated) throws(BalanceError) -> Propagated? {
        guard !classes.isEmpty, metered.value > 0 else { return try overall() }
        for item in classes where !(item.registered >= 0 && item.registered.isFinite) {
            throw .invalidFigure("meter class \(item.name), registered volume", item.registered)
        }
        let covered = classes.reduce(0) { $0 + $1.registered } / metered.value
        var ratio = Propagated(0)
        for item in classes { ratio = ratio + (item.registered / metered.value) * (try ratioOf(item)) }
        guard abs(covered - 1) > 1e-6 else { return ratio }
        let percent = "\((covered * 1000).rounded() / 10) %"
        if covered < 1, input.meterUnderRegistration?.value != nil, let rest = try overall() { return ratio + (1 - covered) * rest }
        defaults.append(
            "metering_inaccuracy: meter classes hold \(percent) of billed metered consumption; their mean error was used for all")
        return covered > 0 ? 1 / covered * ratio : try overall()
    }

    private mutating func ratioOf(_ item: MeterErrors.MeterClass) throws(BalanceError) -> Propagated {
        let name = "meter error, \(item.name)"
        switch item.cause {
        case .share(let share): return try missed(name, share)
        case .flowProfile(let bands):
            // ME = Vf/R − Vf of each band (Thornton, Sturm & Kunkel 2008, table 12.8); parts of the registered volume.
            let whole = bands.reduce(0) { $0 + $1.part }
            guard whole > 0 else { throw .invalidFigure("\(name), parts of the flow profile", whole) }
            var ratio = Propagated(0)
            for (index, band) in bands.enumerated() {
                let registration = try figure("\(name), flow band \(index + 1)", band.registration, least: 0.01)
                ratio = ratio + (band.part / whole) * (Propagated(1) / registration - Propagated(1))
            }
            return ratio
        case .age(let new, let perYear, let years):
            let start = try figure("\(name), new", new, least: -1)
            let share = start + (try figure("\(name), rise a year", perYear, least: -1)) * (try figure("\(name), age", years))
            guard abs(share.value) < 1 else { throw .invalidUnderRegistration(share.value) }
            return share.missedOverRegistered
        }
    }

    /// One share for all customers' meters, given or assumed.
    private mutating func overall() throws(BalanceError) -> Propagated? {
        if let given = input.meterUnderRegistration, given.value != nil { return try missed("meter_under_registration", given) }
        guard let assumed = rules.underRegistration else { return nil }
        defaults.append(
            "metering_inaccuracy: customer meters miss \(Self.percent(assumed)) of true use (\(rules.underRegistrationSource))")
        return register.input("meter_under_registration", assumed).missedOverRegistered
    }

    /// Readings that are falsified, as a share of all billed use, and what the office loses; nil where neither is given.
    mutating func officeErrors(billed: Propagated) throws(BalanceError) -> Propagated? {
        guard !isGiven(.dataHandling), let errors = input.meterErrors, errors.corruptReading != nil || errors.officeVolume != nil else {
            return nil
        }
        var total = Propagated(0)
        if let share = errors.corruptReading { total = billed * (try missed("corrupt meter reading", share)) }
        if let volume = errors.officeVolume { total = total + (try figure("data handling in the office", volume, least: -.infinity)) }
        return total
    }
}
