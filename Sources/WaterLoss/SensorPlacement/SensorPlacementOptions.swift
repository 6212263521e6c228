// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// How places for further pressure loggers are judged. All figures are assumptions that a utility may know better.
public struct SensorPlacementOptions: Sendable {
    /// What is believed of demand, roughness and meters, as `locate` has it.
    public var errors = LeakLocatorOptions()
    /// Hours of the day at which the parts begin whose means are compared; at least one.
    public var partStarts = [0, 6, 16]
    /// Days whose means are compared, before the leak and after it. [d] (1 …)
    public var daysBefore = 7.0
    public var daysAfter = 2.0
    /// Smallest and largest leak that is asked for, as shares of the mean demand, evenly in its logarithm over the worlds. [–]
    public var smallestLeak = 0.02
    public var largestLeak = 0.1
    /// Relative spread of the size of a leak before its flow was read. [–]
    public var sizeSpread = 0.5
    /// Models drawn, each with roughness and demand of its own. (1 … 100)
    public var worlds = 4
    /// Places on which a leak is tried, each for the same length of pipe; more than the pipes need none. (2 …)
    public var places = 600
    public var seed: UInt64 = 1

    public init() {}
}

/// Where the next loggers pay most, and by how much.
public struct SensorPlan: Sendable {
    /// A node that could carry a pressure logger.
    public struct Site: Sendable {
        public var node: Node.ID
        /// Expected length that is searched until the leak is found, with the logger, mean over the worlds. [m]
        public var expectedSearch: Double
        /// By how much the logger shortens it: mean over the worlds, and in the world in which it does so least. [m]
        public var saved: Double
        public var leastSaved: Double
    }

    /// Expected length with the sensors that are there. [m]
    public var expectedSearchNow: Double
    /// Each node as the only new logger, the best first. Exact under the model.
    public var sites: [Site]
    /// The loggers chosen together, in the order in which to buy them; each with those before it.
    public var chosen: [Site]
    /// No set of loggers, however many, comes below this: the expected length with a logger on every node. [m]
    public var bound: Double
    /// Sizes of the leaks, one for each world. [m³/s]
    public var leakFlows: [Double]
    /// Length of pipe in which leaks were tried. [m]
    public var pipeLength: Double
}
