// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import NumericalMethods

/// What the days up to one say of a set of leaks: sizes, evidence, and what a further leak would explain.
///
/// In each coordinate f of the `DaySpace` the days are Σ aᵢ sᵢ_f mᵢ(t) + u_f + Σ v_if mᵢ(t) + ε_ft with ε of unit variance, the
/// standing error u of known variance, a part of it going with the demand of the season, and v the error of a leak's own answer; u and v are integrated out. Days on which a leak
/// begins or ends at once are of no use for it and get an error of their own.
struct HistoryModel {
    let space: DaySpace
    let prior: LeakPrior
    let days: Int
    let leaks: [RunningLeak]
    /// Courses of what is integrated out: standing, going with the season, leaks, days of change.
    private let courses: [[Double]]
    private static let firstLeak = 2
    private let products: Matrix
    private let kernels: [Matrix]
    /// By coordinate: kernel times the courses' products with the days.
    private let fitted: [[Double]]
    private let logDeterminant: Double
    private let explained: Double
    private let answers: [[Double]]
    private let hessian: Matrix
    private let factor: CholeskyFactor?
    private let score: [Double]

    init(_ space: DaySpace, _ prior: LeakPrior, days: Int, leaks: [RunningLeak]) {
        self.space = space
        self.prior = prior
        self.days = days
        self.leaks = leaks
        let order = space.order
        let level = space.level.prefix(days)
        var courses = [level.map { 1 / DaySpace.slope(level: $0) }, Array(level)]
        var variances = [space.offsets, space.driven]
        answers = leaks.map { space.answer($0.pipe, size: $0.size) }
        let errors = zip(leaks, answers).map { leak, answer in
            let mean = answer.reduce(0) { $0 + $1 * $1 } / Double(max(order, 1))
            let size = max(leak.size, prior.size / 8)
            return answer.map { size * size * ($0 * $0 + mean) / 2 }
        }
        for (leak, error) in zip(leaks, errors) {
            courses.append(leak.course.shares(days: days))
            variances.append(error.map { prior.answerError * prior.answerError * $0 })
        }
        for (leak, error) in zip(leaks, errors) {
            var changes: [Double] = []
            if leak.course.isAbrupt { changes.append(leak.course.firstDay) }
            if let end = leak.course.end { changes.append(end) }
            for change in changes where Int(change) < days {
                var day = [Double](repeating: 0, count: days)
                day[Int(change)] = 1
                courses.append(day)
                variances.append(error)
            }
        }
        // How a leak grows is not known to be as its course says.
        for (leak, error) in zip(leaks, errors) where leak.course.isGrowing {
            courses.append(leak.course.shares(days: days).map { $0 * (1 - $0) })
            variances.append(error.map { prior.courseError * prior.courseError * $0 })
        }
        self.courses = courses
        let count = courses.count
        var products = Matrix(rows: count, columns: count)
        for i in 0..<count {
            for j in 0...i {
                products[i, j] = dotProduct(courses[i], courses[j])
                products[j, i] = products[i, j]
            }
        }
        var kernels: [Matrix] = [], fitted: [[Double]] = [], logDeterminant = 0.0, explained = 0.0
        var withDays = [[Double]](repeating: [], count: order)
        for f in 0..<order {
            withDays[f] = courses.map { Self.dot($0, space.days, f) }
            let roots = variances.map { $0[f].squareRoot() }
            var matrix = Matrix(rows: count, columns: count)
            for i in 0..<count { for j in 0..<count { matrix[i, j] = roots[i] * roots[j] * products[i, j] + (i == j ? 1 : 0) } }
            guard let factor = try? CholeskyFactor(matrix) else {
                kernels.append(Matrix(rows: count, columns: count))
                fitted.append([Double](repeating: 0, count: count))
                continue
            }
            logDeterminant += factor.logDeterminant
            var kernel = factor.inverse
            for i in 0..<count { for j in 0..<count { kernel[i, j] *= roots[i] * roots[j] } }
            let here = kernel * withDays[f]
            explained += dotProduct(here, withDays[f])
            kernels.append(kernel)
            fitted.append(here)
        }
        self.products = products
        self.kernels = kernels
        self.fitted = fitted
        self.logDeterminant = logDeterminant
        self.explained = explained
        let n = leaks.count
        var hessian = Matrix(rows: n, columns: n), score = [Double](repeating: 0, count: n)
        let first = Self.firstLeak, ofLeaks = (0..<n).map { products.column(first + $0) }
        for f in 0..<order {
            let kernel = kernels[f]
            let told = ofLeaks.map { kernel * $0 }
            for i in 0..<n {
                let answer = answers[i][f]
                score[i] += answer * (withDays[f][first + i] - dotProduct(ofLeaks[i], fitted[f]))
                for j in 0...i {
                    let value = products[first + i, first + j] - dotProduct(ofLeaks[i], told[j])
                    hessian[i, j] += answer * answers[j][f] * value
                }
            }
        }
        for i in 0..<n {
            let spread = prior.deviation(about: leaks[i].size)
            hessian[i, i] += 1 / (spread * spread)
            for j in 0..<i { hessian[j, i] = hessian[i, j] }
        }
        self.hessian = hessian
        self.score = score
        factor = try? CholeskyFactor(hessian)
    }

    private static func dot(_ course: [Double], _ days: Matrix, _ row: Int) -> Double {
        var sum = 0.0
        let first = row * days.columns
        for t in course.indices { sum += course[t] * days.storage[first + t] }
        return sum
    }

    /// Of each coordinate's days with each course, which may be shorter.
    private static func products(_ days: Matrix, _ courses: [[Double]]) -> Matrix {
        let length = courses.first?.count ?? 0
        var first = Matrix(rows: length, columns: days.rows)
        for f in 0..<days.rows { for t in 0..<length { first[t, f] = days[f, t] } }
        return first.transposedTimes(Matrix(courses).transposed)
    }

    /// Likeliest sizes, none below nought: coordinate descent on the quadratic form. [m³/s]
    func sizes() -> [Double] {
        var sizes = leaks.map(\.size)
        for _ in 0..<200 {
            var moved = 0.0
            for i in sizes.indices {
                var rest = score[i]
                for j in sizes.indices where j != i { rest -= hessian[i, j] * sizes[j] }
                let new = max(rest / hessian[i, i], 0)
                moved = max(moved, abs(new - sizes[i]))
                sizes[i] = new
            }
            if moved < 1e-6 * prior.size { break }
        }
        return sizes
    }

    /// Log evidence of the leaks with their prior, against none at all.
    func evidence() -> Double {
        var value = explained / 2 - logDeterminant / 2
        guard let factor else { return leaks.isEmpty ? value : -.infinity }
        let sizes = sizes()
        for i in sizes.indices {
            value += sizes[i] * score[i]
            for j in sizes.indices { value -= sizes[i] * hessian[i, j] * sizes[j] / 2 }
        }
        value -= factor.logDeterminant / 2
        for leak in leaks {
            value += prior.log(of: leak) + prior.logDensity(about: leak.size) - log(prior.deviation(about: leak.size))
        }
        return value
    }

    /// For further leaks of some courses on any pipe: what the days say for them, pipes × courses.
    ///
    /// - Parameter answers: of the leak, coordinates × places, and their squares. [per m³/s]
    /// - Returns: information [s²/m⁶] and score [s/m³] of the size, the other leaks' sizes fitted too.
    func further(_ tried: [[Double]], answers table: Matrix, squares: Matrix) -> (information: Matrix, score: Matrix) {
        let order = space.order, n = leaks.count, count = courses.count, many = tried.count
        var own = Matrix(rows: order, columns: many)
        // With the days, then with each leak that is there.
        var with = [Matrix](repeating: Matrix(rows: order, columns: many), count: 1 + n)
        let withCourses = Matrix(courses.map { course in tried.map { dotProduct($0, course) } })
        let ofLeaks = Matrix((0..<n).map { products.column(Self.firstLeak + $0) } + [[Double](repeating: 0, count: count)])
        let squaresOfCourses = tried.map { dotProduct($0, $0) }
        let withDays = Self.products(space.days, tried)
        for f in 0..<order {
            let told = kernels[f] * withCourses
            let met = ofLeaks * told
            for t in 0..<many {
                var known = 0.0, fit = 0.0
                for c in 0..<count {
                    known += withCourses[c, t] * told[c, t]
                    fit += withCourses[c, t] * fitted[f][c]
                }
                own[f, t] = squaresOfCourses[t] - known
                with[0][f, t] = withDays[f, t] - fit
                for i in 0..<n { with[1 + i][f, t] = answers[i][f] * (withCourses[Self.firstLeak + i, t] - met[i, t]) }
            }
        }
        var information = squares.transposedTimes(own)
        var score = table.transposedTimes(with[0])
        let least = 1 / (prior.size * prior.size)
        for place in information.storage.indices { information.storage[place] += least }
        guard let factor, n > 0 else { return (information, score) }
        // The other leaks' sizes are fitted too.
        let cross = factor.whiten(
            Matrix(
                rows: n, columns: information.storage.count,
                storage: with.dropFirst().flatMap { table.transposedTimes($0).storage }))
        let known = factor.whiten(self.score), width = cross.columns
        for i in 0..<n {
            for place in 0..<width {
                let value = cross.storage[i * width + place]
                information.storage[place] -= value * value
                score.storage[place] -= value * known[i]
            }
        }
        for place in 0..<width where information.storage[place] < least { information.storage[place] = least }
        return (information, score)
    }

    /// A further leak on one pipe of known answer, its course alone: what the days say for each of some courses.
    func further(_ tried: [[Double]], answer: [Double]) -> [(information: Double, score: Double)] {
        let table = Matrix(rows: answer.count, columns: 1, storage: answer)
        let squares = Matrix(rows: answer.count, columns: 1, storage: answer.map { $0 * $0 })
        let found = further(tried, answers: table, squares: squares)
        return tried.indices.map { (found.information[0, $0], found.score[0, $0]) }
    }

    /// What the leaks, a further one of some course and all that stands leave of the days, along an answer. [standard deviations of a day]
    func residuals(along answer: [Double], with course: [Double], size: Double) -> [Double] {
        let sizes = sizes(), length = dotProduct(answer, answer).squareRoot()
        guard length > 0 else { return [] }
        var left = [Double](repeating: 0, count: days)
        for f in 0..<space.order {
            var row = (0..<days).map { space.days[f, $0] - size * answer[f] * course[$0] }
            for i in leaks.indices {
                let part = sizes[i] * answers[i][f], shares = courses[Self.firstLeak + i]
                for t in row.indices { row[t] -= part * shares[t] }
            }
            let standing = kernels[f] * courses.map { dotProduct($0, row) }
            for (course, part) in zip(courses, standing) { for t in row.indices { row[t] -= part * course[t] } }
            for t in row.indices { left[t] += answer[f] / length * row[t] }
        }
        return left
    }
}
