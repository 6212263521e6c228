// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// The rule whose lines are being read.
struct RuleInWork {
    enum Part { case none, name, premises, then, otherwise, priority }

    var rule = Rule(id: "", premises: [], thenActions: [])
    var part = Part.none
    /// Of its first line.
    var line = 0
    var isWhole = true
}

/// [RULES]. The values of premises and actions are turned into SI units, like those of controls.
extension INPReader {
    mutating func readRules() {
        each("RULES") { $0.readRuleLine() }
        finishRule()
    }

    private mutating func readRuleLine() {
        let before = problems.count
        if matches(0, "RULE") {
            finishRule()
            rule = RuleInWork()
            rule.part = .name
            rule.line = line.number
            if count == 2 {
                rule.rule.id = word(1)
            } else {
                report("the rule has no name of one word", "write RULE and its name")
            }
        } else if matches(0, "IF") {
            if follows([.name], "IF") { rule.part = .premises; readPremise(.and) }
        } else if matches(0, "AND") {
            if follows([.premises, .then, .otherwise], "AND") {
                rule.part == .premises ? readPremise(.and) : readRuleAction()
            }
        } else if matches(0, "OR") {
            if follows([.premises], "OR") { readPremise(.or) }
        } else if matches(0, "THEN") {
            if follows([.premises], "THEN") { rule.part = .then; readRuleAction() }
        } else if matches(0, "ELSE") {
            if follows([.then], "ELSE") { rule.part = .otherwise; readRuleAction() }
        } else if matches(0, "PRIO") {
            if follows([.then, .otherwise], "PRIORITY") {
                rule.part = .priority
                rule.rule.priority = number(1, "priority of the rule", isNamed: false) ?? 0
            }
        } else if matches(0, "DISAB") {
            if follows([.then, .otherwise, .priority], "DISABLED") { rule.rule.isDisabled = true }
        } else {
            report("'\(word(0))' begins no line of a rule", "begin with RULE, IF, AND, OR, THEN, ELSE, PRIORITY or DISABLED")
        }
        if problems.count > before { rule.isWhole = false }
    }

    /// Takes the rule in work into the network.
    private mutating func finishRule() {
        guard rule.part != .none, rule.isWhole else { return }
        if rule.rule.premises.isEmpty || rule.rule.thenActions.isEmpty {
            return report(at: rule.line, "rule '\(rule.rule.id)' is not whole", "give it an IF and a THEN, or remove it")
        }
        network.rules.append(rule.rule)
    }

    /// Whether the line may stand where it stands.
    private mutating func follows(_ parts: [RuleInWork.Part], _ keyword: String) -> Bool {
        if parts.contains(rule.part) { return true }
        // Behind a line that could not be read, the order says nothing.
        if rule.part == .none || rule.isWhole {
            report(
                rule.part == .none ? "\(keyword) stands before any RULE" : "\(keyword) of the rule stands in the wrong place",
                "the order is RULE, IF, AND or OR, THEN, ELSE, PRIORITY")
        }
        return false
    }

    /// `IF|AND|OR object id quantity relation value` or `… SYSTEM quantity relation value [unit]`
    private mutating func readPremise(_ conjunction: Rule.Premise.Conjunction) {
        guard count == 5 || count == 6 else {
            return report("the condition of the rule cannot be read", "write an object, its name, a quantity, a relation and a value")
        }
        if matches(1, "SYSTEM") { return readSystemPremise(conjunction) }
        let isNode = ["NODE", "JUNC", "TANK", "RESER"].contains { matches(1, $0) }
        let isLink = ["LINK", "PIPE", "PUMP", "VALVE"].contains { matches(1, $0) }
        guard isNode || isLink else {
            return report("'\(word(1))' of the rule is no object", "use NODE, JUNCTION, TANK, RESERVOIR, LINK, PIPE, PUMP, VALVE or SYSTEM")
        }
        guard count == 6 else { return report("the condition of the rule has no value", "add it as word 6") }
        let premise: (subject: Rule.Premise.Subject, quantity: Rule.Premise.Quantity, factor: Double, tolerance: Double)?
        premise = isNode ? nodePremise() : linkPremise()
        guard let premise, let relation = relation(4) else { return }
        if premise.quantity == .status || (isLink && statusValue(5) != nil) {
            guard premise.quantity == .status || premise.quantity == .setting, let status = statusValue(5) else {
                return report("'\(word(5))' of the rule is no status", "give OPEN, CLOSED or ACTIVE")
            }
            guard relation == .equal || relation == .notEqual else {
                return report("a status of the rule is compared by '\(word(4))'", "use IS or NOT")
            }
            return add(
                Rule.Premise(
                    conjunction: conjunction, subject: premise.subject, quantity: .status, relation: relation, value: .status(status),
                    tolerance: 0))
        }
        guard let value = number(5, "value in the condition of the rule", isNamed: false) else { return }
        add(
            Rule.Premise(
                conjunction: conjunction, subject: premise.subject, quantity: premise.quantity, relation: relation,
                value: .number(value * premise.factor), tolerance: premise.tolerance))
    }

    /// EPANET compares numbers with a tolerance of 0.001 in the file's unit; fill and drain times in seconds.
    private static let tolerance = 1e-3

    private typealias ReadPremise = (subject: Rule.Premise.Subject, quantity: Rule.Premise.Quantity, factor: Double, tolerance: Double)

    private mutating func nodePremise() -> ReadPremise? {
        guard let index = node(2) else {
            if !refused.contains(word(2)) { report("node '\(word(2))' of the rule is not defined", "correct the name") }
            rule.isWhole = false
            return nil
        }
        let node = network.nodes[index]
        let subject = Rule.Premise.Subject.node(node.id)
        func premise(_ quantity: Rule.Premise.Quantity, _ factor: Double) -> ReadPremise {
            (subject, quantity, factor, Self.tolerance * factor)
        }
        if matches(3, "DEMAND") { return premise(.demand, units.flow) }
        if matches(3, "HEAD") || matches(3, "GRADE") { return premise(.head, units.length) }
        if matches(3, "LEVEL") { return premise(.level, units.length) }
        if matches(3, "PRESSURE") { return premise(.pressure, units.pressure) }
        let isFilling = matches(3, "FILLTIME")
        if isFilling || matches(3, "DRAINTIME") {
            guard !node.isJunction else {
                report("'\(node.id)' of the rule is no tank and is neither filled nor drained", "name a tank")
                return nil
            }
            return (subject, isFilling ? .fillTime : .drainTime, 3600, Self.tolerance)
        }
        report("'\(word(3))' of the rule is no quantity of a node", "use DEMAND, HEAD, PRESSURE, LEVEL, FILLTIME or DRAINTIME")
        return nil
    }

    private mutating func linkPremise() -> ReadPremise? {
        guard let index = link(2) else {
            if !refused.contains(word(2)) { report("link '\(word(2))' of the rule is not defined", "correct the name") }
            rule.isWhole = false
            return nil
        }
        let subject = Rule.Premise.Subject.link(network.links[index].id)
        if matches(3, "FLOW") { return (subject, .flow, units.flow, Self.tolerance * units.flow) }
        if matches(3, "STATUS") { return (subject, .status, 1, 0) }
        if matches(3, "SETTING") {
            let factor = network.links[index].valve.map { units.setting(of: $0.kind) } ?? 1
            return (subject, .setting, factor, Self.tolerance * factor)
        }
        report("'\(word(3))' of the rule is no quantity of a link", "use FLOW, STATUS or SETTING")
        return nil
    }

    private mutating func readSystemPremise(_ conjunction: Rule.Premise.Conjunction) {
        let quantity: Rule.Premise.Quantity
        if matches(2, "DEMAND") {
            quantity = .demand
        } else if matches(2, "TIME") {
            quantity = .time
        } else if matches(2, "CLOCKTIME") {
            quantity = .clockTime
        } else {
            return report("'\(word(2))' of the rule is no quantity of the system", "use DEMAND, TIME or CLOCKTIME")
        }
        guard let relation = relation(3) else { return }
        let value: Double
        if quantity == .demand {
            guard let flow = number(count - 1, "demand in the condition of the rule", isNamed: false) else { return }
            value = flow * units.flow
        } else {
            guard let time = seconds(4, unit: count > 5 ? 5 : nil, isCut: true) else { return }
            value = Double(time)
        }
        add(
            Rule.Premise(
                conjunction: conjunction, subject: .system, quantity: quantity, relation: relation, value: .number(value),
                tolerance: quantity == .demand ? Self.tolerance * units.flow : 0))
    }

    private mutating func add(_ premise: Rule.Premise) { rule.rule.premises.append(premise) }

    private mutating func relation(_ index: Int) -> Rule.Premise.Relation? {
        let words: [(stem: String, relation: Rule.Premise.Relation)] = [
            ("=", .equal), ("<>", .notEqual), ("<=", .lessOrEqual), (">=", .greaterOrEqual), ("<", .less), (">", .greater),
            ("IS", .equal), ("NOT", .notEqual), ("BELOW", .less), ("ABOVE", .greater),
        ]
        if let found = words.first(where: { matches(index, $0.stem) }) { return found.relation }
        report("'\(word(index))' of the rule is no relation", "use =, <>, <, >, <=, >=, IS, NOT, BELOW or ABOVE")
        return nil
    }

    private func statusValue(_ index: Int) -> Link.Status? {
        matches(index, "OPEN") ? .open : matches(index, "CLOSED") ? .closed : matches(index, "ACTIVE") ? .active : nil
    }

    /// `THEN|ELSE|AND link id STATUS|SETTING IS value`
    private mutating func readRuleAction() {
        guard count == 6 else {
            return report("the action of the rule cannot be read", "write LINK, its name, STATUS or SETTING, IS and a value")
        }
        guard let index = link(2) else {
            if !refused.contains(word(2)) { report("link '\(word(2))' of the rule is not defined", "correct the name") }
            rule.isWhole = false
            return
        }
        guard let action = action(on: index, word: 5) else { return }
        let whole = Rule.Action(link: network.links[index].id, action: action)
        if rule.part == .then { rule.rule.thenActions.append(whole) } else { rule.rule.elseActions.append(whole) }
    }
}
