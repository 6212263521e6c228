// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import Testing
import WaterModel

@Suite("The catalogue of measures")
struct CatalogueTests {
    @Test("every figure has a source and lies in its own range, and what is not known is asked")
    func figures() {
        let catalogue = MeasureCatalogue.standard
        for parameter in catalogue.general + catalogue.measures.flatMap(\.parameters) {
            let value = parameter.value
            #expect(value.source != nil, "\(parameter.key)")
            guard let central = value.value else {
                #expect(value.status == .unknown)
                continue
            }
            #expect(value.status != .unknown && value.status != .measured)
            #expect((value.low ?? central) <= central && central <= (value.high ?? central), "\(parameter.key)")
        }
    }

    @Test("names are unique, and relations point at measures that exist")
    func names() {
        let keys = MeasureCatalogue.keys
        #expect(Set(keys).count == keys.count)
        #expect(keys.contains("pressure_management.leakage_exponent") && keys.contains("general.contingency"))
        let measures = Set(MeasureCatalogue.standard.measures.map(\.key))
        for measure in MeasureCatalogue.standard.measures {
            #expect(measures.isSuperset(of: measure.prerequisites + measure.exclusions))
        }
    }

    @Test("a city's own figure replaces the default, in the city's currency")
    func override() {
        var overrides = CatalogueOverrides()
        let price = SourcedValue(800, low: 700, high: 900, year: "2025", source: "tender", status: .measured)
        overrides.values = ["active_leak_control": ["survey_cost": price]]
        overrides.excluded = ["mains_renewal"]
        let (catalogue, warnings) = MeasureCatalogue.standard.overridden(by: overrides, currency: "PEN")
        #expect(catalogue.parameter("active_leak_control", "survey_cost")?.value == price)
        #expect(catalogue.parameter("active_leak_control", "survey_cost")?.currency == "PEN")
        #expect(catalogue.excluded == ["mains_renewal"])
        #expect(warnings.isEmpty)
    }

    @Test("a misspelt name is not used and the nearest one is offered")
    func misspelt() {
        var overrides = CatalogueOverrides()
        overrides.values = [
            "presure_management": ["unit_cost": SourcedValue(1, status: .assumed)],
            "mains_renewal": ["unit_cots": SourcedValue(1, status: .assumed), "effect": SourcedValue(-1, status: .assumed)],
        ]
        overrides.excluded = ["remote_readin"]
        let warnings = MeasureCatalogue.standard.overridden(by: overrides, currency: "PEN").warnings
        #expect(warnings.count == 4)
        for name in ["pressure_management", "\u{201C}unit_cost\u{201D}", "remote_reading", "mains_renewal.effect"] {
            #expect(warnings.contains { $0.contains(name) }, "\(name)")
        }
    }
}
