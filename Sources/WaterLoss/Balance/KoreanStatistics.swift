// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The volumes of the Korean waterworks statistics, line by line, and their conversion from and to the IWA lines. Every line is a
/// part of exactly one line of the other tree, so nothing is lost on the way: what IWA has no line for comes back through `detail`.
///
/// The mapping is that of the family that starts with the Japanese Environment Water circular no. 70 (1976); the wording of the
/// Korean guideline is unverified.
public struct KoreanStatistics: Hashable, Sendable {
    /// Lines, with the name that the statistics give them; where they have one name for several, it stands twice.
    public enum Term: String, Sendable, CaseIterable {
        case chargedMetered = "charged_metered"
        case chargedUnmetered = "charged_unmetered"
        case exported
        case otherRevenue = "other_revenue"
        case meterInsensitivity = "meter_insensitivity"
        /// Errors of the office, which the statistics have no line for where the relief credit means leaks.
        case officeErrors = "office_errors"
        case waterworksMetered = "waterworks_metered"
        case waterworksUnmetered = "waterworks_unmetered"
        case publicMetered = "public_metered"
        case publicUnmetered = "public_unmetered"
        case unauthorisedUse = "unauthorised_use"
        case reliefCredit = "relief_credit"
        case leakage

        public var koreanName: String {
            switch self {
            case .chargedMetered, .chargedUnmetered: "요금수량"
            case .exported: "분수량"
            case .otherRevenue: "기타"
            case .meterInsensitivity, .officeErrors: "계량기불감수량"
            case .waterworksMetered, .waterworksUnmetered: "수도사업용수량"
            case .publicMetered, .publicUnmetered: "공공수량"
            case .unauthorisedUse: "부정사용량"
            case .reliefCredit: "조정감액수량"
            case .leakage: "누수량"
            }
        }

        static let revenue: [Term] = [.chargedMetered, .chargedUnmetered, .exported, .otherRevenue]
        static let withoutRevenue: [Term] = [
            .meterInsensitivity, .officeErrors, .waterworksMetered, .waterworksUnmetered, .publicMetered, .publicUnmetered,
            .unauthorisedUse,
        ]
        static let ineffective: [Term] = [.reliefCredit, .leakage]
    }

    /// What 조정감액수량 is in the IWA tree: an explicit choice, as the statistics do not say.
    public enum ReliefCredit: String, Sendable, CaseIterable {
        /// Bills reduced because water leaked behind the meter: real losses.
        case realLoss = "real_loss"
        /// Bills reduced for errors: systematic data-handling errors.
        case dataHandling = "data_handling"
    }

    public let ownSources, imported: Double
    public let volumes: [Term: Double]
    /// The line that is not measured but what the others leave; nil where all were given.
    public let residual: Term?
    public let reliefCredit: ReliefCredit

    /// - volumes: lines not named count zero; that of `residual` is computed.
    public init(
        ownSources: Double, imported: Double = 0, volumes: [Term: Double], residual: Term? = .leakage, reliefCredit: ReliefCredit
    ) {
        var volumes = volumes
        if let residual {
            volumes[residual] = nil
            let others = Term.allCases.reduce(0) { $0 + (volumes[$1] ?? 0) }
            volumes[residual] = ownSources + imported - others
        }
        self.init(ownSources, imported, volumes, residual, reliefCredit)
    }

    private init(
        _ ownSources: Double, _ imported: Double, _ volumes: [Term: Double], _ residual: Term?, _ reliefCredit: ReliefCredit
    ) {
        self.ownSources = ownSources
        self.imported = imported
        self.volumes = volumes.filter { $0.value != 0 }
        self.residual = residual
        self.reliefCredit = reliefCredit
    }

    public subscript(term: Term) -> Double { volumes[term] ?? 0 }

    // MARK: Sums and ratios

    private func sum(_ terms: [Term]) -> Double { terms.reduce(0) { $0 + self[$1] } }
    /// 총급수량
    public var supply: Double { ownSources + imported }
    /// 유수수량
    public var revenueWater: Double { sum(Term.revenue) }
    /// 무수수량
    public var nonRevenueEffective: Double { sum(Term.withoutRevenue) }
    /// 유효수량
    public var effective: Double { revenueWater + nonRevenueEffective }
    /// 무효수량
    public var ineffective: Double { sum(Term.ineffective) }
    /// What the lines leave of the supply; 0 but for rounding where one of them is the residual.
    public var closure: Double { supply - effective - ineffective }
    /// 유수율 [–]
    public var revenueWaterRatio: Double { revenueWater / supply }
    /// 유효율 [–]
    public var effectiveRatio: Double { effective / supply }
    /// 무수율 [–]
    public var nonRevenueEffectiveRatio: Double { nonRevenueEffective / supply }
    /// 누수율 [–]
    public var leakageRatio: Double { self[.leakage] / supply }

    // MARK: IWA

    /// The lines that each IWA line holds.
    private static func parts(_ line: BalanceInput.Line, _ credit: ReliefCredit) -> [Term] {
        switch line {
        case .ownSources, .imported: []
        case .exported: [.exported]
        case .billedMetered: [.chargedMetered]
        case .billedUnmetered: [.chargedUnmetered, .otherRevenue]
        case .unbilledMetered: [.waterworksMetered, .publicMetered]
        case .unbilledUnmetered: [.waterworksUnmetered, .publicUnmetered]
        case .unauthorised: [.unauthorisedUse]
        case .meteringInaccuracy: [.meterInsensitivity]
        case .dataHandling: credit == .dataHandling ? [.reliefCredit] : [.officeErrors]
        }
    }

    private static func realLosses(_ credit: ReliefCredit) -> [Term] { credit == .realLoss ? [.reliefCredit, .leakage] : [.leakage] }

    /// The IWA lines; export counts as billed.
    public var lines: [BalanceInput.Line: Double] {
        var lines: [BalanceInput.Line: Double] = [.ownSources: ownSources, .imported: imported]
        for line in BalanceInput.Line.allCases where lines[line] == nil { lines[line] = sum(Self.parts(line, reliefCredit)) }
        // A statement with both office errors and a credit for errors has one line for them.
        if reliefCredit == .dataHandling { lines[.dataHandling, default: 0] += self[.officeErrors] }
        return lines
    }

    public var realLosses: Double { sum(Self.realLosses(reliefCredit)) }

    /// What the IWA lines do not tell apart.
    public var detail: [Term: Double] { volumes }

    /// The balance of these lines, with real losses as its residual.
    public func balanceInput(periodDays: Double, status: SourceStatus) -> BalanceInput {
        BalanceInput(periodDays: periodDays, volumes: lines.mapValues { SourcedValue($0, status: status) })
    }

    /// From IWA lines.
    /// - detail: lines of this tree inside lines of the other: waterworks' own use, other revenue, the credit. What they leave of
    ///   the IWA line is public use, charged use, leakage. A detail of another statement, which does not add up, is used as far
    ///   as it goes.
    public init(
        lines: [BalanceInput.Line: Double], realLosses: Double, detail: [Term: Double] = [:], reliefCredit: ReliefCredit,
        residual: Term? = .leakage
    ) {
        var volumes: [Term: Double] = [:]
        func split(_ total: Double, _ terms: [Term], rest: Term) {
            let known = terms.reduce(0) { $0 + (detail[$1] ?? 0) }
            for term in terms { volumes[term] = detail[term] ?? 0 }
            if known != total {
                volumes[rest] = 0
                volumes[rest] = Self.rest(of: total, terms, volumes, rest)
            }
        }
        for line in BalanceInput.Line.allCases {
            var terms = Self.parts(line, reliefCredit)
            if line == .dataHandling, reliefCredit == .dataHandling { terms.append(.officeErrors) }
            guard
                let rest = line == .dataHandling
                    ? terms.first : terms.first(where: { $0 != .otherRevenue && $0 != .waterworksMetered && $0 != .waterworksUnmetered })
            else { continue }
            split(lines[line] ?? 0, terms, rest: rest)
        }
        split(realLosses, Self.realLosses(reliefCredit), rest: .leakage)
        self.init(lines[.ownSources] ?? 0, lines[.imported] ?? 0, volumes, residual, reliefCredit)
    }

    /// The part that makes the sum in the order of the terms come out to the last bit.
    private static func rest(of total: Double, _ terms: [Term], _ volumes: [Term: Double], _ rest: Term) -> Double {
        let others = terms.reduce(0) { $0 + ($1 == rest ? 0 : volumes[$1] ?? 0) }
        let part = total - others
        func makes(_ part: Double) -> Bool { terms.reduce(0) { $0 + ($1 == rest ? part : volumes[$1] ?? 0) } == total }
        return [part, part.nextUp, part.nextDown].first(where: makes) ?? part
    }
}
