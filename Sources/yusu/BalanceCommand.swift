// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import TextFiles
import WaterFiles
import WaterLoss
import WaterModel

/// Water balances: of a city folder, of one system in a file, of many audits in one table.
struct BalanceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "balance",
        abstract: "Water balance and loss indicators of a city folder, of one system, or of thousands of audits.",
        usage: "yusu balance <file> [<options>]",
        discussion: """
            A city folder gives its components of real losses too (from leaks.csv and components.yaml), the economic level of leakage, \
            and whether balance, components and night flows agree. A city folder or a YAML file of one system gives the balance with 95 % intervals, what moves them most, and what is \
            likely to be a slip. A CSV gives one row an audit, volumes in each audit's own unit; a row that cannot be computed \
            keeps its place, with the reason in the column `alerts`.

            Example: yusu balance audits.csv --standard awwa --output results.csv
            Example: yusu balance system.yaml --standard iwa --format json
            Example: yusu balance Examples/Chanchamayo
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json, csv }
    enum Compatibility: String, ExpressibleByArgument, CaseIterable { case easycalc }
    enum Defaults: String, ExpressibleByArgument, CaseIterable {
        case fwas5, fwas6, city, zero

        var rules: BalanceDefaults {
            switch self {
            case .fwas5: .fwas5
            case .fwas6: .fwas6
            case .city: .cityPlan
            case .zero: .zero
            }
        }
    }

    @Argument(
        help: "City folder; YAML file of one system; or a CSV with one audit a row, named columns, empty where not given.",
        completion: .file())
    var file: String

    @Option(
        help:
            "Rules of the balance: awwa, iwa, korea. Default: awwa for a table of audits and a city folder, iwa for the file of a system."
    )
    var standard: WaterAudit.Standard?

    @Option(help: "What stands in for lines not given: fwas5, fwas6, city, zero. Default: the standard's own; city for a folder.")
    var defaults: Defaults?

    @Option(help: "Figures as another program displays them: easycalc (WB-EasyCalc 6.17, its defects included).")
    var compatibility: Compatibility?

    @Option(help: "table, json or csv; a table of audits gives CSV, or JSON with an audit a line.")
    var format: Format?

    @Option(help: "Samples of the simulation, 64 to 1048576, best a power of two; 0: linear intervals alone.")
    var samples = MonteCarlo.usualSamples

    @Option(help: "Seed of the simulation.")
    var seed: UInt64 = 1

    @Option(help: "What 조정감액수량 holds under the Korean standard: relief_credit (errors of the office), meter_insensitivity (nothing).")
    var reliefCredit = KoreanTree.DataHandlingPlace.reliefCredit

    @Option(help: "File to write; standard output where it is not given.", completion: .file())
    var output: String?

    @Flag(help: "No messages but errors.")
    var quiet = false

    private var isSystem: Bool { [".yaml", ".yml"].contains { file.lowercased().hasSuffix($0) } }

    func validate() throws {
        guard samples == 0 || (64...1 << 20).contains(samples) else {
            throw ValidationError("--samples \(samples): give 64 to 1048576, or 0 for linear intervals alone")
        }
    }

    func run() throws {
        if CityFolder.isFolder(file) {
            try folder()
        } else if isSystem {
            try write(result(of: try WaterSystemFile.read(file), standard ?? .iwa))
        } else {
            guard compatibility == nil else {
                throw ValidationError("--compatibility is for one system (a YAML file or a city folder), not for a table of audits")
            }
            try audits()
        }
    }

    private func write(_ text: String) throws {
        if let output { try OutputFiles.write(text, to: output) } else { Console.result(text) }
    }

    // MARK: One system

    private var monteCarlo: MonteCarlo? {
        get throws { samples == 0 ? nil : try MonteCarlo(samples: samples, seed: seed) }
    }

    private func result(
        of system: WaterSystem, _ standard: WaterAudit.Standard, rules: BalanceDefaults? = nil, assessment: CityAssessment? = nil
    ) throws -> String {
        do {
            if compatibility == .easycalc {
                let display = try EasyCalcDisplay(system.balance, profile: system.profile)
                switch format ?? .table {
                case .table: return EasyCalcFiles.text(display)
                case .json: return EasyCalcFiles.json(display).text
                case .csv: return EasyCalcFiles.csv(display)
                }
            }
            let balance = try SystemBalance(
                system, standard: standard, defaults: defaults?.rules ?? rules, monteCarlo: try monteCarlo, relief: reliefCredit,
                // A folder's UARL is that of its plan, where no standard is asked for.
                unavoidable: assessment != nil && self.standard == nil ? .metric : nil)
            switch format ?? .table {
            case .table:
                return SystemBalanceText.text(balance, advises: assessment == nil) + (assessment.map(BalanceText.further) ?? "")
            case .json:
                let further = assessment.map(ComponentFiles.members) ?? []
                return SystemBalanceFiles.json(balance, samples: samples == 0 ? nil : samples, seed: seed, further: further).text
            case .csv: return SystemBalanceFiles.csv(balance) + (assessment.map(ComponentFiles.csv) ?? "")
            }
        } catch let error as BalanceError {
            throw TextFileError.invalid([InputProblem(file: file, what: "no water balance", remedy: error.description)])
        }
    }

    /// The volumes of `balance.yaml`; where they do not make a balance, what the zones and readings give.
    private func folder() throws {
        let work = try CityWork(folder: file, seed: seed, findsLeaks: false, quiet: quiet)
        let assessment = work.assessment
        guard let input = work.city.balance, assessment.balance != nil, input.isGiven(.ownSources) || input.isGiven(.imported),
            input.isGiven(.billedMetered) || input.isGiven(.billedUnmetered)
        else { return try write(BalanceText.text(assessment)) }
        let system = WaterSystem(profile: work.city.profile, balance: input)
        try write(result(of: system, standard ?? .awwa, rules: .cityPlan, assessment: assessment))
    }

    // MARK: Many audits

    private func audits() throws {
        var table = try AuditTable(path: file)
        let form: AuditTable.Form = format == .json ? .json : .csv
        let rules = standard ?? .awwa
        var count: (rows: Int, failed: Int)
        if let output, !OutputFiles.isDevice(output) {
            let place = OutputFiles.place(of: output)
            let grown = try GrowingFile(place.name, in: place.folder)
            count = try table.results(rules, form, relief: reliefCredit) { grown.append($0) }
            try OutputFiles().write(to: place.folder, with: [grown])
        } else {
            var text = ""
            let direct = output == nil
            count = try table.results(rules, form, relief: reliefCredit) { line in
                text += line
                if direct, text.utf8.count > 1 << 16 {
                    Console.result(text)
                    text = ""
                }
            }
            try write(text)
        }
        if count.failed > 0, !quiet {
            Console.warn("\(count.failed) of \(count.rows) audits could not be computed; the reasons are in the column 'alerts'")
        }
        if count.failed == count.rows, count.failed > 0 { throw ExitStatus.answerIsBad }
    }
}

extension WaterAudit.Standard: ExpressibleByArgument {}
extension KoreanTree.DataHandlingPlace: ExpressibleByArgument {}
