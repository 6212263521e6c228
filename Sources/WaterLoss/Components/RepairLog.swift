// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A burst as a utility's log of repairs has it. What is not written down is nil.
public struct BurstEvent: Hashable, Sendable {
    public var kind: BurstKind
    /// Told by someone who saw it, or felt it; else found by a survey.
    public var isReported: Bool
    /// Seldom known.
    public var began: Instant?
    public var aware: Instant?
    public var located: Instant?
    /// nil where it runs still, if `isRunning` says so; else where the date is lost.
    public var repaired: Instant?
    public var isRunning: Bool
    /// While it ran, at the pressure of the place. [m³/s]
    public var flow: Estimate?

    public init(
        kind: BurstKind, isReported: Bool, began: Instant? = nil, aware: Instant? = nil, located: Instant? = nil, repaired: Instant? = nil,
        isRunning: Bool = false, flow: Estimate? = nil
    ) {
        self.kind = kind
        self.isReported = isReported
        self.began = began
        self.aware = aware
        self.located = located
        self.repaired = repaired
        self.isRunning = isRunning
        self.flow = flow
    }
}

/// Run times of a log's bursts, and what takes the place of dates that are missing.
public struct RepairLog: Sendable {
    public var events: [BurstEvent]
    /// Period that the log covers.
    public var start: Instant
    public var end: Instant
    /// Between two surveys for unreported bursts; nil: none are made, and their awareness time is that of the unavoidable losses. [days]
    public var surveyInterval: Double?
    /// Time until a reported burst is told of, assumed: a day, 0 to 2. [days]
    public var awarenessOfReported = Estimate(1, margin95: 1)

    public init(_ events: [BurstEvent], from start: Instant, to end: Instant, surveyInterval: Double? = nil) {
        self.events = events
        self.start = start
        self.end = end
        self.surveyInterval = surveyInterval
    }

    /// [days]
    public var days: Double { Double(end - start) / Units.day }

    /// From awareness to location, where both dates are there or it is not located yet; nil without any. [days]
    public func locationTime(of kind: BurstKind, isReported: Bool) -> BurstCounts.MeanDuration? {
        BurstCounts.meanDuration(
            chosen(kind, isReported).compactMap { event in
                guard let aware = event.aware else { return nil }
                if let located = event.located { return (Double(located - aware) / Units.day, true) }
                return event.isRunning ? (Double(end - aware) / Units.day, false) : nil
            })
    }

    /// From awareness to repair, those that run still among them; nil without any ended. [days]
    public func repairTime(of kind: BurstKind, isReported: Bool) -> BurstCounts.MeanDuration? {
        BurstCounts.meanDuration(
            chosen(kind, isReported).compactMap { event in
                guard let aware = event.aware else { return nil }
                if let repaired = event.repaired { return (Double(repaired - aware) / Units.day, true) }
                return event.isRunning ? (Double(end - aware) / Units.day, false) : nil
            })
    }

    /// Bursts a year, with the interval of a Poisson count. [1/year]
    public func perYear(_ kind: BurstKind, isReported: Bool) -> (value: Double, low95: Double, high95: Double) {
        let count = chosen(kind, isReported).count, years = days / 365
        let interval = BurstCounts.poissonInterval(count)
        return (Double(count) / years, interval.low / years, interval.high / years)
    }

    private func chosen(_ kind: BurstKind, _ isReported: Bool) -> [BurstEvent] {
        events.filter { $0.kind == kind && $0.isReported == isReported }
    }

    /// Days that a burst ran within the period, and how sure they are.
    struct Run {
        /// [days]
        var days: Estimate
        var assumptions: [String]
    }

    func run(of event: BurstEvent) -> Run? {
        var assumptions: [String] = []
        let name = "\(event.isReported ? "reported" : "unreported") bursts of \(event.kind.rawValue.replacing("_", with: " "))s"
        let unavoidable = event.kind.unavoidableRunTime(isReported: event.isReported)
        var deviation = 0.0
        /// Awareness, and what is between it and the repair, where dates are missing. [days]
        func awareness() -> Estimate {
            if event.isReported {
                assumptions.append("\(name): awareness time assumed, 0 to 2 days")
                return awarenessOfReported
            }
            if let surveyInterval { return BurstCounts.awareness(surveyInterval: surveyInterval) }
            assumptions.append("\(name): run before they are found taken as in unavoidable losses, unverified")
            return Estimate(unavoidable, relativeMargin95: 1)
        }
        func untilRepair() -> Estimate {
            if let mean = repairTime(of: event.kind, isReported: event.isReported) {
                // A single burst scatters as much as its mean: exponential.
                return Estimate(mean.mean, standardDeviation: mean.mean)
            }
            assumptions.append("\(name): time to repair taken as in unavoidable losses, unverified")
            return Estimate(event.isReported ? unavoidable : 7, relativeMargin95: 1)
        }
        let day = Units.day
        var finish = event.isRunning ? Double(end.seconds) : event.repaired.map { Double($0.seconds) }
        var begin = event.began.map { Double($0.seconds) }
        if finish == nil, let known = event.located ?? event.aware {
            let time = untilRepair()
            finish = Double(known.seconds) + time.value * day
            deviation += time.standardDeviation * time.standardDeviation
        }
        guard let finish else { return nil }
        if begin == nil {
            var aware = (event.aware ?? event.located).map { Double($0.seconds) }
            if aware == nil {
                let time = untilRepair()
                aware = finish - time.value * day
                deviation += time.standardDeviation * time.standardDeviation
            }
            let time = awareness()
            begin = (aware ?? finish) - time.value * day
            deviation += time.standardDeviation * time.standardDeviation
        }
        let first = max(begin ?? finish, Double(start.seconds)), last = min(finish, Double(end.seconds))
        return Run(days: Estimate(max(0, last - first) / day, standardDeviation: deviation.squareRoot()), assumptions: assumptions)
    }
}
