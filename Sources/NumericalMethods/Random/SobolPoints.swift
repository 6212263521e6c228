// SPDX-License-Identifier: GPL-3.0-or-later

import CGSL

/// Quasi-random points in the unit cube: Sobol's sequence (Bratley and Fox, 1988, ACM TOMS algorithm 659) with a digital shift.
///
/// They fill the cube more evenly than random points. Take a power of two of them. The shift, from the seed, keeps the evenness
/// and makes the mean of an integrand unbiased: several seeds give an estimate of the error.
public enum SobolPoints {
    public static let maximumDimension = 40
    private static let bits = 30

    /// - Parameters:
    ///   - count: number of points, below 2³⁰.
    ///   - dimension: 1 to 40.
    ///   - seed: of the random shift and scrambling.
    /// - Returns: a row a point, each coordinate inside (0, 1).
    /// - Throws: `NumericalError` for a count or dimension out of range.
    public static func points(count: Int, dimension: Int, seed: UInt64) throws(NumericalError) -> Matrix {
        guard dimension >= 1, dimension <= maximumDimension, count >= 0, count < 1 << bits else {
            throw NumericalError.invalid("Sobol points", "\(count) points in \(dimension) dimensions; dimension may be 1 to 40")
        }
        _ = GSL.isSilenced
        let random = try RandomNumbers(seed: seed)
        let shifts = (0..<dimension).map { _ in random.next() >> UInt64(64 - bits) }
        var result = Matrix(rows: count, columns: dimension)
        guard let sequence = unsafe yusu_sobol(UInt32(dimension)) else {
            throw NumericalError(code: GSL_ENOMEM, function: "Sobol points", reason: "no memory")
        }
        defer { unsafe gsl_qrng_free(sequence) }
        let scale = Double(1 << bits)
        var point = [Double](repeating: 0, count: dimension)  // GSL leaves out the first point, the origin; a net needs it
        for i in 0..<count {
            if i > 0 { _ = unsafe gsl_qrng_get(sequence, &point) }
            for j in 0..<dimension {
                let digits = UInt64(point[j] * scale) ^ shifts[j]
                result[i, j] = (Double(digits) + 0.5) / scale
            }
        }
        return result
    }
}
