// SPDX-License-Identifier: GPL-3.0-or-later

/// How well an audit's data are founded, from grades of 1 to 10: an approximation of the score of the AWWA Free Water Audit Software,
/// whose weights are not published. Our fit on filed audits of version 5 with own sources: median error about 0.3 points, nine of
/// ten within 1.5. Never to be called the official score.
public struct ValidityScore: Hashable, Sendable {
    /// What is graded.
    public enum Item: String, Sendable, CaseIterable {
        case ownSources = "own_sources"
        case ownSourcesError = "own_sources_error"
        case imported
        case billedMetered = "billed_metered"
        case billedUnmetered = "billed_unmetered"
        case unbilledMetered = "unbilled_metered"
        case unbilledUnmetered = "unbilled_unmetered"
        case unauthorised
        case meteringInaccuracy = "metering_inaccuracy"
        case dataHandling = "data_handling"
        case mainsLength = "mains_length"
        case connections
        case customerLine = "customer_line_length"
        case pressure
        case operatingCost = "operating_cost"
        case retailCost = "retail_cost"
        case productionCost = "production_cost"

        /// Fitted. [%]
        var weight: Double {
            switch self {
            case .ownSources, .imported: 31.6
            case .ownSourcesError: 0.6
            case .billedMetered: 9.8
            case .billedUnmetered: 5.7
            case .unbilledMetered: 6.7
            case .unbilledUnmetered: 1.8
            case .unauthorised: 4
            case .meteringInaccuracy: 7.7
            case .dataHandling: 3.6
            case .mainsLength: 1.5
            case .connections: 1.7
            case .customerLine: 0.6
            case .pressure: 1.1
            case .operatingCost: 8.2
            case .retailCost: 7.6
            case .productionCost: 7.9
            }
        }
    }

    /// Of a line at the default fraction, whatever grade was filed with it.
    public static let gradeOfDefaults = 5

    /// 0 to 100.
    public let score: Double

    /// Tiers of version 6, I to V.
    public var tier: Int { ([25, 50, 70, 90].firstIndex { score.rounded() <= $0 } ?? 4) + 1 }

    /// - grades: 1 to 10; items that a system does not have are left out, lines at a default have 5.
    /// - importedShare: of the water put in; splits the weight of the sources (rough). [–]
    /// - Returns: nil without grades.
    public init?(grades: [Item: Int], importedShare: Double = 0) {
        var sum = 0.0, weights = 0.0
        for (item, grade) in grades.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let share = min(1, max(0, importedShare))
            let weight = item == .imported ? item.weight * share : item == .ownSources ? item.weight * (1 - share) : item.weight
            sum += weight * Double(min(10, max(1, grade)))
            weights += weight
        }
        guard weights > 0 else { return nil }
        score = 10 * sum / weights
    }
}
