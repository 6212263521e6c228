// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Patterns, curves, controls, rules, energy, times, options.
extension INPWriter {
    mutating func writePatternsAndCurves() {
        section("PATTERNS")
        text += ";ID Multipliers\n"
        for pattern in network.patterns {
            let id = name(pattern.id.name)
            for start in stride(from: 0, to: max(pattern.multipliers.count, 1), by: 12) {
                row([id] + pattern.multipliers.dropFirst(start).prefix(12).map { number($0) })
            }
        }
        section("CURVES")
        text += ";ID X Y Use\n"
        for curve in network.curves {
            let id = name(curve.id.name), (x, y) = units.curve(curve.use)
            for (index, point) in curve.points.enumerated() {
                let use = index == 0 && curve.use != .unused ? [curve.use.rawValue] : []
                row([id, number(point.x, x), number(point.y, y)] + use)
            }
        }
    }

    // MARK: Controls and rules

    /// A status or a setting in the file's unit. A pump's full speed and standstill are said as EPANET says them.
    private func word(_ action: Control.Action, on link: Link?) -> String {
        switch action {
        case .status(.closed): return "CLOSED"
        case .status(.open): return "OPEN"
        case .status(.active): return link?.valve?.kind == .generalPurpose ? "OPEN" : "ACTIVE"
        case .setting(let value): return number(value, link?.valve.map { units.setting(of: $0.kind) } ?? 1)
        }
    }

    mutating func writeControls() {
        section("CONTROLS")
        let links = network.linkIndex(), nodes = network.nodeIndex()
        for control in network.controls {
            let link = links[control.link].map { network.links[$0] }
            var action = word(control.action, on: link)
            if link?.pump != nil, control.action == .setting(1) { action = "OPEN" }
            if action == "ACTIVE" {
                remarks.append("the control that makes '\(control.link)' active was left out: EPANET knows none; give a setting")
                continue
            }
            var words = ["LINK", name(control.link.name), action]
            switch control.trigger {
            case .above(let node, let limit), .below(let node, let limit):
                let isJunction = nodes[node].map { network.nodes[$0].isJunction } ?? true
                var isAbove = false
                if case .above = control.trigger { isAbove = true }
                words += ["IF", "NODE", name(node.name), isAbove ? "ABOVE" : "BELOW"]
                words.append(number(limit, isJunction ? units.pressure : units.length))
            case .time(let seconds): words += ["AT", "TIME", moment(seconds)]
            case .clockTime(let seconds): words += ["AT", "CLOCKTIME", moment(seconds)]
            }
            if control.isDisabled { words.append("DISABLED") }
            row(words)
        }
    }

    mutating func writeRules() {
        section("RULES")
        let links = network.linkIndex()
        for rule in network.rules {
            row(["RULE", name(rule.id)])
            for (index, premise) in rule.premises.enumerated() {
                let conjunction = index == 0 ? "IF" : premise.conjunction == .and ? "AND" : "OR"
                row([conjunction] + words(of: premise, links))
            }
            for (keyword, actions) in [("THEN", rule.thenActions), ("ELSE", rule.elseActions)] {
                for (index, action) in actions.enumerated() {
                    let link = links[action.link].map { network.links[$0] }
                    var isSetting = false
                    if case .setting = action.action { isSetting = true }
                    row([
                        index == 0 ? keyword : "AND", "LINK", name(action.link.name), isSetting ? "SETTING" : "STATUS", "IS",
                        word(action.action, on: link),
                    ])
                }
            }
            if rule.priority != 0 { row(["PRIORITY", number(rule.priority)]) }
            if rule.isDisabled { row(["DISABLED"]) }
            text += "\n"
        }
    }

    private mutating func words(of premise: Rule.Premise, _ links: ElementIndex<Link>) -> [String] {
        var words: [String]
        var settingFactor = 1.0
        switch premise.subject {
        case .system: words = ["SYSTEM"]
        case .node(let id): words = ["NODE", name(id.name)]
        case .link(let id):
            words = ["LINK", name(id.name)]
            if let index = links[id], let valve = network.links[index].valve { settingFactor = units.setting(of: valve.kind) }
        }
        let (quantity, factor): (String, Double) =
            switch premise.quantity {
            case .demand: ("DEMAND", units.flow)
            case .head: ("HEAD", units.length)
            case .pressure: ("PRESSURE", units.pressure)
            case .level: ("LEVEL", units.length)
            case .flow: ("FLOW", units.flow)
            case .status: ("STATUS", 1)
            case .setting: ("SETTING", settingFactor)
            case .time: ("TIME", 1)
            case .clockTime: ("CLOCKTIME", 1)
            case .fillTime: ("FILLTIME", 3600)
            case .drainTime: ("DRAINTIME", 3600)
            }
        words.append(quantity)
        switch premise.value {
        case .status(let status):
            words.append(premise.relation == .notEqual ? "NOT" : "IS")
            words.append(status == .closed ? "CLOSED" : status == .open ? "OPEN" : "ACTIVE")
        case .number(let value):
            words.append(premise.relation.rawValue)
            let isTime = premise.quantity == .time || premise.quantity == .clockTime
            words.append(isTime ? moment(Int(max(0, min(value, 1e12)).rounded())) : number(value, factor))
        }
        return words
    }

    // MARK: Energy, times, options

    mutating func writeEnergy() {
        section("ENERGY")
        let energy = network.energy
        if energy.price != 0 { row(["GLOBAL", "PRICE", number(energy.price)]) }
        if let pattern = energy.pricePattern { row(["GLOBAL", "PATTERN", name(pattern.name)]) }
        row(["GLOBAL", "EFFIC", number(energy.efficiency)])
        row(["DEMAND", "CHARGE", number(energy.demandCharge)])
        for link in network.links {
            guard let pump = link.pump else { continue }
            if let price = pump.price { row(["PUMP", name(link.id.name), "PRICE", number(price)]) }
            if let pattern = pump.pricePattern { row(["PUMP", name(link.id.name), "PATTERN", name(pattern.name)]) }
            if let curve = pump.efficiencyCurve { row(["PUMP", name(link.id.name), "EFFIC", name(curve.name)]) }
        }
    }

    mutating func writeTimes() {
        section("TIMES")
        let times = network.times
        row(["DURATION", clock(times.duration)])
        row(["HYDRAULIC", "TIMESTEP", clock(times.hydraulicStep)])
        row(["PATTERN", "TIMESTEP", clock(times.patternStep)])
        row(["PATTERN", "START", clock(times.patternStart)])
        row(["REPORT", "TIMESTEP", clock(times.reportStep)])
        row(["REPORT", "START", clock(times.reportStart)])
        if let step = times.ruleStep { row(["RULE", "TIMESTEP", clock(step)]) }
        row(["START", "CLOCKTIME", clock(times.startClockTime)])
        for line in times.keptLines { text += line + "\n" }
    }

    mutating func writeOptions() {
        section("OPTIONS")
        let options = network.hydraulics
        row(["UNITS", options.flowUnit])
        row(["PRESSURE", options.pressureUnit])
        row(["HEADLOSS", options.headLossFormula.rawValue])
        row(["SPECIFIC", "GRAVITY", number(options.specificGravity)])
        // A multiplier of EPANET's water where it can be told from a viscosity as such.
        let relative = options.kinematicViscosity / INPReader.standardViscosity
        row([
            "VISCOSITY",
            relative > 1e-3
                ? number(options.kinematicViscosity, INPReader.standardViscosity) : number(options.kinematicViscosity, units.viscosity),
        ])
        row(["TRIALS", "\(options.trials)"])
        row(["ACCURACY", number(options.accuracy)])
        row(["DEMAND", "MULTIPLIER", number(options.demandMultiplier)])
        row(["PATTERN", options.defaultPattern.map { name($0.name) } ?? freePatternName])
        row(["EMITTER", "EXPONENT", number(options.emitterExponent)])
        row(["BACKFLOW", "ALLOWED", options.emitterBackflow ? "YES" : "NO"])
        var kept = options.keptLines
        if case .pressureDriven(let limits) = options.demandModel {
            row(["DEMAND", "MODEL", "PDA"])
            row(["MINIMUM", "PRESSURE", number(limits.minimum, units.pressure)])
            row(["REQUIRED", "PRESSURE", number(limits.required, units.pressure)])
            row(["PRESSURE", "EXPONENT", number(limits.exponent)])
            // Limits that were kept of a demand-driven file would take their place.
            kept.removeAll { line in ["MINI", "REQ", "PRES"].contains { line.trimmingBlanks.uppercased().hasPrefix($0) } }
        }
        for line in kept { text += line + "\n" }
    }

    /// Where there is none, a name that no pattern has: EPANET would take pattern "1".
    private var freePatternName: String {
        let names = Set(network.patterns.map(\.id.name))
        var free = "NONE"
        while names.contains(free) { free += "_" }
        return free
    }
}
