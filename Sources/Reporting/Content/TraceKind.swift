// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Where a figure or the figures of one kind come from: formula, inputs, source, status of the inputs.
public struct Trace: Sendable {
    /// The catalogue's `trace` holds its formula.
    public enum Kind: String, Sendable, CaseIterable {
        // What is given, and what is counted.
        /// The row of the table says its source and its status itself.
        case stated
        case given, counted, register
        // The balance and the zones.
        case balanceVolume = "balance_volume"
        case ratio, remainder
        case apparentLosses = "apparent_losses"
        case indicator
        case zoneInflow = "zone_inflow"
        case nightFlow = "night_flow"
        case legitimateUse = "legitimate_use"
        case nightDayFactor = "night_day_factor"
        case nightLeakage = "night_leakage"
        case perConnection = "per_connection"
        case share
        // Leaks and pressure.
        case leakFlow = "leak_flow"
        case leakChance = "leak_chance"
        case leakProbability = "leak_probability"
        case pressure
        /// What is odd in the readings of a sensor.
        case reading
        // Measures and money.
        case sizing = "quantity"
        case capital, operation, saved
        case costPerVolume = "cost_per_volume"
        case netPresentValue = "net_present_value"
        case internalRate = "internal_rate"
        case benefitCost = "benefit_cost"
        case payback, trajectory, benefit, net, need, deficit
        case waterWorth = "water_worth"
        case rebound
        case meterError = "meter_error"
        case estimate, schedule, training, financing
        case grantElement = "grant_element"
        case coverage
        case contractPayment = "contract_payment"
        case account
        case billShare = "bill_share"
        // Monitoring, reading, risk.
        case baseline
        case detectable
        case readingCost = "reading_cost"
        case readingLot = "reading_lot"
        case gateways
        case diagnosis
        case varianceShare = "variance_share"
        case information
        case switching
        case simulated
    }

    public var origin: Origin
    public var formula: Phrase
    public var inputs: [Phrase]
    public var source: Phrase
    /// Of the inputs, each once, the surest first.
    public var statuses: [SourceStatus]

    public var kind: Kind { origin.kind }
    /// Rests on a figure that somebody assumed or that nobody verified.
    public var isUncertain: Bool { statuses.contains { [.assumed, .unverified].contains($0) } }
    /// The same without a word for each part, for the foot of a page whose first line tells them.
    var line: Phrase {
        .words(.traceLine, [formula, .list(inputs), source, status])
    }
    /// All of it in one line.
    var sentence: Phrase {
        .words(.traceHover, [formula, .list(inputs), source, status])
    }
    private var status: Phrase {
        statuses.isEmpty ? .words(.doesNotApply) : .list(statuses.map { .name(.status, $0.rawValue) })
    }
    /// Of its kind's row in the annex.
    public var anchor: String { "from-" + kind.rawValue }
}

extension Trace.Kind {
    /// The kind of the figures under a head of a table, beside a label or in a key figure.
    static func named(_ title: Phrase) -> Self? { byTitle[title] }

    private static let byTitle: [Phrase: Self] = {
        var result: [Phrase: Self] = [:]
        func add(_ kind: Self, _ keys: TextKey...) { for key in keys { result[.words(key)] = kind } }
        func add(_ kind: Self, programme keys: String...) { for key in keys { result[.name(.programme, key)] = kind } }
        add(.balanceVolume, .perYear, .perDay, .waterSupplied, .authorisedConsumption, .nonRevenueWater, .nonRevenueWaterLong)
        add(.ratio, .revenueWaterRatio)
        add(.remainder, .realLosses, .realLossesLong)
        add(.apparentLosses, .apparentLosses)
        add(.zoneInflow, .inflow, .inflowLessRegistered, .registered)
        add(.nightFlow, .minimumNightFlow, .nightFlowAxis)
        add(.legitimateUse, .legitimateNightUse)
        add(.nightDayFactor, .nightDayFactor)
        add(.nightLeakage, .nightLeakage, .dailyLeakage)
        add(.counted, .nights, .nodes, .meters, .figuresCount)
        add(.given, .connections, .mainsLength, .length, .lengthWalked, .nominalDiameter)
        add(.share, .shareOfSupplied, .meterShare, .shareOfNodes)
        add(.leakProbability, .probability, .probabilitySoFar)
        add(.pressure, .nightLowest, .nightMedian, .nightHighest, .peakLowest)
        add(.sizing, .quantity)
        add(.capital, .capitalCost)
        add(.capital, programme: "capital", "works")
        add(.operation, .operationCost)
        add(.operation, programme: "operation")
        add(.balanceVolume, .workbookMargin)
        add(.register, .life, .discountRate, .workbookRate, .workbookLow, .workbookHigh)
        add(.waterWorth, .workbookWorth)
        add(.switching, .workbookWorthAtLow, .workbookWorthAtHigh, .workbookSwing, .workbookSwitching)
        add(.saved, .volumeSaved)
        add(.saved, programme: "saved", "sold")
        add(.costPerVolume, .costPerVolume)
        add(.netPresentValue, .netPresentValue)
        add(.internalRate, .internalRateOfReturn)
        add(.benefitCost, .benefitCostRatio)
        add(.payback, .payback)
        add(.payback, programme: "discounted_payback")
        add(.trajectory, .ratioWith, .ratioWithout, .realLossesWith, .realLossesWithout)
        add(.trajectory, programme: "target")
        add(.benefit, .benefit)
        add(.net, .net, .cumulativeNet)
        add(.financing, .funding, .fundingGap)
        add(.estimate, .amount)
        add(.need, programme: "need_with", "need_without", "demand")
        add(.given, programme: "capacity", "offered", "interest", "maturity", "grace", "share")
        add(.deficit, programme: "deficit_with", "deficit_without")
        add(.waterWorth, programme: "worth_sold", "worth_avoided", "worth_deferral", "worth_per_m3")
        add(.rebound, programme: "losses_with", "losses_without", "losses_stopped")
        add(.estimate, programme: "price_contingency", "tax", "value")
        add(.schedule, programme: "idle_months", "months_late")
        add(.training, programme: "posts", "person_weeks", "on_the_job_weeks")
        add(.financing, programme: "drawn", "from_sources", "uncovered", "interest_due", "principal")
        add(.grantElement, programme: "grant_element")
        add(.coverage, programme: "coverage")
        add(.contractPayment, programme: "measured", "paid_volume", "payment", "payment_low", "payment_high")
        add(.account, programme: "transfers_left_out")
        add(.billShare, programme: "bill_share", "lifeline_share")
        add(.baseline, programme: "baseline")
        add(.detectable, programme: "detectable")
        add(.readingCost, programme: "present_cost", "per_endpoint_year")
        add(.gateways, programme: "gateways")
        add(.counted, programme: "endpoints")
        add(.diagnosis, programme: "weeks", "margin_after")
        add(.meterError, .meterExpectedError)
        add(.varianceShare, programme: "variance_share")
        add(.information, programme: "worth_of_knowing")
        add(.register, programme: "central", "income", "limit")
        add(.switching, programme: "worth_at_low", "worth_at_high", "switching_value")
        add(.simulated, programme: "probability")
        return result
    }()

    /// Where its formula is from; a name of the catalogue.
    var origin: String {
        switch self {
        case .given, .counted, .stated, .share: "files"
        case .balanceVolume, .ratio, .remainder, .apparentLosses, .indicator: "iwa"
        case .zoneInflow, .nightFlow, .legitimateUse, .nightDayFactor, .nightLeakage, .perConnection: "night"
        case .leakFlow, .leakChance, .leakProbability, .pressure, .reading: "model"
        case .varianceShare, .information, .switching, .simulated: "simulation"
        default: "plan"
        }
    }
}
