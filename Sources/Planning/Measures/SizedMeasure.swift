// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A measure with its quantities for one zone or the whole system. Costs and effects are written in figures, so that each draw of the
/// Monte Carlo prices it anew.
struct SizedMeasure {
    /// One term of a cost; `Int` is a figure.
    enum Cost {
        /// Quantity × rate.
        case rate(Double, Int)
        /// Share of this measure's own capital.
        case shareOfCapital(Int)
        /// One repair for each `flow` m³/d that the measure's share of present real losses makes.
        case repairs(share: Int, flow: Int, cost: Int)
        /// One repair for each `flow` m³/d by which leakage would rise in a year.
        case repairsOfRise(rise: Int, flow: Int, cost: Int)
        /// Repairs that lower pressure spares: bursts a year × factor × share of pressure cut.
        case burstsSpared(perYear: Double, factor: Int, cost: Int, PressureCut)
    }

    /// Pressure before and after.
    enum PressureCut {
        /// Mean pressure before [m], and the lowest peak pressure [m], which comes down to the figure `minimum`.
        case toMinimum(before: Double, lowestPeak: Double, minimum: Int)
        /// Mean pressure before [m] and after, a figure.
        case toTarget(before: Double, target: Int)

        func pressures(_ draw: [Double]) -> (before: Double, after: Double) {
            switch self {
            case .toMinimum(let before, let lowestPeak, let minimum):
                (before, max(0, before - max(0, lowestPeak - draw[minimum])))
            case .toTarget(let before, let target): (before, min(before, draw[target]))
            }
        }
    }

    /// Consumption that falls with pressure.
    struct PressedUse {
        /// N3, a figure. [–]
        var exponent: Int
        /// Figures: billed by meter, and billed without. [m³/year]
        var metered: Int?
        var unmetered: Int?
        /// Part of them in the area. [–]
        var share: Double

        /// What is no longer drawn. [m³/year]
        func fall(_ cut: PressureCut, _ draw: [Double]) -> (metered: Double, unmetered: Double) {
            let pressures = cut.pressures(draw)
            let part =
                share
                * PressureEffect.consumptionReduction(before: pressures.before, after: pressures.after, exponent: max(0, draw[exponent]))
            return (part * (metered.map { draw[$0] } ?? 0), part * (unmetered.map { draw[$0] } ?? 0))
        }
    }

    enum Apparent: Int, CaseIterable { case unauthorised, metering, dataHandling }

    enum Effect {
        /// Of its own: makes others possible.
        case none
        /// Volume found and mended. [m³/year]
        case leaks(Int)
        case pressure(PressureCut, exponent: Int, use: PressedUse? = nil)
        /// Takes a share of what is left and holds the rise of leakage.
        case activeControl(Int)
        /// Share × effect of what is left.
        case share(Double, Int)
        /// Share of what is left of a part of the apparent losses.
        case recover(Apparent, Int)
        /// A volume of the metering inaccuracy. [m³/year]
        case meterVolume(Int)
        /// Growth of under-registration per year × Σ volume × age. [m³]
        case meterAge(basis: Double, growth: Int)
        /// Share of the part of a use that is not metered yet.
        case demand(use: Int, share: Int, part: Double)
        /// Water that is produced beyond what there is. [m³/d]
        case production(Int)
    }

    var id: String
    var key: String
    var target: PlannedMeasure.Target
    var zone: Zone.ID?
    var quantity: Double
    var unit: String
    var capital: [Cost]
    var operation: [Cost] = []
    var effect: Effect
    /// Figure; nil: kept up by its operation as long as the plan runs.
    var life: Int?
    /// False where the effect ends with its life and is not bought again.
    var isRenewed = true
    /// Years beyond the works until the effect is whole, a figure.
    var ramp: Int?
    /// Share of the effect lost per year, a figure.
    var decay: Int?
    /// Years from the start of the programme to the first works, and years of works.
    var start: Int
    var buildYears: Int
    var prerequisites: [String] = []
    var exclusions: [String] = []

    /// Whether it is chosen for the whole city, not for an area by itself.
    var isOfWholeCity: Bool { target != .realLosses }

    /// Whether its quantity is that of each year.
    var isYearly: Bool {
        if case .activeControl = effect { true } else { key == "faster_repair" }
    }

    /// Order in which effects act on what the ones before left: located leaks, pressure, active control, renewal.
    /// Source: field practice of component analysis (pressure first, since it changes every leak).
    var rank: Int {
        switch effect {
        case .none: 0
        case .leaks: 1
        case .pressure: 2
        case .activeControl: 3
        case .share: key == "faster_repair" ? 4 : 5
        case .meterVolume: 6
        case .meterAge: 7
        case .recover: 8
        case .demand: 9
        case .production: 10
        }
    }

    /// Every figure that the measure rests on.
    var figures: Set<Int> {
        var found = Set([life, decay, ramp].compactMap { $0 })
        for cost in capital + operation {
            switch cost {
            case .rate(_, let rate): found.insert(rate)
            case .shareOfCapital(let share): found.insert(share)
            case .repairs(let share, let flow, let cost): found.formUnion([share, flow, cost])
            case .repairsOfRise(let rise, let flow, let cost): found.formUnion([rise, flow, cost])
            case .burstsSpared(_, let factor, let cost, let cut): found.formUnion([factor, cost] + Self.figures(of: cut))
            }
        }
        switch effect {
        case .none: break
        case .leaks(let volume), .meterVolume(let volume), .activeControl(let volume): found.insert(volume)
        case .pressure(let cut, let exponent, let use):
            found.formUnion([exponent] + Self.figures(of: cut) + [use?.exponent, use?.metered, use?.unmetered].compactMap { $0 })
        case .share(_, let share), .recover(_, let share), .production(let share): found.insert(share)
        case .meterAge(_, let growth): found.insert(growth)
        case .demand(let use, let share, _): found.formUnion([use, share])
        }
        return found
    }

    private static func figures(of cut: PressureCut) -> [Int] {
        switch cut {
        case .toMinimum(_, _, let minimum): [minimum]
        case .toTarget(_, let target): [target]
        }
    }
}
