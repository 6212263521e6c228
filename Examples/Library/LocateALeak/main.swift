// SPDX-License-Identifier: GPL-3.0-or-later

// Where does it leak? A leak is planted in a model, the readings of seven loggers are made from it, and then it is looked for
// as if nobody knew. With readings of your own, the second part is all that you need.

import Foundation
import Hydraulics
import NumericalMethods
import WaterFiles
import WaterLoss
import WaterModel

/// The trunk mains of Hanoi (Fujiwara and Khang 1990): 31 junctions, 34 pipes, 39 km.
let path = CommandLine.arguments.dropFirst().first ?? "Networks/Published/hanoi.inp"
var network = try INP.read(path)
// The literature gives one demand a node; the course of the day is invented.
network.patterns = [Pattern(id: "day", multipliers: (0..<24).map { 0.75 - 0.25 * cos(2 * .pi * Double($0 - 3) / 24) })]
network.hydraulics.defaultPattern = "day"
let sensors =
    [Sensor(id: "inflow", kind: .flow, element: "1")]
    + ["6", "10", "13", "17", "22", "29"].map { Sensor(id: .init("P" + $0), kind: .pressure, element: $0) }

// 1. Readings: ten days by the hour, all synthetic. From the fourth hour of the ninth day on, pipe 16 loses about 60 L/s, one part
// in seventy of the mean inflow. Nodes use 10 % more or less than the model says, pressures are read to 3 cm and the flow to 0.5 %.
let truth = (pipe: Link.ID("16"), flow: 0.060, hour: 8 * 24 + 4)
let random = try RandomNumbers(seed: 7)
let healthy = try HydraulicSolver(network)
var burst = network
burst.leaks = [Leak(place: .pipe(truth.pipe, fraction: 0.5), coefficient: truth.flow / 40.0.squareRoot(), exponent: 0.5)]
let leaking = try HydraulicSolver(burst)
let ownUse = network.nodes.map { _ in random.normal(mean: 1, standardDeviation: 0.05) }

var series: [Sensor.ID: [Double?]] = [:]
for hour in 0..<10 * 24 {
    var conditions = BoundaryConditions(of: network, at: hour * 3600)
    for node in conditions.demands.indices {
        conditions.demands[node] *= ownUse[node] * random.normal(mean: 1, standardDeviation: 0.05)
    }
    let state = (hour < truth.hour ? healthy : leaking).solve(conditions)
    for sensor in sensors {
        let reading =
            sensor.kind == .flow
            ? network.linkIndex()[.init(sensor.element ?? "")].map { state.flows[$0] * random.normal(mean: 1, standardDeviation: 0.005) }
            : network.nodeIndex()[.init(sensor.element ?? "")].flatMap { node in
                state.heads[node].map { $0 - network.nodes[node].elevation + random.normal(standardDeviation: 0.03) }
            }
        series[sensor.id, default: []].append(reading)
    }
}
let monday = Instant(year: 2026, month: 3, day: 2)
@MainActor func days(_ range: Range<Int>) -> SensorRecord {
    SensorRecord(
        start: monday + range.lowerBound * 86_400, step: 3600, count: range.count * 24,
        series: series.mapValues { Array($0[range.lowerBound * 24..<range.upperBound * 24]) })
}

// 2. The search: a healthy week, and the days after it.
let finding = try LeakLocator(network: network, sensors: sensors).locate(baseline: days(0..<7), readings: days(7..<10))

guard finding.isDetected else {
    print("no leak")
    exit(1)
}
func litres(_ flow: Double) -> String { String(format: "%.0f", flow * 1000) }
print(
    "A leak since \(finding.start?.description ?? "?"), \(litres(finding.flow)) L/s (\(litres(finding.flowLow95)) to \(litres(finding.flowHigh95)))."
)
print("The truth:    \(monday + truth.hour * 3600), \(litres(truth.flow)) L/s under 40 m, pipe \(truth.pipe).")
print("Walk first:")
for candidate in finding.candidates.prefix(3) {
    print(String(format: "  pipe %@, %.0f m: %.0f %%", candidate.pipe.name, candidate.length, 100 * candidate.probability))
}
let length = finding.credibleSet90.compactMap { network.linkIndex()[$0].flatMap { network.links[$0].pipe?.length } }.reduce(0, +)
print(
    String(
        format: "Nine chances in ten: %d of %d pipes, %.1f of %.1f km", finding.credibleSet90.count, network.links.count, length / 1000,
        network.pipeLength / 1000)
        + (finding.credibleSet90.contains(truth.pipe) ? ", and the leak is on one of them." : "; the leak is elsewhere."))
