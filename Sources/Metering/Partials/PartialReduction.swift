// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// Partial results made one: again a partial, or the report of all meters. Order and groups make no difference to a byte of it.
///
///     let all = try PartialReduction(["north.part", "south.part"])
///     let report = try all.report()
public struct PartialReduction {
    private let readers: [PartialReader]
    private let head: PartialHead
    /// Of the report; of no readings and no period that of an empty store.
    private var window: ReportWindow { head.window ?? ReportWindow(start: 0, end: 0, offset: 0) }

    /// Opens the partials, of any number, and looks whether they go together.
    /// - Throws: `TextFileError`, with everything that is wrong at once.
    public init(_ paths: [String]) throws(TextFileError) {
        var readers: [PartialReader] = [], problems: [InputProblem] = []
        for path in paths {
            do throws(TextFileError) {
                readers.append(try PartialReader(path))
            } catch {
                guard case .invalid(let found) = error else { throw error }
                problems += found
            }
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        let withPeriod = readers.first { $0.head.window != nil }
        guard let first = withPeriod ?? readers.first else {
            throw .invalid([InputProblem(file: "reduce", what: "no partial results", remedy: "name one or more")])
        }
        var head = PartialHead(window: first.head.window, balance: first.head.balance, rules: first.head.rules, counts: ReadingCounts())
        for reader in readers {
            if let problem = Self.mismatch(first, reader, readers) { problems.append(problem) }
            head.counts.add(reader.head.counts)
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        self.readers = readers
        self.head = head
    }

    private static func mismatch(_ first: PartialReader, _ other: PartialReader, _ all: [PartialReader]) -> InputProblem? {
        func problem(_ what: String, _ remedy: String) -> InputProblem { InputProblem(file: other.path, what: what, remedy: remedy) }
        guard first.head.rules == other.head.rules else {
            return problem(
                "other rules of validation than in '\(first.path)'",
                "make all partials with the same options (--linear-gaps) and one version of yusu")
        }
        guard let here = other.head.window, let there = first.head.window else { return nil }
        guard here.offset == there.offset else {
            return problem(
                "the place's clock is \(here.offset) s from UTC, in '\(first.path)' \(there.offset) s",
                "a report has one clock: set time_zone alike in the profiles")
        }
        guard here.start == there.start, here.end == there.end else {
            let windows = all.compactMap(\.head.window)
            let from = Instant(seconds: windows.map(\.start).min() ?? 0), to = Instant(seconds: windows.map(\.end).max() ?? 0)
            return problem(
                "period \(Instant(seconds: here.start)) to \(Instant(seconds: here.end)), in '\(first.path)' "
                    + "\(Instant(seconds: there.start)) to \(Instant(seconds: there.end))",
                "make all partials of one period: 'yusu meters map --from \(from) --to \(to)' holds all of these")
        }
        guard first.head.balance?.start == other.head.balance?.start, first.head.balance?.end == other.head.balance?.end else {
            return problem(
                "other hours of the zone balances than in '\(first.path)'", "make all partials with the same --inflow, or all without")
        }
        return nil
    }

    /// Place's clock without changes less UTC. [s]
    public var standardOffset: Int { window.offset }

    /// What was read of the exports behind all partials.
    public var counts: ReadingCounts { head.counts }

    /// Whether the zone balances are over the hours that a report with this inflow has them over.
    public func fits(_ inflow: ZoneInflow?) -> Bool {
        guard head.window != nil else { return true }
        let common = inflow?.period.flatMap { window.common(with: $0) }
        return common?.start == head.balance?.start && common?.end == head.balance?.end
    }

    /// Goes through the meters of all partials in order of name. To be used once.
    private func forEachMeter(_ work: (PartialReader) throws(TextFileError) -> Void) throws(TextFileError) {
        /// The next meter of each partial, the last one first.
        var waiting: [PartialReader] = []
        func put(_ reader: PartialReader) throws(TextFileError) {
            guard try reader.advance() else { return }
            var low = 0, high = waiting.count
            while low < high {
                let middle = (low + high) / 2
                if reader.name.lexicographicallyPrecedes(waiting[middle].name) { low = middle + 1 } else { high = middle }
            }
            if low > 0, waiting[low - 1].name == reader.name { throw Self.twice(reader, waiting[low - 1]) }
            if low < waiting.count, waiting[low].name == reader.name { throw Self.twice(reader, waiting[low]) }
            waiting.insert(reader, at: low)
        }
        for reader in readers { try put(reader) }
        while let next = waiting.popLast() {
            try work(next)
            try put(next)
        }
    }

    private static func twice(_ one: PartialReader, _ other: PartialReader) -> TextFileError {
        PartialFormat.problem(
            one.path, "meter '\(String(decoding: one.name, as: UTF8.self))' is also in '\(other.path)'",
            "a partial must hold all readings of its meters: divide the export by meter; or is a partial named twice?")
    }

    private func addZones(_ add: (ZoneHours.Share) -> Void) throws(TextFileError) {
        for reader in readers { while let share = try reader.nextZone(window) { add(share) } }
    }

    /// Writes the partial result of all, in pieces.
    /// - Throws: `TextFileError`; what was written is then of no use.
    public func write(_ write: @escaping ([UInt8]) -> Void) throws(TextFileError) {
        var writer = PartialWriter(head, write)
        try forEachMeter { reader throws(TextFileError) in writer.add(reader.name, reader.bytes) }
        var hours = ZoneHours(window: window, rules: ChainRules())
        try addZones { hours.add($0) }
        writer.finish(hours.shares)
    }

    /// The report of all meters, as `MeterStore.report` gives it of a store that has all their readings.
    /// - register: meters of it that no partial has are listed as without readings.
    /// - edit, record: as of `MeterStore.report`.
    /// - Throws: `TextFileError`.
    public func report(
        register: [Meter] = [], findingRules: FindingRules = FindingRules(), edit: ((MeterReport.Edit) -> Void)? = nil,
        record: ((MeterReport.Record) -> Void)? = nil
    ) throws(TextFileError) -> MeterReport {
        // Meters without readings are looked at here: no rule of validation bears on them.
        var work = ReportWork(
            window: window, balance: head.balance, rules: ChainRules(), findingRules: findingRules, edit: edit, record: record)
        let unread = register.map { (name: Array($0.id.name.utf8), meter: $0) }.sorted { $0.name.lexicographicallyPrecedes($1.name) }
        var next = 0
        try forEachMeter { reader throws(TextFileError) in
            while next < unread.count, unread[next].name.lexicographicallyPrecedes(reader.name) {
                work.add(RegisterEntry(meter: unread[next].meter), [])
                next += 1
            }
            if next < unread.count, unread[next].name == reader.name { next += 1 }
            work.take(try reader.result(window))
        }
        for entry in unread[next...] { work.add(RegisterEntry(meter: entry.meter), []) }
        try addZones { work.add($0) }
        do {
            return try work.report()
        } catch {
            throw .unreadable(path: "the temporary file of the findings", reason: "\(error)")
        }
    }
}
