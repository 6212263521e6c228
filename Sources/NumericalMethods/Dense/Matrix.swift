// SPDX-License-Identifier: GPL-3.0-or-later

/// A dense matrix of doubles, stored row by row.
public struct Matrix: Sendable, Equatable {
    public let rows: Int
    public let columns: Int
    /// Row-major: element (i, j) stands at `i * columns + j`.
    public var storage: [Double]

    public init(rows: Int, columns: Int, repeating value: Double = 0) {
        precondition(rows >= 0 && columns >= 0, "a matrix has no negative size")
        self.rows = rows
        self.columns = columns
        storage = [Double](repeating: value, count: rows * columns)
    }

    /// - Parameters:
    ///   - rows: number of rows.
    ///   - columns: number of columns.
    ///   - storage: `rows * columns` values, row by row.
    public init(rows: Int, columns: Int, storage: [Double]) {
        precondition(storage.count == rows * columns, "the values do not fill the matrix")
        self.rows = rows
        self.columns = columns
        self.storage = storage
    }

    /// - Parameter rows: rows of equal length.
    public init(_ rows: [[Double]]) {
        let width = rows.first?.count ?? 0
        precondition(rows.allSatisfy { $0.count == width }, "rows of unequal length")
        self.init(rows: rows.count, columns: width, storage: rows.flatMap { $0 })
    }

    public static func identity(_ order: Int) -> Matrix {
        var result = Matrix(rows: order, columns: order)
        for i in 0..<order { result[i, i] = 1 }
        return result
    }

    @inlinable
    public subscript(row: Int, column: Int) -> Double {
        get { storage[row * columns + column] }
        set { storage[row * columns + column] = newValue }
    }

    public func row(_ row: Int) -> [Double] { Array(storage[row * columns..<(row + 1) * columns]) }

    public func column(_ column: Int) -> [Double] { (0..<rows).map { self[$0, column] } }

    public var diagonal: [Double] { (0..<min(rows, columns)).map { self[$0, $0] } }

    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for i in 0..<rows {
            for j in 0..<columns { result[j, i] = self[i, j] }
        }
        return result
    }

    /// Each element times a factor.
    public func scaled(by factor: Double) -> Matrix {
        Matrix(rows: rows, columns: columns, storage: storage.map { $0 * factor })
    }

    /// Adds a matrix of the same size.
    public mutating func add(_ other: Matrix) {
        precondition(rows == other.rows && columns == other.columns, "matrices of different size")
        for i in storage.indices { storage[i] += other.storage[i] }
    }

    public static func + (left: Matrix, right: Matrix) -> Matrix {
        precondition(left.rows == right.rows && left.columns == right.columns, "matrices of different size")
        return Matrix(rows: left.rows, columns: left.columns, storage: zip(left.storage, right.storage).map { $0 + $1 })
    }

    public static func * (left: Matrix, right: Matrix) -> Matrix {
        precondition(left.columns == right.rows, "sizes do not fit")
        var result = Matrix(rows: left.rows, columns: right.columns)
        result.addProduct(left, rowStep: left.columns, columnStep: 1, right, 0..<right.rows)
        return result
    }

    /// Aᵀ B, where `self` is A.
    public func transposedTimes(_ other: Matrix) -> Matrix {
        var result = Matrix(rows: columns, columns: other.columns)
        result.addTransposed(self, times: other)
        return result
    }

    /// Adds Aᵀ B.
    public mutating func addTransposed(_ a: Matrix, times b: Matrix) {
        precondition(a.rows == b.rows && rows == a.columns && columns == b.columns, "sizes do not fit")
        addProduct(a, rowStep: 1, columnStep: a.columns, b, 0..<b.rows)
    }

    /// A Bᵀ, where `self` is A: rows by rows.
    public func timesTransposed(_ other: Matrix) -> Matrix {
        precondition(columns == other.columns, "sizes do not fit")
        var result = Matrix(rows: rows, columns: other.rows)
        let width = columns
        unsafe storage.withUnsafeBufferPointer { left in
            unsafe other.storage.withUnsafeBufferPointer { right in
                for i in 0..<rows {
                    for j in 0..<other.rows {
                        result[i, j] = unsafe RowKernel.dot(
                            UnsafeBufferPointer(rebasing: left[i &* width..<(i &+ 1) &* width]),
                            UnsafeBufferPointer(rebasing: right[j &* width..<(j &+ 1) &* width]))
                    }
                }
            }
        }
        return result
    }

    /// A Aᵀ, of which half is computed: rows by rows.
    public var gramOfRows: Matrix {
        var result = Matrix(rows: rows, columns: rows)
        let width = columns
        unsafe storage.withUnsafeBufferPointer { values in
            for i in 0..<rows {
                let own = unsafe UnsafeBufferPointer(rebasing: values[i &* width..<(i &+ 1) &* width])
                for j in 0...i {
                    let value = unsafe RowKernel.dot(own, UnsafeBufferPointer(rebasing: values[j &* width..<(j &+ 1) &* width]))
                    result[i, j] = value
                    result[j, i] = value
                }
            }
        }
        return result
    }

    /// Aᵀ A, of which half is computed.
    public var gram: Matrix { gram(ofRows: 0..<rows) }

    /// The same of some rows of A alone.
    public func gram(ofRows part: Range<Int>) -> Matrix {
        precondition(part.lowerBound >= 0 && part.upperBound <= rows, "rows beyond the matrix")
        var result = Matrix(rows: columns, columns: columns)
        result.addProduct(self, rowStep: 1, columnStep: columns, self, part, isSymmetric: true)
        for i in 0..<columns { for j in i &+ 1..<max(i &+ 1, columns) { result[i, j] = result[j, i] } }
        return result
    }

    /// Adds the product of a matrix, whose elements stand in `left` at these steps, and `right`.
    /// - terms: rows of `right`, and of what stands in `left` the columns, that are summed over.
    /// - isSymmetric: only the lower triangle of the result is needed.
    private mutating func addProduct(
        _ left: Matrix, rowStep: Int, columnStep: Int, _ right: Matrix, _ terms: Range<Int>, isSymmetric: Bool = false
    ) {
        let width = right.columns, rows = rows
        guard rows > 0, width > 0, !terms.isEmpty else { return }
        unsafe storage.withUnsafeMutableBufferPointer { target in
            unsafe left.storage.withUnsafeBufferPointer { factors in
                unsafe right.storage.withUnsafeBufferPointer { values in
                    guard let target = target.baseAddress, let factors = factors.baseAddress, let values = values.baseAddress else {
                        return
                    }
                    // Of a triangle narrow panels leave out more.
                    let panel = isSymmetric ? RowKernel.panel / 4 : RowKernel.panel
                    for column in stride(from: 0, to: width, by: panel) {
                        let wide = min(panel, width &- column)
                        for term in stride(from: terms.lowerBound, to: terms.upperBound, by: RowKernel.depth) {
                            let deep = min(RowKernel.depth, terms.upperBound &- term)
                            let block = unsafe values + (term &* width &+ column)
                            var i = isSymmetric ? column : 0
                            while i < rows {
                                let row = unsafe target + (i &* width &+ column)
                                let of = unsafe factors + (i &* rowStep &+ term &* columnStep)
                                if i &+ 1 < rows {
                                    unsafe RowKernel.addPair(
                                        to: row, row + width, factors: of, of + rowStep, step: columnStep, rows: block, stride: width,
                                        terms: deep, width: wide)
                                } else {
                                    unsafe RowKernel.add(
                                        to: row, sign: 1, factors: of, step: columnStep, rows: block, stride: width, terms: deep,
                                        width: wide)
                                }
                                i &+= 2
                            }
                        }
                    }
                }
            }
        }
    }

    public static func * (left: Matrix, right: [Double]) -> [Double] {
        precondition(left.columns == right.count, "sizes do not fit")
        return (0..<left.rows).map { i in
            var sum = 0.0
            for j in 0..<left.columns { sum += left.storage[i * left.columns + j] * right[j] }
            return sum
        }
    }
}

/// The sum of products of two vectors of equal length.
public func dotProduct(_ left: [Double], _ right: [Double]) -> Double {
    precondition(left.count == right.count, "vectors of different length")
    return unsafe left.withUnsafeBufferPointer { left in unsafe right.withUnsafeBufferPointer { right in unsafe RowKernel.dot(left, right) }
    }
}

/// The same of vectors kept in single precision, summed in double.
public func dotProduct(_ left: ArraySlice<Float>, _ right: ArraySlice<Float>) -> Double {
    precondition(left.count == right.count, "vectors of different length")
    return unsafe left.withUnsafeBufferPointer { left in unsafe right.withUnsafeBufferPointer { right in unsafe RowKernel.dot(left, right) }
    }
}
