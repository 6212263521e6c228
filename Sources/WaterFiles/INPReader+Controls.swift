// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// [STATUS] and [CONTROLS].
extension INPReader {
    /// `link status` or `first last status`, for a range of names: by number where both begin with one, else by letters.
    mutating func readStatus() {
        guard count >= 2 else { return report("a status is missing", "give Open, Closed or a setting") }
        guard let word = statusWord(count - 1) else { return }
        if count == 2 {
            guard let index = link(0) else {
                if refused.contains(self.word(0)) { return }
                return report("link '\(self.word(0))' is not defined", "correct the name")
            }
            if network.links[index].pipe?.hasCheckValve == true {
                return report("pipe '\(network.links[index].id)' has a check valve, whose status cannot be set", "remove the line")
            }
            if network.links[index].valve?.kind == .generalPurpose, case .setting = word {
                return report("valve '\(network.links[index].id)' has a curve in place of a setting", "give Open or Closed")
            }
            return apply(word, to: index)
        }
        let first = self.word(0), last = self.word(1)
        if let from = Self.leadingNumber(first), let to = Self.leadingNumber(last), from > 0, to > 0 {
            for index in network.links.indices {
                if let number = Self.leadingNumber(network.links[index].id.name), number >= from, number <= to { apply(word, to: index) }
            }
        } else {
            for index in network.links.indices where Self.isBetween(network.links[index].id.name, first, last) { apply(word, to: index) }
        }
    }

    /// What C's `atol` reads of a name; nil where it begins with no digit.
    private static func leadingNumber(_ name: String) -> Int? {
        let digits = name.utf8.prefix { $0 >= 48 && $0 <= 57 }
        return digits.isEmpty || digits.count > 18 ? nil : digits.reduce(0) { $0 * 10 + Int($1 - 48) }
    }

    private static func isBetween(_ name: String, _ first: String, _ last: String) -> Bool {
        !name.utf8.lexicographicallyPrecedes(first.utf8) && !last.utf8.lexicographicallyPrecedes(name.utf8)
    }

    /// What a word says of a link, in the file's unit: a status or a setting.
    private mutating func statusWord(_ index: Int) -> Control.Action? {
        if matches(index, "OPEN") { return .status(.open) }
        if matches(index, "CLOSED") { return .status(.closed) }
        if matches(index, "ACTIVE") { return .status(.active) }
        if let value = value(index), value >= 0, Self.isUsable(value) { return .setting(value) }
        report("'\(word(index))' is neither a status nor a setting", "give Open, Closed, Active or a number")
        return nil
    }

    /// As EPANET does: a number says nothing of a pipe, an open pump turns at full speed, and check valves in a range stay as they are.
    private mutating func apply(_ word: Control.Action, to index: Int) {
        switch (word, network.links[index].kind) {
        case (_, .pipe(let pipe)) where pipe.hasCheckValve: break
        case (.status(let status), .pipe): network.links[index].status = status == .closed ? .closed : .open
        case (.setting, .pipe): break
        case (.status(let status), .pump(var pump)):
            network.links[index].status = status == .closed ? .closed : .open
            if status != .closed { pump.speed = 1 }
            network.links[index].kind = .pump(pump)
        case (.setting(let value), .pump(var pump)):
            pump.speed = value
            network.links[index].kind = .pump(pump)
            network.links[index].status = value == 0 ? .closed : .open
        case (.status(let status), .valve(let valve)):
            network.links[index].status = valve.kind == .generalPurpose && status == .open ? .active : status
        case (.setting(let value), .valve(var valve)):
            guard valve.kind != .generalPurpose else { return }
            valve.setting = value * units.setting(of: valve.kind)
            network.links[index].kind = .valve(valve)
            network.links[index].status = .active
        }
    }

    /// What a control or a rule does to a link, in SI units; a problem, and nil, where EPANET refuses it too.
    ///
    /// A number on a pipe shuts it where zero and opens it otherwise. An open general-purpose valve works by its curve: `active`.
    mutating func action(on index: Int, word position: Int) -> Control.Action? {
        let link = network.links[index]
        switch link.kind {
        case .pipe(let pipe):
            guard !pipe.hasCheckValve else {
                report("pipe '\(link.id)' has a check valve and cannot be controlled", "remove the control")
                return nil
            }
            switch statusWord(position) {
            case .status(let status): return .status(status == .closed ? .closed : .open)
            case .setting(let value): return .status(value == 0 ? .closed : .open)
            case nil: return nil
            }
        case .pump: return statusWord(position)
        case .valve(let valve):
            // Settings of valves may be negative.
            if let value = value(position), Self.isUsable(value) {
                guard valve.kind != .generalPurpose else {
                    report("valve '\(link.id)' has a curve in place of a setting", "give OPEN or CLOSED")
                    return nil
                }
                return .setting(value * units.setting(of: valve.kind))
            }
            let action = statusWord(position)
            return valve.kind == .generalPurpose && action == .status(.open) ? .status(.active) : action
        }
    }

    /// `LINK id status|setting IF NODE id ABOVE|BELOW value`, `… AT TIME t`, `… AT CLOCKTIME t`, and DISABLED at the end.
    mutating func readControl() {
        let isDisabled = matches(count - 1, "DISAB")
        let count = isDisabled ? self.count - 1 : self.count
        guard count >= 6 else {
            return report("the control is not whole", "write LINK id status IF NODE id ABOVE value, or LINK id status AT TIME hours")
        }
        guard let index = link(1) else {
            if refused.contains(word(1)) { return }
            return report("link '\(word(1))' of the control is not defined", "correct the name")
        }
        guard var action = action(on: index, word: 2) else { return }
        // A control that opens a pump sets it to full speed, as EPANET does.
        if network.links[index].pump != nil, action == .status(.open) { action = .setting(1) }
        let trigger: Control.Trigger
        if matches(3, "IF"), count >= 8 {
            guard let node = node(5) else {
                if refused.contains(word(5)) { return }
                return report("node '\(word(5))' of the control is not defined", "correct the name")
            }
            guard let value = number(7, "limit of the control", isNamed: false) else { return }
            let limit = value * (network.nodes[node].isJunction ? units.pressure : units.length)
            if matches(6, "ABOV") {
                trigger = .above(network.nodes[node].id, limit)
            } else if matches(6, "BELO") {
                trigger = .below(network.nodes[node].id, limit)
            } else {
                return report("'\(word(6))' is not known", "write ABOVE or BELOW")
            }
        } else if matches(3, "AT"), matches(4, "TIME") {
            guard let time = seconds(5, unit: 6 < count ? 6 : nil, isCut: true) else { return }
            trigger = .time(time)
        } else if matches(3, "AT"), matches(4, "CLOCK") {
            guard let time = seconds(5, unit: 6 < count ? 6 : nil, isCut: true) else { return }
            trigger = .clockTime(time % 86_400)
        } else {
            return report("the condition of the control cannot be read", "write IF NODE …, AT TIME … or AT CLOCKTIME …")
        }
        network.controls.append(Control(link: network.links[index].id, action: action, trigger: trigger, isDisabled: isDisabled))
    }
}
