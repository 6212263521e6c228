// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What rules look at.
protocol RuleSituation {
    /// Value of a quantity in SI units; nil where it has none, which makes a premise false.
    func value(of quantity: Rule.Premise.Quantity, _ subject: RuleBook.Subject) -> Double?
    /// Whether the link is closed, open or active.
    func status(ofPlace place: Int) -> Link.Status
    /// Since the start of the run. [s]
    var time: Double { get }
    /// The interval that ends at `time` and has not been looked at. [s]
    var interval: Double { get }
}

/// The rules of a network, by row and place.
struct RuleBook {
    enum Subject {
        case row(Int)
        case place(Int)
        case system
    }

    private struct Premise {
        var premise: Rule.Premise
        var subject: Subject
    }

    private struct Entry {
        var premises: [Premise]
        var then: [(place: Int, link: Int, action: Control.Action)]
        var otherwise: [(place: Int, link: Int, action: Control.Action)]
        var priority: Double
    }

    private var entries: [Entry] = []
    private let startClock: Double
    /// EPANET takes `<` as up to value + tolerance, and `<=` as up to value − tolerance.
    private let followsEPANET: Bool

    var isEmpty: Bool { entries.isEmpty }

    init(_ model: HydraulicModel) {
        let network = model.network
        startClock = Double(network.times.startClockTime)
        followsEPANET = model.constants.followsEPANET
        guard !network.rules.isEmpty else { return }
        let nodes = network.nodeIndex(), links = network.linkIndex()
        for rule in network.rules where !rule.isDisabled {
            var premises: [Premise] = []
            for premise in rule.premises {
                switch premise.subject {
                case .node(let id):
                    guard let node = nodes[id] else { continue }
                    premises.append(Premise(premise: premise, subject: .row(Int(model.rowOfNode[node]))))
                case .link(let id):
                    guard let link = links[id] else { continue }
                    premises.append(Premise(premise: premise, subject: .place(Int(model.table.placeOfLink[link]))))
                case .system: premises.append(Premise(premise: premise, subject: .system))
                }
            }
            func actions(_ list: [Rule.Action]) -> [(place: Int, link: Int, action: Control.Action)] {
                list.compactMap { action in links[action.link].map { (Int(model.table.placeOfLink[$0]), $0, action.action) } }
            }
            entries.append(
                Entry(
                    premises: premises, then: actions(rule.thenActions), otherwise: actions(rule.elseActions), priority: rule.priority))
        }
    }

    /// What all rules together ask for, one action a link: the highest priority wins, the first rule among equals.
    func actions(_ situation: some RuleSituation) -> [(place: Int, link: Int, action: Control.Action)] {
        var chosen: [(place: Int, link: Int, action: Control.Action)] = []
        var priority: [Int: (index: Int, value: Double)] = [:]
        for entry in entries {
            for action in holds(entry, situation) ? entry.then : entry.otherwise {
                if let known = priority[action.place] {
                    guard entry.priority > known.value else { continue }
                    chosen[known.index] = action
                    priority[action.place] = (known.index, entry.priority)
                } else {
                    priority[action.place] = (chosen.count, entry.priority)
                    chosen.append(action)
                }
            }
        }
        return chosen
    }

    private func holds(_ entry: Entry, _ situation: some RuleSituation) -> Bool {
        var result = true
        for premise in entry.premises {
            if premise.premise.conjunction == .or {
                if !result { result = holds(premise, situation) }
            } else {
                guard result else { return false }
                result = holds(premise, situation)
            }
        }
        return result
    }

    private func holds(_ premise: Premise, _ situation: some RuleSituation) -> Bool {
        let asked = premise.premise
        switch (asked.quantity, asked.value) {
        case (.status, .status(let wanted)):
            guard case .place(let place) = premise.subject else { return false }
            let same = situation.status(ofPlace: place) == wanted
            return asked.relation == .notEqual ? !same : same
        case (.time, .number(let value)): return holds(asked.relation, value, situation.time, situation.time - situation.interval + 1)
        case (.clockTime, .number(let value)):
            func clock(_ time: Double) -> Double { (time + startClock).truncatingRemainder(dividingBy: Units.day) }
            return holds(asked.relation, value, clock(situation.time), clock(situation.time - situation.interval + 1))
        case (_, .number(let value)):
            guard let x = situation.value(of: asked.quantity, premise.subject) else { return false }
            return compare(x, asked.relation, value, asked.tolerance)
        case (_, .status): return false
        }
    }

    /// A moment holds as equal within the interval that has just passed.
    private func holds(_ relation: Rule.Premise.Relation, _ moment: Double, _ now: Double, _ from: Double) -> Bool {
        switch relation {
        case .less: return now < moment
        case .lessOrEqual: return now <= moment
        case .greater: return now > moment
        case .greaterOrEqual: return now >= moment
        case .equal, .notEqual:
            let within = now < from ? moment >= from || moment <= now : moment >= from && moment <= now
            return relation == .equal ? within : !within
        }
    }

    private func compare(_ x: Double, _ relation: Rule.Premise.Relation, _ value: Double, _ tolerance: Double) -> Bool {
        switch relation {
        case .equal: return abs(x - value) <= tolerance
        case .notEqual: return abs(x - value) >= tolerance
        case .less: return followsEPANET ? x <= value + tolerance : x < value
        case .lessOrEqual: return followsEPANET ? x <= value - tolerance : x <= value
        case .greater: return followsEPANET ? x >= value - tolerance : x > value
        case .greaterOrEqual: return followsEPANET ? x >= value + tolerance : x >= value
        }
    }
}
