// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// How to read one family of exports: the saved profile that stands beside the files.
///
/// | key | values | default |
/// |---|---|---|
/// | `files` | names with `*` and `?`, a list or one text | none |
/// | `shape` | `long` (a row a reading), `wide` (a column a meter) | `long` |
/// | `delimiter` | one character, or `tab` | `,` |
/// | `decimal`, `thousands` | one character | `.`, none |
/// | `encoding` | `utf-8`, `latin-1` | `utf-8` |
/// | `skip_lines` | lines before the header | 0 |
/// | `columns` | `meter`, `time`, `date`, `value`, `unit`, `quality`: names in the header | – |
/// | `kind` | `register` (cumulative), `interval` (volume of an interval), `rate` (mean flow of an interval) | – |
/// | `unit` | a unit; `column` (the `unit` column); `header` (in brackets at the end of a column's name) | – |
/// | `units` | wide: column name → unit, where they differ | none |
/// | `time_format` | `iso8601`, or a pattern of `yyyy yy MM M MMM dd d HH H hh h mm ss a` and other characters | `iso8601` |
/// | `time_zone` | `America/Lima`, `-05:00`, `UTC` | offset in the stamp |
/// | `stamp` | `start`, `end` of the interval | `start` |
/// | `interval_minutes` | length of an interval; a multiple of 1440 is counted in days of the local clock | 60 |
/// | `null_words` | words that mean "no value"; an empty field always does | none |
/// | `register_digits` | the register starts again at 10^digits units | from the register of meters |
/// | `quality_map` | word of the quality column → `good`, `estimated`, `uncertain`, `bad` | – |
/// | `quality_suffix` | wide: column `X` + suffix holds the quality of `X` | none |
/// | `ignore_columns` | wide: columns that are no meters | none |
/// | `newest` | which of two files wins where they differ: `name` (the later name, numbers as numbers), `modified` | `name` |
public struct Profile: Sendable {
    public enum Shape: String, Sendable, CaseIterable { case long, wide }
    public enum Encoding: String, Sendable, CaseIterable {
        case utf8 = "utf-8"
        case latin1 = "latin-1"
    }
    public enum Kind: String, Sendable, CaseIterable { case register, interval, rate }
    public enum Stamp: String, Sendable, CaseIterable { case start, end }
    public enum Newest: String, Sendable, CaseIterable { case name, modified }
    public enum UnitSource: Sendable, Hashable {
        case fixed(ReadingUnit)
        case column
        case header
    }
    public enum Quality: UInt8, Sendable, CaseIterable {
        case good = 0
        case estimated = 1
        case uncertain = 2
        /// The row is set aside.
        case bad = 3

        public var name: String {
            switch self {
            case .good: "good"
            case .estimated: "estimated"
            case .uncertain: "uncertain"
            case .bad: "bad"
            }
        }
    }
    public struct Columns: Sendable {
        public var meter: String?
        public var time: String
        /// Where the date stands apart from the time of day: joined as `date time`.
        public var date: String?
        public var value: String?
        public var unit: String?
        public var quality: String?

        public init(
            meter: String? = nil, time: String, date: String? = nil, value: String? = nil, unit: String? = nil, quality: String? = nil
        ) {
            self.meter = meter
            self.time = time
            self.date = date
            self.value = value
            self.unit = unit
            self.quality = quality
        }
    }

    /// Of the profile itself, for messages; empty where it was made in code.
    public var source: String
    public var files: [String] = []
    public var shape = Shape.long
    public var delimiter: UInt8 = 44
    public var decimal: UInt8 = 46
    public var thousands: UInt8?
    public var encoding = Encoding.utf8
    public var skipLines = 0
    public var columns: Columns
    public var kind: Kind
    public var unit: UnitSource
    public var units: [String: ReadingUnit] = [:]
    public var timeFormat = TimeFormat.iso8601
    /// nil: each stamp carries its offset.
    public var clock: LocalClock?
    public var stamp = Stamp.start
    /// [s]
    public var interval = 3600
    public var nullWords: [String] = []
    public var registerDigits: Int?
    public var qualityMap: [String: Quality] = [:]
    public var qualitySuffix: String?
    public var ignoredColumns: [String] = []
    public var newest = Newest.name

    public init(columns: Columns, kind: Kind, unit: UnitSource, source: String = "") {
        self.columns = columns
        self.kind = kind
        self.unit = unit
        self.source = source
    }

    /// Offset of the place's standard time; 0 where stamps carry their own. [s]
    public var standardOffset: Int { clock?.standardOffset ?? 0 }
}
