// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation

/// A row of yearly net flows, and what appraisers ask of it.
public struct DiscountedCashFlow: Sendable {
    /// Benefit less cost of each year. [currency]
    public var flows: [Double]
    /// Years from the moment of valuation to the first flow: 0 where it is paid at once, 1 at the end of the first year.
    public var firstFlowYear: Int

    public init(flows: [Double], firstFlowYear: Int = 1) {
        self.flows = flows
        self.firstFlowYear = firstFlowYear
    }

    /// NPV = Σ F(t)/(1+r)^t. [currency]
    public func netPresentValue(rate: Double) -> Double {
        var sum = 0.0
        var factor = pow(1 + rate, -Double(firstFlowYear))
        for flow in flows {
            sum += flow * factor
            factor /= 1 + rate
        }
        return sum
    }

    /// Every rate between `lowest` and `highest` at which the present value is zero, ascending; empty where there is none.
    ///
    /// The range is scanned in steps of a quarter of a point up to 100 % and of 5 points beyond, and each change of sign is closed in by
    /// bisection. Two roots within one step are missed; a row whose sign changes once has one root at most.
    /// [per year]
    public func internalRates(lowest: Double = -0.95, highest: Double = 10) -> [Double] {
        guard flows.contains(where: { $0 > 0 }), flows.contains(where: { $0 < 0 }) else { return [] }
        var roots: [Double] = []
        var left = lowest
        var leftValue = netPresentValue(rate: left)
        while left < highest {
            let right = min(highest, left + (left < 1 ? 0.0025 : 0.05))
            let rightValue = netPresentValue(rate: right)
            if leftValue == 0 {
                roots.append(left)
            } else if leftValue * rightValue < 0 {
                roots.append(bisected(left, right, leftValue))
            }
            left = right
            leftValue = rightValue
        }
        return roots
    }

    private func bisected(_ low: Double, _ high: Double, _ lowValue: Double) -> Double {
        var low = low, high = high
        // 60 halvings of a step of 0.05 end below the spacing of Double.
        for _ in 0..<60 {
            let middle = (low + high) / 2
            let value = netPresentValue(rate: middle)
            if value == 0 { return middle }
            if (value < 0) == (lowValue < 0) { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    /// Years until the sum of flows reaches zero, the year of crossing read between its ends; nil where it never does.
    /// With a rate above 0: the discounted payback. [years]
    public func payback(rate: Double = 0) -> Double? {
        var sum = 0.0
        var factor = pow(1 + rate, -Double(firstFlowYear))
        var payback: Double?
        for (index, flow) in flows.enumerated() {
            let discounted = flow * factor
            let before = sum
            sum += discounted
            if sum < 0 {
                payback = nil
            } else if before < 0, discounted > 0 {
                // The year that ends at time index + firstFlowYear begins one year earlier.
                payback = Double(index + firstFlowYear - 1) + -before / discounted
            } else if index == 0 {
                payback = 0
            }
            factor /= 1 + rate
        }
        return payback
    }

    /// Present value of benefits over present value of costs; nil where there is no cost. [–]
    public static func benefitCostRatio(benefits: [Double], costs: [Double], rate: Double, firstFlowYear: Int = 1) -> Double? {
        let cost = Self(flows: costs, firstFlowYear: firstFlowYear).netPresentValue(rate: rate)
        guard cost > 0 else { return nil }
        return Self(flows: benefits, firstFlowYear: firstFlowYear).netPresentValue(rate: rate) / cost
    }
}
