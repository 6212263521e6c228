// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterLoss
import WaterModel

/// The sheet of inputs, and where each of them stands.
struct InputSheet {
    private(set) var sheet: Sheet
    private(set) var days = Live.constant(365)
    /// [m³ of the period]
    private(set) var volumes: [BalanceInput.Line: (value: Live, margin: Live)] = [:]
    private(set) var profile: [TextKey: Live] = [:]
    /// [per year]
    private(set) var discountRate: Live
    /// First row of the measures, and of the years.
    private(set) var firstMeasure = 0
    private(set) var firstYear = 0

    /// Columns of the measures.
    enum MeasureColumn {
        static let quantity = 1, rate = 3, operation = 4, life = 5, volume = 6, worth = 7, isSelected = 8, start = 9, buildYears = 10
    }
    /// Columns of the years.
    enum YearColumn { static let capital = 1, operation = 2, benefit = 3, funding = 4 }

    private let source: PlanSource
    private let wording: Wording

    init(source: PlanSource, wording: Wording) {
        self.source = source
        self.wording = wording
        discountRate = .constant(0)
        let catalogue = wording.catalogue
        sheet = Sheet(catalogue.text(.workbookInputs), widths: [48, 16, 14, 16, 18, 14, 18, 18, 18, 12])
        sheet.addTitle(wording.text(.words(.documentTitle, [.literal(source.city.profile.name)])), note: catalogue.text(.workbookNote))
        if source.isSynthetic { sheet.add([.text(catalogue.text(.bannerSyntheticTitle), CellLook(isBold: true))]) }
        addBalance()
        addProfile()
        addMeasures()
        addYears()
    }

    private func word(_ key: TextKey) -> String { wording.catalogue.text(key) }

    private mutating func addSourcedHeads(_ title: TextKey) {
        sheet.add([.text(word(title), CellLook(isBold: true))])
        sheet.addHeads([
            word(.item), word(.figure), word(.workbookLow), word(.workbookHigh), word(.workbookUnit), word(.year), word(.source),
            word(.statusHead),
        ])
    }

    private func tail(_ value: SourcedValue?) -> [SheetCell] {
        [
            .text(value?.year.map(Wording.isolated) ?? ""), .text(value?.source.map { wording.text(.message($0)) } ?? ""),
            .text(value.map { wording.text(.name(.status, $0.status.rawValue)) } ?? ""),
        ]
    }

    private mutating func addBalance() {
        guard let balance = source.assessment.balance, balance.periodDays > 0 else { return }
        addSourcedHeads(.balanceTitle)
        let row = sheet.add([.text(word(.workbookDays)), .number(balance.periodDays, .input(.general))])
        days = sheet.cell(row, 1)
        let lines: [(BalanceInput.Line, Estimate)] = [
            (.ownSources, balance.ownSources), (.imported, balance.imported), (.exported, balance.exported),
            (.billedMetered, balance.billedMetered), (.billedUnmetered, balance.billedUnmetered),
            (.unbilledMetered, balance.unbilledMetered), (.unbilledUnmetered, balance.unbilledUnmetered),
            (.unauthorised, balance.unauthorised), (.meteringInaccuracy, balance.meteringInaccuracy), (.dataHandling, balance.dataHandling),
        ]
        for (line, term) in lines {
            let row = sheet.add(
                [
                    .text(wording.text(.name(.balanceLine, line.rawValue))), .number(term.value, .input(.whole)),
                    .number(term.low95, .input(.whole)), .number(term.high95, .input(.whole)), .text(wording.unit(.cubicMetres)),
                ] + tail(source.city.balance?.volumes[line]))
            let half = (sheet.cell(row, 3) - sheet.cell(row, 2)) / 2
            volumes[line] = (sheet.cell(row, 1), half)
        }
        sheet.add()
    }

    private mutating func addProfile() {
        addSourcedHeads(.profileTitle)
        for item in source.profileRows {
            guard let value = item.value.value else { continue }
            func end(_ value: Double?) -> SheetCell { value.map { .number($0 * item.factor, .input(.general)) } ?? .empty }
            let row = sheet.add(
                [
                    .text(word(item.label)), .number(value * item.factor, .input(.general)), end(item.value.low), end(item.value.high),
                    .text(wording.unit(item.unit)),
                ] + tail(item.value))
            profile[item.label] = sheet.cell(row, 1)
        }
        let rate = source.city.plan.discountRate
        let row = sheet.add(
            [
                .text(word(.discountRate)), .number(rate.value ?? 0, .input(.percent)),
                rate.low.map { .number($0, .input(.percent)) } ?? .empty, rate.high.map { .number($0, .input(.percent)) } ?? .empty,
                .text(wording.unit(.percent)),
            ] + tail(rate))
        discountRate = sheet.cell(row, 1)
        sheet.add()
    }

    private mutating func addMeasures() {
        let currency = source.currency
        func head(_ key: TextKey, _ unit: ShownUnit) -> String {
            Catalogue.filled(word(.headWithUnit), [word(key), wording.unit(unit)])
        }
        sheet.add([.text(word(.measuresTitle), CellLook(isBold: true))])
        sheet.addHeads([
            word(.measureHead), word(.quantity), word(.workbookUnit), head(.workbookRate, .money(currency)),
            head(.operationCost, .moneyPerYear(currency)), head(.life, .years), head(.volumeSaved, .cubicMetresPerYear),
            head(.workbookWorth, .moneyPerCubicMetre(currency)), word(.workbookInProgramme), word(.workbookStart),
            head(.workbookBuildYears, .years),
        ])
        firstMeasure = sheet.rows.count + 1
        for measure in source.plan.measures {
            // Where nothing is counted, the whole is one piece.
            let quantity = measure.quantity > 0 ? measure.quantity : 1
            sheet.add([
                .text(wording.text(source.name(of: measure))), .number(quantity, .input(.general)),
                .text(wording.unit(.asWritten(measure.quantityUnit))), .number(measure.capital.value / quantity, .input(.cents)),
                .number(measure.operation.value, .input(.whole)), .number(measure.life, .input(.general)),
                .number(measure.volumeSaved.value, .input(.whole)), .number(measure.waterValue, .input(.cents)),
                .number(measure.isSelected ? 1 : 0, .input(.plain)),
                measure.startYear.map { .number(Double($0), .input(.plain)) } ?? .empty,
                measure.startYear == nil ? .empty : .number(Double(measure.buildYears ?? 1), .input(.plain)),
            ])
        }
        sheet.add()
    }

    func measure(_ index: Int, _ column: Int) -> Live { sheet.cell(firstMeasure + index, column) }

    var measureRows: ClosedRange<Int>? {
        source.plan.measures.isEmpty ? nil : firstMeasure...(firstMeasure + source.plan.measures.count - 1)
    }

    /// Capital of the programme, its yearly cost and its yearly worth at full effect. [currency, currency/year]
    var fullCapital: Live? {
        measureRows.map { sheet.sumOfProducts($0, [MeasureColumn.quantity, MeasureColumn.rate, MeasureColumn.isSelected]) }
    }
    var fullOperation: Live? { measureRows.map { sheet.sumOfProducts($0, [MeasureColumn.operation, MeasureColumn.isSelected]) } }
    var fullBenefit: Live? {
        measureRows.map { sheet.sumOfProducts($0, [MeasureColumn.volume, MeasureColumn.worth, MeasureColumn.isSelected]) }
    }

    /// Yearly cost of the programme over what it saves a year. [currency/m³]
    var costPerCubicMetre: Live? {
        guard let rows = measureRows else { return nil }
        typealias Column = MeasureColumn
        let yearly = source.plan.measures.indices.filter { source.plan.measures[$0].isSelected }.map { index in
            measure(index, Column.isSelected)
                * (measure(index, Column.quantity) * measure(index, Column.rate)
                    * .capitalRecovery(rate: discountRate, years: measure(index, Column.life)) + measure(index, Column.operation))
        }
        return .sum(yearly) / sheet.sumOfProducts(rows, [Column.volume, Column.isSelected])
    }

    private mutating func addYears() {
        guard !source.plan.cashFlow.isEmpty else { return }
        sheet.add([.text(word(.cashFlowTitle), CellLook(isBold: true))])
        sheet.add([.text(word(.workbookScaling))])
        func shareHead(_ key: TextKey) -> String { Catalogue.filled(word(.workbookShareOf), [word(key)]) }
        sheet.addHeads([
            word(.year), shareHead(.capitalCost), shareHead(.operationCost), shareHead(.benefit),
            Catalogue.filled(word(.headWithUnit), [word(.funding), wording.unit(.money(source.currency))]),
        ])
        firstYear = sheet.rows.count + 1
        for year in source.plan.cashFlow {
            sheet.add([
                .number(Double(year.year), .number(.plain)), share(year.capital, of: fullCapital), share(year.operation, of: fullOperation),
                share(year.benefit, of: fullBenefit), .number(year.funding, .input(.whole)),
            ])
        }
    }

    /// Of a full year; empty where there is none to take a share of.
    private func share(_ value: Double, of full: Live?) -> SheetCell {
        guard let full, abs(full.value) > 1e-9 else { return .empty }
        return .number(value / full.value, .input(.fine))
    }

    func year(_ index: Int, _ column: Int) -> Live { sheet.cell(firstYear + index, column) }

    // MARK: Indicators

    /// As `WaterLoss` draws them up, over the cells of this sheet; nil where a figure is not known.
    func indicator(_ kind: LossIndicator.Kind) -> Live? {
        func sum(_ lines: BalanceInput.Line...) -> Live? {
            let terms = lines.compactMap { volumes[$0]?.value }
            return terms.count == lines.count ? .sum(terms) : nil
        }
        guard let sources = sum(.ownSources, .imported), let exported = sum(.exported), let billed = sum(.billedMetered, .billedUnmetered),
            let unbilled = sum(.unbilledMetered, .unbilledUnmetered),
            let apparent = sum(.unauthorised, .meteringInaccuracy, .dataHandling)
        else { return nil }
        let supplied = sources - exported
        let real = supplied - billed - unbilled - apparent
        let hours = profile[.supplyHours] ?? .constant(24)
        let connections = profile[.connections]
        let kilometres = profile[.mainsLength]
        let pressure = profile[.averagePressure]
        func perDay(_ volume: Live) -> Live { volume / days }
        func perYear(_ volume: Live) -> Live { volume * .constant(365) / days }
        func perConnection(_ volume: Live) -> Live? {
            connections.map { perDay(volume) * .constant(1000) * .constant(24) / hours / $0 }
        }
        var unavoidable: Live? {
            guard let connections, let kilometres, let pressure else { return nil }
            let service = profile[.serviceLineLength].map { .constant(0.025) * $0 * connections } ?? Live.constant(0)
            return (18 * kilometres + 0.8 * connections + service) * pressure / 1000 * hours / 24
        }
        var cost: Live? {
            guard let tariff = profile[.tariff], let production = profile[.variableProductionCost] else { return nil }
            return (perYear(unbilled) + perYear(apparent)) * tariff + perYear(real) * production
        }
        switch kind {
        case .revenueWaterRatio: return billed / supplied
        case .nonRevenueWaterShare: return (supplied - billed) / supplied
        case .nonRevenueWaterPerConnection: return perConnection(supplied - billed)
        case .realLossesPerConnection: return perConnection(real)
        case .realLossesPerConnectionAndMetre: return perConnection(real).flatMap { loss in pressure.map { loss / $0 } }
        case .realLossesPerMain: return kilometres.map { perDay(real) * .constant(24) / hours / $0 }
        case .apparentLossesPerConnection: return connections.map { perDay(apparent) * .constant(1000) / $0 }
        case .apparentLossesShare: return apparent / (billed + unbilled)
        case .apparentLossIndex: return apparent / (0.05 * billed)
        case .currentAnnualRealLosses: return perDay(real)
        case .unavoidableRealLosses: return unavoidable
        case .infrastructureLeakageIndex: return unavoidable.map { perDay(real) / $0 }
        case .costOfNonRevenueWater: return cost
        case .costShareOfNonRevenueWater: return cost.flatMap { cost in profile[.operatingCost].map { cost / $0 } }
        case .apparentLossCostPerConnection:
            return connections.flatMap { count in profile[.tariff].map { perYear(apparent) * $0 / count } }
        case .realLossCostPerConnection:
            return connections.flatMap { count in profile[.variableProductionCost].map { perYear(real) * $0 / count } }
        case .apparentLossesPerCustomer: return nil
        }
    }
}
