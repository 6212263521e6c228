// SPDX-License-Identifier: GPL-3.0-or-later

// How much does a network leak, and how much less where the pressure comes down? Read a model, give it leaks, follow a day, and look at
// the proof of every solve.

import Foundation
import Hydraulics
import WaterFiles
import WaterModel

/// The two loops of Alperovits and Shamir (1977): seven nodes, one reservoir. Every file is in SI units once it is read.
let path = CommandLine.arguments.dropFirst().first ?? "Networks/two_loop.inp"
var network = try INP.read(path)

// A day of 24 hours with a quiet night and two peaks, invented for this example.
network.patterns = [
    Pattern(
        id: "day",
        multipliers: [
            0.4, 0.4, 0.4, 0.4, 0.5, 0.9, 1.4, 1.6, 1.4, 1.2, 1.1, 1.1, 1.2, 1.1, 1.0, 1.0, 1.1, 1.3, 1.5, 1.4, 1.2, 1.0, 0.8, 0.6,
        ])
]
network.hydraulics.defaultPattern = "day"
network.hydraulics.demandMultiplier = 0.5
network.times.duration = 24 * 3600

// Every pipe seeps: half a cm² of small holes a kilometre, which open further under pressure (FAVAD: area = A + m p).
let background = PipeLeakage(areaPerLength: 5e-8, expansionPerLength: 1e-9)
for index in network.links.indices {
    guard var pipe = network.links[index].pipe else { continue }
    pipe.leakage = background
    network.links[index].kind = .pipe(pipe)
}
// And one main has burst in its middle: q = C √p, about 8 L/s under 40 m.
network.leaks = [Leak(place: .pipe("P7", fraction: 0.5), coefficient: 0.00126, exponent: 0.5)]

print("reservoir   supplied   consumed     leaks   lowest pressure   worst energy residual")
for lowered in [0.0, 5, 10] {
    var variant = network
    // Nothing is written back into a network, so that variants are copies and can be compared.
    for index in variant.nodes.indices where variant.nodes[index].reservoir != nil { variant.nodes[index].elevation -= lowered }
    let day = try Simulation(of: variant)
    // Not converged is a result, not an error: whoever uses an answer looks at its verdict first.
    guard day.isConverged else {
        print("lowered by \(lowered) m: did not converge")
        continue
    }
    let lowest = day.steps.flatMap { step in
        zip(variant.nodes, step.state.heads).compactMap { node, head in node.isJunction ? head.map { $0 - node.elevation } : nil }
    }.min()
    let residual = day.solves.map(\.verdict.energyResidual).max() ?? 0
    print(
        String(
            format: "%7.0f m  %6.0f m³  %6.0f m³  %5.0f m³  %14.1f m   ", 210 - lowered, day.total.inflow, day.total.consumption,
            day.total.leakage, lowest ?? 0) + (residual <= network.hydraulics.headError ? "below 1e-6 m" : "too large"))
}
