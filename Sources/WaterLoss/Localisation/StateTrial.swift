// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import WaterModel

/// How well states of the switched links explain the readings of an hour.
struct StateTrial: Sendable {
    /// What the model says of an hour in one state.
    struct Snapshot: Sendable {
        var values: [Double?]
        var isConverged: Bool
    }

    let model: ImposedModel
    /// By hour: bits whose links may stand either way.
    let free: [[Int]]
    private let measured: [[Double?]]
    private let base: [BoundaryConditions]
    private let leak: SupposedLeak?
    private let isOwnMeter: [Bool]
    /// By hour: channels of tanks that read empty, and the most that they can give. [m³/s]
    private let empty: [[(channel: Int, most: Double)]]
    /// Of the flows that were read. [m³/s]
    private let largest: Double

    /// What an exception from the schedule has to explain before it is believed, as a difference of log likelihoods.
    static let exception = 8.0
    /// Least spread of a flow, as a share of the channel's own size. [–]
    static let leastFlow = 0.01
    /// Share of a link's flow below which it is shut, and what it weighs where the link's own meter says the opposite, or a tank gives what
    /// it does not have.
    private static let shut = 0.05, contradiction = 500.0
    fileprivate static let nearLimit = 0.05  // m, some times the noise of a level

    init(_ model: ImposedModel, _ record: SensorRecord, measured: [[Double?]], largest: Double, beside leak: SupposedLeak? = nil) {
        self.model = model
        self.leak = leak
        self.measured = measured
        self.largest = largest
        isOwnMeter = model.channels.map { [links = model.switched.links] in $0.isLink && links.contains($0.index) }
        var lastLevels: [Int: Double] = [:]
        var base: [BoundaryConditions] = [], free: [[Int]] = [], empty: [[(channel: Int, most: Double)]] = []
        for hour in 0..<record.count {
            base.append(model.conditions(at: record.instant(at: hour), record: record, index: hour, lastLevels: &lastLevels))
            let levels = lastLevels
            empty.append(
                model.channels.indices.compactMap { k in
                    guard case .tank(_, let area) = model.channels[k].source, let level = levels[model.channels[k].index],
                        let tank = model.network.nodes[model.channels[k].index].tank
                    else { return nil }
                    return level < tank.minimumLevel + Self.nearLimit ? (k, area * Self.nearLimit / Double(record.step)) : nil
                })
            free.append(
                model.switched.choices.indices.filter { bit in
                    guard case .tank(let node, _) = model.switched.choices[bit] else { return true }
                    guard let level = levels[node], let limits = model.network.nodes[node].tank else { return false }
                    return level > limits.maximumLevel - Self.nearLimit || level < limits.minimumLevel + Self.nearLimit
                })
        }
        self.base = base
        self.free = free
        self.empty = empty
    }

    /// Without a leak.
    func conditions(_ hour: Int, _ state: Int) -> BoundaryConditions {
        var conditions = base[hour]
        model.switched.apply(state, to: &conditions, of: model.network)
        return conditions
    }

    /// With the leak that is taken to run.
    func leaking(_ hour: Int, _ state: Int) -> BoundaryConditions {
        let healthy = conditions(hour, state)
        return leak.map { $0.running(in: healthy, share: $0.shares[hour]) } ?? healthy
    }

    /// How ill a state explains an hour, as a negative log likelihood.
    /// - seen: what the model says of the hour, by state; of a state that is not among them nothing is told.
    func cost(_ hour: Int, _ state: Int, _ seen: [Int: Snapshot], _ habit: LinkStates.Habit) -> Double {
        guard let found = seen[state] else { return .infinity }
        var sum = found.isConverged ? 0 : 1e6
        for k in model.channels.indices {
            guard let read = measured[k][hour], let value = found.values[k] else { continue }
            // A leak shifts all pressures as a pump that runs does; the meter on the pump knows better.
            let more = max(abs(read), abs(value))
            if isOwnMeter[k], more > Self.leastFlow * largest, min(abs(read), abs(value)) < Self.shut * more { sum += Self.contradiction }
            let error = (read - value - habit.centre[k]) / habit.spread[k]
            sum += 2.5 * log1p(error * error / 4)  // Student's t with four degrees of freedom
        }
        for (k, most) in empty[hour] {
            if let value = found.values[k], value < -most { sum += Self.contradiction }
        }
        for bit in free[hour] where state >> bit & 1 == 1 {
            if case .control = model.switched.choices[bit] { continue }
            sum += Self.exception
        }
        return sum
    }
}

/// Goes from hour to hour and settles the state of each.
struct StateWalk: Sendable {
    private let trial: StateTrial
    private let hydraulics: HydraulicModel
    private let habit: LinkStates.Habit
    /// Median cost of the round before; nil in the first.
    private let usual: Double?
    private(set) var states: [Int]
    private(set) var seen: [[Int: StateTrial.Snapshot]]

    init(
        _ trial: StateTrial, _ hydraulics: HydraulicModel, habit: LinkStates.Habit, usual: Double?, states: [Int],
        seen: [[Int: StateTrial.Snapshot]]
    ) {
        self.trial = trial
        self.hydraulics = hydraulics
        self.habit = habit
        self.usual = usual
        self.states = states
        self.seen = seen
    }

    /// Takes over what another walk found of some hours.
    mutating func take(_ other: StateWalk, _ hours: Range<Int>) {
        states.replaceSubrange(hours, with: other.states[hours])
        seen.replaceSubrange(hours, with: other.seen[hours])
    }

    /// The state of an hour, from a first guess on.
    /// - solver: of this walk alone; made when it is first needed, and warm from then on.
    mutating func settle(_ hour: Int, from guess: Int, _ solver: inout HydraulicSolver?) {
        var state = guess, best = cost(hour, state, &solver)
        // Exceptions are tried where the hour is badly explained; that is told by the first round.
        let tried = trial.free[hour].filter { bit in
            guard case .schedule = trial.model.switched.choices[bit] else { return true }
            return usual.map { best > 2 * $0 + StateTrial.exception } ?? false
        }
        var improves = !tried.isEmpty
        while improves {
            improves = false
            for bit in tried {
                let other = cost(hour, state ^ 1 << bit, &solver)
                if other < best { (best, state, improves) = (other, state ^ 1 << bit, true) }
            }
        }
        states[hour] = state
    }

    private mutating func cost(_ hour: Int, _ state: Int, _ solver: inout HydraulicSolver?) -> Double {
        if seen[hour][state] == nil {
            let own = solver ?? HydraulicSolver(hydraulics), solved = own.solve(trial.leaking(hour, state), warm: solver != nil)
            solver = own
            seen[hour][state] = StateTrial.Snapshot(
                values: trial.model.channels.map { trial.model.predicted($0, solved) }, isConverged: solved.verdict.outcome == .converged)
        }
        return trial.cost(hour, state, seen[hour], habit)
    }
}

extension ImposedModel {
    /// Whether a tank reads empty at some hour.
    func runsEmpty(_ record: SensorRecord) -> Bool {
        tankLevels.contains { node, sensor in
            guard let tank = network.nodes[node].tank, let levels = record.series[sensor] else { return false }
            return levels.contains { $0.map { $0 < tank.minimumLevel + StateTrial.nearLimit } ?? false }
        }
    }
}
