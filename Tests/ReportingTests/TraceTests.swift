// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import Testing
import WaterModel

@testable import Reporting

@Suite("Every figure can be traced")
struct TraceTests {
    /// Sections that a plan may have.
    static let sections = [
        "summary", "profile", "balance", "indicators", "diagnosis", "supply-demand", "zones", "leaks", "pressure", "measures", "trajectory",
        "reading", "delivery", "training", "finance", "financing", "water-value", "appraisal", "affordability", "risk", "monitoring",
        "register", "warnings", "sources", "traces",
    ]

    @Test("the complete plan has every section")
    func complete() throws {
        let document = PlanDocument(plan: CompletePlan.plan, language: try .named("en"))
        #expect(document.sections.map(\.id) == Self.sections)
    }

    /// - Returns: places of figures that no trace is known of, each once.
    static func untraced(_ document: PlanDocument) -> Set<String> {
        Set(document.placedFigures.filter { $0.origin == nil }.map(\.place))
    }

    @Test("no figure of the document is without a trace: tables, sentences, key figures, drawings")
    func plan() throws {
        for plan in [CompletePlan.plan, SyntheticPlan.plan()] {
            let document = PlanDocument(plan: plan, language: try .named("en"))
            #expect(document.placedFigures.count > 300)
            #expect(Self.untraced(document) == [])
        }
    }

    @Test("nor of a short form", arguments: PlanForm.allCases)
    func forms(form: PlanForm) throws {
        let document = PlanDocument(plan: CompletePlan.plan, form: form, language: try .named("en"))
        #expect(!document.placedFigures.isEmpty)
        #expect(Self.untraced(document) == [])
    }
}
