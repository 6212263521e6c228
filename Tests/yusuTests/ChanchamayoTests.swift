// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

/// The plan of the example against what its generator planted, which the program never reads.
@Suite(
    "yusu plan on Examples/Chanchamayo against the planted truth", .serialized,
    .enabled(if: Program.optimised != nil, "no optimised build newer than the sources: swift build -c release --product yusu"))
struct ChanchamayoTests {
    /// One run for all tests: the plan's JSON.
    static let plan = Result {
        let folder = try TemporaryCity()
        guard let yusu = Program.optimised else { throw Program.NotBuilt() }
        let outcome = try Program.run(
            yusu, ["plan", Program.root + "/Examples/Chanchamayo", "--output", "out", "--pdf", "none", "--quiet"], in: folder.path)
        guard outcome.status == 0 else { throw Failed(messages: outcome.messages) }
        return try folder.bytes("out/plan.json")
    }

    struct Failed: Error { var messages: String }

    /// A value of a JSON document.
    struct Value {
        let raw: Any?
        subscript(_ key: String) -> Value { Value(raw: (raw as? [String: Any])?[key]) }
        var number: Double { (raw as? NSNumber)?.doubleValue ?? .nan }
        var text: String { raw as? String ?? "" }
        var list: [Value] { (raw as? [Any] ?? []).map { Value(raw: $0) } }
    }

    let found: Value
    let truth: Value

    init() throws {
        found = Value(raw: try JSONSerialization.jsonObject(with: Data(try Self.plan.get())))
        let path = Program.root + "/Examples/Truth/Chanchamayo.json"
        truth = Value(raw: try JSONSerialization.jsonObject(with: try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    @Test("the zones rank as they truly leak")
    func ranking() {
        let perConnection = found["zones"].list.map { ($0["zone"].text, $0["real_loss_m3_per_day"].number / $0["connections"].number) }
        #expect(perConnection.sorted { $0.1 > $1.1 }.map(\.0) == truth["zones_by_real_loss_per_connection"].list.map(\.text))
    }

    /// Night flows hold use and leakage that no instrument separates: an interval that misses by less is not called wrong. [–]
    static let slackOfZones = 0.15

    @Test("each zone's real losses are true within its interval or 15 %", arguments: ["Z1", "Z2", "Z3", "Z4", "Z5", "Z6"])
    func zone(name: String) throws {
        let zone = try #require(found["zones"].list.first { $0["zone"].text == name })
        let real = truth["zones"][name]["real_losses_m3_per_day"].number
        let isInside = zone["real_loss_low95_m3_per_day"].number <= real && real <= zone["real_loss_high95_m3_per_day"].number
        #expect(isInside || abs(zone["real_loss_m3_per_day"].number / real - 1) <= Self.slackOfZones)
    }

    @Test("the leak is detected in its zone, and its pipe is reached within half a kilometre of walking")
    func leak() throws {
        let leak = try #require(found["leaks"].list.first)
        #expect(leak["leak_detected"].raw as? Bool == true && leak["zone"].text == truth["leak"]["zone"].text)
        let walked = try #require(leak["walking_list"].list.first { $0["pipe"].text == truth["leak"]["pipe"].text })
        #expect(walked["cumulative_length_m"].number <= 500)
    }

    @Test("the leak's start is found within a day")
    func start() throws {
        let format = ISO8601DateFormatter()
        func date(_ text: String) throws -> Date { try #require(format.date(from: text + ":00Z")) }
        let start = try date(try #require(found["leaks"].list.first)["start"].text)
        #expect(abs(start.timeIntervalSince(try date(truth["leak"]["start"].text))) <= 86_400)
    }

    /// The leak's flow changes with pressure through the day, the estimate is one number: so much beyond its interval is allowed. [–]
    static let slackOfLeak = 0.1

    @Test("the leak's flow lies in its interval, stretched by a tenth")
    func leakFlow() throws {
        let leak = try #require(found["leaks"].list.first)
        let flow = truth["leak"]["flow_l_per_s"].number
        #expect(leak["leak_l_per_s_low95"].number * (1 - Self.slackOfLeak) <= flow)
        #expect(flow <= leak["leak_l_per_s_high95"].number * (1 + Self.slackOfLeak))
    }

    @Test("the balance holds the truth within its own 95 % intervals", arguments: ["real_losses", "non_revenue_water", "apparent_losses"])
    func balance(term: String) {
        let real = truth["balance_m3"][term].number
        #expect(found["balance"][term + "_low95_m3"].number <= real && real <= found["balance"][term + "_high95_m3"].number)
    }

    @Test("the revenue-water ratio holds the truth within its own 95 % interval")
    func ratio() {
        let real = truth["revenue_water_percent"].number
        #expect(found["balance"]["revenue_water_ratio_low95_percent"].number <= real)
        #expect(real <= found["balance"]["revenue_water_ratio_high95_percent"].number)
    }
}
