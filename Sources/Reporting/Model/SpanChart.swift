// SPDX-License-Identifier: GPL-3.0-or-later

/// Rows of horizontal bars that begin anywhere: a schedule, a tornado, a waterfall.
public struct SpanChart: Sendable {
    public struct Span: Sendable {
        public var from: Double
        public var to: Double
        public var style: SeriesStyle

        public init(from: Double, to: Double, _ style: SeriesStyle) {
            self.from = from
            self.to = to
            self.style = style
        }
    }

    public struct Row: Sendable {
        public var label: Phrase
        public var spans: [Span]
        /// Written behind the bars.
        public var figure: Figure?

        public init(_ label: Phrase, _ spans: [Span], figure: Figure? = nil) {
            self.label = label
            self.spans = spans
            self.figure = figure
        }
    }

    public var axis: Plot.Axis
    public var rows: [Row]
    /// A line through all rows, in the unit of the axis.
    public var reference: Double?
    public var legend: [Plot.LegendEntry]

    public init(axis: Plot.Axis, rows: [Row], reference: Double? = nil, legend: [Plot.LegendEntry] = []) {
        self.axis = axis
        self.rows = rows
        self.reference = reference
        self.legend = legend
    }
}

/// A volume and what it is made of, each part made of parts in turn.
public struct BalanceTree: Sendable {
    public enum Style: String, Sendable { case supplied, used, lost, earning, unearning, unbilled, apparent, real }

    public var label: Phrase
    public var figure: Figure
    /// Of the whole. [%]
    public var share: Double
    public var style: Style
    public var parts: [BalanceTree]

    public init(_ label: Phrase, _ figure: Figure, share: Double, _ style: Style, _ parts: [BalanceTree] = []) {
        self.label = label
        self.figure = figure
        self.share = share
        self.style = style
        self.parts = parts
    }
}
