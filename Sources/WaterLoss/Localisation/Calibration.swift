// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import NumericalMethods
import WaterModel

/// A model as the healthy readings make it likeliest, and how large its errors and the movements of demand are by the same readings.
///
/// One step of Gauss and Newton on roughness, demand, pumps and valves (`WorldParameters`), with the spreads of `LeakLocatorOptions` as their prior;
/// spreads by the largest marginal likelihood (MacKay 1992), those that stand and those that move from hour to hour apart.
struct Calibration {
    let model: ImposedModel
    /// With the spreads that the readings show.
    let options: LeakLocatorOptions
    /// Values of `WorldParameters` of the nominal network at which the model is, in the spreads of `options`; nil: all zero.
    let values: [Double]?
    /// By how much all demand was above the model's at each healthy hour; empty: not asked. [–]
    let levels: [Double]
    /// What the readings say of each pump and valve of `DeviceParameters`; empty before they are asked.
    let devices: [DeviceEstimate]
    /// Pipes that the readings want shut or open, best first, and how many were tried.
    private(set) var closures: [Closure] = []
    private(set) var closuresTried = 0
    /// How many times larger than believed the errors of the model are. [–]
    private(set) var scale = 1.0
    /// How far the healthy readings are from the model where it was given, for comparisons: logarithms. [–]
    private(set) var misfit = 0.0
    /// The spreads that were believed before anything was read.
    let believed: LeakLocatorOptions
    private let nominal: ImposedModel

    /// Whether the readings have been asked.
    var isTold: Bool { !devices.isEmpty || closuresTried > 0 }

    init(_ nominal: ImposedModel, _ options: LeakLocatorOptions) {
        (model, self.nominal, self.options, values, devices, believed) = (nominal, nominal, options, nil, [], options)
        levels = []
    }

    /// The nominal model again, with what was found of pumps, valves and pipes.
    init(_ nominal: ImposedModel, _ options: LeakLocatorOptions, refused: Calibration) {
        (model, self.nominal, self.options, values, devices, believed) = (nominal, nominal, options, nil, refused.devices, options)
        (closures, closuresTried, misfit, scale) = (refused.closures, refused.closuresTried, refused.misfit, refused.scale)
        levels = []
    }

    private init(
        _ last: Calibration, _ options: LeakLocatorOptions, at values: [Double], _ devices: [DeviceEstimate], levels: [Double]
    ) {
        nominal = last.nominal
        believed = last.believed
        self.devices = devices
        self.options = options
        self.values = values
        self.levels = levels
        model = nominal.replacing(WorldParameters(nominal.network).world(nominal.network, values, options))
    }

    /// Errors of the model that are so many times larger than believed have other reasons. [–]
    static let suspicious = 1.5

    /// One step further.
    /// - Parameters:
    ///   - start: of the later record.
    ///   - seen: what the readings lie off the model, where that is known already.
    ///   - leftOut: channels of which nothing is taken.
    ///   - looksForClosures: whether pipes are sought that are shut or open against the model, where it is badly wrong otherwise.
    func told(
        by baseline: SensorRecord, before start: Instant, seen: HourlyResiduals? = nil, without leftOut: Set<Int> = [],
        looksForClosures: Bool = false
    ) throws(LeakLocatorError) -> Calibration {
        let solver: HydraulicSolver
        do { solver = try HydraulicSolver(model.network) } catch { throw .hydraulics(error.description) }
        let none = SensorRecord(start: start, step: baseline.step, count: 0, series: [:])
        var healthy = seen ?? TidiedReadings.residuals(model, baseline, none, solver, without: leftOut).0
        guard healthy.hasReadings else { return self }
        // What is shut or open against the model is seen by what it does in hours of more and of less demand.
        if !levels.isEmpty { healthy = healthy.demanding(levels[...], model, baseline, isOfHours: true) }
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
        var calibration = Calibration(
            self, options.scaled(standing: scales.standing, moving: scales.moving), at: found,
            standing.deviceEstimates(estimate.ways, estimate.factor, options),
            levels: DemandLevels.matter(model, healthy, options: options) ? record.demandLevels() : [])
        calibration.scale = scale * scales.standing
        calibration.misfit = values == nil ? record.misfit(standing: scales.standing) : misfit
        if looksForClosures, calibration.scale > Self.suspicious {
            let search = ClosureSearch(model, baseline, healthy, later, standing, record, scale: scales.standing)
            // What the model says of a closing may be nonsense after a step far off: that of the last step stands beside it.
            let known = Dictionary(search.found.map { ($0.link, $0.gain) }, uniquingKeysWith: max)
            calibration.closures = (search.found + closures.filter { $0.gain > known[$0.link] ?? -.infinity })
                .sorted { ($1.gain, $0.link) < ($0.gain, $1.link) }
            var seen: Set<Int> = []
            calibration.closures = calibration.closures.filter { seen.insert($0.link).inserted }
            calibration.closuresTried = max(search.tried, closuresTried)
        }
        return calibration
    }
}

extension LeakLocatorOptions {
    /// With larger or smaller spreads of roughness and standing demand, and of what moves from hour to hour and from day to day.
    func scaled(standing: Double, moving: Double) -> LeakLocatorOptions {
        var copy = self
        copy.roughnessSpreadByClass *= standing
        copy.roughnessSpreadByPipe *= standing
        copy.demandSpread *= standing
        copy.pumpHeadSpread *= standing
        copy.valvePressureSpread *= standing
        copy.valveShareSpread *= standing
        copy.hourlyDemandSpread *= moving
        copy.hourlyCommonSpread *= moving
        copy.dailyCommonSpread *= moving
        return copy
    }
}
