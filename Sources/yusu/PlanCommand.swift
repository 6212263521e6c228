// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Planning
import Reporting
import TextFiles
import WaterModel

struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "The improvement plan of a city folder and its documents; checks of a plan.",
        usage: """
            yusu plan <folder> --output <output> [<options>]
            yusu plan lint <plan.json> [--format <format>]
            """,
        discussion: """
            Writes plan.html, plan.docx, plan.xlsx, plan.gpkg, plan.geojson and plan.json, and plan.pdf where a program that makes one \
            is installed. All options: yusu plan draw-up --help

            Example: yusu plan Examples/Chanchamayo --output plan
            Example: yusu plan Examples/Chanchamayo --output plan --language es
            Example: yusu plan lint plan/plan.json
            """,
        subcommands: [DrawUpPlanCommand.self, PlanLintCommand.self], defaultSubcommand: DrawUpPlanCommand.self)
}

struct DrawUpPlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draw-up",
        abstract: "The improvement plan of a city folder and its documents (what 'yusu plan' does without a word more).",
        usage: "yusu plan <folder> --output <output> [<options>]",
        discussion: """
            Writes plan.html (one file, opens without a network), plan.docx (Word), plan.xlsx (workbook with formulas), plan.gpkg \
            and plan.geojson (map layers), plan.json (every figure, with the register of assumptions), and plan.pdf where Chromium, \
            WeasyPrint or LibreOffice is installed.

            With --donor, chapters come in the order and under the names of a funder: \(DonorProfile.names).

            Example: yusu plan Examples/Chanchamayo --output plan
            Example: yusu plan Examples/Chanchamayo --output plan --language es
            Example: yusu plan Examples/Chanchamayo --output plan --form brief --form crew
            Example: yusu plan Examples/Chanchamayo --output plan --language en --language es
            """)

    @Argument(help: "City folder.", completion: .directory) var folder: String
    @Option(help: "Folder for the documents.", completion: .directory) var output: String
    @Option(
        help: """
            Language of the documents: \(Catalogue.embedded.joined(separator: ", ")), or the path of a YAML file of words; by default the \
            language of city.yaml. May be given several times: each language's documents then come in a folder of its own, <output>/es.
            """) var language: [String] = []
    @Option(help: "Units of the documents: si, us or imperial (gallons); by default those of the country.") var units: UnitSystem?
    @Option(help: "Date on the cover, ISO 8601; none by default, so that the same input gives the same bytes.") var date: String?
    @Option(help: "Funder whose order of chapters the document takes; the donor of plan.yaml by default, 'none' for no one's.")
    var donor: String?
    @Option(
        help: """
            Short documents besides, as HTML, DOCX and PDF: \(PlanForm.names), or all. brief is a page for whoever decides, annex for the \
            engineer, crew sheets to walk with, meters a list of meters to replace, tender quantities of a remote-reading lot.
            """) var form: [String] = []
    @Option(help: "Seed of the random draws.") var seed: UInt64 = 1
    @Option(help: "Program that makes the PDFs: auto, none, \(PDFConverter.Kind.allCases.map(\.rawValue).joined(separator: ", ")).")
    var pdf = "auto"
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        for language in language where !language.hasSuffix(".yaml") && !Catalogue.embedded.contains(language) {
            throw ValidationError(
                "there is no language '\(language)'; --language takes one of: \(Catalogue.embedded.joined(separator: ", "))")
        }
        if !["auto", "none"].contains(pdf), PDFConverter.Kind(rawValue: pdf) == nil {
            throw ValidationError("--pdf is '\(pdf)'; give auto, none, chromium, weasyprint or libreoffice")
        }
        if let donor, donor != "none", DonorProfile.named(donor) == nil {
            throw ValidationError("there is no funder '\(donor)'; --donor takes one of: none, \(DonorProfile.names)")
        }
        if let unknown = form.first(where: { $0 != "all" && PlanForm(rawValue: $0) == nil }) {
            throw ValidationError("there is no form '\(unknown)'; --form takes one of: \(PlanForm.names), all")
        }
        if let date, !Self.isDate(date) { throw ValidationError("--date is '\(date)'; give a date such as 2027-03-31") }
    }

    /// A day of the calendar, as ISO 8601 writes it.
    static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 3, let year = parts[0], let month = parts[1], let day = parts[2], (1...12).contains(month) else {
            return false
        }
        return Instant(year: year, month: month, day: day).description == text + "T00:00"
    }

    func run() throws {
        try OutputFiles.check(output)
        let chosen = try language.map(Self.catalogue)
        let codes = chosen.map(\.code)
        if let twice = codes.indices.first(where: { codes[..<$0].contains(codes[$0]) }) {
            throw ValidationError("--language names '\(codes[twice])' twice; name each language once")
        }
        let work = try CityWork(folder: folder, seed: seed, findsLeaks: true, quiet: quiet)
        Console.progress("drawing up the plan", quiet: quiet)
        let plan = improvementPlan(for: work.city, assessment: work.assessment, seed: seed)
        guard plan.selection.refusal.isEmpty else {
            throw TextFileError.invalid(
                plan.selection.refusal.map {
                    InputProblem(file: "\(folder)/plan.yaml", what: $0, remedy: "change the budgets, crews or targets")
                })
        }
        let funder = donor ?? work.city.plan.donor
        let profile = funder.flatMap(DonorProfile.named)
        if let funder, funder != "none", profile == nil {
            Console.warn("plan.yaml: there is no funder '\(funder)'; the document has its own order (known are: \(DonorProfile.names))")
        }
        let country = work.city.profile.country
        let languages = try (chosen.isEmpty ? [Self.catalogue(of: work.city)] : chosen).map {
            $0.used(in: country, units: units ?? .usual(in: country))
        }
        var outputs: [(folder: String, files: OutputFiles)] = []
        for catalogue in languages {
            let folder = languages.count == 1 ? output : "\(output)/\(catalogue.code)"
            outputs.append((folder, try documents(of: plan, catalogue, profile)))
        }
        for (folder, files) in outputs { try files.write(to: folder) }
        for remark in work.remarks { Console.warn(remark) }
        Console.result(outputs.flatMap { output in output.files.names.map { "\(output.folder)/\($0)\n" } }.joined())
    }

    private func documents(of plan: ImprovementPlan, _ catalogue: Catalogue, _ profile: DonorProfile?) throws -> OutputFiles {
        var files = OutputFiles()
        let document = PlanDocument(plan: plan, language: catalogue, date: date, profile: profile)
        files.add("plan.json", planJSON(plan).text)
        files.add("plan.html", html(of: document))
        files.add("plan.docx", word(of: document))
        files.add("plan.xlsx", workbook(of: plan, language: catalogue, date: date))
        files.add("plan.gpkg", try geoPackage(of: plan, language: catalogue))
        files.add("plan.geojson", planGeoJSON(of: plan, language: catalogue))
        var printed = [(name: "plan", document: document)]
        for form in PlanForm.allCases where self.form.contains("all") || self.form.contains(form.rawValue) {
            let short = PlanDocument(plan: plan, form: form, language: catalogue, date: date)
            files.add("\(form.rawValue).html", html(of: short))
            files.add("\(form.rawValue).docx", word(of: short))
            printed.append((form.rawValue, short))
        }
        addPDFs(of: printed, to: &files)
        return files
    }

    /// Without a program that makes them there are no PDFs, and the other documents are written all the same.
    private func addPDFs(of documents: [(name: String, document: PlanDocument)], to files: inout OutputFiles) {
        guard pdf != "none" else { return }
        let wanted = PDFConverter.Kind(rawValue: pdf)
        guard let converter = PDFConverter.find(wanted, in: ProcessInfo.processInfo.environment["PATH"] ?? "") else {
            let names = wanted.map { [$0] } ?? PDFConverter.Kind.allCases
            Console.warn(
                "no plan.pdf: found no \(names.map(\.rawValue).joined(separator: ", ")) on this machine; install one, or print plan.html from a browser"
            )
            return
        }
        for (name, document) in documents {
            Console.progress("making \(name).pdf with \(converter.kind.rawValue)", quiet: quiet)
            do {
                files.add("\(name).pdf", try converter.pdf(of: document))
            } catch {
                Console.warn("no \(name).pdf: \(error.description)")
            }
        }
    }

    /// One of the project's languages, or a file of the user's.
    private static func catalogue(_ language: String) throws(TextFileError) -> Catalogue {
        guard language.hasSuffix(".yaml") else { return try Catalogue.named(language) }
        let catalogue = try Catalogue(yaml: FileBytes.text(FileBytes.read(language)), file: language)
        let missing = try catalogue.missingSentences(of: .named("en")).count
        if missing > 0 { Console.warn("\(language): \(missing) sentences are missing under 'messages'; they come in English") }
        return catalogue
    }

    /// The language that city.yaml names; English where the project does not hold it.
    private static func catalogue(of city: City) throws(TextFileError) -> Catalogue {
        let wanted = city.profile.language
        if Catalogue.embedded.contains(wanted) { return try Catalogue.named(wanted) }
        Console.warn("city.yaml asks for the language '\(wanted)', which is not there: the documents are in English; see --language")
        return try Catalogue.named("en")
    }
}

extension UnitSystem: ExpressibleByArgument {}
