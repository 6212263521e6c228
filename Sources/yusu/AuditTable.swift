// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// A CSV of audits: each row is read on its own, so that a bad one stops nothing.
struct AuditTable {
    static let columns = [
        "audit", "volume_unit", "period_days", "own_sources", "own_sources_error_percent", "own_sources_error_volume", "imported",
        "imported_error_percent", "imported_error_volume", "exported", "exported_error_percent", "exported_error_volume",
        "billed_metered", "billed_unmetered", "unbilled_metered", "unbilled_unmetered", "unauthorised", "metering_inaccuracy_percent",
        "metering_inaccuracy_volume", "data_handling", "mains_length", "length_unit", "connections", "customer_line_length",
        "customer_line_unit", "pressure", "pressure_unit", "operating_cost", "retail_cost", "retail_cost_unit", "production_cost",
        "production_cost_unit", "real_losses_valued_at", "defaults",
    ]
    static let resultColumns = [
        "audit", "water_supplied", "authorised_consumption", "water_losses", "unauthorised", "metering_inaccuracy", "data_handling",
        "apparent_losses", "real_losses", "non_revenue_water", "revenue_water_percent", "non_revenue_water_percent",
        "real_losses_l_per_connection_day", "real_losses_m3_per_km_day", "apparent_losses_l_per_connection_day", "uarl",
        "infrastructure_leakage_index", "apparent_losses_cost", "real_losses_cost", "non_revenue_water_cost_percent", "alerts",
    ]
    /// 유수율, 유효율, 무수율, 누수율: follow the other columns under the Korean standard.
    static let koreanColumns = ["yusu_percent", "yuhyo_percent", "musu_percent", "nusu_percent"]

    private let table: DelimitedText
    private let positions: [String: Int]

    var count: Int { table.rows.count }

    /// - Throws: `TextFileError`; a column that is missing or not known is an error, all of them told at once.
    init(path: String) throws(TextFileError) {
        table = try DelimitedText(text: FileBytes.text(FileBytes.read(path)), file: path, acceptsRaggedRows: true)
        var problems: [InputProblem] = []
        for name in ["audit", "volume_unit", "own_sources", "billed_metered"] where table.column(name) == nil {
            problems.append(InputProblem(file: path, line: 1, what: "no column '\(name)'", remedy: "add it, or correct its name"))
        }
        var positions: [String: Int] = [:]
        for (index, name) in table.header.enumerated() {
            if !Self.columns.contains(name) {
                problems.append(
                    InputProblem(
                        file: path, line: 1, what: "unknown column '\(name)'",
                        remedy: "the columns are: \(Self.columns.joined(separator: ", "))"))
            } else if positions[name] != nil {
                problems.append(InputProblem(file: path, line: 1, what: "column '\(name)' stands twice", remedy: "take one out"))
            }
            positions[name] = index
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        self.positions = positions
    }

    /// The result table, and how many rows could not be computed.
    func results(_ standard: WaterAudit.Standard) -> (text: String, failed: Int) {
        let extra = standard == .korea ? Self.koreanColumns : []
        var text = DelimitedText.line(Self.resultColumns + extra)
        var failed = 0
        for row in table.rows {
            var reader = AuditRowReader(fields: row.fields, positions: positions, expected: table.header.count)
            let audit = reader.audit()
            let reason: String
            if reader.problems.isEmpty {
                do throws(BalanceError) {
                    text += DelimitedText.line(Self.fields(try WaterAuditResult(audit, standard: standard)))
                    continue
                } catch {
                    reason = error.description
                }
            } else {
                reason = reader.problems.joined(separator: "; ")
            }
            failed += 1
            let blanks = [String](repeating: "", count: Self.resultColumns.count - 2)
            text += DelimitedText.line(
                [audit.name] + blanks + ["not computed: \(reason)"] + [String](repeating: "", count: extra.count))
        }
        return (text, failed)
    }

    private static func fields(_ result: WaterAuditResult) -> [String] {
        func number(_ value: Double?) -> String { value.map(NumberText.exact) ?? "" }
        func percent(_ value: Double?) -> String { number(value.map { $0 * 100 }) }
        let b = result.balance
        var fields = [
            result.audit.name, number(b.waterSupplied.value), number(b.authorisedConsumption.value), number(b.waterLosses.value),
            number(b.unauthorised.value), number(b.meteringInaccuracy.value), number(b.dataHandling.value),
            number(b.apparentLosses.value), number(b.realLosses.value), number(b.nonRevenueWater.value),
            percent(b.revenueWaterRatio.value), percent(b.nonRevenueWater.value / b.waterSupplied.value),
            number(result.realLossesPerConnection), number(result.realLossesPerMain), number(result.apparentLossesPerConnection),
            number(result.unavoidableRealLosses), number(result.infrastructureLeakageIndex), number(result.apparentLossesCost),
            number(result.realLossesCost), percent(result.nonRevenueWaterCostShare), result.alerts.map(\.message).joined(separator: "; "),
        ]
        if let tree = result.koreanTree {
            fields += [tree.revenueWaterRatio, tree.effectiveRatio, tree.nonRevenueEffectiveRatio, tree.leakageRatio].map {
                percent($0.value)
            }
        }
        return fields
    }
}
