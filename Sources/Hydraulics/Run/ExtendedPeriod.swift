// SPDX-License-Identifier: GPL-3.0-or-later

import NumericalMethods
import WaterModel

/// A network followed through time: patterns, simple controls, rules, and the levels of tanks.
///
/// With EPANET's constants the steps are EPANET's: explicit, in whole seconds, tanks filled and emptied at the flow of the step's
/// beginning. With exact constants tanks are integrated by TR-BDF2 (`TankIntegrator`) under an error bound, and events lie where
/// they fall.
public final class ExtendedPeriod {
    public let model: HydraulicModel
    let solver: HydraulicSolver
    let times: TimeOptions
    let controls: ControlBook
    let rules: RuleBook
    let accounts: Accounts
    /// Volumes in tanks, in the order of `model.tanks`. [m³]
    var volumes: [Double]
    /// Net inflows of tanks at the last solve. [m³/s]
    var inflows: [Double]
    /// Since the start of the run. [s]
    public private(set) var now = 0.0
    private var nextReport: Int
    private var period = -1
    private(set) var multipliers: [Double] = []
    private var isDone = false
    /// Solves and iterations so far.
    public private(set) var solves = 0
    public private(set) var iterations = 0
    var ruleTime = 0.0
    var ruleInterval = 0.0
    /// Substep that the error of the last one suggests. [s]
    var suggestedStep = Double.infinity
    /// Tanks whose links keep their level in this step.
    var kept: Set<Int> = []

    public convenience init(_ network: Network, constants: PhysicalConstants = .exact) throws(HydraulicError) {
        self.init(try HydraulicModel(network, constants: constants))
    }

    public init(_ model: HydraulicModel) {
        self.model = model
        solver = HydraulicSolver(model)
        times = model.network.times
        controls = ControlBook(model)
        rules = RuleBook(model)
        accounts = Accounts(model)
        volumes = model.tanks.map { $0.volume(atHead: $0.initial) }
        inflows = [Double](repeating: 0, count: model.tanks.count)
        nextReport = times.reportStart
        solver.pressureControls = controls.pressure
        solver.holdsLevels = !model.constants.followsEPANET
        begin()
    }

    /// A solved moment of the run.
    public struct Moment {
        /// Since the start of the run. [s]
        public let time: Double
        /// Whether the results of this moment are asked for.
        public let isReported: Bool
        public let outcome: Verdict.Outcome
    }

    /// Solves the next moment; nil when the run is over. `state()` and `verdict()` tell of it until the next call.
    public func next() -> Moment? {
        if isDone { return nil }
        if solves > 0 {
            advance()
            if isDone { return nil }
        }
        imposePatterns()
        applyControls()
        solver.dropThrottles { _ in false }
        let outcome = solver.settle()
        lastOutcome = outcome
        solves += 1
        iterations += solver.iterations
        for (number, tank) in model.tanks.enumerated() { inflows[number] = solver.netInflow(Int(tank.row)) }
        let isReported = times.duration == 0 || (now >= Double(times.reportStart) && Int(now) == nextReport && now == now.rounded())
        if isReported { nextReport += max(times.reportStep, 1) }
        return Moment(time: now, isReported: isReported, outcome: outcome)
    }

    private var lastOutcome = Verdict.Outcome.converged

    /// The state of the moment that `next` solved.
    public func state() -> HydraulicState { solver.state(lastOutcome) }

    public func verdict() -> Verdict { solver.verdict(lastOutcome) }

    /// Volumes since the start of the run.
    public var balance: FlowBalance { accounts.balance }
    public var zones: [ZoneBalance] { accounts.zones }
    public var energy: [PumpEnergy] { accounts.energy }
    /// Highest power drawn by all pumps together. [kW]
    public var peakPower: Double { accounts.peakOfAll }
    /// Background leakage of each pipe since the start, in the order of the network as it was given. [m³]
    public var leakageOfPipes: [Double] { accounts.leakageOfPipes }

    // MARK: What is imposed

    private func begin() {
        imposePatternsOnly()
        for (number, tank) in model.tanks.enumerated() { setLevel(number, head: tank.initial) }
        for row in model.order..<model.rowCount where model.network.nodes[Int(model.nodeOfRow[row])].reservoir?.headPattern == nil {
            solver.setHead(row, model.elevations[row])
        }
        for (link, item) in model.network.links.enumerated() {
            let place = Int(model.table.placeOfLink[link])
            let setting: Double =
                switch item.kind {
                case .pipe: 0
                // A closed pump stands still: to close it again changes nothing.
                case .pump(let pump): item.status == .closed ? 0 : pump.speed
                case .valve(let valve): valve.setting
                }
            solver.impose(place, item.status, setting)
        }
        imposePatterns(isFirst: true)
        solver.beginCold()
    }

    private func imposePatternsOnly() {
        period = model.demands.period(at: Int(now))
        multipliers = model.demands.multipliers(in: period)
        solver.setDemands { model.demands.fill($0, multipliers: multipliers) }
    }

    private func imposePatterns(isFirst: Bool = false) {
        let isNew = model.demands.period(at: Int(now)) != period
        // EPANET opens a pump with a pattern again at each solve, whatever closed it.
        guard isNew || isFirst || model.constants.followsEPANET else { return }
        if isNew { imposePatternsOnly() }
        let patterns = model.patterns
        for reservoir in patterns.reservoirs {
            solver.setHead(reservoir.row, model.elevations[reservoir.row] * multipliers[reservoir.pattern])
        }
        for pump in patterns.pumps {
            let speed = multipliers[pump.pattern]
            let isClosed = speed == 0 || (!isFirst && solver.imposed[pump.place] == .closed && solver.setting[pump.place] == speed)
            solver.impose(pump.place, isClosed ? .closed : .open, speed)
        }
    }

    /// Sets a tank's head for the next solve, and whether it can take or give.
    func setLevel(_ number: Int, head: Double) {
        let tank = model.tanks[number]
        solver.setHead(Int(tank.row), head)
        solver.setLimit(
            number,
            head >= tank.full - levelSlack ? (tank.canOverflow ? .none : .full) : head <= tank.empty + levelSlack ? .empty : .none)
    }

    /// Level that counts as full or empty. [m]
    var levelSlack: Double { model.constants.followsEPANET ? 1e-9 : 1e-3 }

    /// Level that counts as reached by a control. [m]
    static let controlSlack = 1e-4

    func head(ofTank number: Int) -> Double { solver.target[model.tanks[number].row] }

    private func applyControls() {
        for entry in controls.entries {
            let holds = controls.holds(entry, at: now) { entry in
                let head = head(ofTank: entry.tank)
                guard model.constants.followsEPANET else {
                    return entry.isAbove ? head >= entry.head - Self.controlSlack : head <= entry.head + Self.controlSlack
                }
                // A level counts as reached within one second's flow.
                let tank = model.tanks[entry.tank]
                let now = tank.volume(atHead: head), limit = tank.volume(atHead: entry.head)
                let second = solves > 0 ? abs(inflows[entry.tank]) : 0
                return entry.isAbove ? now >= limit - second : now <= limit + second
            }
            if holds { apply(entry.action, place: entry.place, link: entry.link) }
        }
    }

    /// Whether an action would change anything, and, if asked, does it.
    @discardableResult
    func apply(_ action: Control.Action, place: Int, link: Int, isTrial: Bool = false) -> Bool {
        let item = model.network.links[link]
        let order = LinkOrder(action, at: place, of: item, current: solver.setting[place])
        var status = order.status
        if item.pump != nil, order.setting == 0 { status = .closed }
        if item.pipe != nil, status == .active { status = .open }
        let changes = solver.imposed[place] != status || (item.pipe == nil && solver.setting[place] != order.setting)
        if changes, !isTrial { solver.impose(place, order.status, order.setting) }
        return changes
    }

    /// Whether a step in time ends where a control acts. EPANET compares with the status that the last solve found, so that a link
    /// which is closed for the time being counts as to be opened.
    func endsStep(_ entry: ControlBook.Entry) -> Bool {
        if apply(entry.action, place: entry.place, link: entry.link, isTrial: true) { return true }
        guard model.constants.followsEPANET else { return false }
        let imposed = solver.imposed[entry.place], found = solver.status[entry.place]
        return found != (imposed == .closed ? .closed : imposed == .active ? .active : .open)
    }

    // MARK: Time

    private func advance() {
        guard now < Double(times.duration) else {
            // One hour stands for a run of no length, as in EPANET's energy report.
            if times.duration == 0 { account(seconds: Units.hour) }
            isDone = true
            return
        }
        let step = model.constants.followsEPANET ? explicitStep() : implicitStep(upTo: secondsToEvent())
        now += step
        // Patterns, reports and controls on time look for whole seconds, which rounding would miss.
        if abs(now - now.rounded()) < 1e-6 { now = now.rounded() }
        // A report cannot be passed over.
        while Double(nextReport) < now - 0.5, times.reportStep > 0 { nextReport += times.reportStep }
    }

    /// Seconds to the next moment that is known beforehand. [s]
    func secondsToEvent() -> Double {
        var step = Double(times.hydraulicStep)
        if times.patternStep > 0 {
            let next = model.demands.period(at: Int(now)) + 1
            // EPANET forgets PATTERN START here, and steps over changes of its patterns.
            let start = model.constants.followsEPANET ? 0 : times.patternStart
            let wait = Double(next * times.patternStep - start) - now
            if wait > 0 { step = min(step, wait) }
        }
        if Double(nextReport) > now { step = min(step, Double(nextReport) - now) }
        if model.constants.followsEPANET, times.reportStep > 0 {
            // EPANET stops at each report step from the very start.
            let report = Double(times.reportStep)
            step = min(step, report - now.truncatingRemainder(dividingBy: report))
        }
        for entry in controls.entries {
            guard let wait = controls.wait(entry, at: now), wait > 0, wait < step else { continue }
            if endsStep(entry) { step = wait }
        }
        return min(step, Double(times.duration) - now)
    }

    func account(seconds: Double) { accounts.add(accounts.rates(solver, multipliers: multipliers), seconds: seconds) }
}

extension HydraulicModel {
    /// Which reservoirs and pumps follow which pattern.
    struct PatternNumbers {
        var reservoirs: [(row: Int, pattern: Int)] = []
        var pumps: [(place: Int, pattern: Int)] = []
    }

    static func patternNumbers(_ network: Network, _ rows: Column<Int32>, _ table: LinkTable) -> PatternNumbers {
        let numbers = Dictionary(network.patterns.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
        var result = PatternNumbers()
        for (index, node) in network.nodes.enumerated() {
            if let pattern = node.reservoir?.headPattern.flatMap({ numbers[$0] }) { result.reservoirs.append((Int(rows[index]), pattern)) }
        }
        for (index, link) in network.links.enumerated() {
            if let pattern = link.pump?.speedPattern.flatMap({ numbers[$0] }) {
                result.pumps.append((Int(table.placeOfLink[index]), pattern))
            }
        }
        return result
    }
}
