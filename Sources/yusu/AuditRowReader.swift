// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// Turns the fields of one row into an audit; whatever is wrong is collected, column by column.
struct AuditRowReader {
    let fields: [String]
    let positions: [String: Int]
    let expected: Int
    private(set) var problems: [String] = []

    init(fields: [String], positions: [String: Int], expected: Int) {
        self.fields = fields
        self.positions = positions
        self.expected = expected
    }

    mutating func audit() -> WaterAudit {
        if fields.count != expected { problems.append("\(fields.count) fields where the header has \(expected)") }
        let unit = word("volume_unit", Self.volumeUnits) ?? .cubicMetre
        if text("volume_unit") == nil { problems.append("volume_unit is empty: give one of \(Self.words(Self.volumeUnits))") }
        var audit = WaterAudit(name: text("audit") ?? "", volumeUnit: unit)
        if let days = number("period_days") { audit.periodDays = days }
        audit.ownSources = bulk("own_sources")
        audit.imported = bulk("imported")
        audit.exported = bulk("exported")
        audit.billedMetered = volume("billed_metered")
        audit.billedUnmetered = volume("billed_unmetered")
        audit.unbilledMetered = volume("unbilled_metered")
        audit.unbilledUnmetered = volume("unbilled_unmetered")
        audit.unauthorised = volume("unauthorised")
        audit.meteringInaccuracyFraction = number("metering_inaccuracy_percent").map { $0 / 100 }
        audit.meteringInaccuracy = number("metering_inaccuracy_volume")
        audit.dataHandling = number("data_handling")
        audit.mainsLength = quantity("mains_length", unit: "length_unit", Self.lengthUnits)
        audit.connections = volume("connections")
        audit.customerLineLength = quantity("customer_line_length", unit: "customer_line_unit", Self.lengthUnits)
        audit.pressure = quantity("pressure", unit: "pressure_unit", Self.pressureUnits)
        audit.operatingCost = number("operating_cost")
        audit.retailCost = quantity("retail_cost", unit: "retail_cost_unit", Self.priceUnits)
        audit.productionCost = quantity("production_cost", unit: "production_cost_unit", Self.priceUnits)
        audit.realLossesValuedAtRetail = word("real_losses_valued_at", [("production", false), ("retail", true)]) ?? false
        audit.defaults = word("defaults", [("fwas5", BalanceDefaults.fwas5), ("fwas6", .fwas6)])
        return audit
    }

    // MARK: Units, with their size in SI

    private static let volumeUnits: [(String, VolumeUnit)] = [
        VolumeUnit.cubicMetre, .thousandCubicMetres, .millionCubicMetres, .megalitre, .millionGallons, .millionImperialGallons,
        .thousandGallons, .acreFoot, .hundredCubicFeet,
    ].map { ($0.rawValue, $0) }
    private static let lengthUnits = [("km", 1000.0), ("mi", Units.mile), ("m", 1), ("ft", Units.foot)]
    private static let pressureUnits = [
        ("m", 1.0), ("psi", Units.psi / (Units.waterDensity * Units.gravity)), ("kPa", 1e3 / (Units.waterDensity * Units.gravity)),
        ("bar", 1e5 / (Units.waterDensity * Units.gravity)),
    ]
    private static let priceUnits = [
        ("per_m3", 1.0), ("per_kgal", 1 / VolumeUnit.thousandGallons.cubicMetres), ("per_ccf", 1 / VolumeUnit.hundredCubicFeet.cubicMetres),
        ("per_AF", 1 / VolumeUnit.acreFoot.cubicMetres), ("per_MG", 1 / VolumeUnit.millionGallons.cubicMetres),
    ]

    private static func words<T>(_ list: [(String, T)]) -> String { list.map(\.0).joined(separator: ", ") }

    // MARK: Fields

    private func text(_ column: String) -> String? {
        guard let index = positions[column], index < fields.count, !fields[index].isEmpty else { return nil }
        return fields[index]
    }

    private mutating func number(_ column: String) -> Double? {
        guard let text = text(column) else { return nil }
        if let value = NumberText.number(text) { return value }
        problems.append("\(column) is '\(text)': give a number with a decimal point, or leave it empty")
        return nil
    }

    private mutating func volume(_ column: String) -> Double? {
        guard let value = number(column) else { return nil }
        if value < 0 { problems.append("\(column) is \(NumberText.exact(value)): give 0 or more") }
        return value
    }

    private mutating func bulk(_ column: String) -> WaterAudit.BulkVolume {
        let percent = number(column + "_error_percent")
        if let percent, percent <= -100 { problems.append("\(column)_error_percent is \(percent): give a percentage above −100") }
        return WaterAudit.BulkVolume(
            volume(column), errorFraction: percent.map { $0 / 100 }, errorVolume: number(column + "_error_volume"))
    }

    private mutating func word<T>(_ column: String, _ known: [(String, T)]) -> T? {
        guard let text = text(column) else { return nil }
        if let match = known.first(where: { $0.0 == text }) { return match.1 }
        problems.append("\(column) is '\(text)': give one of \(Self.words(known))")
        return nil
    }

    /// A number with the unit that stands in another column; without a unit it is not guessed.
    private mutating func quantity(_ column: String, unit unitColumn: String, _ units: [(String, Double)]) -> Double? {
        guard let value = volume(column) else { return nil }
        if value == 0, text(unitColumn) == nil { return 0 }
        if text(unitColumn) == nil {
            problems.append("\(unitColumn) is empty: give the unit of \(column), one of \(Self.words(units))")
            return nil
        }
        return word(unitColumn, units).map { value * $0 }
    }
}
