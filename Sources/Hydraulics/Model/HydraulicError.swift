// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A network that no equations can be written for.
public enum HydraulicError: Error, Sendable, CustomStringConvertible {
    case undefinedNode(link: Link.ID, node: Node.ID)
    case undefinedCurve(link: Link.ID, curve: Curve.ID)
    case undefinedLeakPlace(String)
    case impossiblePipe(Link.ID)
    case noSource

    public var description: String {
        switch self {
        case .undefinedNode(let link, let node): "link '\(link)' is joined to node '\(node)', which does not exist"
        case .undefinedCurve(let link, let curve): "link '\(link)' needs curve '\(curve)', which does not exist or is empty"
        case .undefinedLeakPlace(let name): "a leak is placed at '\(name)', which is neither a junction nor a pipe of the network"
        case .impossiblePipe(let link): "link '\(link)' has a length, diameter or roughness that is not above zero"
        case .noSource: "the network has neither a reservoir nor a tank"
        }
    }
}
