// SPDX-License-Identifier: GPL-3.0-or-later

import Planning
import Testing
import WaterModel

@Suite("Networks that read meters from afar")
struct ReadingNetworkTests {
    @Test("gateways without a map, G1 and G2")
    func preDesign() {
        let first = GatewayPlacement.preDesign(
            area: 60e6, range: 2000, endpoints: 15_000, messages: 4, gatewayCapacity: 20_000, redundancy: 2)
        #expect(first.coverage == 6 && first.capacity == 3 && first.gateways == 12)
        let second = GatewayPlacement.preDesign(
            area: 10e6, range: 3000, endpoints: 15_000, messages: 24, gatewayCapacity: 20_000, redundancy: 2)
        #expect(second.coverage == 1 && second.capacity == 18 && second.gateways == 18)
    }

    private static func grid(_ side: Int, spacing: Double) -> [(place: Point, meters: Double)] {
        (0..<side * side).map { (Point(x: Double($0 % side) * spacing, y: Double($0 / side) * spacing), 1) }
    }

    @Test("two towns apart need a gateway each, and the bound says so")
    func twoTowns() {
        let near = Self.grid(5, spacing: 100)
        let both = near + near.map { (Point(x: $0.place.x + 50_000, y: $0.place.y), $0.meters) }
        let placed = GatewayPlacement(
            endpoints: both, candidates: both.map(\.place), range: 2000, redundancy: 1, messages: 0, gatewayCapacity: 1000)
        #expect(placed.count == 2 && placed.lowerBound == 2 && placed.covered == 1 && placed.unreachable == 0)
        let twice = GatewayPlacement(
            endpoints: both, candidates: both.map(\.place), range: 2000, redundancy: 2, messages: 0, gatewayCapacity: 1000)
        #expect(twice.count == 4 && twice.lowerBound == 4 && twice.covered == 1)
    }

    @Test("messages ask for more gateways than coverage")
    func capacity() {
        let town = Self.grid(4, spacing: 100)
        let placed = GatewayPlacement(
            endpoints: town, candidates: town.map(\.place), range: 2000, redundancy: 1, messages: 5500, gatewayCapacity: 1000)
        #expect(placed.count == 6 && placed.forCapacity == 6 && placed.lowerBound == 6)
    }

    @Test("what no site reaches is told and not covered")
    func unreachable() {
        let placed = GatewayPlacement(
            endpoints: [(Point(x: 0, y: 0), 3), (Point(x: 9000, y: 0), 1)], candidates: [Point(x: 0, y: 0)], range: 1000, redundancy: 1,
            messages: 0, gatewayCapacity: 1000)
        #expect(placed.count == 1 && placed.covered == 0.75 && placed.unreachable == 0.25)
    }

    /// The fewest sites by trying every set.
    private static func fewest(_ endpoints: [(place: Point, meters: Double)], _ sites: [Point], range: Double) -> Int {
        var best = Int.max
        for set in 1..<(1 << sites.count) {
            let used = sites.indices.filter { set >> $0 & 1 == 1 }
            guard used.count < best else { continue }
            let covers = endpoints.allSatisfy { end in
                used.contains {
                    let dx = sites[$0].x - end.place.x, dy = sites[$0].y - end.place.y
                    return dx * dx + dy * dy <= range * range
                }
            }
            if covers { best = used.count }
        }
        return best
    }

    @Test("the greedy rule stays near the fewest possible, and the bound below them", arguments: 0..<20)
    func againstAllSets(seed: Int) {
        // A small generator of its own: the places need to differ, not to be random.
        var state = UInt64(seed) &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        func next() -> Double {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(state >> 40) / Double(1 << 24)
        }
        let endpoints = (0..<25).map { _ in (place: Point(x: 10_000 * next(), y: 10_000 * next()), meters: 1 + 9 * next()) }
        let sites = endpoints.prefix(11).map(\.place) + [Point(x: 5000, y: 5000)]
        let reached = endpoints.filter { end in
            sites.contains {
                let dx = $0.x - end.place.x, dy = $0.y - end.place.y
                return dx * dx + dy * dy <= 9e6
            }
        }
        let placed = GatewayPlacement(
            endpoints: reached, candidates: sites, range: 3000, redundancy: 1, messages: 0, gatewayCapacity: 1)
        let fewest = Self.fewest(reached, sites, range: 3000)
        #expect(placed.covered == 1)
        #expect(placed.lowerBound <= fewest && fewest <= placed.count)
        // Greedy is within 1 + ln n of the fewest; here one more at most.
        #expect(placed.count <= fewest + 1)
    }

    @Test("ways are compared over the life of an endpoint, dearer with every figure at its high end")
    func ways() throws {
        let plan = improvementPlan(for: Town.city(), assessment: Town.assessment(), seed: 7, draws: 0)
        let reading = try #require(plan.reading)
        #expect(reading.endpoints == 400 && reading.classes.reduce(0) { $0 + $1.count } == 400)
        let known = reading.options.filter { $0.presentCost != nil }
        #expect(known.count == 3)
        for option in known {
            let low = try #require(option.presentCostLow), mid = try #require(option.presentCost),
                high = try #require(option.presentCostHigh)
            #expect(low < mid && mid < high)
            let annuity = CapitalRecovery.annuity(rate: 0.08, years: reading.life)
            #expect(abs(mid - (try #require(option.capital)) - annuity * (try #require(option.operation))) < 1e-6 * mid)
        }
        // Without a map no gateway can be placed, and LoRaWAN has no cost.
        #expect(reading.placement == nil && reading.options.last?.way == .loRaWAN && reading.options.last?.missing == "map")
    }

    @Test("a lot of meters is what is metered and read: its size, its classes, its gateways")
    func lot() throws {
        func plan(_ change: (inout City) -> Void) -> ImprovementPlan {
            var city = Town.city()
            city.plan.mandatory = ["first_metering"]
            change(&city)
            return improvementPlan(for: city, assessment: Town.assessment(), seed: 7, draws: 50)
        }
        let whole = plan { _ in }
        let lot = plan {
            $0.lot =
                Self.grid(5, spacing: 200).map { LotMeters(place: $0.place, diameter: 0.015, count: 9) }
                + [
                    LotMeters(place: Point(x: 30_000, y: 0), customerClass: .commercial, diameter: 0.025, count: 25),
                    LotMeters(place: Point(x: 400, y: 900), count: 0),
                ]
        }
        let reading = try #require(lot.reading)
        #expect(reading.endpoints == 250 && reading.isInProgramme)
        let classes = reading.classes.map { "\($0.customerClass ?? "-") \($0.diameter ?? 0) \($0.count)" }
        #expect(classes == ["commercial 25 25", "residential 15 225"])
        // Two gateways must hear each meter; the shop stands alone, with one site.
        let placement = try #require(reading.placement)
        #expect(placement.covered == 0.9 && placement.unreachable == 0 && placement.count == 3)
        let all = try #require(whole.measures.first { $0.catalogueKey == "first_metering" })
        let part = try #require(lot.measures.first { $0.catalogueKey == "first_metering" })
        #expect(all.quantity == 1000 && part.quantity == 250)
        // A quarter of the connections takes a quarter of the use. Rounding of a product.
        #expect(abs(part.volumeSaved.value - all.volumeSaved.value / 4) < 1e-6 * all.volumeSaved.value)
        // Read from afar: what that costs a year comes with it.
        #expect(all.operation.value == 0 && part.operation.value > 0)
        let course = try #require(lot.training?.courses.first { $0.catalogueKey == "first_metering" })
        #expect(course.posts == 1 && course.curriculum == "course_remote_reading")
        let share = try #require(lot.monitoring?.indicators.first { $0.key == "metered_share" })
        #expect(abs((share.target ?? 0) - 85) < 1e-9)
    }
}
