// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Who must learn what, so that what is built is also run.
public struct TrainingPlan: Sendable {
    public struct Course: Sendable {
        /// What is new: the measure's key.
        public var catalogueKey: String
        /// Key of the post: `network_operator`, `leak_inspector`, `meter_technician`, `customer_service`, `plant_operator`.
        public var post: String
        public var posts: Int
        /// Key of what is taught.
        public var curriculum: String
        public var personWeeks: Double
        /// Of it, at work under supervision.
        public var onTheJobWeeks: Double
    }

    public var courses: [Course]
    public var personWeeks: Double { courses.reduce(0) { $0 + $1.personWeeks } }

    static func post(for measure: String) -> (post: String, curriculum: String) {
        switch Lot.name(for: measure) {
        case "zoning_and_pressure": ("network_operator", measure == "pressure_management" ? "course_valves" : "course_zones")
        case "pipes": ("network_operator", "course_pipes")
        case "meters": ("meter_technician", measure == "remote_reading" ? "course_remote_reading" : "course_meters")
        case "leak_control": ("leak_inspector", "course_leaks")
        case "customers": ("customer_service", "course_customers")
        case "training": ("manager", "course_management")
        default: ("plant_operator", "course_plant")
        }
    }

    /// - personWeeks: per post and new kind of asset. - onTheJob: share of it at work. [–]
    /// - connectionsPerPost: one post for as many connections, one at least.
    /// - lot: meters of a lot, which are all that first metering serves; 0: there is none.
    init(measures: [String], connections: Double?, lot: Double = 0, personWeeks: Double, onTheJob: Double, connectionsPerPost: Double) {
        courses = Set(measures).sorted().map { key in
            let served = key == "first_metering" && lot > 0 ? lot : connections ?? 0
            let posts = max(1, Int((served / max(1, connectionsPerPost)).rounded(.up)))
            var (post, curriculum) = Self.post(for: key)
            if key == "first_metering", lot > 0 { curriculum = "course_remote_reading" }
            let weeks = personWeeks * Double(posts)
            return Course(
                catalogueKey: key, post: post, posts: posts, curriculum: curriculum, personWeeks: weeks, onTheJobWeeks: weeks * onTheJob)
        }
    }
}

extension PlanBook {
    func training() -> TrainingPlan? {
        // Who supervises leaves with the works: no post of the utility's.
        let keys = chosen.joined().map(\.key).filter { Lot.name(for: $0) != "supervision" }
        guard !keys.isEmpty, let weeks = inputs.stageMonths["training_person_weeks"], let share = inputs.stageMonths["on_the_job_share"],
            let size = inputs.stageMonths["connections_per_post"]
        else { return nil }
        return TrainingPlan(
            measures: keys, connections: inputs.city.profile.connections.value,
            lot: inputs.city.lot.reduce(0) { $0 + Double($1.count) }, personWeeks: weeks, onTheJob: share,
            connectionsPerPost: size)
    }
}
