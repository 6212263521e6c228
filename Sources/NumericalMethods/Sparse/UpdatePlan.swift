// SPDX-License-Identifier: GPL-3.0-or-later

/// Which entries of the factor an elimination step changes.
///
/// Step k with the entries `0 ..< c` below its pivot subtracts `l(a) d l(b)` from the entry in row a of the column whose number is
/// the row of b, for every pair b < a. Rows of column k are rows of that column too, so only their places have to be known. They
/// stand in `places`, for each b in turn:
/// - up to ``explicitLength`` places: one by one;
/// - more: where they begin, when they lie side by side; or ``listed`` and then one by one; or ``searched``, when the lists
///   would outgrow the factor: the kernel then walks along both columns.
///
/// Dense parts cost little: where a column's rows are the next column and that column's rows, it needs no list of its own. Such a
/// column counts in `chained` how many columns follow so, and goes by the list of the last one.
struct UpdatePlan: Sendable {
    static let explicitLength = 3
    static let listed: Int32 = -1
    static let searched: Int32 = -2

    /// For each step: where its column begins, and where its places begin. One pair more at the end.
    let heads: Column<Int32>
    let places: Column<Int32>
    /// How many columns, all of more than `explicitLength + 1` entries, follow each in a chain.
    let chained: Column<Int32>

    init(columnStarts: Column<Int32>, rows: Column<Int32>) {
        let n = columnStarts.count - 1
        let heads = Column<Int32>(repeating: 0, count: 2 * n + 2)
        let chained = Column<Int32>(repeating: 0, count: n)
        let (start, row, head, chain) = (IndexList(columnStarts), IndexList(rows), IndexList(heads), IndexList(chained))
        for step in stride(from: n - 1, through: 0, by: -1) {
            let count = start[step + 1] - start[step]
            guard count > Self.explicitLength + 2, row[start[step]] == step + 1 else { continue }
            if start[step + 2] - start[step + 1] == count - 1 { chain[step] = chain[step + 1] + 1 }
        }
        var places: [Int32] = []
        places.reserveCapacity(rows.count)
        let limit = 8 * rows.count + 64 * n
        for step in 0..<n {
            let begin = start[step]
            let end = start[step + 1]
            head[2 * step] = begin
            head[2 * step + 1] = places.count
            guard end - begin > 1, chain[step] == 0 else { continue }
            for b in begin..<(end - 1) {
                let length = end - 1 - b
                var position = Self.place(of: row[b + 1], in: row, from: start[row[b]])
                if length > Self.explicitLength {
                    if row[position + length - 1] == row[end - 1] {
                        places.append(Int32(truncatingIfNeeded: position))
                        continue
                    }
                    if places.count + length > limit {
                        places.append(Self.searched)
                        continue
                    }
                    places.append(Self.listed)
                }
                for a in (b + 1)..<end {
                    position = Self.place(of: row[a], in: row, from: position)
                    places.append(Int32(truncatingIfNeeded: position))
                }
            }
        }
        head[2 * n] = start[n]
        head[2 * n + 1] = places.count
        self.heads = heads
        self.chained = chained
        self.places = Column(places)
    }

    private static func place(of wanted: Int, in row: IndexList, from begin: Int) -> Int {
        var position = begin
        while row[position] != wanted { position += 1 }
        return position
    }
}
