// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// Factors by which figures go wrong when a unit is mistaken for another, and the search for the one that would explain a figure.
struct UnitSlip: Hashable {
    var factor: Double
    var what: String

    static let volumes: [UnitSlip] = [
        UnitSlip(factor: 1000, what: "thousands of the unit (m3 and ML, gallons and kgal)"),
        UnitSlip(factor: 1e6, what: "millions of the unit (gallons and MG)"),
        UnitSlip(factor: VolumeUnit.millionGallons.cubicMetres / Units.acreFoot, what: "acre-feet and million US gallons"),
        UnitSlip(factor: Units.imperialGallon / Units.usGallon, what: "imperial and US gallons"),
        UnitSlip(factor: 365.0 / 12, what: "a volume of a day and one of a month"),
        UnitSlip(factor: 12, what: "a volume of a month and one of a year"),
        UnitSlip(factor: 365, what: "a volume of a day and one of a year"),
        UnitSlip(factor: 1 / Units.usGallon, what: "m3 and US gallons, ML and kgal"),
        UnitSlip(factor: 1e3 * Units.usGallon, what: "ML and million US gallons"),
        UnitSlip(factor: 1 / Units.cubicFoot, what: "m3 and cubic feet"),
        UnitSlip(factor: VolumeUnit.hundredCubicFeet.cubicMetres, what: "m3 and ccf"),
        UnitSlip(factor: Units.acreFoot, what: "m3 and acre-feet"),
        UnitSlip(factor: Units.acreFoot / 1000, what: "ML and acre-feet"),
        UnitSlip(factor: Units.cubicFoot * 100 / (1000 * Units.usGallon), what: "ccf and thousand US gallons"),
    ]

    static let pressures: [UnitSlip] = [
        UnitSlip(factor: Units.waterDensity * Units.gravity / Units.psi, what: "psi and m"),
        UnitSlip(factor: Units.waterDensity * Units.gravity / 1000, what: "kPa and m"),
        UnitSlip(factor: 1e5 / (Units.waterDensity * Units.gravity), what: "bar and m"), UnitSlip(factor: 1 / Units.foot, what: "ft and m"),
        UnitSlip(factor: 100, what: "MPa or kPa and m"),
    ]

    static let lengths: [UnitSlip] = [
        UnitSlip(factor: 1000, what: "m and km"), UnitSlip(factor: Units.mile / 1000, what: "km and miles"),
        UnitSlip(factor: 1000 / Units.foot, what: "km and ft"), UnitSlip(factor: 1 / Units.foot, what: "m and ft"),
        UnitSlip(factor: Units.mile / Units.foot, what: "miles and ft"),
    ]

    static let prices: [UnitSlip] = [
        UnitSlip(factor: 1000, what: "thousands of the unit"),
        UnitSlip(factor: 100, what: "cents and whole money"),
        UnitSlip(factor: Units.acreFoot / VolumeUnit.hundredCubicFeet.cubicMetres, what: "prices per acre-foot and per ccf"),
        UnitSlip(factor: Units.acreFoot / VolumeUnit.thousandGallons.cubicMetres, what: "prices per acre-foot and per thousand gallons"),
        UnitSlip(factor: Units.acreFoot, what: "prices per acre-foot and per m3"),
        UnitSlip(factor: VolumeUnit.millionGallons.cubicMetres, what: "prices per million gallons and per m3"),
        UnitSlip(
            factor: VolumeUnit.millionGallons.cubicMetres / VolumeUnit.hundredCubicFeet.cubicMetres,
            what: "prices per million gallons and per ccf"),
        UnitSlip(factor: VolumeUnit.hundredCubicFeet.cubicMetres, what: "prices per ccf and per m3"),
        UnitSlip(factor: VolumeUnit.thousandGallons.cubicMetres, what: "prices per thousand gallons and per m3"),
    ]

    /// Slips that bring a figure into a range, by multiplying or dividing; the nearest to its middle first, at most two.
    static func explaining(_ figure: Double, into range: ClosedRange<Double>, among slips: [UnitSlip]) -> [(
        slip: UnitSlip, isTooLarge: Bool
    )] {
        guard figure > 0, figure.isFinite else { return [] }
        let middle = (range.lowerBound * range.upperBound).squareRoot()
        var found: [(slip: UnitSlip, isTooLarge: Bool, distance: Double)] = []
        for slip in slips {
            for (mended, isTooLarge) in [(figure / slip.factor, true), (figure * slip.factor, false)] where range.contains(mended) {
                found.append((slip, isTooLarge, max(mended / middle, middle / mended)))
            }
        }
        return found.sorted { $0.distance < $1.distance }.prefix(2).map { ($0.slip, $0.isTooLarge) }
    }

    /// `100 times too large (m and km)`.
    static func words(_ found: [(slip: UnitSlip, isTooLarge: Bool)]) -> String {
        found.map { item in
            let size = item.slip.factor >= 1 ? item.slip.factor : 1 / item.slip.factor
            let isLarge = item.slip.factor >= 1 ? item.isTooLarge : !item.isTooLarge
            let number = size >= 100 ? "\(Int(size.rounded()))" : "\((size * 100).rounded() / 100)"
            return "\(number) times too \(isLarge ? "large" : "small") (\(item.slip.what))"
        }.joined(separator: " or ")
    }
}
