// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// A CSV of audits: each row is read, computed and written on its own, so that a bad one stops nothing and a long file takes no more
/// memory than a short one.
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

    enum Form {
        case csv
        /// An object a line.
        case json
    }

    private var rows: RowStream
    private let positions: [String: Int]

    /// - Throws: `TextFileError`; a column that is missing or not known is an error, all of them told at once.
    init(path: String) throws(TextFileError) {
        rows = try RowStream(path: path)
        var problems: [InputProblem] = []
        for name in ["audit", "volume_unit", "own_sources", "billed_metered"] where !rows.header.contains(name) {
            problems.append(InputProblem(file: path, line: 1, what: "no column '\(name)'", remedy: "add it, or correct its name"))
        }
        var positions: [String: Int] = [:]
        for (index, name) in rows.header.enumerated() {
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

    /// Computes row by row and hands each line of the result on. Returns the number of rows, and of those that could not be computed.
    /// - Throws: `TextFileError` where the file ends inside a quote; rows before it have been handed on.
    mutating func results(
        _ standard: WaterAudit.Standard, _ form: Form = .csv, relief: KoreanTree.DataHandlingPlace = .reliefCredit,
        write: (String) -> Void
    ) throws(TextFileError) -> (rows: Int, failed: Int) {
        let names = Self.resultColumns + (standard == .korea ? Self.koreanColumns : [])
        if form == .csv { write(DelimitedText.line(names)) }
        var count = 0, failed = 0
        while let row = try rows.next() {
            count += 1
            var reader = AuditRowReader(fields: row.fields, positions: positions, expected: rows.header.count)
            let audit = reader.audit()
            var fields: [String]
            if reader.problems.isEmpty {
                do throws(BalanceError) {
                    fields = Self.fields(try WaterAuditResult(audit, standard: standard, relief: relief))
                } catch {
                    fields = Self.notComputed(audit.name, error.description, names.count)
                    failed += 1
                }
            } else {
                fields = Self.notComputed(audit.name, reader.problems.joined(separator: "; "), names.count)
                failed += 1
            }
            write(form == .csv ? DelimitedText.line(fields) : Self.object(names, fields))
        }
        return (count, failed)
    }

    private static func notComputed(_ name: String, _ reason: String, _ columns: Int) -> [String] {
        let blanks = [String](repeating: "", count: resultColumns.count - 2)
        return [name] + blanks + ["not computed: \(reason)"] + [String](repeating: "", count: columns - resultColumns.count)
    }

    /// Names and alerts are text, everything else numbers.
    private static func object(_ names: [String], _ fields: [String]) -> String {
        JSON.object(
            zip(names, fields).map { name, field in
                (name, name == "audit" || name == "alerts" ? .string(field) : JSON(NumberText.number(field)))
            }
        ).line + "\n"
    }

    private static func fields(_ result: WaterAuditResult) -> [String] {
        func number(_ value: Double?) -> String { value.map(NumberText.exact) ?? "" }
        func percent(_ value: Double?) -> String { number(value.map { $0 * 100 }) }
        let t = result.balance.terms
        var fields = [
            result.audit.name, number(t.waterSupplied.value), number(t.authorisedConsumption.value), number(t.waterLosses.value),
            number(t.unauthorised.value), number(t.meteringInaccuracy.value), number(t.dataHandling.value),
            number(t.apparentLosses.value), number(t.realLosses.value), number(t.nonRevenueWater.value),
            percent(t.revenueWaterRatio.value), percent(t.nonRevenueWater.value / t.waterSupplied.value),
            number(result.realLossesPerConnection), number(result.realLossesPerMain), number(result.apparentLossesPerConnection),
            number(result.unavoidableRealLosses), number(result.infrastructureLeakageIndex), number(result.apparentLossesCost),
            number(result.realLossesCost), percent(result.nonRevenueWaterCostShare),
            result.alerts.map(\.message).joined(separator: "; "),
        ]
        if let tree = result.koreanTree {
            fields += [tree.revenueWaterRatio, tree.effectiveRatio, tree.nonRevenueEffectiveRatio, tree.leakageRatio].map {
                percent($0.value)
            }
        }
        return fields
    }
}
