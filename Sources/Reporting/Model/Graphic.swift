// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A drawing: what is shown, without how. Each stands beside a table or text with its values.
public struct Graphic: Sendable {
    public enum Content: Sendable {
        case plot(Plot)
        case ranking(Ranking)
        case spans(SpanChart)
        case tree(BalanceTree)
        case balance(BalanceDiagram)
        case map(NetworkMap)
        case zoneMap(ZoneMap)
    }

    /// Unique in the document.
    public var id: String
    public var title: Phrase
    /// What a reader who cannot see it should know.
    public var description: Phrase
    public var content: Content
    /// Of its figures, where its axis or the figures do not tell it.
    public var origins: [Origin]

    public init(id: String, title: Phrase, description: Phrase, content: Content, origins: [Origin] = []) {
        self.id = id
        self.title = title
        self.description = description
        self.content = content
        self.origins = origins
    }
}

/// What a mark means; each has a colour, a lightness and a line form of its own, so that it can be told apart in grey print.
public enum SeriesStyle: String, Sendable, CaseIterable {
    case primary = "s1"
    case secondary = "s2"
    case tertiary = "s3"
    case muted = "s4"
    case alert = "s5"
}

/// One or several panels with axes and marks.
public struct Plot: Sendable {
    public struct Axis: Sendable {
        public enum Scale: Sendable {
            case number
            /// Whole years.
            case year
            /// Seconds since 1970.
            case day
        }

        public var label: Phrase
        public var unit: ShownUnit
        public var scale: Scale
        /// Shown at least.
        public var includes: [Double]

        public init(_ label: Phrase, _ unit: ShownUnit = .none, scale: Scale = .number, includes: [Double] = []) {
            self.label = label
            self.unit = unit
            self.scale = scale
            self.includes = includes
        }
    }

    public enum Mark: Sendable {
        /// Gaps where a point is nil.
        case line([Point?], SeriesStyle)
        /// At x, from low to high.
        case band([(x: Double, low: Double, high: Double)], SeriesStyle)
        case bar(from: Point, to: Point, SeriesStyle, label: Phrase?)
        case whisker(x: Double, low: Double, high: Double)
        /// Across the panel at y.
        case rule(Double, SeriesStyle)
        case dot(Point, SeriesStyle)
    }

    public struct Panel: Sendable {
        public var title: Phrase?
        public var marks: [Mark]

        public init(title: Phrase? = nil, marks: [Mark]) {
            self.title = title
            self.marks = marks
        }
    }

    public struct LegendEntry: Sendable {
        public enum Form: Sendable { case line, area, band, dot }
        public var label: Phrase
        public var style: SeriesStyle
        public var form: Form

        public init(_ label: Phrase, _ style: SeriesStyle, _ form: Form) {
            self.label = label
            self.style = style
            self.form = form
        }
    }

    public var x: Axis
    public var y: Axis
    public var panels: [Panel]
    public var legend: [LegendEntry]

    public init(x: Axis, y: Axis, panels: [Panel], legend: [LegendEntry]) {
        self.x = x
        self.y = y
        self.panels = panels
        self.legend = legend
    }
}

/// Horizontal bars with 95 % whiskers, in the order given.
public struct Ranking: Sendable {
    public struct Item: Sendable {
        public var label: Phrase
        public var figure: Figure
        public var style: SeriesStyle

        public init(_ label: Phrase, _ figure: Figure, _ style: SeriesStyle = .tertiary) {
            self.label = label
            self.figure = figure
            self.style = style
        }
    }

    public var axis: Phrase
    public var unit: ShownUnit
    public var items: [Item]

    public init(axis: Phrase, unit: ShownUnit, items: [Item]) {
        self.axis = axis
        self.unit = unit
        self.items = items
    }
}

/// The parts of the water supplied, as areas.
public struct BalanceDiagram: Sendable {
    /// All in one unit.
    public var supplied: Figure
    public var authorised: Figure
    public var losses: Figure
    public var revenue: Figure
    public var nonRevenue: Figure
    public var unbilled: Figure
    public var apparent: Figure
    public var real: Figure
}

/// The network with what is known of pressure and leaks.
public struct NetworkMap: Sendable {
    public struct PipeLine: Sendable {
        public var id: String
        public var points: [Point]
        /// That a leak sits on it; nil where no leak was looked for.
        public var probability: Double?
        /// Place in the walking order, from 1; nil beyond the list.
        public var rank: Int?
        /// [m]
        public var length: Double?
        public var diameter: Double?
        /// Of a pump or valve, as the network file names it.
        public var device: String?
        public var walk: WalkStep?
    }

    /// Of a pipe that a crew walks.
    public struct WalkStep: Sendable {
        /// From 1.
        public var number: Int
        /// When the pipe is walked. [m], [–]
        public var cumulativeLength: Double
        public var cumulativeProbability: Double
    }

    /// Places of one kind above the network: sensors, or where a crew can listen.
    public struct SiteGroup: Sendable {
        public enum Kind: String, Sendable, CaseIterable { case sensors, access }

        public struct Site: Sendable {
            public var id: String
            public var position: Point
            /// What is known of it.
            public var rows: [(label: Phrase, text: Phrase)]
        }

        public var kind: Kind
        public var title: Phrase
        public var sites: [Site]
    }

    public struct NodeDot: Sendable {
        public enum Kind: Sendable { case junction, tank, reservoir }
        public var id: String
        public var position: Point
        public var kind: Kind
        /// [m]
        public var nightPressure: Double?
        public var elevation: Double?
    }

    public struct ZoneArea: Sendable {
        public var name: String
        /// Of its nodes.
        public var positions: [Point]
        /// What is known of it.
        public var figures: [KeyFigure] = []
    }

    public var pipes: [PipeLine]
    /// Pumps and valves.
    public var devices: [PipeLine]
    public var nodes: [NodeDot]
    public var zones: [ZoneArea]
    public var sites: [SiteGroup] = []
}

extension Plot {
    /// The plot with its axes in other units.
    func times(x: Double, y: Double) -> Plot {
        guard x != 1 || y != 1 else { return self }
        func point(_ point: Point) -> Point { Point(x: point.x * x, y: point.y * y) }
        var plot = self
        plot.x.includes = plot.x.includes.map { $0 * x }
        plot.y.includes = plot.y.includes.map { $0 * y }
        for panel in plot.panels.indices {
            plot.panels[panel].marks = plot.panels[panel].marks.map { mark in
                switch mark {
                case .line(let points, let style): .line(points.map { $0.map(point) }, style)
                case .band(let points, let style): .band(points.map { ($0.x * x, $0.low * y, $0.high * y) }, style)
                case .bar(let from, let to, let style, let label): .bar(from: point(from), to: point(to), style, label: label)
                case .whisker(let at, let low, let high): .whisker(x: at * x, low: low * y, high: high * y)
                case .rule(let value, let style): .rule(value * y, style)
                case .dot(let place, let style): .dot(point(place), style)
                }
            }
        }
        return plot
    }
}
