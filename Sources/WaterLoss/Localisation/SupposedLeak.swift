// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics

/// A leak that is taken to run.
struct SupposedLeak: Sendable {
    /// The nodes between which it lies, each with its share. [–]
    var ends: [(node: Int, share: Double)]
    /// [m³/s]
    var size: Double
    /// Of the size, at each hour of the later record. [–]
    var shares: [Double]

    /// An hour's conditions with a share of it.
    func running(in conditions: BoundaryConditions, share: Double) -> BoundaryConditions {
        var copy = conditions
        for (node, part) in ends { copy.demands[node] += part * share * size }
        return copy
    }
}
