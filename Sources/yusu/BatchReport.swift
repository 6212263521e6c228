// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// What a batch came to: a log of its jobs, and the cities side by side.
struct BatchReport {
    let records: [JobRecord]
    /// Jobs that were done before.
    let known: Int

    private func count(_ status: JobRecord.Status) -> Int { records.count { $0.status == status } }

    /// Of the worst job: crashes weigh most, then bad data, missing inputs, outputs that fail, wrong use, bad answers.
    var exitCode: Int32 {
        let order: [Int32] = [ExitStatus.crashed, 65, 66, 73, 74, 64, 1, 0]
        return records.map(\.exitCode).min { (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0) } ?? 0
    }

    var summary: String {
        let parts: [(Int, String)] = [
            (count(.badAnswer), "with a bad answer"), (count(.failed), "failed"), (count(.crashed), "crashed"),
            (count(.skipped), "skipped"),
        ]
        return "\(records.count) jobs: \(count(.done)) done" + parts.filter { $0.0 > 0 }.map { ", \($0.0) \($0.1)" }.joined()
            + (known > 0 ? "; \(known) were done before" : "") + "\n"
    }

    var json: JSON {
        .object([
            ("jobs", .integer(records.count)), ("done", .integer(count(.done))), ("bad_answer", .integer(count(.badAnswer))),
            ("failed", .integer(count(.failed))), ("crashed", .integer(count(.crashed))), ("skipped", .integer(count(.skipped))),
            ("done_before", .integer(known)), ("exit_code", .integer(Int(exitCode))), ("log", .array(records.map(\.json))),
        ])
    }

    /// Figures that compare cities of any currency, with their column's unit and factor.
    private static let compared: [(kind: LossIndicator.Kind, column: String, unit: String, factor: Double)] = [
        (.nonRevenueWaterShare, "non_revenue_water", "percent", 100),
        (.realLossesPerConnection, "real_losses_per_connection", "l_per_day", 1),
        (.realLossesPerMain, "real_losses_per_km", "m3_per_day", 1),
        (.infrastructureLeakageIndex, "infrastructure_leakage_index", "", 1),
    ]

    /// A row a city, by non-revenue water, greatest first; a city of several jobs stands once, as the last of them saw it.
    var cities: String {
        var rows: [(job: String, city: JobCapture.CityFigures)] = []
        var places: [String: Int] = [:]
        for record in records {
            guard record.isDone, let city = record.city else { continue }
            let key = record.folder ?? record.name
            if let place = places[key] {
                rows[place] = (record.name, city)
            } else {
                places[key] = rows.count
                rows.append((record.name, city))
            }
        }
        func share(_ city: JobCapture.CityFigures) -> Double {
            city.figures[LossIndicator.Kind.nonRevenueWaterShare.rawValue]?.value ?? -.infinity
        }
        rows.sort { (-share($0.city), $0.city.city, $0.job) < (-share($1.city), $1.city.city, $1.job) }
        let ranks = Self.compared.map { item in RankInterval.ranks(of: rows.map { $0.city.figures[item.kind.rawValue] }) }
        var header = ["job", "city", "country"]
        for item in Self.compared {
            let end = item.unit.isEmpty ? "" : "_" + item.unit
            header += [item.column + end, item.column + "_low95" + end, item.column + "_high95" + end]
            header += ["rank", "rank_best", "rank_worst"].map { item.column + "_" + $0 }
        }
        return DelimitedText.line(header)
            + rows.enumerated().map { index, row in
                var fields = [row.job, row.city.city, row.city.country]
                for (item, ranks) in zip(Self.compared, ranks) {
                    guard let figure = row.city.figures[item.kind.rawValue], let rank = ranks[index] else {
                        fields += [String](repeating: "", count: 6)
                        continue
                    }
                    fields += [figure.value, figure.low95, figure.high95].map { NumberText.significant($0 * item.factor, 6) }
                    fields += ["\(rank.rank)", "\(rank.best)", "\(rank.worst)"]
                }
                return DelimitedText.line(fields)
            }.joined()
    }
}
