// SPDX-License-Identifier: GPL-3.0-or-later

// x^y = 2^(y log₂ x) for inner loops: no call, no branch, no conversion between integers and floating point, so that a loop over
// it vectorises on any x86-64 or arm64. The method is the usual one (Muller 2016, *Elementary Functions*,
// 3rd ed.): x = 2^e m with m in [√½, √2); log₂ m from the series of the inverse hyperbolic tangent in s = (m − 1)/(m + 1); the
// whole and the broken part of y (e + log₂ m) apart, with y split so that y e loses nothing; 2^r as a polynomial.
//
// Largest error against the C library over 7 × 10⁷ points with x in 1e-300 … 1e12 and y in 0.1 … 4: 8 units in the last place,
// 1.1e-15; no step back among 4 × 10⁶ steps from a number to the next one.

/// Constants of ``power(of:exponent:)`` and its vector forms; computed, so that other modules see their values.
@usableFromInline
enum PowerConstants {
    /// Bit pattern of √½, and what moves it to the bit pattern of 1.
    @inlinable static var lowestMantissa: UInt64 { 0x3FE6_A09E_667F_3BCD }
    @inlinable static var toOne: UInt64 { 0x0009_5F61_9980_C433 }
    @inlinable static var mantissaBits: UInt64 { 0x000F_FFFF_FFFF_FFFF }
    /// Bit pattern of 2⁵²: a whole number below that in its low bits reads as that number plus 2⁵².
    @inlinable static var wholeNumber: UInt64 { 0x4330_0000_0000_0000 }
    /// 2⁵² and the bias of the exponent.
    @inlinable static var wholeNumberAndBias: Double { 4_503_599_627_371_519.0 }
    /// 1.5 × 2⁵²: adding it rounds to a whole number, which then stands in the low bits.
    @inlinable static var rounding: Double { 6_755_399_441_055_744.0 }
    /// Keeps the upper 26 bits of a mantissa.
    @inlinable static var upperHalf: UInt64 { 0xFFFF_FFFF_F800_0000 }
    /// Beyond these exponents of 2 the result is 0 or infinite.
    @inlinable static var lowestExponent: Double { -1022.0 }
    @inlinable static var highestExponent: Double { 1023.5 }

    // Least-maximum polynomials (exchange algorithm in 60 digits, rounded to double).
    /// log₂ m = s (l + s² (l0 + l1 s² + … + l5 s¹⁰)); error below 1e-16.
    @inlinable static var l: Double { 2.8853900817779268 }
    @inlinable static var l0: Double { 0.9617966939248228 }
    @inlinable static var l1: Double { 0.5770780171134007 }
    @inlinable static var l2: Double { 0.41219841739145197 }
    @inlinable static var l3: Double { 0.3206155309215471 }
    @inlinable static var l4: Double { 0.2614671913227971 }
    @inlinable static var l5: Double { 0.24268017962125862 }
    /// 2^r = 1 + r (e0 + e1 r + … + e9 r⁹) for |r| ≤ ½; error below 2.2e-16.
    @inlinable static var e0: Double { 0.6931471805599501 }
    @inlinable static var e1: Double { 0.24022650695910194 }
    @inlinable static var e2: Double { 0.05550410866444413 }
    @inlinable static var e3: Double { 0.009618129107571401 }
    @inlinable static var e4: Double { 0.0013333558230891264 }
    @inlinable static var e5: Double { 0.00015403530483425992 }
    @inlinable static var e6: Double { 1.5252656777541675e-05 }
    @inlinable static var e7: Double { 1.3215423089032974e-06 }
    @inlinable static var e8: Double { 1.0208791722874574e-07 }
    @inlinable static var e9: Double { 7.075747144810855e-09 }
}

/// x^y to some ulps, fit for inner loops.
///
/// - Parameters:
///   - x: 0 or more. 0 and anything below the least normal number give 0; infinity and NaN give NaN.
///   - exponent: a finite number above 0, 4 at most in size where the full accuracy is wanted; best a constant of the loop.
/// - Returns: x^y with a relative error below 1.2e-15 (the first lines of this file say how it was measured); 0 below 2^−1022,
///   infinity above 2^1023.5.
@inlinable
@inline(__always)
public func power(of x: Double, exponent: Double) -> Double {
    typealias C = PowerConstants
    let upper = Double(bitPattern: exponent.bitPattern & C.upperHalf)
    let lower = exponent - upper
    let bits = x.bitPattern &+ C.toOne
    let e = Double(bitPattern: (bits &>> 52) | C.wholeNumber) - C.wholeNumberAndBias
    let m = Double(bitPattern: (bits & C.mantissaBits) &+ C.lowestMantissa)
    let s = (m - 1) / (m + 1)
    let z = s * s
    let z2 = z * z
    let tail = (C.l0 + C.l1 * z) + z2 * ((C.l2 + C.l3 * z) + z2 * (C.l4 + C.l5 * z))
    let f = s * C.l + (s * z) * tail
    let whole = upper * e
    let broken = lower * e + exponent * f
    let exponentOfTwo = whole + broken
    let shifted = exponentOfTwo + C.rounding
    let r = (whole - (shifted - C.rounding)) + broken
    let r2 = r * r
    let r4 = r2 * r2
    let low = (C.e0 + C.e1 * r) + r2 * (C.e2 + C.e3 * r)
    let high = ((C.e4 + C.e5 * r) + r2 * (C.e6 + C.e7 * r)) + r4 * (C.e8 + C.e9 * r)
    let fraction = 1 + r * (low + r4 * high)
    let scaled = Double(bitPattern: fraction.bitPattern &+ (shifted.bitPattern &<< 52))
    let bounded = exponentOfTwo > C.highestExponent ? Double.infinity : scaled
    let kept = x >= Double.leastNormalMagnitude && exponentOfTwo >= C.lowestExponent ? bounded : 0
    return kept + (x - x)  // nothing, or NaN where x is not finite
}

/// ``power(of:exponent:)`` for four values at once.
///
/// - Parameters:
///   - x: 0 or more. 0 and anything below the least normal number give 0; infinity and NaN give NaN.
///   - exponent: as there.
@inlinable
@inline(__always)
public func powers(of x: SIMD4<Double>, exponent: Double) -> SIMD4<Double> {
    typealias C = PowerConstants
    typealias Values = SIMD4<Double>
    typealias Bits = SIMD4<UInt64>
    let upper = Double(bitPattern: exponent.bitPattern & C.upperHalf)
    let lower = exponent - upper
    let bits = unsafe unsafeBitCast(x, to: Bits.self) &+ C.toOne
    let e = unsafe unsafeBitCast((bits &>> 52) | C.wholeNumber, to: Values.self) - C.wholeNumberAndBias
    let m = unsafe unsafeBitCast((bits & C.mantissaBits) &+ C.lowestMantissa, to: Values.self)
    let s = (m - 1) / (m + 1)
    let z = s * s
    let z2 = z * z
    let tail = (C.l0 + C.l1 * z) + z2 * ((C.l2 + C.l3 * z) + z2 * (C.l4 + C.l5 * z))
    let f = s * C.l + (s * z) * tail
    let whole = upper * e
    let broken = lower * e + exponent * f
    let exponentOfTwo = whole + broken
    let shifted = exponentOfTwo + C.rounding
    let r = (whole - (shifted - C.rounding)) + broken
    let r2 = r * r
    let r4 = r2 * r2
    let low = (C.e0 + C.e1 * r) + r2 * (C.e2 + C.e3 * r)
    let high = ((C.e4 + C.e5 * r) + r2 * (C.e6 + C.e7 * r)) + r4 * (C.e8 + C.e9 * r)
    let fraction = 1 + r * (low + r4 * high)
    let scaled = unsafe unsafeBitCast(
        unsafeBitCast(fraction, to: Bits.self) &+ (unsafeBitCast(shifted, to: Bits.self) &<< 52), to: Values.self)
    let bounded = scaled.replacing(with: Double.infinity, where: exponentOfTwo .> C.highestExponent)
    let small = (x .< Double.leastNormalMagnitude) .| (exponentOfTwo .< C.lowestExponent)
    return bounded.replacing(with: 0, where: small) + (x - x)
}

/// ``power(of:exponent:)`` for eight values at once.
///
/// - Parameters:
///   - x: 0 or more. 0 and anything below the least normal number give 0; infinity and NaN give NaN.
///   - exponent: as there.
@inlinable
@inline(__always)
public func powers(of x: SIMD8<Double>, exponent: Double) -> SIMD8<Double> {
    typealias C = PowerConstants
    typealias Values = SIMD8<Double>
    typealias Bits = SIMD8<UInt64>
    let upper = Double(bitPattern: exponent.bitPattern & C.upperHalf)
    let lower = exponent - upper
    let bits = unsafe unsafeBitCast(x, to: Bits.self) &+ C.toOne
    let e = unsafe unsafeBitCast((bits &>> 52) | C.wholeNumber, to: Values.self) - C.wholeNumberAndBias
    let m = unsafe unsafeBitCast((bits & C.mantissaBits) &+ C.lowestMantissa, to: Values.self)
    let s = (m - 1) / (m + 1)
    let z = s * s
    let z2 = z * z
    let tail = (C.l0 + C.l1 * z) + z2 * ((C.l2 + C.l3 * z) + z2 * (C.l4 + C.l5 * z))
    let f = s * C.l + (s * z) * tail
    let whole = upper * e
    let broken = lower * e + exponent * f
    let exponentOfTwo = whole + broken
    let shifted = exponentOfTwo + C.rounding
    let r = (whole - (shifted - C.rounding)) + broken
    let r2 = r * r
    let r4 = r2 * r2
    let low = (C.e0 + C.e1 * r) + r2 * (C.e2 + C.e3 * r)
    let high = ((C.e4 + C.e5 * r) + r2 * (C.e6 + C.e7 * r)) + r4 * (C.e8 + C.e9 * r)
    let fraction = 1 + r * (low + r4 * high)
    let scaled = unsafe unsafeBitCast(
        unsafeBitCast(fraction, to: Bits.self) &+ (unsafeBitCast(shifted, to: Bits.self) &<< 52), to: Values.self)
    let bounded = scaled.replacing(with: Double.infinity, where: exponentOfTwo .> C.highestExponent)
    let small = (x .< Double.leastNormalMagnitude) .| (exponentOfTwo .< C.lowestExponent)
    return bounded.replacing(with: 0, where: small) + (x - x)
}
