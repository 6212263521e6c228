// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// What a control, a rule or a pattern tells a link.
struct LinkOrder {
    var place: Int
    var status: Link.Status
    var setting: Double

    /// - Parameter current: setting of the link before.
    init(_ action: Control.Action, at place: Int, of link: Link, current: Double) {
        self.place = place
        switch (action, link.kind) {
        case (.status(let status), .pump): (self.status, setting) = (status, status == .closed ? 0 : 1)
        case (.status(let status), _): (self.status, setting) = (status, current)
        case (.setting(let value), .pipe): (status, setting) = (value == 0 ? .closed : .open, current)
        case (.setting(let value), .pump): (status, setting) = (value == 0 ? .closed : .open, value)
        case (.setting, .valve(let valve)) where valve.kind == .generalPurpose: (status, setting) = (.active, current)
        case (.setting(let value), .valve): (status, setting) = (.active, value)
        }
    }
}

/// The simple controls of a network, by row and place.
struct ControlBook {
    struct Entry {
        var trigger: Control.Trigger
        var action: Control.Action
        var link: Int
        var place: Int
        /// Number of the tank whose level it looks at; −1 for none.
        var tank = -1
        /// [m]
        var head = 0.0
        var isAbove = false
    }

    /// On time and on the levels of tanks.
    private(set) var entries: [Entry] = []
    /// On the pressure of junctions, for the solver.
    private(set) var pressure: [PressureControl] = []
    private let startClock: Int

    init(_ model: HydraulicModel) {
        let network = model.network
        startClock = network.times.startClockTime
        let nodes = network.controls.isEmpty ? ElementIndex() : network.nodeIndex()
        let links = network.controls.isEmpty ? ElementIndex() : network.linkIndex()
        for control in network.controls where !control.isDisabled {
            guard let link = links[control.link] else { continue }
            let place = Int(model.table.placeOfLink[link])
            var entry = Entry(trigger: control.trigger, action: control.action, link: link, place: place)
            switch control.trigger {
            case .time, .clockTime: break
            case .above(let id, let level), .below(let id, let level):
                guard let node = nodes[id] else { continue }
                if case .above = control.trigger { entry.isAbove = true }
                let row = Int(model.rowOfNode[node])
                entry.tank = Int(model.tankAtRow[row])
                entry.head = model.elevations[row] + level
                if model.isJunction[row] {
                    let order = LinkOrder(control.action, at: place, of: network.links[link], current: .nan)
                    pressure.append(
                        PressureControl(
                            row: row, head: entry.head, isAbove: entry.isAbove, place: place, status: order.status, setting: order.setting))
                    continue
                }
                if entry.tank < 0 { continue }
            }
            entries.append(entry)
        }
    }

    func holds(_ entry: Entry, at time: Double, level: (Entry) -> Bool) -> Bool {
        switch entry.trigger {
        case .time(let moment): Double(moment) == time
        case .clockTime(let moment): (time + Double(startClock)).truncatingRemainder(dividingBy: Units.day) == Double(moment)
        case .above, .below: level(entry)
        }
    }

    /// Seconds until a control on time acts; nil for those on levels and those that are past.
    func wait(_ entry: Entry, at time: Double) -> Double? {
        switch entry.trigger {
        case .time(let moment): return Double(moment) > time ? Double(moment) - time : nil
        case .clockTime(let moment):
            let now = (time + Double(startClock)).truncatingRemainder(dividingBy: Units.day)
            let wait = Double(moment) - now
            return wait > 0 ? wait : wait + Units.day
        case .above, .below: return nil
        }
    }
}
