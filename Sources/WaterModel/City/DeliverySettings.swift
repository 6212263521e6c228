// SPDX-License-Identifier: GPL-3.0-or-later

/// How the programme is delivered in this place; what is not known stays `unknown` or nil.
public struct DeliverySettings: Sendable {
    /// Months, 1 to 12, in which no trench is dug.
    public var wetSeason: Set<Int> = []
    /// Lots from this value on are tendered internationally. [currency]
    public var internationalTenderFrom = SourcedValue.unknown
    /// Lots below this value are bought by comparing quotations. [currency]
    public var quotationsBelow = SourcedValue.unknown
    /// Whether mains of asbestos cement are worked on; nil: not known.
    public var hasAsbestosCement: Bool?
    /// Whether anybody must move for the works; nil: not known.
    public var needsResettlement: Bool?
    /// Who pays the operating cost of the measures when the project has ended; nil: nobody was named.
    public var operationPaidBy: String?
    /// Whether the vendor of a remote-reading system hands over interface and keys by contract; nil: not agreed.
    public var ownsInterfaceAndKeys: Bool?

    public init() {}
}
