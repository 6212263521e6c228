// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterFiles
import WaterModel

@Suite("Tables of flows")
struct FlowTableTests {
    static func read(_ text: String, zone: String? = nil, _ set: (inout FlowTable.Options) -> Void = { _ in }) throws -> FlowTable {
        var options = FlowTable.Options()
        options.clock = zone.flatMap { PlaceClock($0) }
        set(&options)
        return try FlowTable(text: text, file: "flows.csv", options: options)
    }

    static func problems(_ text: String, zone: String? = nil) -> String {
        do {
            _ = try read(text, zone: zone)
            return ""
        } catch {
            return (error as? TextFileError)?.description ?? "\(error)"
        }
    }

    @Test("a wide table with units in its header, gaps in many words, dates with the day first")
    func wide() throws {
        let table = try Self.read(
            "Date,DMA 1 (L/s),DMA 2 (m3/h)\n13/03/2026 00:00,2.5,7.2\n13/03/2026 01:00,NaN,\n13/03/2026 02:00,3,#N/A\n")
        #expect(table.series.map(\.name) == ["DMA 1", "DMA 2"])
        #expect(table.series[0].readings.map(\.value) == [0.0025, nil, 0.003])
        #expect(table.series[1].readings.map { $0.value.map { ($0 * 1e6).rounded() } } == [2000, nil, nil])
        #expect(table.series[0].readings[1].time == Instant(year: 2026, month: 3, day: 13, hour: 1))
    }

    @Test("a long table of volumes, its unit in the column's name")
    func long() throws {
        let table = try Self.read(
            "dma_id,interval_start,inflow_l\nZ1,2026-06-01T00:00:00Z,70\nZ2,2026-06-01T00:00:00Z,64\nZ1,2026-06-01T01:00:00Z,66\n")
        #expect(table.series.map(\.name) == ["Z1", "Z2"] && table.series.allSatisfy { $0.kind == .volume })
        #expect(table.series[0].readings.map(\.value) == [0.07, 0.066])
    }

    @Test("a reading that its source calls bad is a gap, whatever stands in its place")
    func status() throws {
        let table = try Self.read(
            "Tag,Timestamp,Value,Status\nF1,01-Jun-26 00:00:00,12.4,Good\nF1,01-Jun-26 01:00:00,I/O Timeout,Bad\nF1,01-Jun-26 02:00:00,99,Bad\n"
        )
        let values = table.series[0].readings.map(\.value)
        #expect(values.dropFirst() == [nil, nil] && abs((values[0] ?? 0) - 0.0124) < 1e-15)
        #expect(table.remarks.contains { $0.hasPrefix("2 readings") })
        #expect(Self.problems("DateTime,Pulses,PulseFactor_L\n2026-06-01T00:00,4,100\n").contains("no column holds flows"))
    }

    @Test("semicolons and decimal commas; columns of quality and pressure are left out and named")
    func controlRoom() throws {
        let table = try Self.read(
            "Horodatage;NORD (m3/h);NORD.Q;P (bar)\n28/03/2026 12:00:00;36,00;192;3.1\n28/03/2026 12:15:00;-9999;0;3\n")
        #expect(table.series.map(\.name) == ["NORD"])
        #expect(table.series[0].readings.map(\.value) == [0.01, nil])
        #expect(table.remarks.first?.contains("NORD.Q, P (bar)") == true)
    }

    @Test("a local clock: the doubled hour of autumn comes twice, an hour that does not exist is a problem")
    func clocks() throws {
        let autumn = try Self.read(
            "timestamp,Q (l/s)\n2021-10-31T01:00,1\n2021-10-31T02:00,2\n2021-10-31T02:00,3\n2021-10-31T03:00,4\n", zone: "Europe/Rome")
        let times = autumn.series[0].readings.map(\.time)
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 == 3600 })
        let spring = Self.problems("timestamp,Q (l/s)\n2021-03-28T01:00,1\n2021-03-28T02:00,2\n", zone: "Europe/Rome")
        #expect(spring.contains("flows.csv:3") && spring.contains("does not exist") && spring.contains("--time-zone"))
    }

    @Test("offsets in the stamps give the instants; where they change, the zone must be named")
    func offsets() throws {
        let table = try Self.read("time,Q (l/s)\n2026-06-01T00:00:00+02:00,1\n2026-06-01T01:00:00+02:00,2\n")
        #expect(table.series[0].readings[0].time == Instant(year: 2026, month: 5, day: 31, hour: 22))
        #expect(table.clock.offset(at: Instant(seconds: 0)) == 7200)
        let text = "time,Q (l/s)\n2026-10-25T02:00:00+02:00,1\n2026-10-25T02:00:00+01:00,2\n"
        #expect(Self.problems(text).contains("changes within the file"))
        #expect(try Self.read(text, zone: "Europe/Rome").series[0].readings.map(\.value) == [0.001, 0.002])
    }

    @Test(
        "dates that other programs write",
        arguments: [
            ("01-Jun-26 00:15:00", "2026-06-01T00:15"), ("6/13/2026 1:05 PM", "2026-06-13T13:05"), ("2026/06/01 24:00", "2026-06-02T00:00"),
            ("2026-06-01T00:00:00.000Z", "2026-06-01T00:00"), ("13.06.2026 07:00", "2026-06-13T07:00"), ("2026-06-01", "2026-06-01T00:00"),
        ])
    func dates(text: String, wanted: String) throws {
        let table = try Self.read("time,Q (l/s)\n\(text),1\n")
        #expect(table.series[0].readings.first?.time.description == wanted)
    }

    @Test("what is wrong is told with its line, all at once")
    func wrong() {
        let text = Self.problems("time,Q (l/s)\n2026-02-30T00:00,1\n2026-03-01T00:00,wet\nnever,3\n")
        for part in ["flows.csv:2", "2026-02-30", "flows.csv:3", "'wet'", "flows.csv:4", "never"] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(Self.problems("time,Q (l/s)\n").contains("no readings"))
        #expect(Self.problems("").contains("empty"))
        #expect(Self.problems("time,Q\n05/06/2026 00:00,1\n").contains("cannot be told apart"))
        #expect(Self.problems("time,Q (l/s)\n2026-06-01T00:00\n").contains("flows.csv:2"))
    }

    /// Text of every kind that a broken transfer or another program may leave.
    @Test(
        "no text makes the reader crash",
        arguments: [
            "\u{0},\u{0}\n\u{0}\n", "time,Q (l/s)\nT,1\n", "time,Q (l/s)\n--,1\n", "time,Q ()\n2026-06-01,1\n",
            "time,(l/s)\n2026-06-01,1\n", "time,_l\n2026-06-01,1\n",
            "time,Q (l/s)\n99999999-01-01,1\n", "time,Q (l/s)\n2026-06-01T00:00+99,1\n", "time,Q (l/s)\n2026-06-01T,1\n",
            "time,Q (l/s)\n2026-06-01 :,1\n", "a\n", ",\n,\n",
        ])
    func hostile(text: String) { _ = try? Self.read(text) }
}
