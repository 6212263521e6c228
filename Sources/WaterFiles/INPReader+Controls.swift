// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// [CONTROLS], and the names in [RULES], which are kept as text.
extension INPReader {
    /// `LINK id status|setting IF NODE id ABOVE|BELOW value`, `… AT TIME t`, `… AT CLOCKTIME t`, and DISABLED at the end.
    mutating func readControl(_ line: INPText.Line) {
        var words = line.words
        let isDisabled = words.last?.matches("DISABLED") ?? false
        if isDisabled { words.removeLast() }
        guard words.count >= 6 else {
            return report(
                line.number, "the control is not whole",
                "write LINK id status IF NODE id ABOVE value, or LINK id status AT TIME hours")
        }
        guard let index = linkIndex[words[1]] else {
            if refused.contains(words[1]) { return }
            return report(line.number, "link '\(words[1])' of the control is not defined", "correct the name")
        }
        if case .pipe(let pipe) = network.links[index].kind, pipe.hasCheckValve {
            return report(line.number, "pipe '\(words[1])' has a check valve and cannot be controlled", "remove the control")
        }
        guard let action = action(line, words[2]) else { return }
        var converted = action
        if case .setting(let value) = action, case .valve(let valve) = network.links[index].kind {
            converted = .setting(value * settingFactor(valve.kind))
        }
        let trigger: Control.Trigger
        if words[3].matches("IF"), words.count >= 8 {
            guard let node = nodeIndex[words[5]] else {
                if refused.contains(words[5]) { return }
                return report(line.number, "node '\(words[5])' of the control is not defined", "correct the name")
            }
            guard let value = number(line, 7, "limit of the control") else { return }
            let limit = value * (network.nodes[node].isJunction ? units.pressure : units.length)
            if words[6].matches("ABOV") {
                trigger = .above(Node.ID(words[5]), limit)
            } else if words[6].matches("BELO") {
                trigger = .below(Node.ID(words[5]), limit)
            } else {
                return report(line.number, "'\(words[6])' is not known", "write ABOVE or BELOW")
            }
        } else if words[3].matches("AT"), words[4].matches("TIME") {
            guard let time = seconds(line, from: 5) else { return }
            trigger = .time(time)
        } else if words[3].matches("AT"), words[4].matches("CLOCK") {
            guard let time = seconds(line, from: 5) else { return }
            trigger = .clockTime(time)
        } else {
            return report(line.number, "the condition of the control cannot be read", "write IF NODE …, AT TIME … or AT CLOCKTIME …")
        }
        network.controls.append(Control(link: Link.ID(words[1]), action: converted, trigger: trigger, isDisabled: isDisabled))
    }

    /// Every link and node that a rule names must exist.
    mutating func checkRules() {
        for line in text.lines(of: "RULES") {
            let words = line.words
            guard words.count >= 3, ["IF", "AND", "OR", "THEN", "ELSE"].contains(where: { words[0].uppercased() == $0 }) else { continue }
            let isLink = ["LINK", "PIPE", "PUMP", "VALV"].contains { words[1].matches($0) }
            let isNode = ["NODE", "JUNC", "TANK", "RESE"].contains { words[1].matches($0) }
            if isLink, linkIndex[words[2]] == nil, !refused.contains(words[2]) {
                report(line.number, "link '\(words[2])' of the rule is not defined", "correct the name")
            }
            if isNode, nodeIndex[words[2]] == nil, !refused.contains(words[2]) {
                report(line.number, "node '\(words[2])' of the rule is not defined", "correct the name")
            }
        }
    }
}
