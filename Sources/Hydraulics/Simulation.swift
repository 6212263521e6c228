// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A whole run: the states at its reporting steps, the verdict of every solve, and what flowed in all.
public struct Simulation: Sendable {
    public struct Step: Sendable {
        /// Since the start of the run. [s]
        public var time: Int
        public var state: HydraulicState

        public init(time: Int, state: HydraulicState) {
            self.time = time
            self.state = state
        }
    }

    /// A solve, reported or not.
    public struct Solve: Sendable {
        /// Since the start of the run. [s]
        public var time: Double
        public var verdict: Verdict
    }

    public var steps: [Step] = []
    /// Every solve at the beginning of a step in time.
    public var solves: [Solve] = []
    /// Volumes between one reporting step and the next; the first is from the start to the first reporting step.
    public var balances: [(from: Double, to: Double, balance: FlowBalance)] = []
    public var total: FlowBalance
    public var zones: [ZoneBalance]
    public var energy: [PumpEnergy]
    /// Highest power drawn by all pumps together. [kW]
    public var peakPower: Double
    /// Background leakage of each pipe, in the order of the network. [m³]
    public var leakageOfPipes: [Double]
    /// Newton steps of all solves, those within steps of time among them.
    public var iterations: Int

    /// True where every solve converged.
    public var isConverged: Bool { solves.allSatisfy(\.verdict.isConverged) }

    /// Follows the network to the end of its duration.
    /// - Throws: `HydraulicError`.
    public init(of network: Network, constants: PhysicalConstants = .exact) throws(HydraulicError) {
        self.init(of: try HydraulicModel(network, constants: constants))
    }

    /// - Parameters:
    ///   - model: of the network.
    ///   - keepsSteps: whether the states are kept in `steps`; those of a large network fill the memory.
    ///   - onReport: called at each reporting step as it is solved, with its time in seconds and what tells its state.
    public init(of model: HydraulicModel, keepsSteps: Bool = true, onReport: (Int, () -> HydraulicState) -> Void = { _, _ in }) {
        let run = ExtendedPeriod(model)
        var last = (time: 0.0, balance: FlowBalance())
        while let moment = run.next() {
            solves.append(Solve(time: moment.time, verdict: run.verdict()))
            guard moment.isReported else { continue }
            onReport(Int(moment.time), run.state)
            if keepsSteps { steps.append(Step(time: Int(moment.time), state: run.state())) }
            if moment.time > last.time {
                let now = run.balance
                balances.append((last.time, moment.time, now - last.balance))
                last = (moment.time, now)
            }
        }
        total = run.balance
        zones = run.zones
        energy = run.energy
        peakPower = run.peakPower
        leakageOfPipes = run.leakageOfPipes
        iterations = run.iterations
    }
}

extension FlowBalance {
    static func - (left: Self, right: Self) -> Self {
        FlowBalance(
            inflow: left.inflow - right.inflow, returned: left.returned - right.returned, consumption: left.consumption - right.consumption,
            deficit: left.deficit - right.deficit, emitters: left.emitters - right.emitters, leakage: left.leakage - right.leakage,
            storage: left.storage - right.storage, overflow: left.overflow - right.overflow)
    }
}
