// SPDX-License-Identifier: GPL-3.0-or-later

import Hydraulics
import WaterModel

/// Pumps, valves and pipes whose state at an hour is not known beforehand, but has to be told from what was read.
///
/// A state of all of them is one number, a bit for each.
struct SwitchedLinks {
    /// The two things that one bit may mean.
    enum Choice {
        /// What controls on a level or pressure set above it (bit clear) and below it (bit set).
        case control(above: [Change], below: [Change])
        /// A pump, or a link with a schedule: as the model says (bit clear), or the opposite (bit set).
        case schedule(link: Int)
        /// The links of a tank that reads full or empty: open (bit clear), or all shut (bit set).
        case tank(node: Int, links: [Int])
    }

    typealias Change = (link: Int, action: Control.Action)

    let choices: [Choice]

    /// All links that a choice changes.
    var links: Set<Int> {
        choices.reduce(into: []) { found, choice in
            switch choice {
            case .control(let above, let below): found.formUnion((above + below).map(\.link))
            case .schedule(let link): found.insert(link)
            case .tank(_, let links): found.formUnion(links)
            }
        }
    }

    /// Bits beyond this are left as the model has them.
    private static let mostChoices = 48

    /// - tanks: nodes of tanks whose level is read.
    init(_ network: Network, tanks: [Int]) {
        let links = network.linkIndex()
        var above: [Node.ID: [Change]] = [:], below = above
        var byControl: Set<Int> = [], scheduled: Set<Int> = []
        for control in network.controls where !control.isDisabled {
            guard let link = links[control.link] else { continue }
            switch control.trigger {
            case .above(let node, _): above[node, default: []].append((link, control.action))
            case .below(let node, _): below[node, default: []].append((link, control.action))
            default: scheduled.insert(link)
            }
        }
        for change in (above.values.joined().map(\.link) + below.values.joined().map(\.link)) { byControl.insert(change) }
        for rule in network.rules {
            for action in rule.thenActions + rule.elseActions { if let link = links[action.link] { scheduled.insert(link) } }
        }
        for index in network.links.indices where network.links[index].pump != nil { scheduled.insert(index) }
        var found: [Choice] = Set(above.keys).union(below.keys).sorted().map { .control(above: above[$0] ?? [], below: below[$0] ?? []) }
        found += scheduled.subtracting(byControl).sorted().map { .schedule(link: $0) }
        found += tanks.map { node in
            let id = network.nodes[node].id
            return .tank(node: node, links: network.links.indices.filter { network.links[$0].start == id || network.links[$0].end == id })
        }
        choices = Array(found.prefix(Self.mostChoices))
    }

    /// Sets the links as the bits of `state` say.
    func apply(_ state: Int, to conditions: inout BoundaryConditions, of network: Network) {
        for (bit, choice) in choices.enumerated() {
            let isSet = state >> bit & 1 == 1
            switch choice {
            case .control(let above, let below):
                for change in isSet ? below : above { conditions.apply(change.action, to: change.link, of: network) }
            case .schedule(let link):
                guard isSet else { continue }
                conditions.apply(.status(conditions.statuses[link] == .closed ? .open : .closed), to: link, of: network)
            case .tank(_, let links):
                guard isSet else { continue }
                for link in links { conditions.statuses[link] = .closed }
            }
        }
    }
}
