// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Levels of tanks by TR-BDF2 (Bank and others 1985; error estimate after Hosea and Shampine 1996): second order, and stiff parts
/// settle instead of swinging. Each of its two stages is one solve of the network with the tanks' levels unknown.
extension ExtendedPeriod {
    /// Error of a level in a step. [m]
    private static let levelError = 5e-5
    private static let gamma = 2 - 2.0.squareRoot()
    /// Below this a step is taken whatever its error. [s]
    private static let shortest = 1.0

    /// Moves tanks to the next event at most `limit` seconds away, and accounts. Returns the seconds.
    func implicitStep(upTo limit: Double) -> Double {
        let rates = accounts.rates(solver, multipliers: multipliers, spill: spill())
        guard !model.tanks.isEmpty else {
            let moment = ruleMoment(from: 0, to: limit, levels: { _ in nil })
            let step = moment ?? limit
            accounts.add(rates, seconds: step)
            if moment != nil { actOnRules(at: step) }
            return step
        }
        var passed = 0.0
        var startRates = rates
        while limit - passed > 1e-6 {
            let before = (volumes, inflows)
            kept = Set(solver.throttles.map { Int(model.tankAtRow[solver.throttledRow($0)]) })
            var step = min(limit - passed, max(suggestedStep, Self.shortest))
            if limit - passed - step < 0.1 * step { step = limit - passed }
            let (trial, stop) = acceptedStep(&step)
            // Rules look at the levels on the way.
            let heads = before.0.indices.map { model.tanks[$0].head(ofVolume: before.0[$0]) }
            if !rules.isEmpty {
                let moment = ruleMoment(from: passed, to: passed + step) { time in
                    let share = (time - passed) / step
                    return heads.indices.map { heads[$0] + share * (trial.heads[$0] - heads[$0]) }
                }
                if let moment, moment < passed + step - 1e-6 {
                    // Not further than the rule: go that far and act.
                    (volumes, inflows) = before
                    step = moment - passed
                    let short = attempt(step)
                    take(short, startRates, step)
                    actOnRules(at: passed + step)
                    return passed + step
                }
                if moment != nil {
                    take(trial, startRates, step)
                    actOnRules(at: passed + step)
                    return passed + step
                }
            }
            take(trial, startRates, step)
            startRates = trial.rates2
            passed += step
            if stop { break }
        }
        return passed
    }

    /// What a step would lead to.
    struct Trial {
        var volumes: [Double]
        var inflows: [Double]
        var heads: [Double]
        var rates1: [Double]
        var rates2: [Double]
        /// Largest error of a level. [m]
        var error: Double
        var isSound: Bool
    }

    /// Over the rims of full tanks that may overflow. [m³/s]
    private func spill() -> Double {
        model.tanks.indices.reduce(0) { isBrimming($1) ? $0 + max(inflows[$1], 0) : $0 }
    }

    private func isBrimming(_ number: Int) -> Bool {
        let tank = model.tanks[number]
        return tank.canOverflow && head(ofTank: number) >= tank.full - levelSlack && inflows[number] >= 0
    }

    private func attempt(_ step: Double) -> Trial {
        solver.actsOnPressure = false
        defer { solver.actsOnPressure = true }
        let g = Self.gamma
        let start = volumes, first = inflows
        let brimming = model.tanks.indices.filter { isBrimming($0) }
        let fixed = kept.union(brimming)
        var trial = Trial(
            volumes: start, inflows: first, heads: start.indices.map { head(ofTank: $0) }, rates1: [], rates2: [], error: 0, isSound: true)
        func stage(_ base: (Int) -> Double, _ seconds: Double) -> ([Double], [Double], [Double]) {
            solver.stores = start.indices.filter { !fixed.contains($0) }.map {
                HydraulicSolver.Store(tank: $0, base: base($0), seconds: seconds)
            }
            solver.dropThrottles { !fixed.contains($0) }
            solver.storesChanged()
            if solver.settle() == .singular { trial.isSound = false }
            var volumes = start, inflows = first
            for store in solver.stores {
                let tank = model.tanks[store.tank]
                let head = solver.head[tank.row]
                if !head.isFinite { trial.isSound = false }
                volumes[store.tank] = tank.volume(atHead: head)
                inflows[store.tank] = (volumes[store.tank] - store.base) / seconds
            }
            for number in fixed { inflows[number] = solver.netInflow(Int(model.tanks[number].row)) }
            let over = brimming.reduce(0) { $0 + max(inflows[$1], 0) }
            return (volumes, inflows, accounts.rates(solver, multipliers: multipliers, spill: over))
        }
        let (v1, q1, rates1) = stage({ start[$0] + g * step / 2 * first[$0] }, g * step / 2)
        let (v2, q2, rates2) = stage(
            { (v1[$0] - (1 - g) * (1 - g) * start[$0]) / (g * (2 - g)) }, (1 - g) / (2 - g) * step)
        trial.rates1 = rates1
        trial.rates2 = rates2
        trial.volumes = v2
        trial.inflows = q2
        let factor = 2 * step * (-3 * g * g + 4 * g - 2) / (12 * (2 - g))
        // A tank kept at its level whose links no longer keep it: the step reaches too far.
        for number in kept {
            trial.error = max(trial.error, abs(q2[number]) * step / model.tanks[number].area(atHead: trial.heads[number]))
        }
        for number in start.indices where !fixed.contains(number) {
            let tank = model.tanks[number]
            trial.heads[number] = solver.head[tank.row]
            let error = factor * (first[number] / g - q1[number] / (g * (1 - g)) + q2[number] / (1 - g))
            trial.error = max(trial.error, abs(error) / tank.area(atHead: trial.heads[number]))
        }
        return trial
    }

    /// Shortens the step until its error is small and no tank has passed a level that matters; true where it ends at such a level.
    private func acceptedStep(_ step: inout Double) -> (Trial, stop: Bool) {
        let pressures = solver.pressureControls.map { solver.head[$0.row] }
        var trial = attempt(step)
        for _ in 0..<40 {
            let ratio = trial.isSound && trial.error.isFinite ? trial.error / Self.levelError : 1e3
            if ratio > 1, step > Self.shortest {
                step = max(step * max(0.2, 0.9 / power(ratio, 1.0 / 3)), Self.shortest)
                trial = attempt(step)
                continue
            }
            let next = step * min(5, 0.9 / power(max(ratio, 1e-3), 1.0 / 3))
            guard let share = firstCrossing(trial, step) ?? firstPressure(from: pressures) else {
                suggestedStep = next
                return (trial, stop: reachesLevel(trial) || solver.pressureControls.contains { solver.isDue($0) })
            }
            suggestedStep = max(next, suggestedStep.isFinite ? suggestedStep : next)
            if step <= Self.shortest { return (trial, stop: true) }
            step = max(step * share, Self.shortest)
            trial = attempt(step)
        }
        return (trial, stop: true)
    }

    /// Heads at which something happens to a tank, the way it goes, and how near counts as there. [m]
    private func limits(_ number: Int, rising: Bool) -> [(head: Double, slack: Double)] {
        let tank = model.tanks[number]
        var found = [(head: rising ? tank.full : tank.empty, slack: levelSlack)]
        for entry in controls.entries where entry.tank == number && entry.isAbove == rising {
            if apply(entry.action, place: entry.place, link: entry.link, isTrial: true) { found.append((entry.head, Self.controlSlack)) }
        }
        return found
    }

    /// Share of the step after which the first tank passes a limit; nil where none does.
    private func firstCrossing(_ trial: Trial, _ step: Double) -> Double? {
        var first: Double?
        for number in model.tanks.indices {
            let from = head(ofTank: number), to = trial.heads[number]
            guard from != to else { continue }
            let rising = to > from
            for (limit, slack) in limits(number, rising: rising) {
                let isPassed = rising ? from < limit - slack && to > limit + slack : from > limit + slack && to < limit - slack
                guard isPassed else { continue }
                let share = crossing(number, trial, step, limit)
                if share < first ?? .infinity { first = share }
            }
        }
        return first
    }

    /// Where the cubic through both ends and their slopes passes a level.
    private func crossing(_ number: Int, _ trial: Trial, _ step: Double, _ limit: Double) -> Double {
        let tank = model.tanks[number]
        let a = head(ofTank: number), b = trial.heads[number]
        let da = inflows[number] * step / tank.area(atHead: a), db = trial.inflows[number] * step / tank.area(atHead: b)
        var low = 0.0, high = 1.0
        for _ in 0..<40 {
            let s = (low + high) / 2
            let h =
                (1 + 2 * s) * (1 - s) * (1 - s) * a + s * (1 - s) * (1 - s) * da + s * s * (3 - 2 * s) * b + s * s * (s - 1) * db
            if (h < limit) == (a < limit) { low = s } else { high = s }
        }
        return (low + high) / 2
    }

    /// Share of the step after which a control on a junction's pressure first acts; nil where none does, or just at the end.
    private func firstPressure(from heads: [Double]) -> Double? {
        var first: Double?
        for (control, start) in zip(solver.pressureControls, heads) where solver.isDue(control) {
            let end = solver.head[control.row]
            guard abs(end - control.head) > Tolerance.head, (start < control.head) != (end < control.head) else { continue }
            first = min(first ?? 1, (control.head - start) / (end - start))
        }
        return first
    }

    private func reachesLevel(_ trial: Trial) -> Bool {
        for number in model.tanks.indices {
            let from = head(ofTank: number), to = trial.heads[number]
            for (limit, slack) in limits(number, rising: to > from) where abs(to - limit) <= slack && abs(from - limit) > slack {
                return true
            }
        }
        return false
    }

    private func take(_ trial: Trial, _ startRates: [Double], _ step: Double) {
        let g = Self.gamma
        accounts.add(startRates, seconds: step / (2 * (2 - g)))
        accounts.add(trial.rates1, seconds: step / (2 * (2 - g)))
        accounts.add(trial.rates2, seconds: step * (1 - g) / (2 - g))
        volumes = trial.volumes
        inflows = trial.inflows
        solver.stores = []
        solver.storesChanged()
        for number in volumes.indices { setLevel(number, head: trial.heads[number]) }
    }

    // MARK: Rules

    /// The first multiple of the rule step, counted from this moment, at which rules would act.
    private func ruleMoment(from: Double, to: Double, levels: (Double) -> [Double]?) -> Double? {
        guard !rules.isEmpty else { return nil }
        let ruleStep = Double(max(times.ruleStep ?? max(times.hydraulicStep / 10, 1), 1))
        let kept = (heads: volumes.indices.map { head(ofTank: $0) }, volumes: volumes)
        defer {
            volumes = kept.volumes
            for number in kept.heads.indices { solver.target[model.tanks[number].row] = kept.heads[number] }
        }
        var moment = ((now + from) / ruleStep).rounded(.down) * ruleStep + ruleStep - now
        while moment <= to + 1e-6 {
            if let heads = levels(moment) {
                for number in heads.indices {
                    solver.target[model.tanks[number].row] = heads[number]
                    volumes[number] = model.tanks[number].volume(atHead: heads[number])
                }
            }
            ruleTime = now + moment
            ruleInterval = ruleStep
            if rules.actions(self).contains(where: { apply($0.action, place: $0.place, link: $0.link, isTrial: true) }) { return moment }
            moment += ruleStep
        }
        return nil
    }

    private func actOnRules(at passed: Double) {
        ruleTime = now + passed
        for action in rules.actions(self) { apply(action.action, place: action.place, link: action.link) }
    }
}
