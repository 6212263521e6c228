// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// Expected length of pipe that is searched until a leak is found, by how far apart its places are told.
///
/// A leak at x gives y = s(x) + e, e normal. Who searches by probability per metre walks a place x′ before x where y lies nearer to
/// s(x′); under the model that has the chance Φ(−d/2), d the distance of the two in standard deviations. The expected length is the sum
/// of these chances over all pairs of places, with no approximation but the table of Φ, since the expectation of a sum needs no more.
struct SearchLength {
    /// Squares of the distances of places i > j, at i (i − 1) / 2 + j. [–]
    private(set) var squares: [Double]
    let places: Int
    /// Length that each place stands for. [m]
    let share: Double

    init(places: Int, pipeLength: Double) {
        self.places = places
        share = pipeLength / Double(max(places, 1))
        squares = [Double](repeating: 0, count: places * (places - 1) / 2)
    }

    /// Adds what new coordinates tell. - coordinates: of unit variance, × places.
    mutating func add(_ coordinates: Matrix) {
        for row in 0..<coordinates.rows {
            let z = coordinates.row(row)
            var pair = 0
            for i in 0..<places {
                let own = z[i]
                for j in 0..<i {
                    let difference = own - z[j]
                    squares[pair] += difference * difference
                    pair &+= 1
                }
            }
        }
    }

    /// With further coordinates, or as it stands. [m]
    func metres(with coordinates: Matrix? = nil) -> Double {
        var sum = 0.0, pair = 0
        var line = [Double](repeating: 0, count: places)
        let rows = (0..<(coordinates?.rows ?? 0)).map { coordinates?.row($0) ?? [] }
        for i in 0..<places {
            for j in 0..<i { line[j] = squares[pair &+ j] }
            for z in rows {
                let own = z[i]
                for j in 0..<i {
                    let difference = own - z[j]
                    line[j] += difference * difference
                }
            }
            for j in 0..<i { sum += Self.chance(line[j]) }
            pair &+= i
        }
        return share * (0.5 + 2 * sum / Double(max(places, 1)))
    }

    private static let reach = 14.0, perUnit = 256.0
    /// Φ(−d/2) at d = k / `perUnit`.
    private static let table: [Double] = (0...Int(reach * perUnit) + 1).map { 0.5 * erfc(Double($0) / perUnit / 8.0.squareRoot()) }

    /// Φ(−√square / 2), linear between points of a table: within 1e-6.
    static func chance(_ square: Double) -> Double {
        let place = square.squareRoot() * perUnit
        guard place < reach * perUnit else { return 0 }
        let k = Int(place)
        let low = table[k]
        return low + (place - Double(k)) * (table[k &+ 1] - low)
    }
}
