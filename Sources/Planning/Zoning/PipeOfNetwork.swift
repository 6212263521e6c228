// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

extension Network {
    /// The pipe that a link is; nil for pumps and valves.
    ///
    /// Never inlined: within loops over links the optimiser of Swift 6.3.1 stops with an ownership error at the borrowed enum.
    @inline(never)
    func pipe(at link: Int) -> Pipe? { links[link].pipe }
}
