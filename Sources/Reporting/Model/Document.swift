// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// A part of a document with a heading.
public struct Section: Sendable {
    /// Unique in the document: names its anchor.
    public var id: String
    public var title: Phrase
    public var blocks: [Block]
    public var sections: [Section]
    /// Begins a page in print.
    public var startsPage: Bool

    public init(id: String, title: Phrase, blocks: [Block], sections: [Section] = [], startsPage: Bool = false) {
        self.id = id
        self.title = title
        self.blocks = blocks
        self.sections = sections
        self.startsPage = startsPage
    }
}

/// One piece of a section. Every output format shows every piece.
public enum Block: Sendable {
    case paragraph(Phrase)
    case list([Phrase])
    case keyFigures([KeyFigure])
    case table(Table)
    case graphic(Graphic)
    case notice(Notice)
    case footnotes([Footnote])
}

/// A line at the foot of a short document that marks lead to.
public struct Footnote: Sendable {
    /// Unique in the document.
    public var anchor: String
    /// As it stands at the figures.
    public var mark: String
    public var text: Phrase
}

/// A figure that is shown large.
public struct KeyFigure: Sendable {
    public var label: Phrase
    public var figure: Figure

    public init(_ label: Phrase, _ figure: Figure) {
        self.label = label
        self.figure = figure
    }
}

/// What a reader must not overlook.
public struct Notice: Sendable {
    public enum Kind: String, Sendable {
        /// The figures are not real or not verified.
        case caution
        /// Something is not known; says what would be needed.
        case missing
        case information
    }

    public var kind: Kind
    public var title: Phrase
    public var lines: [Phrase]

    public init(_ kind: Kind, _ title: Phrase, _ lines: [Phrase]) {
        self.kind = kind
        self.title = title
        self.lines = lines
    }
}

/// A table with a head row. Cells are typed, so that a workbook can hold them as numbers.
public struct Table: Sendable {
    public struct Column: Sendable {
        public var title: Phrase
        /// Shown in the head; the cells of the column then show no unit.
        public var unit: ShownUnit?
        public var isNumeric: Bool

        public init(_ title: Phrase, unit: ShownUnit? = nil, isNumeric: Bool = false) {
            self.title = title
            self.unit = unit
            self.isNumeric = isNumeric || unit != nil
        }
    }

    public struct Row: Sendable {
        public enum Style: String, Sendable { case plain, total, muted }
        public var cells: [Cell]
        public var style: Style
        /// Steps by which the first cell is set in.
        public var indent: Int
        /// Unique in the document, for links to the row.
        public var anchor: String?
        /// What the row is about, to narrow the inputs of its figures (`Origin.subjects`).
        public var subjects: [String] = []

        public init(_ cells: [Cell], style: Style = .plain, indent: Int = 0, subjects: [String] = []) {
            self.cells = cells
            self.style = style
            self.indent = indent
            self.subjects = subjects
        }
    }

    public var caption: Phrase
    public var columns: [Column]
    public var rows: [Row]
    public var note: Phrase?
    /// Of its figures that neither say their own nor stand under a head or beside a label that does.
    public var origin: Trace.Kind?

    /// Set in smaller type.
    var isWide: Bool { columns.count > 7 }
    /// Printed on pages of its own, across.
    var isBroad: Bool { columns.count > 9 }

    public init(caption: Phrase, columns: [Column], rows: [Row], note: Phrase? = nil, origin: Trace.Kind? = nil) {
        self.caption = caption
        self.columns = columns
        self.rows = rows
        self.note = note
        self.origin = origin
    }
}

public enum Cell: Sendable {
    case text(Phrase)
    /// One under the other.
    case lines([Phrase])
    /// With nil as value: "not known".
    case number(Figure)
    case status(SourceStatus)
    case year(Int)
    /// Place in a list: no figure.
    case ordinal(Int)
    /// Does not apply here.
    case none
    /// Left free, to be written in.
    case blank
}
