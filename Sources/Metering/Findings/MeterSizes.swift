// SPDX-License-Identifier: GPL-3.0-or-later

/// Permanent flow Q3 of meters by nominal diameter, usual values of ISO 4064-1:2014 (its series of Q3; which one a size carries is the
/// makers' practice), and what follows from it.
enum MeterSizes {
    /// Diameter [m] and Q3 [m³/h].
    static let all: [(diameter: Double, permanentFlow: Double)] = [
        (0.015, 2.5), (0.02, 4), (0.025, 6.3), (0.032, 10), (0.04, 16), (0.05, 25), (0.065, 40), (0.08, 63), (0.1, 100), (0.15, 250),
        (0.2, 400), (0.25, 630), (0.3, 1000),
    ]
    /// Q3/Q1 of a meter of which nothing else is known. [–] ISO 4064-1 knows 40 to 1000; 80 is common.
    static let ratio = 80.0

    static func index(_ diameter: Double?) -> Int {
        guard let diameter else { return 0 }
        return all.lastIndex { $0.diameter <= diameter * 1.05 } ?? 0
    }

    /// Least flow Q1 at which the meter is held to its largest permitted error. [m³/h]
    static func leastFlow(_ diameter: Double?) -> Double { all[index(diameter)].permanentFlow / ratio }

    /// The smallest size whose Q3 is at least `flow`. [m³/h]
    static func smallest(for flow: Double) -> Int { all.firstIndex { $0.permanentFlow >= flow } ?? all.count - 1 }
}
