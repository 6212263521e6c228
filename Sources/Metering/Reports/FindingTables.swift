// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import WaterModel

extension ReportTables {
    /// `findings.csv`: a list to work through, the largest expected volume first. Written in pieces.
    /// - price: of a cubic metre, nil where it is not given. [currency/m³]
    public static func findings(_ report: MeterReport, price: Double? = nil, _ write: (String) -> Void) {
        write(
            "rank,meter,zone,finding,action,probability,start,end,rate_m3_per_h,volume_m3,m3_per_year,m3_per_year_low95,m3_per_year_high95,"
                + "expected_m3_per_year,money_per_year,evidence\n")
        for (index, f) in report.findings.enumerated() {
            write(
                DelimitedText.line([
                    "\(index + 1)", f.meter.name, f.zone?.name ?? "", f.kind.rawValue, f.kind.action, NumberText.fixed(f.probability, 3),
                    f.start?.description ?? "", f.end?.description ?? "", f.rate.map { NumberText.fixed($0, 5) } ?? "",
                    f.volume.map { NumberText.fixed($0, 3) } ?? "", NumberText.fixed(f.perYear.value, 2),
                    NumberText.fixed(max(0, f.perYear.low95), 2), NumberText.fixed(f.perYear.high95, 2),
                    NumberText.fixed(f.expectedPerYear, 2), price.map { NumberText.fixed(f.expectedPerYear * $0, 2) } ?? "", f.evidence,
                ]))
        }
    }

    /// `findings.json`: the same, with the numbers behind the words.
    public static func findingsJSON(_ report: MeterReport, price: Double? = nil, _ write: (String) -> Void) {
        let frame = JSON.object([
            ("start", JSON(report.start.description)), ("end", JSON(report.end.description)),
            ("price_currency_per_m3", JSON(price)), ("findings", .array([])),
        ]).text
        guard !report.findings.isEmpty, let list = frame.range(of: "[]", options: .backwards) else { return write(frame) }
        write(frame[..<list.lowerBound] + "[\n")
        for (index, f) in report.findings.enumerated() {
            let members: [(String, JSON)] = [
                ("rank", .integer(index + 1)), ("meter", JSON(f.meter.name)), ("zone", JSON(f.zone?.name)),
                ("finding", JSON(f.kind.rawValue)), ("action", JSON(f.kind.action)), ("probability", .number(f.probability)),
                ("start", JSON(f.start?.description)), ("end", JSON(f.end?.description)), ("rate_m3_per_h", JSON(f.rate)),
                ("volume_m3", JSON(f.volume)), ("m3_per_year", .number(f.perYear.value)),
                ("m3_per_year_low95", .number(max(0, f.perYear.low95))), ("m3_per_year_high95", .number(f.perYear.high95)),
                ("expected_m3_per_year", .number(f.expectedPerYear)),
                ("money_per_year", JSON(price.map { $0 * f.expectedPerYear })), ("evidence", JSON(f.evidence)),
                ("measures", .object(f.measures.map { ($0.0, .number($0.1)) })),
            ]
            write("    " + JSON.object(members).text(depth: 2) + (index + 1 < report.findings.count ? ",\n" : "\n"))
        }
        write("  ]" + frame[list.upperBound...])
    }

    /// `edits.csv`: every use of a rule, with what stood there; times in UTC.
    public static let editsHeader = "meter,from,to,rule,version,old_value,new_value,reason"

    /// A row of `edits.csv`.
    public static func add(_ e: MeterReport.Edit, to table: inout TableText) {
        table.field(e.meter.name)
        table.field(e.from, mark: "Z")
        table.field(e.to, mark: "Z")
        let words = words[e.rule] ?? ([], [])
        table.raw(words.rule)
        for value in [e.old, e.new] { if let value { table.field(NumberText.exact(value)) } else { table.empty() } }
        table.raw(words.reason)
        table.endRow()
    }

    /// Fields of the table that go with a rule: `rule` and `version`; `reason`.
    private static let words: [EditRule: (rule: [UInt8], reason: [UInt8])] = Dictionary(
        uniqueKeysWithValues: EditRule.allCases.map { rule in
            (rule, (Array("\(rule.rawValue),\(rule.version),".utf8), Array(DelimitedText.line([rule.reason]).utf8.dropLast())))
        })
}
