// SPDX-License-Identifier: GPL-3.0-or-later

import WaterLoss
import WaterModel

/// Where the figures in the sentences of analyses come from: a sentence has one mark, for all its figures.
enum FindingOrigin {
    /// Words of the English sentences of `Planning` that have arguments, and the kind of their figures.
    static let warnings: [(words: String, kind: Trace.Kind)] = [
        ("revenue-water ratio of", .trajectory), ("Without the assumed rise of leakage", .netPresentValue),
        ("interval of the net present value", .netPresentValue), ("its net present value is", .netPresentValue),
        ("internal rates of return", .internalRate), ("interval of the volume saved", .saved),
        ("No source of funding is named", .financing), ("Sources do not equal uses", .financing),
        ("The terms of these loans", .financing), ("Real losses by the balance", .remainder),
        ("interval of the balance's real losses", .remainder), ("zones have no loss of their own", .remainder),
        ("real loss comes out below zero", .nightLeakage), ("How fast leakage rises here", .register),
        ("The discount rate is missing", .register), ("figures in the assumption register", .counted),
        ("Not sized or not priced", .sizing), ("which has no size here", .sizing),
        ("too many to design zones", .given), ("No programme can be chosen", .capital), ("A fire flow of 10 l/s", .pressure),
        // What the city's files or the settings of the plan say.
        ("The budget of", .given), ("The target year", .given), ("Water flows for", .given), ("The catalogue has no measure", .given),
        ("has no parameter", .given), ("a figure of the catalogue cannot be negative", .given),
    ]

    /// Words of the sentences of `WaterLoss` on what is missing.
    private static let gaps: [(words: String, kind: Trace.Kind)] = [
        ("without a working meter", .legitimateUse), ("legitimate night use", .legitimateUse), ("nights", .nightFlow),
        ("night flow", .nightFlow), ("inflow", .zoneInflow), ("real losses", .remainder), ("balance", .balanceVolume),
    ]

    static func origin(ofWarning sentence: String) -> Origin {
        Origin(warnings.first { sentence.contains($0.words) }?.kind ?? .register)
    }

    static func origin(ofGap sentence: String) -> Origin {
        if let line = line(in: sentence, after: "balance, ") { return Origin(.balanceVolume, [line.rawValue]) }
        return Origin(gaps.first { sentence.contains($0.words) }?.kind ?? .given)
    }

    /// Of what the balance took where nothing was given.
    static func origin(ofDefault sentence: String) -> Origin {
        Origin(.balanceVolume, line(in: sentence, after: "").map { [$0.rawValue] } ?? [])
    }

    private static func line(in sentence: String, after start: String) -> BalanceInput.Line? {
        guard sentence.hasPrefix(start) else { return nil }
        return BalanceInput.Line(rawValue: String(sentence.dropFirst(start.count).prefix { $0 != ":" }))
    }
}

extension PlanSource {
    var warningPhrases: [Phrase] { plan.warnings.map { .finding($0, FindingOrigin.origin(ofWarning: $0)) } }

    var gapPhrases: [Phrase] { assessment.gaps.map { .finding($0, FindingOrigin.origin(ofGap: $0)) } }

    /// What an indicator is to be read with.
    func flagPhrases(of indicator: LossIndicator) -> [Phrase] {
        indicator.flags.map { .finding($0, Origin(.indicator, [indicator.kind.rawValue])) }
    }
}
