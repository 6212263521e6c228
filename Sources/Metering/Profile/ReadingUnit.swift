// SPDX-License-Identifier: GPL-3.0-or-later

import WaterModel

/// The unit that an export's numbers are in: a volume, a flow, or steps of the meter's own register.
public struct ReadingUnit: Hashable, Sendable {
    /// As the store and the exports name it: `m3`, `L`, `m3/h`, `step`.
    public var name: String
    /// Volume of one unit, or volume of one unit of flow in `seconds`. For `step` it is 1, until a register gives the meter's factor. [m³]
    public var cubicMetres: Double
    /// Time base of a flow, nil for a volume. [s]
    public var seconds: Int?

    public var isRate: Bool { seconds != nil }
    public var isStep: Bool { name == Self.step.name }

    /// The register's own step, whose size the register of meters gives (`factor`).
    public static let step = ReadingUnit(name: "step", cubicMetres: 1)

    /// Names that a message can offer.
    public static let volumeNames = volumes.map(\.unit.name)
    public static let rateNames = rates.map(\.unit.name)

    /// The unit behind a spelling (`Gallons`, `CuFt`, `Cu.Ft.`, `CUBIC_METER`, `m³`); nil where it is none that is known.
    /// Case matters for `ML` alone, which is a megalitre; `ml` is refused, because exports mean either.
    public init?(spelling text: String) {
        if text == "ML" { self = Self.volumes[2].unit; return }
        let word = Self.folded(text)
        guard let found = Self.bySpelling[word] else { return nil }
        self = found
    }

    init(name: String, cubicMetres: Double, seconds: Int? = nil) {
        self.name = name
        self.cubicMetres = cubicMetres
        self.seconds = seconds
    }

    /// A unit of so many of these, such as a pulse of 100 L; nil for a factor that is not above 0.
    func times(_ factor: DecimalText) -> ReadingUnit? {
        guard factor.mantissa > 0 else { return nil }
        if factor == DecimalText(mantissa: 1, decimals: 0) { return self }
        let size = Double(factor.mantissa) / Double(DecimalText.powers[factor.decimals])
        return ReadingUnit(
            name: DecimalText.text(factor.mantissa, factor.decimals) + " " + name, cubicMetres: cubicMetres * size, seconds: seconds)
    }

    /// Small letters, without blanks, dots, hyphens and underscores; `³` as 3.
    private static func folded(_ text: String) -> String {
        String(
            text.lowercased().compactMap { character -> Character? in
                switch character {
                case " ", ".", "_", "-", "^", "\u{a0}": nil
                case "³": "3"
                default: character
                }
            })
    }

    private static let litre = VolumeUnit.litre.cubicMetres

    private static let volumes: [(unit: ReadingUnit, spellings: [String])] = [
        (
            ReadingUnit(name: "m3", cubicMetres: 1),
            ["m3", "cbm", "cubicmeter", "cubicmetre", "cubicmeters", "cubicmetres", "kl", "kilolitre", "kiloliter"]
        ),
        (ReadingUnit(name: "L", cubicMetres: litre), ["l", "liter", "litre", "liters", "litres", "dm3"]),
        (ReadingUnit(name: "ML", cubicMetres: 1000), ["megalitre", "megaliter", "megalitres", "megaliters"]),
        (ReadingUnit(name: "gal", cubicMetres: Units.usGallon), ["gal", "g", "gallon", "gallons", "usgal", "usgallon", "usgallons"]),
        (
            ReadingUnit(name: "kgal", cubicMetres: 1000 * Units.usGallon),
            ["kgal", "kgals", "tgal", "1000gal", "kgallons", "thousandgallons"]
        ),
        (ReadingUnit(name: "MG", cubicMetres: 1e6 * Units.usGallon), ["mg", "mgal", "milliongallons"]),
        (ReadingUnit(name: "imp_gal", cubicMetres: Units.imperialGallon), ["impgal", "imperialgallon", "imperialgallons", "ukgal"]),
        (ReadingUnit(name: "ft3", cubicMetres: Units.cubicFoot), ["ft3", "cf", "cuft", "cubicfoot", "cubicfeet"]),
        (ReadingUnit(name: "ccf", cubicMetres: 100 * Units.cubicFoot), ["ccf", "hcf", "100ft3", "100cf", "100cuft", "hundredcubicfeet"]),
        (ReadingUnit(name: "AF", cubicMetres: Units.acreFoot), ["af", "acrefoot", "acrefeet", "acft"]),
        (step, ["step", "steps"]),
    ]

    private static let bySpelling: [String: ReadingUnit] = Dictionary(
        (volumes + rates).flatMap { unit, spellings in spellings.map { ($0, unit) } }, uniquingKeysWith: { first, _ in first })

    private static let rates: [(unit: ReadingUnit, spellings: [String])] = [
        (ReadingUnit(name: "m3/h", cubicMetres: 1, seconds: 3600), ["m3/h", "m3/hr", "m3perh", "m3h", "cmh"]),
        (ReadingUnit(name: "m3/s", cubicMetres: 1, seconds: 1), ["m3/s", "cms"]),
        (ReadingUnit(name: "m3/d", cubicMetres: 1, seconds: 86_400), ["m3/d", "m3/day", "cmd"]),
        (ReadingUnit(name: "L/s", cubicMetres: litre, seconds: 1), ["l/s", "lps", "lpers"]),
        (ReadingUnit(name: "L/min", cubicMetres: litre, seconds: 60), ["l/min", "lpm"]),
        (ReadingUnit(name: "L/h", cubicMetres: litre, seconds: 3600), ["l/h", "lph"]),
        (ReadingUnit(name: "gal/min", cubicMetres: Units.usGallon, seconds: 60), ["gal/min", "gpm"]),
    ]
}
