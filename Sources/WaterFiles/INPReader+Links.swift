// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// [PIPES], [PUMPS], [VALVES], [LEAKAGE], [ENERGY].
extension INPReader {
    /// `id start end [length diameter roughness [minor loss] [status]]`
    mutating func readPipe() {
        // The defaults of EPANET for fields that are not given.
        let roughnessDefault =
            switch network.hydraulics.headLossFormula {
            case .hazenWilliams: 130.0
            case .darcyWeisbach: 0.0005
            case .chezyManning: 0.01
            }
        let ends = ends("pipe")
        guard let length = number(3, "length of pipe", missing: units.isUS ? 330 : 100, in: Self.positive),
            let diameter = number(4, "diameter of pipe", missing: units.isUS ? 10 : 254, in: Self.positive),
            let roughness = number(5, "roughness of pipe", missing: roughnessDefault, in: Self.positive), let ends
        else { return }
        var minorLoss = 0.0
        var status = Link.Status.open
        var hasCheckValve = false
        for index in 6..<max(6, min(8, count)) {
            if let value = value(index), value >= 0, Self.isUsable(value) {
                minorLoss = value
            } else if matches(index, "CV") {
                hasCheckValve = true
            } else if matches(index, "CLOSED") {
                status = .closed
            } else if matches(index, "OPEN") {
                status = .open
            } else {
                report(
                    "pipe '\(word(0))': '\(word(index))' is neither a loss coefficient nor a status", "give a number, Open, Closed or CV")
            }
        }
        let height = network.hydraulics.headLossFormula == .darcyWeisbach ? units.roughnessHeight : 1
        let pipe = Pipe(
            length: length * units.length, diameter: diameter * units.diameter, roughness: roughness * height, minorLoss: minorLoss,
            hasCheckValve: hasCheckValve)
        add(Link(id: Link.ID(word(0)), start: ends.start, end: ends.end, kind: .pipe(pipe), status: status), ends)
    }

    /// `id start end` and pairs of keyword and value: HEAD curve, POWER, SPEED, PATTERN; or a bare power, as EPANET 1 wrote.
    mutating func readPump() {
        guard let ends = ends("pump") else { return }
        let element = "pump '\(word(0))'"
        var characteristic: Pump.Characteristic?
        var speed = 1.0
        var speedPattern: Pattern.ID?
        if count == 4 {
            guard let power = number(3, "power of pump", in: Self.positive) else { return }
            characteristic = .constantPower(power * units.power)
        } else if count >= 5, value(3) != nil {
            return report("\(element) has a curve in the form of EPANET 1", "write HEAD and the name of a curve")
        }
        var index = 3
        while index + 1 < count, count > 4 {
            if matches(index, "HEAD") {
                guard let id = curve(index + 1, use: .pumpHead) else { return }
                characteristic = .curve(id)
            } else if matches(index, "POWE") {
                guard let power = number(index + 1, "power of pump", in: Self.positive) else { return }
                characteristic = .constantPower(power * units.power)
            } else if matches(index, "SPEE") {
                guard let value = number(index + 1, "speed of pump", in: Self.notNegative) else { return }
                speed = value
            } else if matches(index, "PATT") {
                speedPattern = pattern(index + 1)
            } else {
                return report("\(element): '\(word(index))' is not known", "use HEAD, POWER, SPEED or PATTERN")
            }
            index += 2
        }
        guard let characteristic else {
            return report("\(element) has neither a curve nor a power", "add HEAD and a curve, or POWER and a number")
        }
        let pump = Pump(characteristic: characteristic, speed: speed, speedPattern: speedPattern)
        add(Link(id: Link.ID(word(0)), start: ends.start, end: ends.end, kind: .pump(pump), status: .open), ends)
    }

    /// `id start end diameter type setting [minor loss [curve]]`
    mutating func readValve() {
        guard let ends = ends("valve") else { return }
        let element = "valve '\(word(0))'"
        guard count > 4, let kind = Valve.Kind.allCases.first(where: { matches(4, $0.rawValue) }) else {
            return report(
                count > 4 ? "\(element) is of type '\(word(4))', which is not known" : "\(element) has no type",
                "give one of \(Valve.Kind.allCases.map(\.rawValue).joined(separator: ", ")) as word 5")
        }
        guard let diameter = number(3, "diameter of valve", in: Self.positive),
            let minorLoss = number(6, "loss coefficient of valve", missing: 0, in: Self.notNegative)
        else { return }
        var valve = Valve(kind: kind, diameter: diameter * units.diameter, setting: 0, minorLoss: minorLoss)
        if kind == .generalPurpose {
            guard count > 5 else { return report("\(element) has no head-loss curve", "name one as word 6") }
            valve.curve = curve(5, use: .headLoss)
        } else {
            guard let setting = number(5, "setting of valve", missing: 0) else { return }
            valve.setting = setting * units.setting(of: kind)
            if kind == .positionalControl, isGiven(7) {
                valve.curve = curve(7, use: .valveOpening)
                valve.setting = min(valve.setting, 100)
            }
        }
        add(Link(id: Link.ID(word(0)), start: ends.start, end: ends.end, kind: .valve(valve), status: .active), ends)
    }

    /// `pipe area expansion`; other links are passed over.
    mutating func readLeakage() {
        guard let index = link(0) else {
            if refused.contains(word(0)) { return }
            return report("pipe '\(word(0))' is not defined", "add it to [PIPES] or correct the name")
        }
        guard let area = number(1, "leak area of pipe", in: Self.notNegative),
            let expansion = number(2, "leak expansion of pipe", missing: 0, in: Self.notNegative),
            case .pipe(var pipe) = network.links[index].kind
        else { return }
        pipe.leakage = area > 0 || expansion > 0 ? units.leakage(area: area, expansion: expansion) : nil
        network.links[index].kind = .pipe(pipe)
    }

    /// `GLOBAL PRICE|PATTERN|EFFIC value`, `PUMP id PRICE|PATTERN|EFFIC value`, `DEMAND CHARGE value`.
    /// A pump whose price is 0 has the global one.
    mutating func readEnergy() {
        guard count >= 3 else { return report("the line of [ENERGY] is not whole", "write GLOBAL PRICE value or PUMP id EFFIC curve") }
        let last = count - 1
        if matches(0, "DEMA") {
            network.energy.demandCharge =
                number(2, "demand charge", isNamed: false, in: Self.notNegative) ?? network.energy.demandCharge
        } else if matches(0, "GLOB") {
            if matches(last - 1, "PRIC") {
                network.energy.price = number(last, "price of energy", isNamed: false, in: Self.notNegative) ?? network.energy.price
            } else if matches(last - 1, "PATT") {
                network.energy.pricePattern = pattern(last)
            } else if matches(last - 1, "EFFI") {
                network.energy.efficiency =
                    number(last, "efficiency of pumps", isNamed: false, in: Self.positive) ?? network.energy.efficiency
            } else {
                report("'\(word(last - 1))' of [ENERGY] is not known", "use PRICE, PATTERN or EFFIC")
            }
        } else if matches(0, "PUMP") {
            readPumpEnergy()
        } else {
            report("'\(word(0))' of [ENERGY] is not known", "use GLOBAL, PUMP or DEMAND CHARGE")
        }
    }

    private mutating func readPumpEnergy() {
        guard let index = link(1), case .pump(var pump) = network.links[index].kind else {
            if refused.contains(word(1)) { return }
            return report("pump '\(word(1))' is not defined", "correct the name")
        }
        guard count >= 4 else { return report("the line of pump '\(word(1))' is not whole", "add PRICE, PATTERN or EFFIC and its value") }
        let last = count - 1
        if matches(last - 1, "PRIC") {
            guard let price = number(last, "price of pump '\(word(1))'", isNamed: false, in: Self.notNegative) else { return }
            pump.price = price > 0 ? price : nil
        } else if matches(last - 1, "PATT") {
            pump.pricePattern = pattern(last)
        } else if matches(last - 1, "EFFI") {
            pump.efficiencyCurve = curve(last, use: .pumpEfficiency)
        } else {
            return report("'\(word(last - 1))' of pump '\(word(1))' is not known", "use PRICE, PATTERN or EFFIC")
        }
        network.links[index].kind = .pump(pump)
    }
}
