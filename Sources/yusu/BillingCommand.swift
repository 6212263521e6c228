// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import TextFiles
import WaterLoss

/// Revenue-water ratio by month, freed of the lag of billing.
struct BillingCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "billing",
        abstract: "Revenue-water ratio of each month's own use, from bills that come every two months and some time later.",
        discussion: """
            Takes a CSV with a row a month: month (2026-03), and ratio_percent, or billed and supply (in one unit); optional zone, \
            and told for a figure that stands again, later and revised. Bills of odd and even months swing, since each goes to one \
            half of the customers for use before; what is told is the ratio of each month's own use with its 95 % interval.

            A CSV of reading periods (start, end, volume; optional zone, route) gives the use of each month, shared out by days.

            Example: yusu billing Examples/billing.csv
            Example: yusu billing gangnam.csv --cumulative 2021-01:2021-10=97.90 --format csv --output months.csv
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }

    @Argument(help: "CSV of months, or of reading periods.", completion: .file()) var file: String
    @Option(help: "Months between use and its bill: 1-2 where a bill of March has the use of January and February. Within 0-6.")
    var lags = "1-2"
    @Flag(help: "Each customer is billed every month; default: every other month, one half in odd ones, one in even ones.")
    var monthly = false
    @Option(help: "A ratio known for several months together, kept exactly: 2021-01:2021-10=97.90. May be repeated.")
    var cumulative: [String] = []
    @Option(help: "table, json or csv.") var format = Format.table
    @Option(help: "File to write; standard output where it is not given.", completion: .file()) var output: String?

    private var options: BillingLag.Options? {
        let ends = lags.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(ends.count), let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last, first >= 0, last <= 6
        else { return nil }
        var options = BillingLag.Options()
        options.lags = first...last
        options.isTwoMonthly = !monthly
        return options
    }

    func validate() throws {
        if options == nil { throw ValidationError("--lags is '\(lags)'; give one number, or two such as 1-2, within 0-6") }
        for item in cumulative where Self.cumulative(item) == nil {
            throw ValidationError("--cumulative is '\(item)'; write it as 2021-01:2021-10=97.90")
        }
    }

    func run() throws {
        switch try BillingTable(path: file).contents {
        case .months(let records):
            let found = try records.map { record in
                do throws(BillingLagError) {
                    let lag = try BillingLag(
                        record.months, cumulatives: try kept(of: record.months), options: options ?? BillingLag.Options())
                    return (zone: record.zone, lag: lag)
                } catch {
                    let place = record.zone.isEmpty ? "" : "zone '\(record.zone)': "
                    throw TextFileError.invalid([
                        InputProblem(file: file, what: "\(place)no ratios by month", remedy: error.description)
                    ])
                }
            }
            try write(BillingFiles(records: found))
        case .reads(let reads): try write(ReadFiles(reads: reads))
        }
    }

    private func write(_ files: some BillingOutput) throws {
        let text =
            switch format {
            case .table: files.table
            case .json: files.json.text
            case .csv: files.csv
            }
        if let output { try OutputFiles.write(text, to: output) } else { Console.result(text) }
    }

    /// `2021-01:2021-10=97.90`.
    private static func cumulative(_ text: String) -> (months: ClosedRange<Int>, percent: Double)? {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        guard sides.count == 2, let percent = NumberText.number(sides[1]), percent > 0 else { return nil }
        let ends = sides[0].split(separator: ":", omittingEmptySubsequences: false).map { BillingTable.monthIndex(String($0)) }
        guard ends.count == 2, let from = ends[0], let to = ends[1], from <= to else { return nil }
        return (from...to, percent)
    }

    private func kept(of months: [BillingMonth]) throws(BillingLagError) -> [BillingLag.Cumulative] {
        guard let first = months.first.map({ $0.year * 12 + $0.month - 1 }) else { return [] }
        var result: [BillingLag.Cumulative] = []
        for item in cumulative.compactMap(Self.cumulative) {
            let range = (item.months.lowerBound - first)..<(item.months.upperBound - first + 1)
            guard range.lowerBound >= 0, range.upperBound <= months.count else {
                throw .badCumulative(from: range.lowerBound, to: range.upperBound)
            }
            result.append(BillingLag.Cumulative(months: range, ratio: item.percent / 100))
        }
        return result
    }
}
