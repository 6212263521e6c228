// SPDX-License-Identifier: GPL-3.0-or-later

/// Head loss of every kind of link and its slope over the flow.
extension HydraulicSolver {
    /// Fills `loss` and `gradient` of every link that is a resistance at its present flow and status.
    /// Links that hold a head or a flow, and closed ones, get conductance zero or nearly so.
    mutating func evaluateLosses() {
        for k in 0..<table.count {
            let q = flows[k]
            if !isCarrying[k] {
                loss[k] = 0
                gradient[k] = .infinity
                continue
            }
            if statuses[k].isClosed {
                loss[k] = Tolerance.closedGradient * q
                gradient[k] = isFinal ? .infinity : Tolerance.closedGradient
                continue
            }
            switch table.kind[k] {
            case .pipe: pipeLoss(k, q)
            case .pump: pumpLoss(k, q)
            case .prv, .psv:
                if statuses[k] == .active { hold(k) } else { openLoss(k, q, table.minor[k]) }
            case .fcv:
                if statuses[k] == .active { hold(k) } else { openLoss(k, q, table.minor[k]) }
            case .tcv:
                let k0 = statuses[k] == .active ? settings[k] * table.lossPerCoefficient[k] : table.minor[k]
                openLoss(k, q, k0)
            case .pbv:
                if statuses[k] == .active, settings[k] > 0, table.minor[k] * q * q <= settings[k] {
                    loss[k] = settings[k] + Tolerance.openGradient * q
                    gradient[k] = Tolerance.openGradient
                } else {
                    openLoss(k, q, table.minor[k])
                }
            case .gpv:
                guard statuses[k] == .active, let curve = table.curves[k] else { openLoss(k, q, table.minor[k]); continue }
                let size = max(abs(q), 1e-9)
                let line = curve.line(at: size)
                gradient[k] = max(line.slope, Tolerance.openGradient)
                loss[k] = (line.intercept + line.slope * size) * (q < 0 ? -1 : 1)
            case .pcv: openLoss(k, q, statuses[k] == .active ? positionalLoss(k) : table.minor[k])
            }
        }
    }

    private mutating func hold(_ k: Int) {
        loss[k] = 0
        gradient[k] = .infinity
    }

    private mutating func pipeLoss(_ k: Int, _ q: Double) {
        let size = abs(q)
        if table.usesDarcy {
            var (h, g) = table.darcy[k].loss(size)
            h += table.minor[k] * size * size
            g += 2 * table.minor[k] * size
            loss[k] = q < 0 ? -h : h
            gradient[k] = g
            return
        }
        let n = table.exponent
        let r = table.resistance[k]
        let slope: Double
        if n == 2 { slope = 2 * r * size } else { slope = n * r * power(size, n - 1) }
        if slope < Tolerance.smallestGradient {
            gradient[k] = Tolerance.smallestGradient / n + 2 * table.minor[k] * size
            loss[k] = q * (Tolerance.smallestGradient / n + table.minor[k] * size)
        } else {
            gradient[k] = slope + 2 * table.minor[k] * size
            loss[k] = q * (slope / n + table.minor[k] * size)
        }
    }

    private mutating func openLoss(_ k: Int, _ q: Double, _ m: Double) {
        let slope = 2 * m * abs(q)
        if m <= 0 {
            gradient[k] = Tolerance.openGradient
            loss[k] = Tolerance.openGradient * q
        } else if slope < Tolerance.smallestGradient {
            gradient[k] = Tolerance.smallestGradient
            loss[k] = Tolerance.smallestGradient * q
        } else {
            gradient[k] = slope
            loss[k] = slope * q / 2
        }
    }

    /// K of a positional valve: K_open/(flow coefficient over that of the open valve)².
    private func positionalLoss(_ k: Int) -> Double {
        let opening = min(max(settings[k], 0), 100)
        let share = max((table.curves[k]?.value(at: opening) ?? opening) / 100, 1e-3)
        return table.minor[k] / (share * share)
    }

    private mutating func pumpLoss(_ k: Int, _ q: Double) {
        guard let pump = table.pumps[k] else { return }
        let speed = settings[k]
        switch pump {
        case .constantPower(let power):
            // h = −ω³ power/q, held between the slopes of a closed and an open link.
            let r = power * speed * speed * speed
            let size = max(abs(q), 1e-12)
            let slope = r / (size * size)
            if slope > Tolerance.closedGradient {
                gradient[k] = Tolerance.closedGradient
                loss[k] = -Tolerance.closedGradient * size
            } else if slope < Tolerance.openGradient {
                gradient[k] = Tolerance.openGradient
                loss[k] = -Tolerance.openGradient * size
            } else {
                gradient[k] = slope
                loss[k] = -r / size
            }
        case .points(let lines):
            let line = lines.line(at: q / speed)
            gradient[k] = max(-line.slope * speed, Tolerance.smallestGradient)
            loss[k] = -(line.intercept * speed * speed) - line.slope * speed * q
        case .powerFunction(let shutoff, let resistance, let n):
            let size = abs(q)
            let r = resistance * power(speed, 2 - n)
            let slope = n == 1 ? r : n * r * power(size, n - 1)
            let head = -shutoff * speed * speed
            if slope < Tolerance.smallestGradient {
                gradient[k] = Tolerance.smallestGradient
                loss[k] = head + Tolerance.smallestGradient * q
            } else {
                gradient[k] = slope
                loss[k] = head + slope * q / n
            }
        }
    }
}
