// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// When each measure is designed, tendered and built, by months from January of the plan's first year.
public struct WorkSchedule: Sendable {
    public struct Task: Sendable {
        public enum Stage: String, Sendable, CaseIterable { case design, tender, works, commissioning }

        /// Of the measure.
        public var measure: String
        public var catalogueKey: String
        public var zone: Zone.ID?
        public var stage: Stage
        /// First month, and the month after the last.
        public var start: Int
        public var end: Int
        /// Months between in which nothing is dug.
        public var idleMonths: Int
        /// Ids of measures whose works must end first.
        public var after: [String]
        /// Ends after the years in which the plan pays for it: its effect comes later by as much.
        public var monthsLate: Int
    }

    public var firstYear: Int
    public var wetSeason: Set<Int>
    public var tasks: [Task]

    public var monthsLate: Int { tasks.map(\.monthsLate).max() ?? 0 }

    /// Months of each stage, and what is to be built in which years.
    public struct Job: Sendable {
        public var measure: String
        public var catalogueKey: String
        public var zone: Zone.ID?
        /// From the first year of the plan, and years of works.
        public var start: Int
        public var years: Int
        public var isCivilWork: Bool
        public var after: [String]

        public init(
            measure: String, catalogueKey: String, zone: Zone.ID? = nil, start: Int, years: Int, isCivilWork: Bool, after: [String] = []
        ) {
            self.measure = measure
            self.catalogueKey = catalogueKey
            self.zone = zone
            self.start = start
            self.years = years
            self.isCivilWork = isCivilWork
            self.after = after
        }
    }

    /// Works go on in every month of their years that is not wet, once they are designed and tendered and what they need is built, or the
    /// first year's part of it where they go on for several years themselves; where
    /// no month of those years is left, in the first dry ones after.
    ///
    /// - Returns: nil where jobs wait for one another in a circle.
    public static func plan(
        _ jobs: [Job], firstYear: Int, wetSeason: Set<Int>, design: Int, tender: Int, commissioning: Int
    ) -> WorkSchedule? {
        guard let order = order(jobs) else { return nil }
        func isIdle(_ month: Int, _ job: Job) -> Bool {
            job.isCivilWork && wetSeason.contains(month % 12 + 1) && wetSeason.count < 12
        }
        var ends: [String: Int] = [:]
        // By which the first year's part of works of several years is built.
        var parts: [String: Int] = [:]
        var tasks: [Task] = []
        for job in order {
            func add(_ stage: Task.Stage, _ start: Int, _ end: Int, idle: Int = 0, late: Int = 0) {
                tasks.append(
                    Task(
                        measure: job.measure, catalogueKey: job.catalogueKey, zone: job.zone, stage: stage, start: start, end: end,
                        idleMonths: idle, after: stage == .works ? job.after : [], monthsLate: late))
            }
            let wanted = 12 * job.start, last = 12 * (job.start + max(1, job.years))
            let designStart = max(0, wanted - design - tender)
            add(.design, designStart, designStart + design)
            add(.tender, designStart + design, designStart + design + tender)
            var start = max(wanted, designStart + design + tender, job.after.compactMap { job.years > 1 ? parts[$0] : ends[$0] }.max() ?? 0)
            while isIdle(start, job) { start += 1 }
            // At least a tenth of the dry months that the years would have had.
            let dry = (wanted..<last).count { !isIdle($0, job) }
            let least = max(1, (dry + 9) / 10)
            var end = start, worked = 0
            while end < last || worked < least {
                if !isIdle(end, job) { worked += 1 }
                end += 1
            }
            while end > start + 1, isIdle(end - 1, job) { end -= 1 }
            add(.works, start, end, idle: (start..<end).count { isIdle($0, job) }, late: max(0, end - last))
            add(.commissioning, end, end + commissioning)
            ends[job.measure] = end
            parts[job.measure] = start + (end - start + max(1, job.years) - 1) / max(1, job.years)
        }
        return WorkSchedule(firstYear: firstYear, wetSeason: wetSeason, tasks: tasks)
    }

    /// Jobs with what they wait for before them; nil for a circle.
    static func order(_ jobs: [Job]) -> [Job]? {
        let names = Set(jobs.map(\.measure))
        var done: Set<String> = []
        var order: [Job] = []
        var left = jobs
        while !left.isEmpty {
            let ready = left.filter { $0.after.allSatisfy { !names.contains($0) || done.contains($0) } }
            guard !ready.isEmpty else { return nil }
            order += ready
            done.formUnion(ready.map(\.measure))
            left.removeAll { done.contains($0.measure) }
        }
        return order
    }
}

extension PlanBook {
    /// Chosen measures in time; nil where nothing is chosen.
    func schedule() -> WorkSchedule? {
        let jobs = chosen.joined().map { measure in
            WorkSchedule.Job(
                measure: measure.id, catalogueKey: measure.key, zone: measure.zone, start: measure.start, years: measure.buildYears,
                isCivilWork: ["zoning_and_pressure", "pipes", "supply"].contains(Lot.name(for: measure.key)),
                after: measure.prerequisites)
        }
        guard !jobs.isEmpty else { return nil }
        func months(_ key: String) -> Int { inputs.stageMonths[key].map { Int($0.rounded()) } ?? 0 }
        return WorkSchedule.plan(
            jobs.sorted { ($0.start, $0.measure) < ($1.start, $1.measure) }, firstYear: inputs.city.plan.startYear,
            wetSeason: inputs.city.plan.delivery.wetSeason, design: months("design_months"), tender: months("tender_months"),
            commissioning: months("commissioning_months"))
    }
}
