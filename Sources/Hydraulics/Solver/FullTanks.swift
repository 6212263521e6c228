// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Links at tanks that are full or empty.
///
/// A full tank refuses what would fill it further. Closed outright, its inlet opens again as soon as the outlets have drawn the level
/// down by a hair, and shuts a moment later: a run through such an hour takes a thousand solves. What comes of it, on average, is
/// an inlet that passes as much as the outlets take; that is what a float valve does, and what `throttles` holds: such a link
/// carries the flow that leaves the tank's volume as it is, as long as the heads could push more through it. The outlet of an empty
/// tank likewise.
extension HydraulicSolver {
    /// Changes of status in a solve after which a link at a tank is closed rather than throttled.
    static let mostThrottlings: Int32 = 8

    /// Lets a refused link pass what the tank's other links take, or bring; false where they do not.
    func startThrottling(_ k: Int, at row: Int32) -> Bool {
        guard holdsLevels, isGiven[row], changes[k] < Self.mostThrottlings, !throttles.contains(where: { throttledRow($0) == row }) else {
            return false
        }
        let room = spare(at: row, without: k)
        guard room > Tolerance.noFlow else { return false }
        throttles.insert(k)
        // Into a full tank, out of an empty one.
        flow[k] = isFull(row) == (model.table.end[k] == row) ? room : -room
        return true
    }

    /// Whether the tank's other links take more than an open link brings to a full tank, or bring more than it takes from an empty one.
    func isOutdone(_ k: Int, at row: Int32) -> Bool {
        guard holdsLevels else { return false }
        let refused = isFull(row) == (model.table.end[k] == row) ? flow[k] : -flow[k]
        return spare(at: row, without: k) >= refused - Tolerance.noFlow
    }

    /// Goes on throttling, opens the link where the heads push less through it than is wanted, or closes it where nothing is.
    func keepThrottling(_ k: Int, _ q: Double, _ drop: Double) {
        let row = throttledRow(k)
        let sign: Double = isFull(row) == (model.table.end[k] == row) ? 1 : -1
        if sign * q <= 0 {
            throttles.remove(k)
            status[k] = .temporarilyClosed
        } else if sign * (drop - lossOfSpecial(k, q).loss) < -Tolerance.head {
            throttles.remove(k)
        }
    }

    /// Closes a throttled link where nothing else feeds the part behind it, so that what it passes cannot be chosen; false without one.
    func closeThrottle(where isNear: (Int) -> Bool) -> Bool {
        guard let k = throttles.sorted().first(where: isNear) else { return false }
        throttles.remove(k)
        status[k] = .temporarilyClosed
        // A few tries are left: what feeds the part may have been shut on the way only.
        changes[k] += 2
        return true
    }

    /// The row of the tank whose level a link keeps.
    func throttledRow(_ k: Int) -> Int32 {
        let start = model.table.start[k], end = model.table.end[k]
        let number = Int(model.tankAtRow[end])
        guard number >= 0, limits[number] != .none else { return start }
        // Between two tanks that both refuse, that towards which it would run.
        let other = Int(model.tankAtRow[start])
        guard other >= 0, limits[other] != .none else { return end }
        return (flow[k] >= 0) == (limits[number] == .full) ? end : start
    }

    /// Lets go of links at tanks that neither are full nor empty any more, and of all whose level is free in this step.
    func dropThrottles(where isFree: (Int) -> Bool) {
        for k in throttles {
            let row = throttledRow(k), number = Int(model.tankAtRow[row])
            if number < 0 || limits[number] == .none || isFree(number) {
                throttles.remove(k)
                isStale = true
                isMoved = true
            }
        }
    }

    /// What can pass through a full or an empty tank by one link: what the others take from a full one, bring to an empty one. [m³/s]
    func spare(at row: Int32, without k: Int) -> Double {
        var sum = 0.0
        for index in model.links(at: Int(row)) {
            let other = Int(model.linksAtRow[index])
            guard other != k, !status[other].isClosed else { continue }
            sum += model.table.start[other] == row ? flow[other] : -flow[other]
        }
        return isFull(row) ? sum : -sum
    }

    private func isFull(_ row: Int32) -> Bool {
        let number = Int(model.tankAtRow[row])
        return number >= 0 && limits[number] == .full
    }

    /// A full tank takes no more, an empty one gives no more, however small the drop to it: a wide pipe would drain it below its bottom.
    /// A link that is shut for it opens where the heads turn, and not for their rounding.
    func refusingTank(_ k: Int, _ q: Double, _ h1: Double, _ h2: Double, isShut: Bool) -> Int32? {
        let least = isShut ? -Tolerance.level : Tolerance.level
        func refuses(_ row: Int32, away drop: Double, out q: Double) -> Bool {
            let number = Int(model.tankAtRow[row])
            guard number >= 0 else { return false }
            let isPump = model.table.kind[k] == .pump
            switch limits[number] {
            case .none: return false
            case .full: return isPump ? row == model.table.end[k] : drop < -least || q < -Tolerance.noFlow
            case .empty: return isPump ? row == model.table.start[k] : drop > least || q > Tolerance.noFlow
            }
        }
        if refuses(model.table.start[k], away: h1 - h2, out: q) { return model.table.start[k] }
        return refuses(model.table.end[k], away: h2 - h1, out: -q) ? model.table.end[k] : nil
    }
}
