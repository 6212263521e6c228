// SPDX-License-Identifier: GPL-3.0-or-later

/// Approximate-minimum-degree ordering of a symmetric matrix, which keeps its triangular factor sparse.
///
/// Amestoy, Davis and Duff (1996), *An approximate minimum degree ordering algorithm*, SIAM J. Matrix Anal. Appl. 17(4):
/// a quotient graph of variables and elements in storage that never outgrows the matrix, element absorption (also the
/// aggressive kind), bounds on the external degree in place of the degree, mass elimination, and variables that have become
/// alike merged by a hash of their lists. Rows with more than `max(16, 10 √n)` neighbours are put last beforehand, so that a
/// few dense rows do not make it quadratic.
struct ApproximateMinimumDegree {
    private let order: Int
    /// All that follows lies in this column.
    private let memory: Column<Int32>
    /// Lists of the quotient graph. A variable's list: first its elements, then its variables. An element's list: variables.
    private let lists: IndexList
    private let capacity: Int
    private var free: Int
    private let start: IndexList
    private let length: IndexList
    private let elementCount: IndexList
    /// Rows a variable stands for. 0: eliminated, merged or dense. Negative while it stands in the current pivot's list.
    private let weight: IndexList
    /// Of a variable: bound on its external degree. Of an element: weight of its list.
    private let degree: IndexList
    /// Time stamps: `stamp[e] − now` is the weight of element e outside the pivot's list, when it is not negative.
    /// −1: no longer an element or a variable.
    private let stamp: IndexList
    private var now = 1
    private var largestElement = 0
    /// Variables by degree, as doubly linked lists.
    private let degreeHead: IndexList
    private let next: IndexList
    private let previous: IndexList
    private var lowestDegree = 0
    /// Variables merged into another one, as a forest.
    private let firstMerged: IndexList
    private let nextMerged: IndexList
    /// Buckets of equal hash.
    private let bucketHead: IndexList
    private let bucketMask: Int
    private let bucketNext: IndexList
    private let hash: IndexList
    private let pivots: IndexList
    private var pivotCount = 0
    private var remaining: Int
    private var denseRows: [Int] = []

    /// The rows in the order of elimination.
    static func ordering(of pattern: SymmetricPattern) -> Column<Int32> {
        var graph = ApproximateMinimumDegree(pattern)
        graph.eliminateAll()
        let result = graph.sequence()
        return withExtendedLifetime(graph.memory) { result }
    }

    private init(_ pattern: SymmetricPattern) {
        let n = pattern.order
        let count = pattern.neighbours.count
        order = n
        remaining = n
        // The lists need no more room than the matrix; one element's list more while it is being made; the rest is slack.
        capacity = count + count / 2 + 2 * n
        let memory = Column<Int32>(repeating: -1, count: capacity + 15 * n + 1)
        self.memory = memory
        var offset = 0
        func take(_ length: Int) -> IndexList {
            defer { offset += length }
            return IndexList(memory, at: offset)
        }
        lists = take(capacity)
        start = take(n)
        length = take(n)
        elementCount = take(n)
        weight = take(n)
        degree = take(n)
        stamp = take(n)
        degreeHead = take(n + 1)
        next = take(n)
        previous = take(n)
        firstMerged = take(n)
        nextMerged = take(n)
        bucketHead = take(n)
        // A power of two that fits, less one; few, so that they stay near: only the variables of one pivot's list meet in them.
        bucketMask = n >= 1024 ? 1023 : n > 1 ? (1 << (Int.bitWidth - 1 - n.leadingZeroBitCount)) - 1 : 0
        bucketNext = take(n)
        hash = take(n)
        pivots = take(n)
        free = count
        for index in 0..<count { lists[index] = Int(pattern.neighbours[index]) }
        for row in 0..<n {
            start[row] = Int(pattern.starts[row])
            length[row] = Int(pattern.starts[row + 1]) - start[row]
            elementCount[row] = 0
            weight[row] = 1
            degree[row] = length[row]
            stamp[row] = 0
        }
        let denseDegree = max(16, 10 * Int(Double(n).squareRoot()))
        for row in 0..<n where length[row] > denseDegree {
            weight[row] = 0
            stamp[row] = -1
            denseRows.append(row)
        }
        remaining -= denseRows.count
        for row in stride(from: n - 1, through: 0, by: -1) where weight[row] > 0 { enlist(row) }
    }

    private mutating func eliminateAll() {
        while remaining > 0 {
            while degreeHead[lowestDegree] < 0 { lowestDegree += 1 }
            eliminate(degreeHead[lowestDegree])
        }
    }

    /// Pivots with what was merged into them, then the dense rows, fewest neighbours first.
    private func sequence() -> Column<Int32> {
        let result = Column<Int32>(repeating: 0, count: order)
        var count = 0
        var stack: [Int] = []
        for index in 0..<pivotCount {
            stack.append(pivots[index])
            while let row = stack.popLast() {
                result[count] = Int32(truncatingIfNeeded: row)
                count += 1
                var child = firstMerged[row]
                while child >= 0 {
                    stack.append(child)
                    child = nextMerged[child]
                }
            }
        }
        for row in denseRows.sorted(by: { (length[$0], $0) < (length[$1], $1) }) {
            result[count] = Int32(truncatingIfNeeded: row)
            count += 1
        }
        return result
    }

    // MARK: - One pivot

    private mutating func eliminate(_ pivot: Int) {
        if now > Int(Int32.max) - 3 * (order + 2) { restartStamps() }
        delist(pivot)
        var listWeight = gatherList(of: pivot)
        let first = start[pivot]
        let end = first + length[pivot]
        measureElements(from: first, to: end)
        updateDegrees(of: pivot, from: first, to: end, listWeight: &listWeight)
        now += largestElement + 1
        mergeAlike(from: first, to: end)
        finish(pivot, from: first, to: end, listWeight: listWeight)
    }

    /// Makes the pivot's element: the union of its variables and of the variables of its elements, which it absorbs.
    /// Returns the weight of the list.
    private mutating func gatherList(of pivot: Int) -> Int {
        makeRoom()
        let (lists, start, length, stamp) = (lists, start, length, stamp)
        remaining -= weight[pivot]
        weight[pivot] = 0
        let newStart = free
        var total = 0
        let oldStart = start[pivot]
        let elements = elementCount[pivot]
        for position in oldStart..<(oldStart + length[pivot]) {
            let member = lists[position]
            if position < oldStart + elements {
                guard stamp[member] >= 0 else { continue }
                for inner in start[member]..<(start[member] + length[member]) { gather(lists[inner], &total) }
                stamp[member] = -1
            } else {
                gather(member, &total)
            }
        }
        start[pivot] = newStart
        length[pivot] = free - newStart
        elementCount[pivot] = 0
        return total
    }

    @inline(__always)
    private mutating func gather(_ variable: Int, _ total: inout Int) {
        let rows = weight[variable]
        guard rows > 0 else { return }
        total += rows
        weight[variable] = -rows
        lists[free] = variable
        free += 1
        delist(variable)
    }

    /// For each element next to the pivot's list: how much of it lies outside that list.
    private func measureElements(from first: Int, to end: Int) {
        let (lists, start, elementCount, weight) = (lists, start, elementCount, weight)
        let (stamp, degree, now) = (stamp, degree, now)
        for position in first..<end {
            let variable = lists[position]
            let rows = -weight[variable]
            for inner in start[variable]..<(start[variable] + elementCount[variable]) {
                let element = lists[inner]
                let before = stamp[element]
                guard before >= 0 else { continue }
                stamp[element] = (before >= now ? before : degree[element] + now) - rows
            }
        }
    }

    /// New degree bounds; lists cleaned of what the pivot's element now covers; variables with nothing outside eliminated at once.
    private mutating func updateDegrees(of pivot: Int, from first: Int, to end: Int, listWeight: inout Int) {
        let (lists, start, elementCount, length) = (lists, start, elementCount, length)
        let (stamp, weight, degree, now) = (stamp, weight, degree, now)
        for position in first..<end {
            let variable = lists[position]
            let begin = start[variable]
            var out = begin
            var outside = 0
            var key = 0
            let elementsEnd = begin + elementCount[variable]
            for inner in begin..<elementsEnd {
                let element = lists[inner]
                guard stamp[element] >= 0 else { continue }
                let rest = stamp[element] - now
                if rest > 0 {
                    outside += rest
                    key &+= element
                    lists[out] = element
                    out += 1
                } else {
                    stamp[element] = -1  // wholly inside: absorbed
                }
            }
            let keptElements = out - begin
            for inner in elementsEnd..<(begin + length[variable]) {
                let other = lists[inner]
                guard weight[other] > 0 else { continue }
                outside += weight[other]
                key &+= other
                lists[out] = other
                out += 1
            }
            if outside == 0 {
                let rows = -weight[variable]
                listWeight -= rows
                remaining -= rows
                weight[variable] = 0
                merge(variable, into: pivot)
                continue
            }
            degree[variable] = min(degree[variable], outside)
            // The pivot was among the variables, or an element that it absorbed among the elements: one place is free.
            let firstVariable = begin + keptElements
            lists[out] = lists[firstVariable]
            lists[firstVariable] = lists[begin]
            lists[begin] = pivot
            elementCount[variable] = keptElements + 1
            length[variable] = out - begin + 1
            key &= 0x7FFF_FFFF
            hash[variable] = key
            let bucket = key & bucketMask
            bucketNext[variable] = bucketHead[bucket]
            bucketHead[bucket] = variable
        }
    }

    /// Merges variables of the pivot's list whose lists have become equal.
    private mutating func mergeAlike(from first: Int, to end: Int) {
        let (lists, start, length, weight) = (lists, start, length, weight)
        let (stamp, hash, bucketHead, bucketNext) = (stamp, hash, bucketHead, bucketNext)
        for position in first..<end where weight[lists[position]] < 0 {
            let bucket = hash[lists[position]] & bucketMask
            var one = bucketHead[bucket]
            bucketHead[bucket] = -1
            while one >= 0 {
                var before = one
                var other = bucketNext[one]
                if other >= 0 {
                    now += 1
                    for inner in (start[one] + 1)..<(start[one] + length[one]) { stamp[lists[inner]] = now }
                }
                while other >= 0 {
                    let following = bucketNext[other]
                    if isAlike(other, one) {
                        weight[one] += weight[other]
                        weight[other] = 0
                        merge(other, into: one)
                        bucketNext[before] = following
                    } else {
                        before = other
                    }
                    other = following
                }
                one = bucketNext[one]
            }
        }
        now += 1
    }

    /// Whether `other` has the list of `one`, whose members carry the present stamp.
    @inline(__always)
    private func isAlike(_ other: Int, _ one: Int) -> Bool {
        guard hash[other] == hash[one], length[other] == length[one], elementCount[other] == elementCount[one] else { return false }
        for inner in (start[other] + 1)..<(start[other] + length[other]) where stamp[lists[inner]] != now { return false }
        return true
    }

    private mutating func finish(_ pivot: Int, from first: Int, to end: Int, listWeight: Int) {
        var out = first
        for position in first..<end {
            let variable = lists[position]
            let rows = -weight[variable]
            guard rows > 0 else { continue }
            weight[variable] = rows
            degree[variable] = max(0, min(degree[variable] + listWeight - rows, remaining - rows))
            enlist(variable)
            lists[out] = variable
            out += 1
        }
        length[pivot] = out - first
        degree[pivot] = listWeight
        if out == first { stamp[pivot] = -1 }
        free = out
        largestElement = max(largestElement, listWeight)
        pivots[pivotCount] = pivot
        pivotCount += 1
    }

    private mutating func merge(_ variable: Int, into other: Int) {
        stamp[variable] = -1
        nextMerged[variable] = firstMerged[other]
        firstMerged[other] = variable
    }

    // MARK: - Storage

    private mutating func enlist(_ variable: Int) {
        let bound = degree[variable]
        let head = degreeHead[bound]
        next[variable] = head
        previous[variable] = -1
        if head >= 0 { previous[head] = variable }
        degreeHead[bound] = variable
        lowestDegree = min(lowestDegree, bound)
    }

    private mutating func delist(_ variable: Int) {
        if next[variable] >= 0 { previous[next[variable]] = previous[variable] }
        if previous[variable] >= 0 {
            next[previous[variable]] = next[variable]
        } else {
            degreeHead[degree[variable]] = next[variable]
        }
    }

    private mutating func restartStamps() {
        for owner in 0..<order where stamp[owner] >= 0 { stamp[owner] = 0 }
        now = 1
    }

    /// Makes sure that one more list, at most `order` long, fits: the living lists are moved together when it would not.
    private mutating func makeRoom() {
        guard free + order > capacity else { return }
        let packed = Column<Int32>(repeating: 0, count: free)
        var count = 0
        for owner in 0..<order where stamp[owner] >= 0 {
            let begin = count
            for position in start[owner]..<(start[owner] + length[owner]) {
                packed[count] = Int32(truncatingIfNeeded: lists[position])
                count += 1
            }
            start[owner] = begin
        }
        for position in 0..<count { lists[position] = Int(packed[position]) }
        free = count
    }
}
