// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The figures that WB-EasyCalc 6.17 displays for a system, for those who must match them: its margins treat every input as
/// independent and carry eight known defects. The rules are published theory matched to displayed results; nothing of the workbook
/// was read but what it shows.
///
/// Our own figures are those of `WaterBalance` and `IndicatorSet`.
public struct EasyCalcDisplay: Sendable {
    public struct Figure: Sendable {
        /// In the order of the sheet: `siv`, `ili`, `rl_l_conn_d_wsp` …; volumes are m³ a year.
        public var name: String
        public var value: Double
        /// 95 % margin as a fraction of the value; nil where none is displayed. [–]
        public var margin: Double?
    }

    public let figures: [Figure]
    /// Groups of real losses and of non-revenue water by matrix.
    public let realLossesGroup: [PerformanceGroup.Region: PerformanceGroup]
    public let nonRevenueWaterGroup: [PerformanceGroup.Region: PerformanceGroup]
    let sheet: EasyCalcSheet

    public subscript(name: String) -> Figure? { figures.first { $0.name == name } }

    /// - keepsDefects: false: the margins as they should be, with all inputs still independent.
    /// - Throws: `BalanceError`, as the balance of the same input.
    public init(_ input: BalanceInput, profile: CityProfile, keepsDefects: Bool = true) throws(BalanceError) {
        let s = try EasyCalcSheet(input, profile)
        sheet = s
        func root(_ parts: Double...) -> Double { parts.reduce(0) { $0 + $1 * $1 }.squareRoot() }
        func deviation(_ figures: [EasyCalcSheet.Figure]) -> Double {
            figures.reduce(0) { $0 + $1.deviation * $1.deviation }.squareRoot()
        }
        func total(_ figures: [EasyCalcSheet.Figure]) -> Double { figures.reduce(0) { $0 + $1.value } }
        func relative(_ deviation: Double, _ value: Double) -> Double { value == 0 ? 0 : deviation / abs(value) }

        // Volumes. u is the absolute margin.
        let input = total(s.sources), uInput = deviation(s.sources)
        let billed = s.exported + s.billedMetered + s.billedUnmetered
        let unmetered = total(s.unbilledUnmetered), uUnmetered = deviation(s.unbilledUnmetered)
        let unbilled = s.unbilledMetered + unmetered
        let authorised = billed + unbilled
        let theft = total(s.unauthorised), uTheft = deviation(s.unauthorised)
        let errors = s.meterErrors.map(\.figure)
        let meters = total(errors), uMeters = deviation(errors)
        let apparent = theft + meters, uApparent = root(uTheft, uMeters)
        let losses = input - authorised, uLosses = root(uInput, uUnmetered)
        let real = losses - apparent, uReal = root(uLosses, uApparent)
        let nonRevenue = input - billed
        let eReal = relative(uReal, real), eApparent = relative(uApparent, apparent), eNonRevenue = relative(uInput, nonRevenue)

        // Network. Defect 5: the margin of illegal households stands for all illegal connections.
        let illegal = s.illegalDomestic.value + s.illegalOther.value
        let uIllegal = keepsDefects ? s.illegalDomestic.margin * illegal : root(s.illegalDomestic.deviation, s.illegalOther.deviation)
        let connections = s.registered.value + s.inactive.value + illegal
        let eConnections = relative(root(s.registered.deviation, s.inactive.deviation, uIllegal), connections)
        let mains = s.mains.value + s.underestimation
        let pipe = connections * s.serviceLine.value / 1000, ePipe = root(eConnections, s.serviceLine.margin)
        let parts = (18 * mains, 0.8 * connections, 25 * pipe)
        let hours = s.hours.value, eHours = s.isIntermittent ? s.hours.margin : 0
        let unavoidable = (parts.0 + parts.1 + parts.2) * s.pressure.value / 1000 * hours / 24
        let eUnavoidable = root(
            relative(root(parts.0 * s.mains.margin, parts.1 * eConnections, parts.2 * ePipe), parts.0 + parts.1 + parts.2),
            s.pressure.margin, eHours)

        var list: [Figure] = []
        func add(_ name: String, _ value: Double, _ margin: Double? = nil) {
            list.append(Figure(name: name, value: value.isFinite ? value : 0, margin: margin))
        }
        add("siv", input, relative(uInput, input))
        add("billed", billed)
        add("unbilled", unbilled, relative(uUnmetered, unbilled))
        add("auth", authorised, relative(uUnmetered, authorised))
        add("water_losses", losses, relative(uLosses, losses))
        add("unauthorised", theft, relative(uTheft, theft))
        add("meter_error", meters, relative(uMeters, meters))
        add("apparent", apparent, eApparent)
        add("real", real, eReal)
        add("nrw", nonRevenue, eNonRevenue)
        add("connections", connections, eConnections)
        add("mains_km", mains, s.mains.margin)
        add("boundary_pipe_km", pipe, ePipe)
        add("supply_h_d", hours, eHours)
        add("pressure_m", s.pressure.value, s.pressure.margin)

        let perDay = real / 365
        add("carl_m3_d", perDay, eReal)
        add("uarl_m3_d", unavoidable, eUnavoidable)
        let index = perDay / unavoidable
        add("ili", index, root(eReal, eUnavoidable))
        let litres = perDay * 1000 / connections * 24 / hours
        add("rl_l_conn_d_wsp", litres, root(eReal, eConnections, eHours))
        add("rl_l_conn_d_m_wsp", litres / s.pressure.value, root(eReal, eConnections, eHours, s.pressure.margin))
        // Defect 1: the possible underestimation in km is taken for a relative margin, and that of the length is not used.
        add("rl_m3_km_h_wsp", perDay / mains / hours, root(eReal, keepsDefects ? s.underestimation : s.mains.margin, eHours))
        // Defect 2: the rule of a difference in place of that of a quotient.
        add(
            "al_fraction_auth", apparent / authorised,
            keepsDefects ? relative(root(uApparent, uUnmetered), apparent) : root(eApparent, relative(uUnmetered, authorised)))
        add("al_l_conn_d", apparent / 365 * 1000 / connections, root(eApparent, eConnections))
        add("al_l_customer_d", apparent / 365 * 1000 / s.customers.value, root(eApparent, s.customers.margin))
        // Defect 3: system input stands in numerator and denominator.
        add(
            "nrw_fraction_siv", nonRevenue / input,
            keepsDefects ? eNonRevenue : relative(billed * relative(uInput, input), nonRevenue))
        let water = nonRevenue / 365 * 1000 / connections * 24 / hours
        // Defect 4: the margin of registered connections in place of all.
        add("nrw_l_conn_d_wsp", water, root(eNonRevenue, keepsDefects ? s.registered.margin : eConnections, eHours))
        let saleable = s.saleable * 365
        let value = (unbilled + apparent + saleable) * s.tariff + (real - saleable) * s.variableCost
        let uValue = root(s.variableCost * uInput, (s.tariff - s.variableCost) * root(uUnmetered, uApparent))
        // Defect 8: the margin of the volume stands for that of its value.
        let eValue = keepsDefects ? eNonRevenue : relative(uValue, value)
        add("nrw_value", value, eValue)
        add("nrw_value_fraction_opex", value / s.operatingCost, eValue)
        for (name, figure) in s.meterErrors { add("meter_error_m3.\(name)", figure.value, figure.margin) }

        figures = list
        var realGroups: [PerformanceGroup.Region: PerformanceGroup] = [:]
        var waterGroups: [PerformanceGroup.Region: PerformanceGroup] = [:]
        for region in PerformanceGroup.Region.allCases where index.isFinite && water.isFinite {
            realGroups[region] = .realLosses(index: index, region)
            waterGroups[region] = .nonRevenueWater(litres: water, pressure: s.pressure.value, region)
        }
        realLossesGroup = realGroups
        nonRevenueWaterGroup = waterGroups
    }
}
