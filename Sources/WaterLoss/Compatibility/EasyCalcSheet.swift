// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What WB-EasyCalc 6.17 takes in, annual volumes in m³ with their 95 % margin as a fraction of the value.
struct EasyCalcSheet {
    struct Figure {
        var value: Double
        /// 95 % margin as a fraction. [–]
        var margin = 0.0

        var deviation: Double { abs(value) * margin }
    }

    var sources: [Figure] = []
    var exported = 0.0, billedMetered = 0.0, billedUnmetered = 0.0, unbilledMetered = 0.0
    var unbilledUnmetered: [Figure] = []
    var unauthorised: [Figure] = []
    /// Volumes that meters and offices lose. Names as displayed.
    var meterErrors: [(name: String, figure: Figure)] = []
    var illegalDomestic = Figure(value: 0), illegalOther = Figure(value: 0)
    var registered = Figure(value: 0), inactive = Figure(value: 0), customers = Figure(value: 0)
    /// [km]
    var mains = Figure(value: 0)
    var underestimation = 0.0
    /// Boundary to meter. [m]
    var serviceLine = Figure(value: 0)
    /// [m]
    var pressure = Figure(value: 0)
    /// [h/d]
    var hours = Figure(value: 24)
    var isIntermittent = false
    var tariff = 0.0, variableCost = 0.0, saleable = 0.0, operatingCost = 0.0

    /// - Throws: `BalanceError` as a balance would.
    init(_ input: BalanceInput, _ profile: CityProfile) throws(BalanceError) {
        guard input.periodDays.isFinite, input.periodDays > 0 else { throw .invalidPeriod(input.periodDays) }
        let perYear = 365 / input.periodDays
        func figure(_ value: SourcedValue?) -> Figure {
            guard let estimate = value?.estimate else { return Figure(value: 0) }
            return Figure(value: estimate.value, margin: abs(estimate.relativeMargin95 ?? 0))
        }
        func annual(_ value: SourcedValue?, _ factor: Double) -> Figure {
            let figure = figure(value)
            return Figure(value: figure.value * factor, margin: figure.margin)
        }
        func lines(_ line: BalanceInput.Line) -> [Figure] {
            if let parts = input.parts[line], !parts.isEmpty {
                return parts.map { part in
                    var volume = annual(part.volume, perYear)
                    volume.value /= 1 + (part.meterError?.value ?? 0)
                    return volume
                }
            }
            return input.volumes[line]?.value == nil ? [] : [annual(input.volumes[line], perYear)]
        }
        func total(_ line: BalanceInput.Line) -> Double { lines(line).reduce(0) { $0 + $1.value } }
        sources = lines(.ownSources) + lines(.imported)
        guard !sources.isEmpty else { throw .missing(.ownSources, orLine: .imported) }
        exported = total(.exported)
        billedMetered = total(.billedMetered)
        billedUnmetered = total(.billedUnmetered)
        unbilledMetered = total(.unbilledMetered)
        unbilledUnmetered = lines(.unbilledUnmetered)

        unauthorised = lines(.unauthorised)
        if unauthorised.isEmpty, let use = input.unauthorisedUse {
            func product(_ values: [SourcedValue?]) -> Figure {
                let figures = values.map(figure)
                return Figure(
                    value: figures.reduce(365) { $0 * $1.value }, margin: figures.reduce(0) { $0 + $1.margin * $1.margin }.squareRoot())
            }
            if let item = use.illegalHouseholds {
                illegalDomestic = figure(item.number)
                unauthorised.append(product([item.number, item.persons, item.usePerPerson]))
            }
            if let item = use.illegalOthers {
                illegalOther = figure(item.number)
                unauthorised.append(product([item.number, item.use]))
            }
            if let item = use.tampering { unauthorised.append(product([item.number, item.use])) }
            unauthorised += use.others.map { annual($0.flow, 365) }
        }
        readMeterErrors(input, perYear, figure, lines)

        registered = figure(profile.connections)
        inactive = figure(profile.inactiveConnections)
        customers = figure(profile.customers)
        mains = annual(profile.mainsLength, 1e-3)
        underestimation = figure(profile.mainsUnderestimation).value / 1000
        serviceLine = figure(profile.serviceLineLength)
        pressure = figure(profile.averagePressure)
        if profile.supplyHours.value != nil {
            hours = figure(profile.supplyHours)
            isIntermittent = hours.value < 24
        }
        tariff = profile.tariff.value ?? 0
        variableCost = profile.variableProductionCost.value ?? 0
        saleable = profile.saleableWater.value ?? 0
        operatingCost = profile.operatingCost.value ?? 0
    }

    /// `V·p/(1 − p)` with the margin of p (the sheet does not carry the factor 1/(1 − p)).
    private mutating func readMeterErrors(
        _ input: BalanceInput, _ perYear: Double, _ figure: (SourcedValue?) -> Figure, _ lines: (BalanceInput.Line) -> [Figure]
    ) {
        func missed(_ name: String, _ share: SourcedValue?, of volume: Double) {
            guard let share, share.value != nil else { return }
            let part = figure(share)
            meterErrors.append((name, Figure(value: volume * part.value / (1 - part.value), margin: part.margin)))
        }
        let errors = input.meterErrors
        let given = lines(.meteringInaccuracy)
        if given.isEmpty {
            if let share = input.meterUnderRegistration { missed("customer", share, of: billedMetered) }
            for item in errors?.classes ?? [] {
                missed("customer, \(item.name)", Self.share(item.cause), of: item.registered * perYear)
            }
            missed("bulk_export", errors?.exported, of: exported)
            missed("unbilled_metered", errors?.unbilledMetered, of: unbilledMetered)
        } else {
            meterErrors += given.map { ("customer", $0) }
        }
        let office = lines(.dataHandling)
        if office.isEmpty {
            missed("corrupt_reading", errors?.corruptReading, of: billedMetered + billedUnmetered + exported)
            if let volume = errors?.officeVolume {
                var part = figure(volume)
                part.value *= perYear
                meterErrors.append(("office", part))
            }
        } else {
            meterErrors += office.map { ("office", $0) }
        }
    }

    /// The sheet knows a share a class: that of a flow profile or of an age, without a margin.
    private static func share(_ cause: MeterErrors.Cause) -> SourcedValue? {
        switch cause {
        case .share(let share): return share
        case .age(let new, let perYear, let years):
            guard let new = new.value, let perYear = perYear.value, let years = years.value else { return nil }
            return SourcedValue(new + perYear * years, status: .computed)
        case .flowProfile(let bands):
            let whole = bands.reduce(0) { $0 + $1.part }
            let missed = bands.reduce(0) { $0 + $1.part / whole * (1 / ($1.registration.value ?? 1) - 1) }
            // v = V·m is V·p/(1 − p) for p = m/(1 + m).
            return whole > 0 ? SourcedValue(missed / (1 + missed), status: .computed) : nil
        }
    }
}
