// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// EPANET's steps in time: whole seconds, tanks at the flow of the step's beginning (EPANET 2.3, hydraul.c: `timestep`).
extension ExtendedPeriod {
    /// Flow that counts as none in a tank: 1e-6 ft³/s. [m³/s]
    private static let noFlow = 1e-6 * Units.cubicFoot

    /// Chooses the step, moves the tanks and accounts. Returns its length. [s]
    func explicitStep() -> Double {
        var step = secondsToEvent()
        for (number, tank) in model.tanks.enumerated() {
            let q = inflows[number], head = head(ofTank: number)
            guard abs(q) > Self.noFlow else { continue }
            let room: Double
            if q > 0, head < tank.full {
                room = tank.fullVolume - volumes[number]
            } else if q < 0, head > tank.empty {
                room = tank.emptyVolume - volumes[number]
            } else {
                continue
            }
            let wait = (room / q).rounded()
            if wait > 0, wait < step { step = wait }
        }
        for entry in controls.entries where entry.tank >= 0 {
            let q = inflows[entry.tank], head = head(ofTank: entry.tank)
            guard abs(q) > Self.noFlow, entry.isAbove ? head < entry.head && q > 0 : head > entry.head && q < 0 else { continue }
            let wait = ((model.tanks[entry.tank].volume(atHead: entry.head) - volumes[entry.tank]) / q).rounded()
            if wait > 0, wait < step, endsStep(entry) { step = wait }
        }
        let rates = accounts.rates(solver, multipliers: multipliers)
        let taken = rules.isEmpty ? step : ruleSteps(upTo: step)
        if rules.isEmpty { moveTanks(seconds: step) }
        accounts.add(rates, seconds: taken)
        return taken
    }

    /// Tanks move in rule steps; the first rules that change anything end the step.
    private func ruleSteps(upTo step: Double) -> Double {
        let ruleStep = Double(max(times.ruleStep ?? max(times.hydraulicStep / 10, 1), 1))
        var part = min(ruleStep - now.truncatingRemainder(dividingBy: ruleStep), step)
        var passed = 0.0
        repeat {
            passed += part
            moveTanks(seconds: part)
            ruleTime = now + passed
            ruleInterval = part
            var acted = false
            for action in rules.actions(self) where apply(action.action, place: action.place, link: action.link) { acted = true }
            if acted { break }
            part = min(ruleStep, step - passed)
        } while part > 0
        return passed
    }

    private func moveTanks(seconds: Double) {
        for (number, tank) in model.tanks.enumerated() {
            let q = inflows[number]
            guard abs(q) > Self.noFlow else { continue }
            var volume = volumes[number] + q * seconds
            // Full or empty within the next second.
            if volume + q >= tank.fullVolume {
                volume = tank.fullVolume
            } else if volume - q <= tank.emptyVolume {
                volume = tank.emptyVolume
            }
            volumes[number] = volume
            setLevel(number, head: tank.head(ofVolume: volume))
        }
    }
}

extension ExtendedPeriod: RuleSituation {
    var time: Double { ruleTime }
    var interval: Double { ruleInterval }

    func value(of quantity: Rule.Premise.Quantity, _ subject: RuleBook.Subject) -> Double? {
        switch subject {
        case .system:
            guard quantity == .demand else { return nil }
            var sum = 0.0
            for row in 0..<model.rowCount where model.isJunction[row] && solver.wanted[row] > 0 { sum += solver.wanted[row] }
            return sum
        case .place(let place):
            switch quantity {
            case .flow: return abs(solver.flow[place])
            case .setting: return solver.imposed[place] == .active || model.table.kind[place] == .pump ? solver.setting[place] : nil
            default: return nil
            }
        case .row(let row):
            let number = Int(model.tankAtRow[row])
            let head = number >= 0 ? head(ofTank: number) : solver.head[row]
            switch quantity {
            case .head: return head
            case .pressure, .level: return head - model.elevations[row]
            case .demand:
                if !model.isJunction[row] { return solver.netInflow(row) }
                return solver.demand[row] + model.outflows.laws(at: row).reduce(0) { $0 + solver.outflows.flow[$1] }
            case .fillTime:
                guard number >= 0, inflows[number] > 1e-9 else { return nil }
                return (model.tanks[number].fullVolume - volumes[number]) / inflows[number]
            case .drainTime:
                guard number >= 0, inflows[number] < -1e-9 else { return nil }
                return (model.tanks[number].emptyVolume - volumes[number]) / inflows[number]
            default: return nil
            }
        }
    }

    func status(ofPlace place: Int) -> Link.Status {
        solver.status[place].isClosed ? .closed : solver.status[place] == .active ? .active : .open
    }
}
