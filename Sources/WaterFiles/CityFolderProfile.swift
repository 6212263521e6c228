// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// `city.yaml`: what the place is, and its few figures.
struct CityProfileFile {
    static let words = ["name", "country", "language", "currency", "time_zone", "utility", "synthetic", "notes", "facts"]
    static let figures = [
        "population", "connections", "inactive_connections", "metered_connections", "customers", "mains_length", "mains_underestimation",
        "service_line_length", "average_pressure", "supply_hours", "tariff", "variable_production_cost", "saleable_water", "operating_cost",
        "production_capacity", "exchange_rate",
    ]
    static let languages = ["en", "es", "ko"]

    var profile: CityProfile
    /// Of the keys.
    var lines: [String: Int] = [:]

    static func read(_ node: YAMLNode, file: String, problems: inout ProblemList) -> CityProfileFile? {
        guard let top = YAMLMapping(node, file: file, known: words + figures, problems: &problems) else { return nil }
        let name = top.requiredText("name", "the city's name", problems: &problems)
        let country = top.requiredText("country", "PE", problems: &problems)
        if !country.isEmpty, !isCode(country, letters: 2) {
            problems.add(file, top.line(of: "country"), "'country' is '\(country)'", "give two capital letters of ISO 3166: PE")
        }
        let currency = top.requiredText("currency", "PEN", problems: &problems)
        if !currency.isEmpty, !isCode(currency, letters: 3) {
            problems.add(file, top.line(of: "currency"), "'currency' is '\(currency)'", "give three capital letters of ISO 4217: PEN, USD")
        }
        let language = top.text("language", problems: &problems) ?? "en"
        if !languages.contains(language) {
            problems.add(file, top.line(of: "language"), "'language' is '\(language)'", "give one of: \(languages.joined(separator: ", "))")
        }
        let timeZone = top.text("time_zone", problems: &problems) ?? "UTC"
        if timeZone != "UTC", !isZone(timeZone) {
            problems.add(
                file, top.line(of: "time_zone"), "'time_zone' is '\(timeZone)'",
                "give an IANA name (America/Lima), an offset (-05:00) or UTC")
        }
        var profile = CityProfile(name: name, country: country, language: language, currency: currency, timeZone: timeZone)
        profile.utility = top.text("utility", problems: &problems)
        profile.isSynthetic = top.boolean("synthetic", problems: &problems) ?? false
        profile.notes = top.texts("notes", problems: &problems)
        profile.population = top.figure("population", .persons, problems: &problems)
        readFigures(top, into: &profile, problems: &problems)
        for (index, node) in top.list("facts").enumerated() {
            let known = ["item"] + YAMLMapping.figureKeys
            guard let entry = YAMLMapping(node, file: file, name: "facts[\(index + 1)]", known: known, problems: &problems) else {
                continue
            }
            let item = entry.requiredText("item", "what the figure is", problems: &problems)
            let (value, unit) = entry.figure(nil, at: entry.line, problems: &problems)
            profile.facts.append(CityFact(item: item, unit: unit ?? "", value: value))
        }
        var lines: [String: Int] = [:]
        for key in top.keys { lines[key] = top.line(of: key) }
        return CityProfileFile(profile: profile, lines: lines)
    }

    /// Figures of the network and of money.
    static func readFigures(_ top: YAMLMapping, into profile: inout CityProfile, problems: inout ProblemList) {
        profile.connections = top.figure("connections", .connections, problems: &problems)
        profile.inactiveConnections = top.figure("inactive_connections", .connections, problems: &problems)
        profile.customers = top.figure("customers", .connections, problems: &problems)
        profile.meteredConnections = top.figure("metered_connections", .connections, problems: &problems)
        profile.mainsLength = top.figure("mains_length", .length, problems: &problems)
        profile.mainsUnderestimation = top.figure("mains_underestimation", .length, problems: &problems)
        profile.serviceLineLength = top.figure("service_line_length", .length, problems: &problems)
        profile.averagePressure = top.figure("average_pressure", .pressure, problems: &problems)
        profile.supplyHours = top.figure("supply_hours", .hoursPerDay, problems: &problems)
        profile.tariff = top.figure("tariff", .pricePerVolume(profile.currency), problems: &problems)
        profile.variableProductionCost = top.figure("variable_production_cost", .pricePerVolume(profile.currency), problems: &problems)
        profile.saleableWater = top.figure("saleable_water", .volumePerDay, problems: &problems)
        profile.operatingCost = top.figure("operating_cost", .costPerYear(profile.currency), problems: &problems)
        profile.productionCapacity = top.figure("production_capacity", .flow, problems: &problems)
        profile.exchangeRate = top.figure("exchange_rate", .exchangeRate(profile.currency), problems: &problems)
    }

    static func isCode(_ text: String, letters: Int) -> Bool {
        text.utf8.count == letters && text.utf8.allSatisfy { $0 >= 65 && $0 <= 90 }
    }

    /// The form only: which names exist depends on the machine.
    static func isZone(_ text: String) -> Bool {
        if text.first == "+" || text.first == "-" {
            let parts = text.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
            return parts.count == 2 && parts.allSatisfy { $0.count == 2 && Int($0) != nil }
        }
        return text.contains("/") && !text.contains(" ")
    }
}
