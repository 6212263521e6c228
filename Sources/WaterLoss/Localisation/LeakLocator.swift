// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import WaterModel

/// Finds one leak from readings before and after it: is there one, since when, how large, on which pipe.
///
/// Before/after residuals at the measured boundary, of readings whose oddities are put right (`TidiedReadings`) and a model that is
/// calibrated to the healthy ones, with the size of its errors by the same (`Calibration`). Place, size and the balance of inflows are
/// fitted together with what demand does as a nuisance in the covariance; errors of the model, of the answers to a leak too, are those of
/// models drawn at random, so that the probabilities are not surer than the model is. The statistic of detection is twice the log
/// likelihood ratio of the best place, its threshold that of leak-free worlds drawn from the same errors.
public struct LeakLocator: Sendable {
    public let network: Network
    public let sensors: [Sensor]
    public var options: LeakLocatorOptions
    /// How much likelier a metre of one pipe leaks than of another; nil: all metres alike.
    public var failureRates: PipeFailureRates?
    /// What customers used, in place of the model's demand; nil: not known.
    public var use: MeteredUse?

    public init(
        network: Network, sensors: [Sensor], options: LeakLocatorOptions = LeakLocatorOptions(), failureRates: PipeFailureRates? = nil,
        use: MeteredUse? = nil
    ) {
        self.failureRates = failureRates
        self.use = use
        self.network = network
        self.sensors = sensors
        self.options = options
    }

    /// Places along a pipe at which a leak is tried.
    static let fractions = [0.1, 0.3, 0.5, 0.7, 0.9]
    /// Sizes tried, evenly in their logarithm.
    static let sizes = 400
    /// Most likely places whose signatures are bent to the size of the leak.
    private static let bentPlaces = 80
    private static let looks = 3
    /// Most likely nodes whose signatures are taken with the errors that they may have.
    private static let scatteredNodes = 2000
    /// A size that would not surprise, as a share of the network's demand, when a leak is dated. [–]
    private static let usualShare = 0.05

    /// - Parameters:
    ///   - baseline: healthy readings, a few days.
    ///   - readings: the days that follow, in which a leak may have begun.
    /// - Throws: `LeakLocatorError`.
    public func locate(baseline: SensorRecord, readings: SensorRecord) throws(LeakLocatorError) -> LeakFinding {
        // What the search was made of is given back before its answer is drawn up.
        let sought = try sought(baseline: baseline, readings: readings)
        var finding = finding(
            sought.search, dispersion: sought.dispersion, tested: sought.tested, meanDemand: sought.meanDemand, start: sought.start,
            dates: sought.dates, random: sought.random)
        finding.remarks = sought.remarks
        return finding
    }

    /// What a search has come to.
    private struct Sought {
        var search: LeakSearch
        var dispersion: Double
        var tested: [(search: LeakSearch, dispersion: Double)]
        var meanDemand: Double
        var start: Instant?
        var dates: DatingOdds
        var random: RandomNumbers
        var remarks: [LeakRemark]
    }

    private func sought(baseline: SensorRecord, readings: SensorRecord) throws(LeakLocatorError) -> Sought {
        guard baseline.count * baseline.step >= 86_400, readings.count * readings.step >= 43_200 else {
            throw .recordTooShort(hours: (baseline.count * baseline.step + readings.count * readings.step) / 3600)
        }
        let given = (baseline: baseline, readings: readings)
        let prepared = try PreparedModel(self, baseline: baseline, readings: readings)
        let tidied = prepared.tidied, calibration = prepared.calibration
        var (before, after) = (prepared.before, prepared.after)
        let (baseline, readings) = (tidied.baseline, tidied.readings)
        let model = calibration.model, options = calibration.options
        guard before.hasReadings, after.hasReadings else { throw .noUsableSensor }
        var classes = HourClasses(baseline, before, readings, after, options: options)
        guard classes.count > 0 else { throw .recordTooShort(hours: baseline.count * baseline.step / 3600) }
        let places = LeakPlaces(network)
        let random: RandomNumbers
        do { random = try RandomNumbers(seed: options.seed) } catch { throw .numerical("\(error)") }
        let noise = SensorNoise.estimate(model, before, options: options)
        var standing = try StandingErrors(model, baseline, before, readings, after, noise: noise, options: options, at: calibration.values)
        var record = StepRecord(
            model, standing, classes, before: before, after: after, baseline: baseline, readings: readings, noise: noise, options: options,
            places: places)
        var course: LeakOnset?
        var dates = DatingOdds()
        func anew(beside leak: SupposedLeak? = nil) throws(LeakLocatorError) {
            standing = try StandingErrors(
                model, baseline, before, readings, after, noise: noise, options: options, at: calibration.values, leak: leak)
            record = StepRecord(
                model, standing, classes, before: before, after: after, baseline: baseline, readings: readings, noise: noise,
                options: options, course: course, places: places)
        }
        func take(_ drawn: (levels: [Double], own: [[Double]])) {
            let first = record.firstLater
            before = before.demanding(drawn.levels[..<first], own: drawn.own.prefix(first), model, baseline)
            after = after.demanding(drawn.levels[first...], own: drawn.own.dropFirst(first), model, readings)
        }
        let isApart = AlikeHours.canBeApart(model, hours: before.conditions.count)
        let (bends, customersBend) = DemandLevels.bend(model, before, options: options)
        if bends, isApart {
            // Without a leak: whatever draws more than usual bends head losses.
            take(record.hourlyDemands(customersBend ? standing : nil, spread: options.hourlyDemandSpread))
            try anew()
        }
        var moments = Self.moments(classes.after, count: classes.count, after.atDemandOfDay(readings))
        // The first look takes the last two thirds; the next ones the hours since the leak was seen to begin, and signatures
        // bent to its size.
        var window = readings.count / 3..<readings.count
        // Whether there is a leak at all is asked of windows that were fixed beforehand: one that was chosen by the readings finds
        // something in any noise.
        let fixed = [window, 2 * readings.count / 3..<readings.count]
        func asked(_ steps: [StepEstimate]) -> [(search: LeakSearch, dispersion: Double)] {
            steps.compactMap { steps in LeakSearch(steps).map { ($0, steps.dispersion) } }
        }
        var steps = record.steps(in: window)
        var tested = asked([steps, record.steps(in: fixed[1])])
        var found: LeakSearch?
        var bent = BentAnswers()
        var scattered: [Int] = []
        var supposed: (node: Int, size: Double)?
        // One more where the second look is what tells how much was drawn while the leak ran.
        let looks = bends ? Self.looks + 1 : Self.looks
        for look in 0..<looks {
            // A later window may leave too few hours; the earlier look then stands.
            let isLast = look == looks - 1
            let worlds = isLast ? standing.worlds(AnswerScatter.draws, told: record.standingEstimate()?.factor, random: random) : []
            let scatter =
                isLast
                ? AnswerScatter(model, moments: moments, leak: supposed, places: scattered, of: places, worlds: worlds, options: options)
                : AnswerScatter()
            guard var search = LeakSearch(steps, scatter: scatter) else { break }
            search.bend(&bent)
            found = search
            scattered = search.likeliest.prefix(Self.scatteredNodes).map(\.node)
            supposed = search.likeliest.first
            guard !isLast, let likeliest = search.likeliest.first else { break }
            let dated = record.onset(of: record.signature(of: likeliest.node, bent: bent), usual: Self.usualShare * standing.meanDemand) {
                bent.flow(likeliest.node, share: $0)
            }
            (course, dates) = (dated?.likeliest, dated?.dates ?? DatingOdds())
            if look == 1, bends || model.runsEmpty(readings) {
                let onset = course ?? LeakOnset(start: window.lowerBound, growth: 0)
                let leak = SupposedLeak(ends: places.ends(likeliest.node), size: likeliest.size, shares: record.sizes(onset))
                // A large leak empties tanks, and moves readings as much as a pump does: states of links are told beside it.
                let restated = prepared.later(beside: leak)
                let others = HourClasses(baseline, before, readings, restated, options: options)
                let isRestated = restated.switching != after.switching && others.count > 0
                if isRestated {
                    (after, classes) = (restated, others)
                    try anew()
                    // Hours in a state that is not theirs are so badly explained that no leak would be believed.
                    tested = asked(fixed.map { record.steps(in: $0) })
                }
                if bends {
                    let drawn = record.hourlyDemands(
                        customersBend ? standing : nil, spread: options.hourlyDemandSpread, leak: likeliest, onset, bent: bent)
                    take(drawn)
                    try anew(beside: leak)
                }
                if bends || isRestated {
                    moments = Self.moments(classes.after, count: classes.count, after.atDemandOfDay(readings))
                    steps = record.steps(in: window, growth: course?.growth ?? 0)
                }
            }
            if course != record.course, record.hasLaterStrays {
                record.tellStrays(course)
                steps = record.steps(in: window)
            }
            if let course, readings.count - course.start >= 12, course.start != window.lowerBound || course.growth > 0 {
                window = course.start..<readings.count
                steps = record.steps(in: window, growth: course.growth)
            }
            // Those that the last look takes are bent in each condition by itself, where it matters: what a tank that hardly fills or empties
            // takes of a leak differs from one hour to the next.
            let isByCondition =
                look == looks - 2 && (bends || search.isBent) && isApart
            let hours = record.hours(course, isByCondition: isByCondition)
            let source = BentAnswers.Source(
                model: model.replacing(places.divided(model.network)),
                moments: Self.moments(
                    hours.map(\.kind), count: (hours.map(\.kind).max() ?? -1) + 1,
                    after.atDemandOfDay(readings)
                ).map { $0.map(places.divided) },
                hours: hours, isFollowed: bends, linear: record.linear)
            bent = BentAnswers(source, leaks: search.likely(most: Self.bentPlaces))
        }
        guard let found else { throw .noUsableSensor }
        var told =
            tidied.remarks + prepared.faults
            + remarks(
                model, record, offSchedule: before.offSchedule(model).merging(after.offSchedule(model), uniquingKeysWith: +),
                perHour: 3600 / Double(readings.step))
        for sensor in sensors {
            let missing = [given.baseline, given.readings].reduce(0) { sum, record in
                sum + (record.series[sensor.id]?.count { $0 == nil } ?? record.count)
            }
            let hours = missing * readings.step / 3600
            if hours >= LeakRemark.silentHours { told.append(.silent(sensor.id, hours: hours)) }
        }
        return Sought(
            search: found, dispersion: steps.dispersion, tested: tested, meanDemand: standing.meanDemand,
            start: course.map { readings.instant(at: $0.start) }, dates: dates, random: random, remarks: told)
    }

    /// Conditions of one hour of each kind of the later record; nil where a kind has none.
    /// - kinds: of each hour; −1: of none.
    private static func moments(_ kinds: [Int], count: Int, _ conditions: [BoundaryConditions]) -> [BoundaryConditions?] {
        (0..<count).map { kind in
            let hours = kinds.indices.filter { kinds[$0] == kind }
            return hours.isEmpty ? nil : conditions[hours[hours.count / 2]]
        }
    }

    private func remarks(
        _ model: ImposedModel, _ record: StepRecord, offSchedule: [Link.ID: Int], perHour: Double
    ) -> [LeakRemark] {
        func hours(_ steps: Int) -> Int { Int((Double(steps) / perHour).rounded(.up)) }
        var list: [LeakRemark] = []
        for (k, channel) in model.channels.enumerated() {
            let share = record.strayShare(k)
            if share > LeakRemark.strayShare { list.append(.straying(channel.sensor, share: share)) }
        }
        let read = Set(model.tankLevels.map(\.node))
        for node in network.nodes.indices where network.nodes[node].tank != nil && !read.contains(node) {
            list.append(.unreadTank(network.nodes[node].id))
        }
        return list + offSchedule.sorted { $0.key < $1.key }.map { .offSchedule($0.key, hours: hours($0.value)) }
    }
}
