// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import WaterModel

/// Units in which pressures come that are said to be in metres of water.
public enum PressureUnit: String, Sendable, CaseIterable {
    case poundsPerSquareInch = "psi"
    case kilopascal = "kPa"
    case bar = "bar"
    case megapascal = "MPa"
    case foot = "ft"

    /// Metres of water of one unit, at 9806.65 N/m³ as in the pressures of `Units`. [m]
    var metres: Double {
        switch self {
        case .poundsPerSquareInch: 6894.757293168 / Self.specificWeight
        case .kilopascal: 1000 / Self.specificWeight
        case .bar: 100_000 / Self.specificWeight
        case .megapascal: 1_000_000 / Self.specificWeight
        case .foot: 0.3048
        }
    }

    private static let specificWeight = 9806.65  // N/m³, of water at standard gravity
}

extension HourlyResiduals {
    /// Least distance from the model, as readings stand, at which another unit is thought of; and largest in the unit. [m]
    private static let unitDistance = 4.0, unitMiss = 2.5
    /// By how much the unit must come nearer, and how far the course of the day may be from the model's, as a factor. [–]
    private static let unitNearer = 4.0, unitCourse = 1.5

    /// Where a unit is so many times a metre, hardly anything else brings readings there: they may then miss by a share of the distance. [–]
    private static let unitFar = 5.0, missOfFar = 0.02

    /// Pressures that are the model's in another unit: their level is, and so is the course of the day.
    func units(_ model: ImposedModel) -> [Int: PressureUnit] {
        var found: [Int: PressureUnit] = [:]
        for (k, channel) in model.channels.enumerated() where !channel.isFlow {
            let pairs = zip(measured[k], predicted[k]).compactMap { read, value in read.flatMap { read in value.map { (read, $0) } } }
            guard pairs.count > 8 else { continue }
            func distance(_ metres: Double) -> Double { abs(OrderStatistics.medianOrZero(pairs.map { $0.0 * metres - $0.1 })) }
            let plain = distance(1)
            guard plain > Self.unitDistance, let unit = PressureUnit.allCases.min(by: { distance($0.metres) < distance($1.metres) }) else {
                continue
            }
            let ratio = Self.spread(pairs.map(\.0)) * unit.metres / max(Self.spread(pairs.map(\.1)), 1e-9)
            // A pressure that hardly moves has no course to go by.
            let hasCourse = Self.spread(pairs.map(\.1)) > 2 * Self.leastCourse
            // Nearer to what the unit makes of it than to what another place would leave as it is.
            let factor = abs(log(unit.metres)), isFar = factor > log(Self.unitFar)
            let nearest = isFar ? factor / 2 : min(log(Self.unitCourse), factor / 2)
            guard distance(unit.metres) < min(isFar ? max(Self.unitMiss, Self.missOfFar * plain) : Self.unitMiss, plain / Self.unitNearer),
                !hasCourse || abs(log(max(ratio, 1e-9))) < nearest
            else { continue }
            found[k] = unit
        }
        return found
    }

    /// Median distance from the median.
    private static func spread(_ values: [Double]) -> Double {
        let middle = OrderStatistics.medianOrZero(values)
        return OrderStatistics.medianOrZero(values.map { abs($0 - middle) })
    }

    /// Whether pressures that were so far from the model are all in a unit, with their readings taken so: the middle one is near, and they
    /// differ from place to place as the model's do. A pump that is stronger than the model has it moves all levels, too, but all by about the
    /// same metres. Where too few places differ the course of the day is asked.
    func isMended(by unit: PressureUnit, from plain: Double, _ model: ImposedModel) -> Bool {
        guard pressureDistance(model) < min(Self.unitMiss, plain / Self.unitNearer) else { return false }
        let pressures = model.channels.indices.filter { !model.channels[$0].isFlow }.map { k in
            zip(measured[k], predicted[k]).compactMap { read, value in read.flatMap { read in value.map { (read: read, model: $0) } } }
        }
        let levels = pressures.filter { $0.count > 8 }.map { pairs in
            (read: OrderStatistics.medianOrZero(pairs.map(\.read)), model: OrderStatistics.medianOrZero(pairs.map(\.model)))
        }
        // Of each pair of places that are not alike (the slope of Theil, 1950, and Sen, 1968).
        var ratios = levels.indices.flatMap { i in
            levels[..<i].filter { abs($0.model - levels[i].model) > Self.unitDistance }.map {
                ($0.read - levels[i].read) / ($0.model - levels[i].model)
            }
        }
        if ratios.count < Self.fewPairs {
            ratios = pressures.compactMap { pairs in
                let usual = Self.spread(pairs.map(\.model))
                return usual > 2 * Self.leastCourse ? Self.spread(pairs.map(\.read)) / usual : nil
            }
        }
        let ratio = ratios.isEmpty ? 1 : OrderStatistics.medianOrZero(ratios)
        return abs(log(max(ratio, 1e-9))) < min(log(Self.unitCourse), abs(log(unit.metres)) / 2)
    }

    /// Pairs of places that differ, below which they are too few: some may be odd.
    private static let fewPairs = 5

    /// The unit in which most pressures would be at their level, where as they stand most are far from it; whether that mends the model as a
    /// whole is to be tried.
    func unitOfAll(_ model: ImposedModel) -> PressureUnit? {
        let nearest = PressureUnit.allCases.map { ($0, pressureDistance(model, metres: $0.metres)) }.min { $0.1 < $1.1 }
        let plain = pressureDistance(model)
        guard plain > Self.unitDistance, let (unit, distance) = nearest, distance < plain else { return nil }
        return unit
    }

    /// How far the level of the middle pressure is from the model's, with its readings times a factor. [m]
    func pressureDistance(_ model: ImposedModel, metres: Double = 1) -> Double {
        OrderStatistics.medianOrZero(
            model.channels.indices.filter { !model.channels[$0].isFlow }.compactMap { k in
                let apart = zip(measured[k], predicted[k]).compactMap { read, value in
                    read.flatMap { read in value.map { read * metres - $0 } }
                }
                return apart.count > 8 ? abs(OrderStatistics.medianOrZero(apart)) : nil
            })
    }

    private static let leastCourse = 0.1  // m, some times the noise of a pressure
}

extension SensorRecord {
    /// The readings of some sensors times a factor each.
    func scaled(_ factors: [Sensor.ID: Double]) -> SensorRecord {
        var record = self
        for (sensor, factor) in factors { record.series[sensor] = series[sensor]?.map { $0.map { $0 * factor } } }
        return record
    }
}
