// SPDX-License-Identifier: GPL-3.0-or-later

import Testing

@testable import WaterModel

@Suite("figures with their uncertainty, and units")
struct FigureTests {
    /// A few units in the last place of a double near 1.
    let rounding = 1e-12

    @Test("a margin of 95 % is 1.96 standard deviations, to both sides")
    func margin() {
        let estimate = Estimate(100, margin95: 19.59963984540054)
        #expect(abs(estimate.standardDeviation - 10) < rounding)
        #expect(abs(estimate.low95 - 80.40036015459946) < rounding && abs(estimate.high95 - 119.59963984540054) < rounding)
        #expect(abs((Estimate(-200, relativeMargin95: 0.05).margin95) - 10) < rounding)
        #expect(abs((Estimate(-200, relativeMargin95: 0.05).relativeMargin95 ?? 0) - 0.05) < rounding)
        #expect(Estimate(0, standardDeviation: 1).relativeMargin95 == nil)
    }

    @Test("independent figures: variances add in sum and difference, a factor scales the deviation")
    func arithmetic() {
        let a = Estimate(10, standardDeviation: 3), b = Estimate(4, standardDeviation: 4)
        #expect((a + b).value == 14 && (a + b).standardDeviation == 5)
        #expect((a - b).value == 6 && (a - b).standardDeviation == 5)
        #expect((-2 * a).value == -20 && (-2 * a).standardDeviation == 6)
    }

    @Test("the range of a sourced figure is its 95 % interval; without one the writer claims to know it")
    func sourced() throws {
        let figure = SourcedValue(50, low: 40, high: 60, year: "2024", source: "register", status: .measured)
        #expect(abs(try #require(figure.estimate).margin95 - 10) < rounding)
        #expect(SourcedValue(50, status: .assumed).estimate == Estimate(50))
        #expect(SourcedValue.unknown.estimate == nil)
        let inLitres = figure.scaled(by: 1000)
        #expect(inLitres.value == 50_000 && inLitres.low == 40_000 && inLitres.high == 60_000)
        #expect(inLitres.year == "2024" && inLitres.source == "register" && inLitres.status == .measured)
    }

    @Test("statuses are ordered from the surest to the unknown")
    func statuses() {
        #expect(SourceStatus.measured < .published && SourceStatus.contested < .assumed && SourceStatus.synthetic < .unknown)
    }

    @Test("factors are their definitions")
    func definitions() {
        #expect(Units.foot == 0.3048 && Units.inch == 0.0254)
        #expect(abs(Units.mile - 5280 * Units.foot) < 1e-9)
        #expect(abs(Units.cubicFoot - 0.3048 * 0.3048 * 0.3048) < 1e-17)
        // 231 cubic inches.
        #expect(abs(Units.usGallon - 231 * 0.0254 * 0.0254 * 0.0254) < 1e-17)
        #expect(Units.imperialGallon == 0.00454609)
        // An acre is 43 560 square feet.
        #expect(abs(Units.acreFoot - 43_560 * 0.028316846592) < 1e-9)
        // A pound is 0.45359237 kg.
        #expect(abs(Units.psi - 0.45359237 * 9.80665 / (0.0254 * 0.0254)) < 1e-9)
        #expect(abs(Units.horsepower - 550 * 0.3048 * 0.45359237 * 9.80665) < 1e-9)
    }

    static let volumes: [(unit: VolumeUnit, word: String, cubicMetres: Double)] = [
        (.cubicMetre, "m3", 1), (.thousandCubicMetres, "thousand_m3", 1000), (.millionCubicMetres, "million_m3", 1e6),
        (.megalitre, "ML", 1000), (.millionGallons, "MG", 3785.411784), (.millionImperialGallons, "MIG", 4546.09),
        (.thousandGallons, "kgal", 3.785411784), (.acreFoot, "AF", 1233.48183754752), (.hundredCubicFeet, "ccf", 2.8316846592),
        (.litre, "L", 0.001), (.usGallon, "gal", 0.003785411784), (.imperialGallon, "imp_gal", 0.00454609),
        (.cubicFoot, "ft3", 0.028316846592),
    ]

    @Test("volume units: word and exact size", arguments: volumes)
    func volume(unit: VolumeUnit, word: String, cubicMetres: Double) {
        #expect(VolumeUnit(rawValue: word) == unit)
        #expect(abs(unit.cubicMetres - cubicMetres) <= 1e-15 * cubicMetres)
    }

    @Test("no volume unit is left untested")
    func allVolumes() {
        #expect(Set(Self.volumes.map(\.unit)) == Set(VolumeUnit.allCases))
    }

    @Test("identifiers sort by their letters, and show them")
    func identifiers() {
        #expect(([Node.ID("P10"), "P2", "P1"] as [Node.ID]).sorted().map(\.name) == ["P1", "P10", "P2"])
        #expect("\(Link.ID("P 7"))" == "P 7")
    }
}
