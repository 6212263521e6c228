// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import Testing
import WaterModel

@testable import Metering

/// All that a reader gave of a file.
struct ReadExport {
    var meters: [String] = []
    var series: [SeriesKind] = []
    var readings: [ParsedReading] = []
    var rejects = Rejects()
    var rows = 0
    var emptyValues = 0

    init(_ bytes: [UInt8], _ profile: Profile, pieceSize: Int = 1 << 20) throws(TextFileError) {
        var reader = ExportFormat.reader(of: "export", profile: profile)
        var start = 0
        while start < bytes.count {
            let end = min(bytes.count, start + pieceSize)
            try reader.read(bytes.span.extracting(start..<end))
            add(reader.take())
            start = end
        }
        try reader.finish()
        add(reader.take())
    }

    init(_ text: String, _ yaml: String) throws { try self.init(Array(text.utf8), Profiles.make(yaml)) }

    private mutating func add(_ batch: ParsedExport) {
        meters += batch.newMeters
        series += batch.newSeries
        readings += batch.readings
        rejects.add(batch.rejects)
        rows += batch.rows
        emptyValues += batch.emptyValues
    }

    /// `meter kind unit register time value quality`, in the file's order.
    var lines: [String] {
        readings.map { reading in
            let kind = series[Int(reading.series)]
            let value = DecimalText.text(reading.mantissa, Int(reading.detail & 15))
            let quality = Profile.Quality(rawValue: reading.detail >> 4)?.name ?? "?"
            return
                "\(meters[Int(reading.meter)]) \(kind.kind.rawValue) \(kind.unit.name)\(kind.register.isEmpty ? "" : " " + kind.register) "
                + "\(Instant(seconds: reading.time)) \(value) \(quality)"
        }
    }

    /// A line a series, as `Tools/meter_samples.py` writes it; series that differ in their interval alone are one.
    func summary(_ name: String) -> [String] {
        var sums: [String: (count: Int, sum: Int, first: Int, last: Int)] = [:]
        for reading in readings {
            let kind = series[Int(reading.series)]
            let key = "\(kind.kind.rawValue) \(kind.unit.name) \(kind.register.isEmpty ? "-" : kind.register)"
            var entry = sums[key] ?? (0, 0, .max, .min)
            entry.count += 1
            entry.sum += reading.mantissa * DecimalText.powers[7 - Int(reading.detail & 15)]
            entry.first = min(entry.first, reading.time)
            entry.last = max(entry.last, reading.time)
            sums[key] = entry
        }
        return sums.keys.sorted().map { key in
            let entry = sums[key] ?? (0, 0, 0, 0)
            return "\(name): rows \(rows): \(key): \(entry.count) sum \(DecimalText.text(entry.sum, 7)) \(Self.second(entry.first)) "
                + Self.second(entry.last)
        }
    }

    /// With seconds, and the zone.
    private static func second(_ seconds: Int) -> String {
        let text = Instant(seconds: seconds).description
        return (text.count == 16 ? text + ":00" : text) + "Z"
    }
}

@Suite("samples of eight families, against Python's csv, json and xml", .enabled(if: Samples.areThere, Comment(rawValue: Samples.missing)))
struct SampleTests {
    @Test("rows, readings, exact sums and periods are those of the independent reading", arguments: SampleExpectations.profiles.map(\.file))
    func sample(_ name: String) throws {
        let yaml = try #require(SampleExpectations.profiles.first { $0.file == name }).yaml
        let bytes = try FileBytes.read(Samples.path(name))
        let expected = SampleExpectations.lines.filter { $0.hasPrefix(name + ":") }.sorted()
        #expect(!expected.isEmpty)
        #expect(try ReadExport(bytes, Profiles.make(yaml)).summary(name) == expected)
        // Cut anywhere, and gzipped, the same.
        #expect(try ReadExport(bytes, Profiles.make(yaml), pieceSize: 777).summary(name) == expected)
        #expect(try ReadExport(FileBytes.inflate(FileBytes.gzip(bytes), path: name), Profiles.make(yaml)).summary(name) == expected)
    }

    @Test("every sample of the collection has a profile here")
    func all() throws {
        #expect(SampleExpectations.profiles.count == 41)
        #expect(Set(SampleExpectations.lines.map { $0.prefix { $0 != ":" } }).count == 41)
    }

    @Test("what the samples hold beside readings is counted by its reason")
    func rejected() throws {
        func rejects(_ name: String) throws -> ReadExport {
            let yaml = try #require(SampleExpectations.profiles.first { $0.file == name }).yaml
            return try ReadExport(FileBytes.read(Samples.path(name)), Profiles.make(yaml))
        }
        #expect(try rejects("badger-beacon/beacon360_range_composed.csv").rejects.counts == [.noTime: 1])
        let aclara = try rejects("aclara/UTIL_Readings_11032025_composed.csv")
        #expect(aclara.rejects.counts == [.notTaken: 3] && aclara.emptyValues == 1)
        let cmep = try rejects("cmep/UTIL_IntervalReport_202606020815_composed.txt")
        #expect(cmep.rejects.counts == [.notWater: 1, .periodTotal: 1] && cmep.emptyValues == 1)
        #expect(try rejects("cmep/UTIL_IntervalReport_202606030815_composed.txt").emptyValues == 2)
        #expect(try rejects("wmbus-jsonl/Water_2026-06-02_composed.jsonl").rejects.counts == [.notWater: 2, .thinned: 2])
        #expect(try rejects("dma-scada-wide/historian_long_composed.csv").rejects.counts == [.badNumber: 1])
    }

    @Test("the corrected first day of CMEP meter 70000001 adds up to its register difference")
    func newestFileWins() throws {
        let store = try MeterStore.inMemory()
        let profile = try Profiles.make("format: cmep\ntime_zone: America/Los_Angeles")
        let files = ["202606020815", "202606030815"].map { Samples.path("cmep/UTIL_IntervalReport_\($0)_composed.txt") }
        try store.importFiles(files.reversed(), profile: profile)
        let rows = try store.exportedReadings().split(separator: "\n").map { $0.split(separator: ",") }
        let day = rows.filter { $0[0] == "70000001" && $0[4] == "interval" && $0[1] <= "2026-06-02T14:00Z" }
        #expect(day.count == 24)
        // 35859.81 − 35828.10 CF, as the samples' README says.
        let hundredths = day.compactMap { NumberText.number($0[2]) }.reduce(0) { $0 + Int(($1 * 100).rounded()) }
        #expect(hundredths == 3171)
    }
}
