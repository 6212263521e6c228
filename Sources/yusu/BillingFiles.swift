// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// A result in its three forms.
protocol BillingOutput {
    var table: String { get }
    var json: JSON { get }
    var csv: String { get }
}

/// Ratios by month.
struct BillingFiles: BillingOutput {
    let records: [(zone: String, lag: BillingLag)]

    private func name(_ year: Int, _ month: Int) -> String { "\(year)-\(month < 10 ? "0" : "")\(month)" }

    var table: String {
        var lines: [String] = []
        for (zone, lag) in records {
            if !lines.isEmpty { lines.append("") }
            if !zone.isEmpty { lines.append("Zone \(zone)") }
            lines.append(
                TextColumns.padded("Month", 10) + TextColumns.right("billed %", 12) + TextColumns.right("own use %", 12)
                    + "   95 % interval")
            for month in lag.months {
                func percent(_ value: Double) -> String { NumberText.fixed(100 * value, 1) }
                lines.append(
                    TextColumns.padded(name(month.year, month.month), 10) + TextColumns.right(month.billed.map(percent) ?? "-", 12)
                        + TextColumns.right(percent(month.ratio.value), 12) + "   "
                        + "\(percent(max(0, month.ratio.low95))) to \(percent(month.ratio.high95))")
            }
            lines += TextColumns.wrapped(
                "the ratio changes by \(NumberText.fixed(100 * lag.monthlyChange, 1)) points from month to month; bills scatter by "
                    + "\(NumberText.fixed(100 * lag.noise, 1)) points")
            if lag.imbalance.standardDeviation > 0 {
                lines += TextColumns.wrapped(
                    "bills of even months stand \(NumberText.fixed(100 * lag.imbalance.value, 1)) ± "
                        + "\(NumberText.fixed(100 * lag.imbalance.margin95, 1)) % above the mean of all")
            }
            for month in lag.revised {
                lines += TextColumns.wrapped(
                    "\(name(month.year, month.month)) was revised by \(NumberText.fixed(100 * month.revision, 2)) points")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    var csv: String {
        DelimitedText.line(["zone", "month", "billed_percent", "ratio_percent", "ratio_low95_percent", "ratio_high95_percent"])
            + records.flatMap { record in
                record.lag.months.map { month in
                    DelimitedText.line([
                        record.zone, name(month.year, month.month), month.billed.map { NumberText.exact(100 * $0) } ?? "",
                        NumberText.exact(100 * month.ratio.value), NumberText.exact(100 * max(0, month.ratio.low95)),
                        NumberText.exact(100 * month.ratio.high95),
                    ])
                }
            }.joined()
    }

    var json: JSON {
        .array(
            records.map { record in
                let lag = record.lag
                let months = lag.months.map { month -> JSON in
                    .object([
                        ("month", .string(name(month.year, month.month))), ("billed_percent", JSON(month.billed.map { 100 * $0 })),
                        ("ratio_percent", .number(100 * month.ratio.value)),
                        ("ratio_low95_percent", .number(100 * max(0, month.ratio.low95))),
                        ("ratio_high95_percent", .number(100 * month.ratio.high95)),
                    ])
                }
                let revised = lag.revised.map { month -> JSON in
                    .object([
                        ("month", .string(name(month.year, month.month))), ("revision_percent", .number(100 * month.revision)),
                    ])
                }
                return .object([
                    ("zone", .string(record.zone)), ("months", .array(months)),
                    ("monthly_change_percent", .number(100 * lag.monthlyChange)), ("noise_percent", .number(100 * lag.noise)),
                    ("imbalance_percent", .number(100 * lag.imbalance.value)),
                    ("imbalance_margin95_percent", .number(100 * lag.imbalance.margin95)), ("revised", .array(revised)),
                ])
            })
    }
}

/// Use by month from reading periods, and the share of the month that has readings, mean of the routes.
struct ReadFiles: BillingOutput {
    private struct Row {
        var zone: String
        var month: String
        var use: Double
        var coverage: Double
    }

    private let rows: [Row]

    init(reads: [BillingTable.Reads]) {
        rows = reads.flatMap { item -> [Row] in
            guard let first = item.periods.map(\.start).min(), let last = item.periods.map(\.end).max() else { return [] }
            let from = first.calendar, to = (last + -1).calendar
            return (from.year * 12 + from.month - 1...to.year * 12 + to.month - 1).map { index in
                let start = Instant(year: index / 12, month: index % 12 + 1, day: 1)
                let end = Instant(year: (index + 1) / 12, month: (index + 1) % 12 + 1, day: 1)
                return Row(
                    zone: item.zone, month: "\(index / 12)-\(index % 12 < 9 ? "0" : "")\(index % 12 + 1)",
                    use: BillingProration.use(from: start, to: end, of: item.periods),
                    coverage: BillingProration.coverage(from: start, to: end, of: item.periods) / Double(item.routes))
            }
        }
    }

    var table: String {
        let head =
            TextColumns.padded("Month", 10) + TextColumns.padded("Zone", 20) + TextColumns.right("use", 18)
            + TextColumns.right("days with readings %", 24)
        return
            ([head]
            + rows.map { row in
                TextColumns.padded(row.month, 10) + TextColumns.padded(row.zone, 20) + TextColumns.right(NumberText.fixed(row.use, 3), 18)
                    + TextColumns.right(NumberText.fixed(100 * row.coverage, 1), 24)
            }).joined(separator: "\n") + "\n"
    }

    var csv: String {
        DelimitedText.line(["zone", "month", "use", "coverage_percent"])
            + rows.map {
                DelimitedText.line([$0.zone, $0.month, NumberText.exact($0.use), NumberText.exact(100 * $0.coverage)])
            }.joined()
    }

    var json: JSON {
        .array(
            rows.map {
                .object([
                    ("zone", .string($0.zone)), ("month", .string($0.month)), ("use", .number($0.use)),
                    ("coverage_percent", .number(100 * $0.coverage)),
                ])
            })
    }
}
