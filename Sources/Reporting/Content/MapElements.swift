// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension NetworkMap {
    /// What a link is called that is no pipe; nil: a pipe.
    static func device(_ link: Link) -> String? {
        switch link.kind {
        case .pipe: nil
        case .pump: "PUMP"
        case .valve(let valve): valve.kind.rawValue
        }
    }

    /// - nightPressure: nil where it is not known. [m]
    static func dot(_ node: Node, at position: Point, nightPressure: Double? = nil) -> NodeDot {
        NodeDot(
            id: node.id.name, position: position, kind: node.isJunction ? .junction : node.tank != nil ? .tank : .reservoir,
            nightPressure: nightPressure, elevation: node.elevation)
    }
}
