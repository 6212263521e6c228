// SPDX-License-Identifier: GPL-3.0-or-later

/// A funder's order and names of chapters; the content is the same for all.
public struct DonorProfile: Sendable {
    struct Chapter: Sendable {
        /// Member of the catalogue's `chapter` names.
        let title: String
        /// Ids of sections of the document.
        let sections: [String]

        init(_ title: String, _ sections: String...) {
            self.title = title
            self.sections = sections
        }
    }

    /// `koica`.
    public let name: String
    /// The order comes from professional knowledge, not from a published form.
    public let isUnverified: Bool
    let chapters: [Chapter]

    public static func named(_ name: String) -> DonorProfile? { all.first { $0.name == name } }
    public static var names: String { all.map(\.name).joined(separator: ", ") }

    /// Source: profiles of the field page on improvement plans, section 4.
    public static let all: [DonorProfile] = [
        DonorProfile(
            name: "koica", isUnverified: true,
            chapters: [
                Chapter("outline", "summary"), Chapter("background", "profile", "balance", "indicators", "supply-demand"),
                Chapter("problem_tree", "diagnosis", "zones", "leaks", "pressure"),
                Chapter("design_matrix", "monitoring"), Chapter("components", "measures", "reading", "training", "trajectory"),
                Chapter("delivery_and_share", "delivery", "financing"), Chapter("feasibility", "finance", "appraisal", "affordability"),
                Chapter("risk", "risk"), Chapter("exit", "water-value"),
            ]),
        DonorProfile(
            name: "wb", isUnverified: false,
            chapters: [
                Chapter("summary", "summary"), Chapter("contract_feasibility", "profile", "balance", "indicators", "diagnosis"),
                Chapter("contract_scope", "zones", "leaks", "pressure", "measures", "reading"),
                Chapter("contract_model", "financing", "monitoring"), Chapter("output_payment", "delivery", "training"),
                Chapter("economics", "water-value", "supply-demand", "finance", "appraisal", "trajectory", "affordability"),
                Chapter("risk", "risk"),
            ]),
        DonorProfile(
            name: "adb", isUnverified: false,
            chapters: [
                Chapter("purpose", "summary"), Chapter("rationale", "profile", "balance", "indicators", "supply-demand"),
                Chapter("investment_plan", "measures", "delivery", "reading", "financing"),
                Chapter("due_diligence", "zones", "leaks", "pressure", "finance", "appraisal", "affordability"),
                Chapter("problem_tree", "diagnosis"), Chapter("outputs", "monitoring", "trajectory"), Chapter("capacity", "training"),
                Chapter("sustainability", "water-value"), Chapter("risk", "risk"),
            ]),
        DonorProfile(
            name: "idb", isUnverified: false,
            chapters: [
                Chapter("context", "summary", "profile", "balance", "indicators", "supply-demand"),
                Chapter("preparation", "diagnosis", "zones", "leaks", "pressure", "measures", "reading", "appraisal", "affordability"),
                Chapter("implementation", "delivery", "training", "financing", "finance", "risk"),
                Chapter("results_matrix", "monitoring", "trajectory", "water-value"),
            ]),
        DonorProfile(
            name: "invierte-pe", isUnverified: false,
            chapters: [
                Chapter("summary", "summary"),
                Chapter("identification", "profile", "balance", "indicators", "diagnosis", "zones", "leaks", "pressure"),
                Chapter("formulation", "supply-demand", "measures", "reading", "delivery", "training"),
                Chapter("evaluation", "appraisal", "finance", "trajectory", "affordability"), Chapter("sensitivity", "risk"),
                Chapter("sustainability", "financing", "water-value"), Chapter("logical_framework", "monitoring"),
            ]),
        DonorProfile(
            name: "kr-modernisation", isUnverified: false,
            chapters: [
                Chapter("summary", "summary", "profile", "balance", "indicators"), Chapter("network_digitisation", "diagnosis", "pressure"),
                Chapter("block_system", "zones", "reading"), Chapter("operation_system", "monitoring", "training"),
                Chapter("leak_survey", "leaks"), Chapter("renewal", "measures", "delivery"),
                Chapter("target_ratio", "trajectory", "supply-demand", "water-value"),
                Chapter("economics", "finance", "financing", "appraisal", "affordability", "risk"),
            ]),
        DonorProfile(
            name: "tender-response", isUnverified: false,
            chapters: [
                Chapter("compliance", "summary", "monitoring"),
                Chapter("method", "profile", "balance", "indicators", "diagnosis", "zones", "leaks", "pressure", "measures"),
                Chapter("staffing", "training"), Chapter("bill_of_quantities", "delivery"), Chapter("lock_in", "reading"),
                Chapter("price", "financing", "finance", "appraisal", "supply-demand", "water-value", "trajectory", "affordability"),
                Chapter("risk", "risk"),
            ]),
    ]

    /// The sections under this funder's chapters; what no chapter names stands in annexes at the end, so that nothing is lost.
    func ordered(_ sections: [Section]) -> [Section] {
        var left = sections
        var result = chapters.compactMap { chapter -> Section? in
            let inner = chapter.sections.compactMap { id -> Section? in
                guard let place = left.firstIndex(where: { $0.id == id }) else { return nil }
                var section = left.remove(at: place)
                section.startsPage = false
                return section
            }
            guard !inner.isEmpty else { return nil }
            // A summary that is all of its chapter needs no heading under the heading.
            if inner.count == 1, inner[0].id == chapter.title { return inner[0] }
            return Section(id: "chapter-\(chapter.title)", title: .name(.chapter, chapter.title), blocks: [], sections: inner)
        }
        if !left.isEmpty { result.append(Section(id: "chapter-annexes", title: .name(.chapter, "annexes"), blocks: [], sections: left)) }
        return result
    }
}
