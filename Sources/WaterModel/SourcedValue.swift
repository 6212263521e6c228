// SPDX-License-Identifier: GPL-3.0-or-later

/// How far a figure can be relied on. Every figure of a document carries one of these words.
public enum SourceStatus: String, Sendable, CaseIterable, Comparable {
    /// Measured by the utility or its consultant.
    case measured
    /// A named source prints it.
    case published
    /// Arithmetic on other figures.
    case computed
    /// Sources disagree; every figure is kept.
    case contested
    /// Chosen by whoever wrote the file, with a range.
    case assumed
    /// Professional knowledge without a source.
    case unverified
    /// Invented for an example.
    case synthetic
    /// Not known.
    case unknown

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// A figure with its range, year, source and status, in the unit of the property which holds it.
public struct SourcedValue: Hashable, Sendable {
    /// nil only where the status is `unknown`.
    public var value: Double?
    /// Ends of the range in which the writer would put the truth with 95 % certainty; nil where none is given.
    public var low: Double?
    public var high: Double?
    /// A year or a span of years, as written: "2018", "2013-2015".
    public var year: String?
    public var source: String?
    public var status: SourceStatus
    /// How the truth is spread over the range; nil: normal, or split normal where the value is not in the middle.
    public var shape: RangeShape?
    /// Whose errors it shares; nil: its error is its own.
    public var errorGroup: ErrorGroup?

    public init(
        _ value: Double?, low: Double? = nil, high: Double? = nil, year: String? = nil, source: String? = nil, status: SourceStatus,
        shape: RangeShape? = nil, errorGroup: ErrorGroup? = nil
    ) {
        self.value = value
        self.low = low
        self.high = high
        self.year = year
        self.source = source
        self.status = status
        self.shape = shape
        self.errorGroup = errorGroup
    }

    public static let unknown = SourcedValue(nil, status: .unknown)

    /// Value with the standard deviation that its range stands for; nil where the value is unknown.
    /// Without a range the deviation is zero: the writer claims to know the figure.
    public var estimate: Estimate? {
        guard let value else { return nil }
        if let low, let high, let deviation = shape?.deviation(value: value, low: low, high: high) {
            return Estimate(value, standardDeviation: deviation)
        }
        let halfWidth = ((high ?? value) - (low ?? value)) / 2
        return Estimate(value, margin95: halfWidth)
    }

    /// The figure scaled to another unit; year, source and status stay.
    public func scaled(by factor: Double) -> SourcedValue {
        SourcedValue(
            value.map { $0 * factor }, low: low.map { $0 * factor }, high: high.map { $0 * factor }, year: year, source: source,
            status: status, shape: shape, errorGroup: errorGroup)
    }
}
