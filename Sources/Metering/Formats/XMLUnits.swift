// SPDX-License-Identifier: GPL-3.0-or-later

/// Codes that IEC 61968-9 and ESPI share.
enum XMLUnits {
    /// Unit of measure. The codes are those of IEC 61968-9's `UnitSymbol`, as ESPI's `uom` has them.
    static func unit(_ code: Int) -> ReadingUnit? {
        switch code {
        case 42: ReadingUnit(spelling: "m3")
        case 119: ReadingUnit(spelling: "ft3")
        case 128: ReadingUnit(spelling: "gal")
        case 130: ReadingUnit(spelling: "imp gal")
        case 134: ReadingUnit(spelling: "L")
        case 125: ReadingUnit(spelling: "m3/h")
        case 82: ReadingUnit(spelling: "L/s")
        default: nil
        }
    }
}

/// What the 18 parts of an IEC 61968-9 reading type say of a water reading.
struct ReadingType: Hashable {
    var kind: Profile.Kind
    /// 0 where the type does not tell it. [s]
    var interval: Int
    var isReverse: Bool
    /// Power of ten that the values are multiplied by.
    var power: Int
    var unit: ReadingUnit

    enum Outcome: Hashable {
        case type(ReadingType)
        case rejected(RejectReason)
    }

    /// `macroPeriod.aggregate.measuringPeriod.accumulation.flowDirection.commodity.kind….multiplier.unit.currency`
    static func read(_ text: String) -> Outcome {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 18 else { return .rejected(.malformed) }
        guard parts[5] == 9 else { return .rejected(.notWater) }
        let lengths: [Int: Int] = [0: 0, 1: 600, 2: 900, 3: 60, 4: 86_400, 5: 1800, 6: 300, 7: 3600]
        guard let period = parts[2], let interval = lengths[period] else { return .rejected(.malformed) }
        guard let power = parts[15], (-12...12).contains(power) else { return .rejected(.malformed) }
        guard let code = parts[16], let unit = XMLUnits.unit(code) else { return .rejected(.unknownUnit) }
        let kind: Profile.Kind
        switch (parts[6], parts[3]) {
        // Accumulation 1 is a register (bulk quantity), 4 the volume of an interval (delta).
        case (58, 1): kind = .register
        case (58, 4): kind = .interval
        case (155, _): kind = .rate
        default: return .rejected(.notTaken)
        }
        guard unit.isRate == (kind == .rate) else { return .rejected(.unknownUnit) }
        return .type(ReadingType(kind: kind, interval: interval, isReverse: parts[4] == 19, power: power, unit: unit))
    }
}
