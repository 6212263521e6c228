// SPDX-License-Identifier: GPL-3.0-or-later

/// What a register of pipes says of one of them; what it does not say is nil.
public struct PipeRecord: Sendable, Hashable {
    public var pipe: Link.ID
    /// As the utility writes it.
    public var material: String?
    /// Year in which it was laid.
    public var installed: Int?
    /// A rate that the utility knows better. [breaks per m and year]
    public var breaksPerMetreYear: Double?

    public init(pipe: Link.ID, material: String? = nil, installed: Int? = nil, breaksPerMetreYear: Double? = nil) {
        self.pipe = pipe
        self.material = material
        self.installed = installed
        self.breaksPerMetreYear = breaksPerMetreYear
    }
}
