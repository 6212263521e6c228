// SPDX-License-Identifier: GPL-3.0-or-later

/// What a register of pipes says of one of them; what it does not say is nil.
public struct PipeRecord: Sendable, Hashable {
    public var pipe: Link.ID
    /// As the utility writes it.
    public var material: String?
    /// Year in which it was laid.
    public var installed: Int?
    /// Year in which it was renewed in the old trench or lined, where `installed` tells when it was first laid.
    public var renewed: Int?
    /// A rate that the utility knows better. [breaks per m and year]
    public var breaksPerMetreYear: Double?

    /// Year since which the pipe as it is has been there.
    public var inService: Int? { [installed, renewed].compactMap { $0 }.max() }

    public init(
        pipe: Link.ID, material: String? = nil, installed: Int? = nil, renewed: Int? = nil, breaksPerMetreYear: Double? = nil
    ) {
        self.pipe = pipe
        self.renewed = renewed
        self.material = material
        self.installed = installed
        self.breaksPerMetreYear = breaksPerMetreYear
    }
}
