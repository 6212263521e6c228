// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The answer to one question: is there a leak, since when, how large, and which pipes to walk first.
public struct LeakFinding: Sendable {
    public struct Candidate: Sendable {
        public var pipe: Link.ID
        /// That the leak sits on this pipe, given that there is one; of several leaks the mean. [–]
        public var probability: Double
        /// [m]
        public var length: Double

        public init(pipe: Link.ID, probability: Double, length: Double) {
            self.pipe = pipe
            self.probability = probability
            self.length = length
        }
    }

    /// One of the leaks of an event.
    public struct Leak: Sendable {
        /// Mean over the last day of the readings. [m³/s]
        public var flow: Double
        /// 95 % interval. [m³/s]
        public var flowLow95: Double
        public var flowHigh95: Double
        /// Pipe of the highest probability per metre.
        public var likeliest: Link.ID?
        public var credibleSet90: [Link.ID]
        /// That the others and noise alone would look as if there were this one, too; nil where it is the only one. [–]
        public var pValue: Double?
    }

    public var isDetected: Bool
    /// That data without a leak would look as much like one. [–]
    public var pValue: Double
    /// First moment at which the leak is seen; nil where none is detected.
    public var start: Instant?
    /// Of all leaks together, mean over the last day of the readings. [m³/s]
    public var flow: Double
    /// 95 % interval. [m³/s]
    public var flowLow95: Double
    public var flowHigh95: Double
    /// The leaks of the event by themselves, several where they began together; empty where none is detected.
    public var leaks: [Leak] = []
    /// Every pipe of the network in walking order: probability per metre, descending.
    public var candidates: [Candidate]
    /// Shortest head of the walking order that holds nine tenths of the probability.
    public var credibleSet90: [Link.ID]
    /// Zone that holds most of the probability, where zones are known.
    public var zone: Zone.ID?
    /// What the prior over pipes rests on beside their length (`PipeFailureRates.evidence`); empty: length alone.
    public var prior: [String]
    /// What was odd in the readings.
    public var remarks: [LeakRemark] = []

    public init(
        isDetected: Bool, pValue: Double, start: Instant?, flow: Double, flowLow95: Double, flowHigh95: Double,
        candidates: [Candidate], credibleSet90: [Link.ID], zone: Zone.ID? = nil, prior: [String] = []
    ) {
        self.prior = prior
        self.isDetected = isDetected
        self.pValue = pValue
        self.start = start
        self.flow = flow
        self.flowLow95 = flowLow95
        self.flowHigh95 = flowHigh95
        self.candidates = candidates
        self.credibleSet90 = credibleSet90
        self.zone = zone
    }
}
