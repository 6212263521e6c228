// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// How to read one family of exports: the saved profile that stands beside the files.
///
/// | key | values | default |
/// |---|---|---|
/// | `format` | a family: `delimited`, `beacon`, `cmep`, … (`ExportFormat`); it sets what its files have in common | `delimited` |
/// | `files` | names with `*` and `?`, a list or one text | none |
/// | `shape` | `long` (a row a reading), `wide` (a column a meter) | `long` |
/// | `delimiter` | one character, or `tab` | `,` |
/// | `decimal`, `thousands` | one character | `.`, none |
/// | `encoding` | `utf-8`, `utf-16`, `utf-16le`, `utf-16be`, `latin-1`, `windows-1252` | `utf-8` |
/// | `skip_lines` | lines before the header | 0 |
/// | `header` | `none`: there is no header line, and columns are named by their number from 1 | a header line |
/// | `columns` | `meter`, `time`, `date`, `value`, `unit`, `quality`, `register`, `factor`, `version`, `check`: names in the header | – |
/// | `meter` | the meter's name where the file does not hold it | – |
/// | `meter_line` | the meter's name is what follows this text in a line before the header | – |
/// | `read_at` | the stamp of all rows where the file has none | – |
/// | `skip_rows` | column name → words: rows that are no readings | none |
/// | `factor` | volume of one pulse or step, in the unit | 1 |
/// | `kind` | `register` (cumulative), `interval` (volume of an interval), `rate` (mean flow of an interval) | – |
/// | `unit` | a unit; `column` (the `unit` column); `header` (in brackets at the end of a column's name) | – |
/// | `units` | wide: column name → unit, where they differ | none |
/// | `time_format` | `iso8601`, `epoch` (seconds since 1970), `epoch_ms`, or a pattern of `yyyy yy MM M MMM dd d HH H hh h mm ss a` and other characters | `iso8601` |
/// | `time_zone` | `America/Lima`, `-05:00`, `UTC` | offset in the stamp |
/// | `stamp` | `start`, `end` of the interval | `start` |
/// | `interval_minutes` | length of an interval; a multiple of 1440 is counted in days of the local clock | 60 |
/// | `interval_seconds` | the same in seconds, for loggers faster than a minute | – |
/// | `null_words` | words that mean "no value"; an empty field always does | none |
/// | `register_digits` | the register starts again at 10^digits units | from the register of meters |
/// | `quality_map` | word of the quality column → `good`, `estimated`, `uncertain`, `bad` | – |
/// | `quality_suffix` | wide: column `X` + suffix holds the quality of `X` | none |
/// | `ignore_columns` | wide: columns that are no meters | none |
/// | `thin_seconds` | a reading that follows the one kept before within this time is counted and left out | 0 |
/// | `apply_constant` | `true`: CMEP values are to be multiplied by the record's constant | `false` |
/// | `take` | of formats that give both: `register`, `interval` | both |
/// | `log_clock` | LoRaWAN: the newest logged value is of the last `full_hour`, or of the moment of the `stamp` | – |
/// | `media` | wM-Bus media that are taken | `water`, `cold water` |
/// | `newest` | which of two files wins where they differ: `name` (the later name, numbers as numbers), `modified` | `name` |
public struct Profile: Sendable {
    public enum Shape: String, Sendable, CaseIterable { case long, wide }
    public typealias Encoding = TextEncoding
    public enum Kind: String, Sendable, CaseIterable { case register, interval, rate }
    public enum Stamp: String, Sendable, CaseIterable { case start, end }
    public enum LogClock: String, Sendable, CaseIterable {
        case fullHour = "full_hour"
        case stamp
    }
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
        /// Name of the meter's own register: high or low.
        public var register: String?
        /// Volume of one pulse or step, in the unit.
        public var factor: String?
        /// Number of a reading's version; the highest of an instant stands.
        public var version: String?
        /// For the dry run alone: volume since the reading before where values are registers, and the register where they are volumes.
        public var check: String?

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
    public var format = ExportFormat.delimited
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
    public var hasHeader = true
    /// Where the file does not hold the meter's name, or holds it in a line before the header that begins with this text.
    public var meterName: String?
    public var meterLine: String?
    public var readAt: String?
    public var skippedRows: [String: [String]] = [:]
    /// Shortest time between two readings that are kept; 0 keeps all. [s]
    public var thinning = 0
    public var appliesConstant = false
    public var logClock: LogClock?
    /// Of formats that give registers and interval volumes side by side: which are taken; nil for both.
    public var kindsTaken: [Kind]?
    public var media = ["water", "cold water"]

    public init(columns: Columns, kind: Kind, unit: UnitSource, source: String = "") {
        self.columns = columns
        self.kind = kind
        self.unit = unit
        self.source = source
    }

    /// Offset of the place's standard time; 0 where stamps carry their own. [s]
    public var standardOffset: Int { clock?.standardOffset ?? 0 }
}
