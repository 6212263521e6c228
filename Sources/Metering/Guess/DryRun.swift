// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterModel

/// What an import of a file would find: everything is read, nothing is kept.
public struct DryRun: Sendable {
    public struct Step: Sendable, Hashable {
        /// [s]
        public var seconds: Int
        public var count: Int
    }

    public var file: String
    public var rows = 0
    public var readings = 0
    public var emptyValues = 0
    public var meters = 0
    /// First and last instant, UTC. [s]
    public var first: Int?
    public var last: Int?
    /// In the order of `RejectReason`.
    public var rejectedBy: [(reason: RejectReason, rows: Int)] = []
    /// The first rows that were set aside.
    public var rejected: [(line: Int, reason: RejectReason, text: String)] = []
    /// Kind, unit and register name of each series.
    public var series: [String] = []
    /// Times between one reading of a meter and its next in the file, the most frequent first.
    public var steps: [Step] = []
    public var stepsTotal = 0
    /// Registers: differences, and how many are negative.
    public var differences = 0, negativeDifferences = 0
    /// Readings that stand at or before the one before them.
    public var backwards = 0
    /// Where the profile names a check column: differences that agree with it, and that do not.
    public var checked = 0, unequal = 0
    public var problem: String?
    /// Tells one sequence of readings from another.
    public var digest: UInt64 = 0

    private static let mostRejectsShown = 5

    /// - Throws: `TextFileError` where the file cannot be opened; what its content prevents is told in `problem`.
    public init(_ path: String, profile: Profile) throws(TextFileError) {
        file = path
        let pieces = try FilePieces(path)
        var reader = Self.reader(path, profile)
        var tally = Tally(check: profile.columns.check != nil ? profile.kind : nil)
        do {
            var piece: [UInt8] = []
            while try pieces.next(into: &piece) {
                try reader.read(piece.span)
                tally.add(reader.take())
            }
            try reader.finish()
        } catch {
            problem = error.description
        }
        tally.add(reader.take())
        tally.tell(&self)
    }

    /// - pieceSize: bytes that the reader is given at once; what is found does not depend on it.
    public init(_ bytes: [UInt8], file: String, profile: Profile, pieceSize: Int = 1 << 20) {
        self.file = file
        var reader = Self.reader(file, profile)
        var tally = Tally(check: profile.columns.check != nil ? profile.kind : nil)
        do {
            var start = 0
            while start < bytes.count {
                let end = min(bytes.count, start + max(1, pieceSize))
                try reader.read(bytes.span.extracting(start..<end))
                tally.add(reader.take())
                start = end
            }
            try reader.finish()
        } catch {
            problem = error.description
        }
        tally.add(reader.take())
        tally.tell(&self)
    }

    /// With the check column as one more series.
    private static func reader(_ file: String, _ profile: Profile) -> any ExportReader {
        guard let check = profile.columns.check, profile.shape == .long else { return ExportFormat.reader(of: file, profile: profile) }
        var layout = TableLayout.of(profile)
        if var channel = layout.channels.first {
            channel.value = [check]
            channel.kind = profile.kind == .register ? .interval : .register
            channel.register = Tally.check
            layout.channels.append(channel)
        }
        return TableReader(profile: profile, file: file, layout: layout)
    }

    /// Lines of a report, without a mark before them.
    public var lines: [String] {
        var lines = ["\(file):"]
        if let problem { lines += problem.split(separator: "\n").map { "  cannot be imported: \($0)" } }
        lines.append("  rows \(rows), readings \(readings), empty \(emptyValues), meters \(meters)")
        if let first, let last { lines.append("  period \(Instant(seconds: first)) to \(Instant(seconds: last)) (UTC)") }
        for name in series { lines.append("  series: \(name)") }
        for (reason, count) in rejectedBy { lines.append("  rejected \(count): \(reason.rawValue)") }
        for row in rejected { lines.append("    line \(row.line): \(Self.printable(row.text))") }
        for step in steps {
            let share = NumberText.fixed(100 * Double(step.count) / Double(max(1, stepsTotal)), 1)
            lines.append("  interval \(Self.length(step.seconds)): \(step.count) (\(share) %)")
        }
        if backwards > 0 { lines.append("  readings not after the one before: \(backwards)") }
        if differences > 0 {
            let share = NumberText.fixed(100 * Double(negativeDifferences) / Double(differences), 2)
            lines.append("  register differences \(differences), negative \(negativeDifferences) (\(share) %)")
        }
        if checked + unequal > 0 { lines.append("  check column: \(checked) differences agree, \(unequal) do not") }
        return lines
    }

    /// Text of a file in one line, without marks that would steer a terminal.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(120).map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    private static func length(_ seconds: Int) -> String {
        if seconds % 86_400 == 0 { return "\(seconds / 86_400) d" }
        if seconds % 3600 == 0 { return "\(seconds / 3600) h" }
        if seconds % 60 == 0 { return "\(seconds / 60) min" }
        return "\(seconds) s"
    }

    // MARK: counting

    /// Counts that need the last reading of each meter and series alone.
    private struct Tally {
        static let check = "check"
        /// Steps of different length that are told apart.
        static let mostSteps = 10_000

        private struct Key: Hashable {
            var meter: Int32
            var series: UInt8
        }
        private struct Pair {
            var time: Int
            var difference: DecimalText?
            var stated: DecimalText?
        }
        private struct Last {
            var time: Int
            var value: DecimalText
        }

        /// Kind of the values that a check column goes with.
        let check: Profile.Kind?
        var rows = 0, readings = 0, empty = 0, backwards = 0, differences = 0, negative = 0, agree = 0, unequal = 0
        var meters: Set<Int32> = []
        /// Tells one sequence of readings from another (FNV-1a of Fowler, Noll and Vo, on words).
        var digest: UInt64 = 0xcbf2_9ce4_8422_2325
        var first = Int.max, latest = Int.min
        var kinds: [SeriesKind] = []
        var steps: [Int: Int] = [:]
        var rejects = Rejects()
        private var last: [Key: Last] = [:]
        /// Of each meter: difference of its register at its latest instant, until the check value of that instant comes, or the other way.
        private var pending: [Int32: Pair] = [:]

        init(check: Profile.Kind?) { self.check = check }

        mutating func add(_ batch: ParsedExport) {
            rows += batch.rows
            empty += batch.emptyValues
            kinds += batch.newSeries
            rejects.add(batch.rejects)
            for reading in batch.readings { add(reading) }
        }

        private mutating func add(_ reading: ParsedReading) {
            digest = (digest ^ UInt64(bitPattern: Int64(reading.time))) &* 0x100_0000_01b3
            digest = (digest ^ UInt64(bitPattern: Int64(reading.mantissa))) &* 0x100_0000_01b3
            digest =
                (digest ^ UInt64(UInt32(bitPattern: reading.meter)) << 16 ^ UInt64(reading.series) << 8 ^ UInt64(reading.detail))
                &* 0x100_0000_01b3
            let kind = kinds[Int(reading.series)]
            let isCheck = kind.register == Self.check && check != nil
            if !isCheck {
                readings += 1
                meters.insert(reading.meter)
                first = min(first, reading.time)
                latest = max(latest, reading.time)
            }
            let key = Key(meter: reading.meter, series: reading.series)
            let value = DecimalText(mantissa: reading.mantissa, decimals: Int(reading.detail & 15))
            defer { last[key] = Last(time: reading.time, value: value) }
            let before = last[key]
            if let before, !isCheck {
                let step = reading.time - before.time
                if step <= 0 {
                    backwards += 1
                } else if steps[step] != nil || steps.count < Self.mostSteps {
                    steps[step, default: 0] += 1
                }
            }
            var difference: DecimalText?
            if kind.kind == .register, let before, reading.time > before.time {
                difference = value.adding(before.value.negated)
                if !isCheck {
                    differences += 1
                    if let difference, difference.mantissa < 0 { negative += 1 }
                }
            }
            guard check != nil else { return }
            // The register's difference against the volume that stands beside it, whichever of the two is the check.
            var pair = Pair(time: reading.time)
            if let waiting = pending[reading.meter], waiting.time == reading.time { pair = waiting }
            if kind.kind == .register { pair.difference = difference } else { pair.stated = value }
            if let one = pair.difference, let two = pair.stated {
                if one.adding(two.negated)?.mantissa == 0 { agree += 1 } else { unequal += 1 }
                pair = Pair(time: reading.time)
            }
            pending[reading.meter] = pair
        }

        func tell(_ run: inout DryRun) {
            run.rows = rows
            run.digest = digest
            run.readings = readings
            run.emptyValues = empty
            run.meters = meters.count
            run.first = readings > 0 ? first : nil
            run.last = readings > 0 ? latest : nil
            run.rejectedBy = RejectReason.allCases.compactMap { reason in rejects.counts[reason].map { (reason, $0) } }
            run.rejected = Array(rejects.kept.prefix(DryRun.mostRejectsShown))
            run.series = kinds.filter { $0.register != Self.check || check == nil }.map { kind in
                var text = "\(kind.kind.rawValue), \(kind.unit.name)"
                if kind.kind != .register { text += ", \(DryRun.length(kind.interval))" }
                if !kind.register.isEmpty { text += ", \(kind.register)" }
                if let digits = kind.digits { text += ", again from 0 at 10^\(digits)" }
                return text
            }
            run.stepsTotal = steps.values.reduce(0, +)
            run.steps = steps.map { Step(seconds: $0.key, count: $0.value) }.sorted {
                $0.count != $1.count ? $0.count > $1.count : $0.seconds < $1.seconds
            }.prefix(6).map { $0 }
            run.differences = differences
            run.negativeDifferences = negative
            run.backwards = backwards
            run.checked = agree
            run.unequal = unequal
        }
    }
}
