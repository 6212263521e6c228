// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import NumericalMethods
import Testing
import WaterFiles
import WaterModel

@testable import WaterLoss

/// A record without change in the conditions, for which the covariance of all hours is known in closed form.
@Suite("hourly residuals made independent: products equal those with the inverse of the dense covariance")
struct HourlyFilterTests {
    @Test("sensors, a tank's level and the head that it gives, autoregressive demand, missing readings", arguments: [true, false])
    func dense(tanksAreStepped: Bool) throws {
        let network = try INP.parse(LinkStatesTests.town, file: "town.inp")
        let (record, sensors) = try LinkStatesTests.reading(network) { _ in (true, false) }
        var options = LeakLocatorOptions()
        options.hourlyDemandSpread = 0.3
        let model = try ImposedModel(network, sensors: sensors, start: record.start)
        let residuals = HourlyResiduals(model, record, solver: try HydraulicSolver(network))
        let noise = [3e-4, 5e-4, 0.05, 0.08, 1e-3]
        let standing = try StandingErrors(model, record, residuals, record, residuals, noise: noise, options: options)
        let hours = 12, k = model.channels.count
        // The same conditions at all hours; in one of them a meter reads a flow that the model does not have.
        let large = 3.0
        var measured = [[Double?]](repeating: [Double?](repeating: nil, count: hours), count: k)
        measured[0][6] = large
        let filter = HourlyFilter(
            model, standing.alike(hours: hours), lags: (0..<hours).map { $0 == 7 ? 3 : 1 }, noise: noise, measured: measured,
            step: 3600, tanksAreStepped: tanksAreStepped, options: options)
        var present = [[Bool]](repeating: [Bool](repeating: true, count: k), count: hours)
        present[4] = [Bool](repeating: false, count: k)
        present[9][4] = false
        present[2][1] = false
        let columns: [[[Double]]] = (0..<hours).map { hour in
            (0..<k).map { c -> [Double] in
                let one = Double(hour * 3 + c), other = Double(hour + 5 * c) / 3
                return [sin(one), cos(other)]
            }
        }
        var pass = filter.begun(width: 2)
        filter.advance(&pass, over: 0..<hours, present: present) { hour, channel, storage, first in
            for j in 0..<2 { storage[first + j] = columns[hour][channel][j] }
        }
        let rows = pass.rows
        let found = rows.transposedTimes(rows)
        // The dense covariance.
        let times = (0..<hours).map { $0 < 7 ? $0 : $0 + 2 }
        let places = (0..<hours).flatMap { hour in (0..<k).filter { present[hour][$0] }.map { (hour, $0) } }
        let answers = standing.toOutflow[0], demands = standing.demands[0]
        func ofLevel(_ c: Int) -> (begins: Double, ends: Double) {
            // The model has the head that was read; a tank's inflow is the rise of its level less that of the model.
            let head = standing.toLevel[0][c, 0] * options.levelNoise
            guard c == 4 else { return (-head, 0) }
            let area = Double.pi * 400 / 4 / 3600 * options.levelNoise
            return tanksAreStepped ? (-area - head, area) : (-area - head / 2, area - head / 2)
        }
        #expect(standing.proportional[0][0] > 0 && standing.proportional[0][0].squareRoot() < 0.1 * options.flowNoise * large)
        #expect(standing.toLevel[0].storage.contains { abs($0) > 1e-4 })
        var covariance = Matrix(rows: places.count, columns: places.count)
        for (i, (hour, c)) in places.enumerated() {
            for (j, (other, d)) in places.enumerated() {
                let lag = abs(times[hour] - times[other])
                var value = 0.0, common = (0.0, 0.0)
                for node in demands.indices {
                    let left = answers[c, node] * demands[node], right = answers[d, node] * demands[node]
                    value += left * right * 0.09 * pow(options.hourlyDemandCorrelation, Double(lag))
                    common = (common.0 + left, common.1 + right)
                }
                if hour == other { value += common.0 * common.1 * options.hourlyCommonSpread * options.hourlyCommonSpread }
                if hour == other, c == d { value += standing.rest[0][c] + (c == 4 ? 0 : noise[c] * noise[c]) }
                if hour == 6, hour == other, c == 0, c == d {
                    value += options.flowNoise * options.flowNoise * large * large - standing.proportional[0][0]
                }
                // The end of one hour is the beginning of the next.
                let one = ofLevel(c), two = ofLevel(d)
                if lag == 0 { value += one.begins * two.begins + one.ends * two.ends }
                if times[other] == times[hour] + 1 { value += one.ends * two.begins }
                if times[hour] == times[other] + 1 { value += one.begins * two.ends }
                covariance[i, j] = value
            }
        }
        let factor = try CholeskyFactor(covariance)
        let dense = factor.whiten(Matrix(places.map { columns[$0.0][$0.1] }))
        let expected = dense.transposedTimes(dense)
        for i in 0..<2 { for j in 0..<2 { #expect(abs(found[i, j] - expected[i, j]) < 1e-6 * abs(expected[0, 0])) } }

        // A pass that stops and goes on is the same; and columns that are the same at all hours from the sixth on, pulled back.
        let split = 6, sizes = (0..<hours).map { 0.4 + 0.1 * Double($0) }
        var early = filter.begun(width: 1)
        filter.advance(&early, over: 0..<split, present: present) { storage, channel, row, first in
            row[first] = columns[storage][channel][0]
        }
        var late = early.continued(width: 2)
        filter.advance(&late, over: split..<hours, present: present) { hour, channel, row, first in
            row[first] = columns[hour][channel][0]
            row[first + 1] = (Double(channel) + 0.5) * sizes[hour]
        }
        let whole = early.rows.gram[0, 0] + late.rows.gram[0, 0]
        #expect(abs(whole - expected[0, 0]) < 1e-6 * expected[0, 0])
        let pulled = try #require(filter.pulledBack(late, sizes: sizes)[0])
        for j in 0..<2 {
            let sum = (0..<k).reduce(0) { $0 + pulled[$1, j] * (Double($1) + 0.5) }
            let direct = late.rows.gram[j, 1]
            #expect(abs(sum - direct) < 1e-9 * late.rows.gram[1, 1].squareRoot() * late.rows.gram[j, j].squareRoot())
        }
    }
}

extension StandingErrors {
    /// The first condition at every hour.
    fileprivate func alike(hours: Int) -> StandingErrors { replacing(before: [Int](repeating: 0, count: hours), after: []) }
}
