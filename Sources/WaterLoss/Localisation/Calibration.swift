// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import NumericalMethods
import WaterModel

/// A model as the healthy readings make it likeliest, and how large its errors and the movements of demand are by the same readings.
///
/// One step of Gauss and Newton on roughness and demand (`WorldParameters`), with the spreads of `LeakLocatorOptions` as their prior;
/// spreads by the largest marginal likelihood (MacKay 1992), those that stand and those that move from hour to hour apart.
struct Calibration {
    let model: ImposedModel
    /// With the spreads that the readings show.
    let options: LeakLocatorOptions
    /// Values of `WorldParameters` of the nominal network at which the model is, in the spreads of `options`; nil: all zero.
    let values: [Double]?
    /// By how much all demand was above the model's at each healthy hour; empty: not asked. [–]
    let levels: [Double]
    private let nominal: ImposedModel

    init(_ nominal: ImposedModel, _ options: LeakLocatorOptions) {
        (model, self.nominal, self.options, values, levels) = (nominal, nominal, options, nil, [])
    }

    private init(nominal: ImposedModel, _ options: LeakLocatorOptions, at values: [Double], levels: [Double]) {
        self.nominal = nominal
        self.options = options
        self.values = values
        self.levels = levels
        model = nominal.replacing(WorldParameters(nominal.network).world(nominal.network, values, options))
    }

    /// One step further.
    /// - Parameters:
    ///   - start: of the later record.
    ///   - seen: what the readings lie off the model, where that is known already.
    ///   - leftOut: channels of which nothing is taken.
    func told(
        by baseline: SensorRecord, before start: Instant, seen: HourlyResiduals? = nil, without leftOut: Set<Int> = []
    ) throws(LeakLocatorError) -> Calibration {
        let solver: HydraulicSolver
        do { solver = try HydraulicSolver(model.network) } catch { throw .hydraulics(error.description) }
        let none = SensorRecord(start: start, step: baseline.step, count: 0, series: [:])
        var healthy = seen ?? TidiedReadings.residuals(model, baseline, none, solver, without: leftOut).0
        guard healthy.hasReadings else { return self }
        if !levels.isEmpty { healthy = healthy.demanding(levels[...], model, baseline) }
        let later = HourlyResiduals(model, none, solver: solver)
        let classes = HourClasses(baseline, healthy, none, later, options: options)
        guard classes.count > 0 else { return self }
        let noise = SensorNoise.estimate(model, healthy, options: options)
        let standing = try StandingErrors(model, baseline, healthy, none, later, noise: noise, options: options, at: values)
        let record = StepRecord(
            model, standing, classes, before: healthy, after: later, baseline: baseline, readings: none, noise: noise, options: options)
        guard let estimate = record.standingEstimate() else { return self }
        var found = [Double](repeating: 0, count: standing.parameters.count)
        let scales = record.scales()
        for (way, direction) in zip(estimate.ways, standing.directions) {
            for i in found.indices { found[i] += way * direction[i] / scales.standing }
        }
        return Calibration(
            nominal: nominal, options.scaled(standing: scales.standing, moving: scales.moving), at: found,
            levels: DemandLevels.matter(model, healthy, options: options) ? record.demandLevels() : [])
    }
}

extension LeakLocatorOptions {
    /// With larger or smaller spreads of roughness and standing demand, and of what moves from hour to hour and from day to day.
    func scaled(standing: Double, moving: Double) -> LeakLocatorOptions {
        var copy = self
        copy.roughnessSpreadByClass *= standing
        copy.roughnessSpreadByPipe *= standing
        copy.demandSpread *= standing
        copy.hourlyDemandSpread *= moving
        copy.hourlyCommonSpread *= moving
        copy.dailyCommonSpread *= moving
        return copy
    }
}
