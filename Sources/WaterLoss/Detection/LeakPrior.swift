// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// What is believed of leaks before the readings: how many, how large, where.
struct LeakPrior {
    /// A usual size. [m³/s]
    let size: Double
    let answerError: Double
    /// Error of a growing leak's course half way, as four times a share of its size: the area of a hole may grow with the time or its
    /// square, which differ by 0.2 of the size there. [–]
    let courseError: Double
    /// ln of a pipe's length over the mean.
    let logLengths: [Double]
    /// By pipe, those within a crew's reach of it, itself among them.
    let near: [[Int]]
    /// What a leak must explain, as ln of odds: one that ran before the record, one that began on a day of it, a repair.
    let logBefore: Double
    let logNew: Double
    let logRepair: Double

    /// Days within which a repair is dated at once.
    private static let repairDays = 180.0

    init(lengths: [Double], near: [[Int]], meanDemand: Double, options: LeakMonitorOptions) {
        size = max(0.045 * meanDemand, 1e-6)
        answerError = options.answerError
        courseError = 0.5
        self.near = near
        let total = max(lengths.reduce(0, +), 1), mean = total / Double(max(lengths.count, 1))
        logLengths = lengths.map { Foundation.log(max($0, 1) / mean) }
        let places = Double(max(lengths.count, 1)), perYear = max(options.leaksPerYearAndKilometre * total / 1000, 0.1)
        // Alarms that are put up with, to leaks that are awaited: the odds that an alarm must have.
        let odds = max(perYear / options.falseAlarmsPerYear, 1)
        logBefore = -Foundation.log(places / max(perYear * options.yearsUnnoticed, 0.05) * odds)
        logNew = -Foundation.log(places * 365.25 / perYear * odds)
        logRepair = -Foundation.log(Self.repairDays)
    }

    init(size: Double, answerError: Double, courseError: Double, logLengths: [Double], logBefore: Double, logNew: Double, logRepair: Double)
    {
        self.size = size
        self.answerError = answerError
        self.courseError = courseError
        self.logLengths = logLengths
        near = logLengths.indices.map { [$0] }
        self.logBefore = logBefore
        self.logNew = logNew
        self.logRepair = logRepair
    }

    /// Deviation of the normal law by which a leak of about this size is judged. Sizes have a heavy tail: to split a large leak into two
    /// at one place must not pay. [m³/s]
    func deviation(about size: Double) -> Double { max(self.size, size) }

    /// What a deviation other than the usual one costs, as a logarithm: the density falls with the square of the size.
    func logDensity(about size: Double) -> Double { Foundation.log(self.size / deviation(about: size)) }

    /// Twice what the readings gain by a leak of free size, of which `HistoryModel.further` tells information and score.
    func gain(information: Double, score: Double) -> Double {
        guard score > 0 else { return -Foundation.log(max(information * size * size, 1)) }
        let told = max(information - 1 / (size * size), 1e-6 / (size * size)), about = score / told, spread = deviation(about: about)
        return score * score / (told + 1 / (spread * spread)) - Foundation.log(told * spread * spread + 1) + 2 * logDensity(about: about)
    }

    func log(of leak: RunningLeak) -> Double {
        logLengths[leak.pipe] + (leak.course.onset == .beforeRecord ? logBefore : logNew) + (leak.course.end == nil ? 0 : logRepair)
    }
}
