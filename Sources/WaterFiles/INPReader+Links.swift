// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// [PIPES], [PUMPS], [VALVES], [LEAKAGE], [STATUS], [ENERGY].
extension INPReader {
    /// `id start end [length diameter roughness [minor loss] [status]]`
    mutating func readPipe(_ line: INPText.Line) {
        let name = line.words[0]
        let element = "pipe '\(name)'"
        // The defaults of EPANET for fields that are not given.
        let roughnessDefault =
            switch network.hydraulics.headLossFormula {
            case .hazenWilliams: 130.0
            case .darcyWeisbach: 0.0005
            case .chezyManning: 0.01
            }
        let ends = ends(line, element)
        guard let length = number(line, 3, "length of \(element)", missing: units.isUS ? 330 : 100, in: Self.positive),
            let diameter = number(line, 4, "diameter of \(element)", missing: units.isUS ? 10 : 254, in: Self.positive),
            let roughness = number(line, 5, "roughness of \(element)", missing: roughnessDefault, in: Self.positive), let ends
        else { return }
        var minorLoss = 0.0
        var status = Link.Status.open
        var hasCheckValve = false
        for word in line.words.dropFirst(6).prefix(2) {
            if word.matches("CV") {
                hasCheckValve = true
            } else if word.matches("CLOSED") {
                status = .closed
            } else if word.matches("OPEN") {
                status = .open
            } else if let value = NumberText.number(word), value >= 0 {
                minorLoss = value
            } else {
                report(line.number, "\(element): '\(word)' is neither a loss coefficient nor a status", "give a number, Open, Closed or CV")
            }
        }
        let height = network.hydraulics.headLossFormula == .darcyWeisbach ? units.roughnessHeight : 1
        let pipe = Pipe(
            length: length * units.length, diameter: diameter * units.diameter, roughness: roughness * height, minorLoss: minorLoss,
            hasCheckValve: hasCheckValve)
        add(Link(id: Link.ID(name), start: ends.start, end: ends.end, kind: .pipe(pipe), status: status), line)
    }

    /// `id start end` and pairs of keyword and value: HEAD curve, POWER, SPEED, PATTERN; or a bare power, as EPANET 1 wrote.
    mutating func readPump(_ line: INPText.Line) {
        let name = line.words[0]
        let element = "pump '\(name)'"
        guard let ends = ends(line, element) else { return }
        var characteristic: Pump.Characteristic?
        var speed = 1.0
        var speedPattern: Pattern.ID?
        if line.words.count == 4 {
            guard let power = number(line, 3, "power of \(element)", in: Self.positive) else { return }
            characteristic = .constantPower(power * units.power)
        } else if line.words.count >= 5, NumberText.number(line.words[3]) != nil {
            return report(line.number, "\(element) has a curve in the form of EPANET 1", "write HEAD and the name of a curve")
        }
        var index = 3
        while index + 1 < line.words.count, line.words.count > 4 {
            let keyword = line.words[index]
            if keyword.matches("HEAD") {
                guard let id = curve(line, line.words[index + 1], use: .pumpHead) else { return }
                characteristic = .curve(id)
            } else if keyword.matches("POWE") {
                guard let power = number(line, index + 1, "power of \(element)", in: Self.positive) else { return }
                characteristic = .constantPower(power * units.power)
            } else if keyword.matches("SPEE") {
                guard let value = number(line, index + 1, "speed of \(element)", in: Self.notNegative) else { return }
                speed = value
            } else if keyword.matches("PATT") {
                speedPattern = pattern(line, index + 1)
            } else {
                return report(line.number, "\(element): '\(keyword)' is not known", "use HEAD, POWER, SPEED or PATTERN")
            }
            index += 2
        }
        guard let characteristic else {
            return report(line.number, "\(element) has neither a curve nor a power", "add HEAD and a curve, or POWER and a number")
        }
        let pump = Pump(characteristic: characteristic, speed: speed, speedPattern: speedPattern)
        add(Link(id: Link.ID(name), start: ends.start, end: ends.end, kind: .pump(pump), status: .open), line)
    }

    /// `id start end diameter type setting [minor loss [curve]]`
    mutating func readValve(_ line: INPText.Line) {
        let name = line.words[0]
        let element = "valve '\(name)'"
        guard let ends = ends(line, element) else { return }
        guard line.words.count > 4, let kind = Valve.Kind.allCases.first(where: { line.words[4].matches($0.rawValue) }) else {
            return report(
                line.number,
                line.words.count > 4 ? "\(element) is of type '\(line.words[4])', which is not known" : "\(element) has no type",
                "give one of \(Valve.Kind.allCases.map(\.rawValue).joined(separator: ", ")) as word 5")
        }
        guard let diameter = number(line, 3, "diameter of \(element)", in: Self.positive),
            let minorLoss = number(line, 6, "loss coefficient of \(element)", missing: 0, in: Self.notNegative)
        else { return }
        var valve = Valve(kind: kind, diameter: diameter * units.diameter, setting: 0, minorLoss: minorLoss)
        if kind == .generalPurpose {
            guard line.words.count > 5 else {
                return report(line.number, "\(element) has no head-loss curve", "name one as word 6")
            }
            valve.curve = curve(line, line.words[5], use: .headLoss)
        } else {
            guard let setting = number(line, 5, "setting of \(element)", missing: 0) else { return }
            valve.setting = setting * settingFactor(kind)
            if kind == .positionalControl, line.words.count > 7, line.words[7] != "*" {
                valve.curve = curve(line, line.words[7], use: .valveOpening)
            }
        }
        add(Link(id: Link.ID(name), start: ends.start, end: ends.end, kind: .valve(valve), status: .active), line)
    }

    func settingFactor(_ kind: Valve.Kind) -> Double {
        switch kind {
        case .pressureReducing, .pressureSustaining, .pressureBreaker: units.pressure
        case .flowControl: units.flow
        case .throttleControl, .generalPurpose, .positionalControl: 1
        }
    }

    /// `pipe area expansion`
    mutating func readLeakage(_ line: INPText.Line) {
        guard let index = linkIndex[line.words[0]] else {
            if refused.contains(line.words[0]) { return }
            return report(line.number, "pipe '\(line.words[0])' is not defined", "add it to [PIPES] or correct the name")
        }
        guard let area = number(line, 1, "leak area of pipe '\(line.words[0])'", in: Self.notNegative),
            let expansion = number(line, 2, "leak expansion of pipe '\(line.words[0])'", missing: 0, in: Self.notNegative),
            case .pipe(var pipe) = network.links[index].kind
        else { return }
        pipe.leakage = area > 0 || expansion > 0 ? units.leakage(area: area, expansion: expansion) : nil
        network.links[index].kind = .pipe(pipe)
    }

    /// `link status` or `first last status`, for a range of names that are numbers.
    mutating func readStatus(_ line: INPText.Line) {
        guard line.words.count >= 2 else { return report(line.number, "a status is missing", "give Open, Closed or a setting") }
        let word = line.words[line.words.count - 1]
        var targets: [Int] = []
        if line.words.count == 2 {
            guard let index = linkIndex[line.words[0]] else {
                if refused.contains(line.words[0]) { return }
                return report(line.number, "link '\(line.words[0])' is not defined", "correct the name")
            }
            targets = [index]
        } else if let first = Int(line.words[0]), let last = Int(line.words[1]), first <= last {
            targets = network.links.indices.filter { Int(network.links[$0].id.name).map { $0 >= first && $0 <= last } ?? false }
        } else {
            targets = network.links.indices.filter {
                network.links[$0].id.name >= line.words[0] && network.links[$0].id.name <= line.words[1]
            }
        }
        guard let action = action(line, word) else { return }
        for index in targets { apply(action, to: index, line) }
    }

    /// What a word says of a link: a status or a setting.
    mutating func action(_ line: INPText.Line, _ word: String) -> Control.Action? {
        if word.matches("OPEN") { return .status(.open) }
        if word.matches("CLOSED") { return .status(.closed) }
        if word.matches("ACTIVE") { return .status(.active) }
        if let value = NumberText.number(word), value >= 0 { return .setting(value) }
        report(line.number, "'\(word)' is neither a status nor a setting", "give Open, Closed, Active or a number")
        return nil
    }

    private mutating func apply(_ action: Control.Action, to index: Int, _ line: INPText.Line) {
        switch (action, network.links[index].kind) {
        case (_, .pipe(let pipe)) where pipe.hasCheckValve:
            report(line.number, "pipe '\(network.links[index].id)' has a check valve, whose status cannot be set", "remove the line")
        case (.status(let status), .pump(var pump)):
            network.links[index].status = status
            if status == .open, pump.speed == 0 { pump.speed = 1; network.links[index].kind = .pump(pump) }
        case (.status(let status), _):
            network.links[index].status = status
        case (.setting(let value), .pipe):
            network.links[index].status = value == 0 ? .closed : .open
        case (.setting(let value), .pump(var pump)):
            pump.speed = value
            network.links[index].kind = .pump(pump)
            network.links[index].status = value == 0 ? .closed : .open
        case (.setting(let value), .valve(var valve)):
            valve.setting = value * settingFactor(valve.kind)
            network.links[index].kind = .valve(valve)
            network.links[index].status = .active
        }
    }

    /// `PUMP id EFFIC curve`; prices and the rest are kept as text.
    mutating func readEnergy(_ line: INPText.Line) {
        guard line.words.count >= 4, line.words[0].matches("PUMP"), line.words[2].matches("EFFI") else { return }
        guard let index = linkIndex[line.words[1]], case .pump(var pump) = network.links[index].kind else {
            if refused.contains(line.words[1]) { return }
            return report(line.number, "pump '\(line.words[1])' is not defined", "correct the name")
        }
        pump.efficiencyCurve = curve(line, line.words[3], use: .pumpEfficiency)
        network.links[index].kind = .pump(pump)
    }
}
