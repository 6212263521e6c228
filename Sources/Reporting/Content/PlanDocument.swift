// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import WaterLoss
import WaterModel

/// An improvement plan as a document: what is said, in which order, in no language yet. Every output format is written from this,
/// so that no two of them can disagree.
public struct PlanDocument: Sendable {
    public var title: Phrase
    public var subtitle: Phrase
    /// Under the title: what a reader must know first.
    public var banner: [Notice]
    public var sections: [Section]
    /// Words and number form that the writers use.
    public var language: Catalogue
    /// Where each figure comes from.
    public internal(set) var traces: [Origin: Trace] = [:]
    /// Of each kind of figures, in the order of their marks, which is that of the annex.
    public internal(set) var kindTraces: [Trace] = []
    /// Has a table of contents.
    public internal(set) var hasContents = true
    /// ISO date that the document bears; nil: none.
    public var date: String?

    /// - date: of the document, ISO 8601; never taken from the clock.
    /// - profile: of a funder, for the order and the names of chapters; nil: the plan's own.
    public init(plan: ImprovementPlan, language: Catalogue, date: String? = nil, profile: DonorProfile? = nil) {
        let source = PlanSource(plan)
        self.language = language
        self.date = date
        title = .words(.documentTitle, [.literal(plan.city.profile.name)])
        subtitle = .words(
            .documentSubtitle, [.literal(plan.city.profile.utility ?? plan.city.profile.name), .literal(plan.city.profile.country)])
        banner = source.banner
        let all: [Section?] = [
            source.summary, source.profile, source.balance, source.indicators, source.diagnosis, source.supplyDemand, source.zones,
            source.leaks, source.pressures, source.measures, source.trajectory, source.reading, source.delivery, source.training,
            source.finance, source.financing, source.waterValue, source.appraisal, source.affordability, source.risk, source.monitoring,
            source.register, source.warnings, source.sources,
        ]
        sections = all.compactMap { $0 }
        addTraces(source.traces)
        if let profile {
            sections = profile.ordered(sections)
            if profile.isUnverified { banner.append(Notice(.caution, .words(.profileUnverified), [.name(.chapter, profile.name)])) }
        }
    }
}

/// The plan with what several sections need of it.
struct PlanSource {
    let plan: ImprovementPlan

    init(_ plan: ImprovementPlan) { self.plan = plan }

    var city: City { plan.city }
    var assessment: CityAssessment { plan.assessment }
    var currency: String { plan.city.profile.currency }
    var selected: [PlannedMeasure] {
        plan.measures.filter(\.isSelected).sorted {
            (($0.startYear ?? .max), $0.costPerCubicMetre ?? .infinity) < (($1.startYear ?? .max), $1.costPerCubicMetre ?? .infinity)
        }
    }
    var detectedLeaks: [LeakFinding] { assessment.leaks.filter(\.isDetected) }

    func indicator(_ kind: LossIndicator.Kind) -> LossIndicator? { assessment.indicators.first { $0.kind == kind } }

    func zoneName(_ id: Zone.ID) -> String { city.zones.first { $0.id == id }?.name ?? id.name }

    /// Name of a measure, with its zone where it is for one.
    func name(of measure: PlannedMeasure) -> Phrase { name(ofMeasure: measure.id, in: measure.zone) }

    /// - id: of the measure: a key of the catalogue, or key and zone, or key and what it is done to, `meter_replacement:stuck`.
    func name(ofMeasure id: String, in zone: Zone.ID?) -> Phrase {
        guard let zone else { return .name(.measure, id) }
        return .words(.measureInZone, [.name(.measure, String(id.prefix { $0 != ":" })), .literal(zoneName(zone))])
    }

    /// Every sourced figure of the document, for counts of status and for the list of sources.
    var sourcedValues: [SourcedValue] {
        profileRows.map(\.value) + city.profile.facts.map(\.value)
            + (city.balance.map { input in BalanceInput.Line.allCases.compactMap { input.volumes[$0] } } ?? [])
            + plan.assumptions.map(\.value)
    }

    func count(_ status: SourceStatus) -> Int { sourcedValues.filter { $0.status == status }.count }

    var isSynthetic: Bool { city.profile.isSynthetic || count(.synthetic) > 0 }

    var banner: [Notice] {
        var notices: [Notice] = []
        if isSynthetic {
            notices.append(
                Notice(.caution, .words(.bannerSyntheticTitle), [.words(.bannerSynthetic)] + city.profile.notes.map { .literal($0) }))
        } else if !city.profile.notes.isEmpty {
            notices.append(Notice(.information, .words(.bannerNotes), city.profile.notes.map { .literal($0) }))
        }
        var lines: [Phrase] = []
        for (status, key) in [
            (SourceStatus.unverified, TextKey.bannerUnverified), (.assumed, .bannerAssumed), (.contested, .bannerContested),
            (.unknown, .bannerUnknown),
        ] {
            let number = count(status)
            if number > 0 { lines.append(.counted(key, number, from: Origin(.counted))) }
        }
        if !lines.isEmpty { notices.append(Notice(.caution, .words(.bannerStatusTitle), lines)) }
        if !plan.warnings.isEmpty {
            notices.append(Notice(.caution, .words(.bannerWarnings), warningPhrases))
        }
        return notices
    }
}
