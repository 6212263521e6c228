// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods
import Testing
import WaterModel

@testable import WaterLoss

@Suite("leaks that began together")
struct FurtherLeaksTests {
    private static let first = (pipe: "S32", leak: 0.0012), second = (pipe: "E04", leak: 0.0010)
    private static let both = [UInt64(5), 6, 7].map { seed in
        Result {
            try LeakLocatorTests.find(
                LeakLocatorTests.town.records(seed: seed, pipe: first.pipe, leak: first.leak, leakHour: 12, second: second))
        }
    }

    @Test("two leaks far from each other are told apart, each with its pipe and size")
    func two() throws {
        // Of six intervals of 95 % one may miss.
        var missed: [String] = []
        for (place, result) in Self.both.enumerated() {
            let finding = try result.get()
            #expect(finding.isDetected && finding.leaks.count == 2)
            for truth in [Self.first, Self.second] {
                let leak = try #require(finding.leaks.first { $0.credibleSet90.contains(.init(truth.pipe)) }, "\(place): \(truth.pipe)")
                if truth.leak < leak.flowLow95 || truth.leak > leak.flowHigh95 { missed.append("\(place): \(leak.flow)") }
                #expect(abs(leak.flow - truth.leak) < 0.3 * truth.leak, "\(place): \(leak.flow)")
                #expect(leak.credibleSet90.count < 20)
                #expect(try #require(leak.pValue) <= LeakLocatorTests.options.splitRate)
            }
            let total = Self.first.leak + Self.second.leak
            #expect(finding.flowLow95 <= total && total <= finding.flowHigh95)
            #expect(abs(finding.candidates.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
        }
        #expect(missed.count <= 1, "\(missed)")
    }

    @Test("one leak is not split, small or large", arguments: [0.0008, 0.0012, 0.003])
    func one(flow: Double) throws {
        let town = LeakLocatorTests.town
        for seed in [UInt64(21), 22] {
            let finding = try LeakLocatorTests.find(town.records(seed: seed, pipe: Self.first.pipe, leak: flow, leakHour: 12))
            #expect(finding.leaks.count <= 1, "seed \(seed): \(finding.leaks.map(\.flow))")
        }
    }

    @Test("what lies along a known leak is gone from the search beside it")
    func without() throws {
        let search = LeakSearch(
            n: 3, y: [2, 1, 0.5], signatures: [1, 0, 0, 0.6, 0.8, 0, 0, 0, 1], deviations: [:])
        let rest = search.without(LeakPlace(a: 0, b: 0, pipe: 0, fraction: 0.5, size: 1))
        let rounding = 1e-12
        #expect(zip(rest.y, [0, 1, 0.5]).allSatisfy { abs($0 - $1) < rounding })
        #expect(zip(rest.signatures, [0, 0, 0, 0, 0.8, 0, 0, 0, 1]).allSatisfy { abs($0 - $1) < rounding })
        // With a free first leak the second at node 1 has the size of the joint least squares: 1/0.8.
        let fit = rest.fit(1, 1, fraction: 0.5)
        #expect(abs(fit.slope / fit.curvature - 1.25) < rounding)
    }

    @Test("errors of the known leak's signature count as noise")
    func whitened() throws {
        // An error of the first signature of size 2 along the second axis: what is seen there counts a fifth in its square.
        let search = LeakSearch(n: 2, y: [1, 1], signatures: [1, 0, 0, 1], deviations: [0: [0, 2], 1: [0, 0]])
        let rest = search.without(LeakPlace(a: 0, b: 0, pipe: 0, fraction: 0.5, size: 1))
        #expect(abs(rest.y[0]) < 1e-12 && abs(rest.y[1] - 1 / 5.0.squareRoot()) < 1e-12)
    }

    @Test("a chance need not be known more closely than it is asked for, and is as before below that")
    func enough() throws {
        let n = 4, random = try RandomNumbers(seed: 8)
        let signatures = (0..<6 * n).map { _ in random.normal() }
        let pipes = (0..<5).map { (a: $0, b: $0 + 1) }
        for strength in [0.5, 2, 4, 30] {
            let search = LeakSearch(
                n: n, y: (0..<n).map { strength * (signatures[$0] + signatures[n + $0]) / 2 }, signatures: signatures, deviations: [:])
            func chance(_ enough: Double) throws -> Double {
                search.significance(pipes: pipes, dispersion: 1, draws: 1000, random: try RandomNumbers(seed: 2), enough: enough)
            }
            let all = try chance(1), roughly = try chance(0.1)
            #expect(roughly == all || (all > 0.1 && roughly > 0.1), "\(strength): \(all), \(roughly)")
            #expect(strength < 30 || all == 1 / 1001.0)
        }
    }
}
