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
    /// Lists of the quotient graph. A variable's list: first its elements, then its variables. An element's list: variables.
    private var lists: [Int]
    private var free: Int
    private var start: [Int]
    private var length: [Int]
    private var elementCount: [Int]
    /// Rows a variable stands for. 0: eliminated, merged or dense. Negative while it stands in the current pivot's list.
    private var weight: [Int]
    /// Of a variable: bound on its external degree. Of an element: weight of its list.
    private var degree: [Int]
    private var isLiveElement: [Bool]
    /// Time stamps: `stamp[e] − now` is the weight of element e outside the pivot's list, when it is not negative.
    private var stamp: [Int]
    private var now = 1
    /// Variables by degree, as doubly linked lists.
    private var degreeHead: [Int]
    private var next: [Int]
    private var previous: [Int]
    private var lowestDegree = 0
    /// Variables merged into another one, as a forest.
    private var firstMerged: [Int]
    private var nextMerged: [Int]
    /// Buckets of equal hash.
    private var bucketHead: [Int]
    private var bucketNext: [Int]
    private var hash: [Int]
    private var pivots: [Int] = []
    private var remaining: Int
    private var denseRows: [Int] = []

    /// The rows in the order of elimination.
    ///
    /// - Parameters:
    ///   - starts: neighbours of row i stand in `neighbours[starts[i]..<starts[i + 1]]`.
    ///   - neighbours: both triangles, without the diagonal, each once.
    static func ordering(starts: [Int], neighbours: [Int]) -> [Int] {
        var graph = ApproximateMinimumDegree(starts: starts, neighbours: neighbours)
        graph.eliminateAll()
        return graph.sequence()
    }

    private init(starts: [Int], neighbours: [Int]) {
        let n = starts.count - 1
        order = n
        remaining = n
        // The lists need no more room than the matrix; one element's list more while it is being made; the rest is slack.
        lists = neighbours + [Int](repeating: 0, count: neighbours.count / 2 + 2 * n)
        free = neighbours.count
        start = Array(starts.dropLast())
        length = (0..<n).map { starts[$0 + 1] - starts[$0] }
        elementCount = [Int](repeating: 0, count: n)
        weight = [Int](repeating: 1, count: n)
        degree = length
        isLiveElement = [Bool](repeating: false, count: n)
        stamp = [Int](repeating: 0, count: n)
        degreeHead = [Int](repeating: -1, count: n + 1)
        next = [Int](repeating: -1, count: n)
        previous = [Int](repeating: -1, count: n)
        firstMerged = [Int](repeating: -1, count: n)
        nextMerged = [Int](repeating: -1, count: n)
        bucketHead = [Int](repeating: -1, count: n)
        bucketNext = [Int](repeating: -1, count: n)
        hash = [Int](repeating: 0, count: n)

        let denseDegree = max(16, 10 * Int(Double(n).squareRoot()))
        for row in 0..<n where length[row] > denseDegree {
            weight[row] = 0
            denseRows.append(row)
        }
        remaining -= denseRows.count
        for row in 0..<n where weight[row] > 0 { enlist(row) }
    }

    private mutating func eliminateAll() {
        while remaining > 0 {
            while degreeHead[lowestDegree] < 0 { lowestDegree += 1 }
            eliminate(degreeHead[lowestDegree])
        }
    }

    /// Pivots with what was merged into them, then the dense rows, fewest neighbours first.
    private func sequence() -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(order)
        var stack: [Int] = []
        for pivot in pivots {
            stack.append(pivot)
            while let row = stack.popLast() {
                result.append(row)
                var child = firstMerged[row]
                while child >= 0 {
                    stack.append(child)
                    child = nextMerged[child]
                }
            }
        }
        return result + denseRows.sorted { (length[$0], $0) < (length[$1], $1) }
    }

    // MARK: - One pivot

    private mutating func eliminate(_ pivot: Int) {
        delist(pivot)
        var listWeight = gatherList(of: pivot)
        let first = start[pivot]
        let end = first + length[pivot]
        measureElements(from: first, to: end)
        updateDegrees(of: pivot, from: first, to: end, listWeight: &listWeight)
        now += order + 1
        mergeAlike(from: first, to: end)
        finish(pivot, from: first, to: end, listWeight: listWeight)
    }

    /// Makes the pivot's element: the union of its variables and of the variables of its elements, which it absorbs.
    /// Returns the weight of the list.
    private mutating func gatherList(of pivot: Int) -> Int {
        makeRoom()
        remaining -= weight[pivot]
        weight[pivot] = 0
        let newStart = free
        var total = 0
        let oldStart = start[pivot]
        let elements = elementCount[pivot]
        for position in oldStart..<(oldStart + length[pivot]) {
            let member = lists[position]
            if position < oldStart + elements {
                guard isLiveElement[member] else { continue }
                for inner in start[member]..<(start[member] + length[member]) { gather(lists[inner], &total) }
                isLiveElement[member] = false
            } else {
                gather(member, &total)
            }
        }
        start[pivot] = newStart
        length[pivot] = free - newStart
        elementCount[pivot] = 0
        isLiveElement[pivot] = true
        return total
    }

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
    private mutating func measureElements(from first: Int, to end: Int) {
        for position in first..<end {
            let variable = lists[position]
            let rows = -weight[variable]
            for inner in start[variable]..<(start[variable] + elementCount[variable]) {
                let element = lists[inner]
                guard isLiveElement[element] else { continue }
                stamp[element] = (stamp[element] >= now ? stamp[element] : degree[element] + now) - rows
            }
        }
    }

    /// New degree bounds; lists cleaned of what the pivot's element now covers; variables with nothing outside eliminated at once.
    private mutating func updateDegrees(of pivot: Int, from first: Int, to end: Int, listWeight: inout Int) {
        for position in first..<end {
            let variable = lists[position]
            let begin = start[variable]
            var out = begin
            var outside = 0
            var key = 0
            let elementsEnd = begin + elementCount[variable]
            for inner in begin..<elementsEnd {
                let element = lists[inner]
                guard isLiveElement[element] else { continue }
                let rest = stamp[element] - now
                if rest > 0 {
                    outside += rest
                    key &+= element
                    lists[out] = element
                    out += 1
                } else {
                    isLiveElement[element] = false  // wholly inside: absorbed
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
            hash[variable] = key
            let bucket = key % order
            bucketNext[variable] = bucketHead[bucket]
            bucketHead[bucket] = variable
        }
    }

    /// Merges variables of the pivot's list whose lists have become equal.
    private mutating func mergeAlike(from first: Int, to end: Int) {
        for position in first..<end where weight[lists[position]] < 0 {
            let bucket = hash[lists[position]] % order
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
        isLiveElement[pivot] = out > first
        free = out
        pivots.append(pivot)
    }

    private mutating func merge(_ variable: Int, into other: Int) {
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

    /// Makes sure that one more list, at most `order` long, fits: the living lists are moved together when it would not.
    private mutating func makeRoom() {
        guard free + order > lists.count else { return }
        var packed = [Int]()
        packed.reserveCapacity(lists.count)
        for owner in 0..<order where weight[owner] != 0 || isLiveElement[owner] {
            let begin = packed.count
            packed.append(contentsOf: lists[start[owner]..<(start[owner] + length[owner])])
            start[owner] = begin
        }
        free = packed.count
        packed.append(contentsOf: repeatElement(0, count: lists.count - packed.count))
        lists = packed
    }
}
