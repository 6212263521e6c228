// SPDX-License-Identifier: GPL-3.0-or-later

import Glibc
import NumericalMethods
import Testing

/// SciPy 1.17.1 prints 16 digits; both sides are good to about 1e-12.
private let scipyTolerance = 1e-10

private func agrees(_ value: Double?, _ expected: Double, _ tolerance: Double = scipyTolerance) -> Bool {
    guard let value else { return false }
    return abs(value - expected) <= tolerance * max(abs(expected), 1e-300)
}

@Suite("statistics of a sample")
struct SampleStatisticsTests {
    let sample = [3.1, 4.7, 0.2, 9.9, 5.5, 2.8, 41.0, 6.3, 3.3, 4.0]

    @Test("quantiles, median, MAD and variance as NumPy and SciPy 1.17.1 give them")
    func againstScipy() {
        let quantiles = OrderStatistics.quantiles(sample, [0.1, 0.25, 0.5, 0.975]) ?? []
        #expect(largestDifference(quantiles, [2.54, 3.15, 4.35, 34.0025]) < 1e-12)
        #expect(quantiles.count == 4)
        #expect(agrees(OrderStatistics.median(sample), 4.35))
        #expect(agrees(OrderStatistics.medianAbsoluteDeviation(sample), 2.0756431059078424))
        #expect(agrees(Moments.variance(sample), 140.284))
        #expect(agrees(Moments.mean(sample), 8.08))
    }

    @Test("an empty sample has no statistics")
    func empty() throws {
        #expect(OrderStatistics.median([]) == nil)
        #expect(OrderStatistics.quantile([], 0.5) == nil)
        #expect(OrderStatistics.scaleSn([]) == nil)
        #expect(Moments.mean([]) == nil)
        #expect(Moments.variance([1]) == nil)
        #expect(try OrderStatistics.runningMedian([], halfWidth: 3) == [])
    }

    @Test("Sn and Qn estimate the standard deviation of a normal sample, and stay with a tenth of it far away")
    func robustScales() throws {
        let random = try RandomNumbers(seed: 3)
        var values = (0..<2000).map { _ in random.normal(mean: 5, standardDeviation: 2) }
        for estimate in [OrderStatistics.scaleSn(values), OrderStatistics.scaleQn(values)] {
            #expect(agrees(estimate, 2, 0.1))  // four standard errors at 58 % efficiency: 4 / √(2 · 2000 · 0.58) = 8 %
        }
        for i in 0..<200 { values[i] = 1e6 }
        for estimate in [OrderStatistics.scaleSn(values), OrderStatistics.scaleQn(values)] {
            #expect(agrees(estimate, 2, 0.5))  // bounded bias
        }
    }

    @Test("running median and deviation, cut at the ends")
    func running() throws {
        let values = [1.0, 5, 2, 100, 3, 4, 8]
        #expect(try OrderStatistics.runningMedian(values, halfWidth: 1) == [3, 2, 5, 3, 4, 4, 6])
        let both = try OrderStatistics.runningMedianAndDeviation(values, halfWidth: 1)
        #expect(both.median == [3, 2, 5, 3, 4, 4, 6])
        // Window (5, 2, 100): deviations 0, 3, 95; median 3.
        #expect(agrees(both.deviation[2], 3 * 1.4826022185056018, 1e-9))
    }

    @Test("covariance and correlation by hand")
    func covariance() {
        #expect(agrees(Moments.covariance([1, 2, 3], [2, 4, 9]), 3.5))
        #expect(agrees(Moments.correlation([1, 2, 3], [10, 20, 30]), 1))
        #expect(Moments.correlation([1, 1, 1], [1, 2, 3]) == nil)
        let matrix = Moments.covarianceMatrix(Matrix([[1, 2], [2, 4], [3, 9]]))
        #expect(largestDifference(matrix?.storage ?? [], [1, 3.5, 3.5, 13]) < 1e-12)
        #expect(matrix?.rows == 2)
    }
}

@Suite("random numbers")
struct RandomNumberTests {
    @Test("the same seed gives the same numbers; another seed or stream others")
    func reproducible() throws {
        func draw(_ seed: UInt64, _ stream: UInt64) throws -> [Double] {
            let random = try RandomNumbers(seed: seed, stream: stream)
            return (0..<20).map { _ in random.normal() }
        }
        #expect(try draw(1, 0) == draw(1, 0))
        #expect(try draw(1, 0) != draw(2, 0))
        #expect(try draw(1, 0) != draw(1, 1))
        #expect(try draw(0, 0) == draw(0, 0))
    }

    @Test("means and variances of the draws are those of their distributions")
    func moments() throws {
        let random = try RandomNumbers(seed: 11)
        let n = 40_000
        func check(_ name: String, mean: Double, variance: Double, _ draw: () -> Double) {
            let values = (0..<n).map { _ in draw() }
            let error = 5 * (variance / Double(n)).squareRoot()  // five standard errors
            #expect(abs((Moments.mean(values) ?? .nan) - mean) < error, "\(name)")
            #expect(agrees(Moments.variance(values), variance, 0.1), "\(name)")
        }
        check("normal", mean: 3, variance: 4) { random.normal(mean: 3, standardDeviation: 2) }
        check("uniform", mean: 1, variance: 16.0 / 12) { random.uniform(-1, 3) }
        check("lognormal", mean: exp(0.125), variance: (exp(0.25) - 1) * exp(0.25)) {
            random.lognormal(logMean: 0, logDeviation: 0.5)
        }
        check("triangular", mean: 14.0 / 3, variance: 49.0 / 18) {
            random.triangular(lower: 1, mode: 4, upper: 9)
        }
        check("Poisson", mean: 2.5, variance: 2.5) { Double(random.poisson(mean: 2.5)) }
        check("exponential", mean: 2, variance: 4) { random.exponential(mean: 2) }
        check("gamma", mean: 6, variance: 12) { random.gamma(shape: 3, scale: 2) }
        check("binomial", mean: 3, variance: 2.1) { Double(random.binomial(trials: 10, probability: 0.3)) }
        #expect((0..<1000).allSatisfy { _ in (0..<7).contains(random.index(below: 7)) })
    }

    @Test("Sobol points: each coordinate of 2ᵏ points falls once into each of 2ᵏ intervals, whatever the shift", arguments: [1, 9])
    func sobol(seed: Int) throws {
        let points = try SobolPoints.points(count: 128, dimension: 40, seed: UInt64(seed))
        for j in 0..<40 { #expect(points.column(j).map { Int($0 * 128) }.sorted() == Array(0..<128)) }
        #expect(try SobolPoints.points(count: 8, dimension: 2, seed: 1) == SobolPoints.points(count: 8, dimension: 2, seed: 1))
        #expect(throws: NumericalError.self) { try SobolPoints.points(count: 8, dimension: 41, seed: 1) }
    }

    @Test("an integral over five dimensions is far better than by random points")
    func sobolIntegral() throws {
        let points = try SobolPoints.points(count: 4096, dimension: 5, seed: 2)
        var sum = 0.0
        for i in 0..<4096 { sum += points.row(i).reduce(1) { $0 * (0.5 + $1) } }
        // The mean is 1; 4096 random points would have a standard error of √((13/12)⁵ − 1) / 64 = 0.011.
        #expect(abs(sum / 4096 - 1) < 0.002)
    }
}

@Suite("distributions")
struct DistributionTests {
    /// Values of `scipy.stats` 1.17.1: cdf, sf (far out) and ppf.
    @Test("cumulative, upper tail and quantile as SciPy gives them")
    func againstScipy() {
        #expect(agrees(StudentT(degreesOfFreedom: 5).cumulative(1.3), 0.8748496829146615))
        #expect(agrees(StudentT(degreesOfFreedom: 5).upperTail(4), 0.005161707740415725))
        #expect(agrees(StudentT(degreesOfFreedom: 7.5).quantile(0.975), 2.333039626864974, 1e-8))
        #expect(agrees(ChiSquare(degreesOfFreedom: 3).cumulative(2.5), 0.5247089166569795))
        #expect(agrees(ChiSquare(degreesOfFreedom: 10).upperTail(40), 1.694474393006737e-05))
        #expect(agrees(ChiSquare(degreesOfFreedom: 4).quantile(0.95), 9.487729036781154, 1e-8))
        #expect(agrees(FisherF(numerator: 3, denominator: 12).cumulative(2), 0.8321684435541826))
        #expect(agrees(FisherF(numerator: 3, denominator: 12).upperTail(9), 0.00213467162486269))
        #expect(agrees(FisherF(numerator: 3, denominator: 12).quantile(0.99), 5.952544681545868, 1e-8))
        #expect(agrees(Gamma(shape: 2.5, scale: 1.7).cumulative(3), 0.38105799774607185))
        #expect(agrees(Gamma(shape: 2.5, scale: 1.7).upperTail(20), 0.0002673058280782102))
        #expect(agrees(Gamma(shape: 2.5, scale: 1.7).quantile(0.1), 1.3687617889179742, 1e-8))
        #expect(agrees(Normal().cumulative(1.5), 0.9331927987311419))
        #expect(agrees(Normal().upperTail(8), 6.22096057427174e-16))
        #expect(agrees(Normal().quantile(1e-9), -5.9978070150076865))
        #expect(agrees(Normal(mean: 2, standardDeviation: 3).quantile(0.5), 2))
        #expect(agrees(Lognormal(logMean: 1, logDeviation: 0.5).cumulative(3), 0.5781741008028732))
        #expect(agrees(Lognormal(logMean: 1, logDeviation: 0.5).quantile(0.05), 1.1943154625015757))
        let triangular = Triangular(lower: 2, mode: 4, upper: 10)
        #expect(agrees(triangular.cumulative(3), 0.0625))
        #expect(agrees(triangular.cumulative(7), 0.8125))
        #expect(agrees(triangular.quantile(0.1), 3.26491106, 1e-8))
        #expect(agrees(triangular.quantile(0.8), 6.90161332, 1e-8))
    }

    @Test("counts as SciPy gives them, and at the ends")
    func discrete() {
        let binomial = Binomial(trials: 20, chance: 0.3)
        #expect(agrees(binomial.cumulative(7), 0.7722717974181608))
        #expect(agrees(binomial.upperTail(12), 0.001278879604220219))
        #expect(agrees(binomial.probability(6), 0.19163898275344254))
        #expect(binomial.quantile(0.9) == 9)
        #expect(binomial.cumulative(-1) == 0)
        #expect(binomial.cumulative(25) == 1)
        #expect(binomial.quantile(1.5) == nil)
        let poisson = Poisson(mean: 4.2)
        #expect(agrees(poisson.cumulative(6), 0.8674639959499184))
        #expect(agrees(poisson.upperTail(12), 0.00043062941740644884))
        #expect(agrees(poisson.probability(3), 0.1851653825792587))
        #expect(poisson.quantile(0.99) == 10)
        #expect(poisson.quantile(1) == nil)
    }
}

@Suite("monotone trends")
struct MonotoneTrendTests {
    @Test("Kendall's S, its variance with ties and Sen's slope, by hand")
    func byHand() throws {
        // Pairs of 5 values 1, 2, 2, 4, 3: 8 up, 1 down, 1 tied: S = 7; variance (5·4·15 − 2·1·9)/18 = 282/18.
        let trend = try #require(MonotoneTrend(times: [0, 1, 2, 3, 4], values: [1, 2, 2, 4, 3]))
        let factor = (1 + trend.neighbourCorrelation) / (1 - trend.neighbourCorrelation)
        #expect(abs(trend.z - 6 / (282.0 / 18 * factor).squareRoot()) < 1e-12)
        // Slopes sorted: −1, 0, 1/3, 1/2, 1/2, 1/2, 1, 1, 1, 2.
        #expect(abs(trend.slope - 0.5) < 1e-12)
        #expect(trend.slope95.low <= trend.slope && trend.slope <= trend.slope95.high)
        #expect(MonotoneTrend(times: [0, 1, 2], values: [1, 2, 3]) == nil)
    }

    @Test("without a trend z beyond 1.96 comes about once in twenty, for neighbours alike or not", arguments: [0.0, 0.5])
    func size(_ correlation: Double) throws {
        let random = try RandomNumbers(seed: 4)
        var beyond = 0
        let trials = 1000
        for _ in 0..<trials {
            var value = random.normal()
            let values = (0..<26).map { _ in
                value = correlation * value + (1 - correlation * correlation).squareRoot() * random.normal()
                return value
            }
            if abs(try #require(MonotoneTrend(times: (0..<26).map(Double.init), values: values)).z) > 1.96 { beyond += 1 }
        }
        #expect(beyond < 110, "\(beyond) of \(trials)")
    }
}
