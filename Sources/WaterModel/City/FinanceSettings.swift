// SPDX-License-Identifier: GPL-3.0-or-later

/// Terms on which money is lent.
public struct LoanTerms: Sendable, Hashable {
    public enum Repayment: String, Sendable, CaseIterable {
        /// The same principal each year, interest on what is outstanding.
        case equalPrincipal = "equal_principal"
        /// The same payment each year.
        case annuity
    }

    /// [per year]
    public var interest: Double
    /// From the first payment out to the last payment back. [years]
    public var maturity: Int
    /// Of these, years of interest only.
    public var grace: Int
    public var repayment: Repayment

    public init(interest: Double, maturity: Int, grace: Int = 0, repayment: Repayment = .equalPrincipal) {
        self.interest = interest
        self.maturity = max(1, maturity)
        self.grace = min(max(0, grace), max(0, maturity - 1))
        self.repayment = repayment
    }
}

/// A contract that pays for losses brought down: fixed fee + min(max(0, baseline + adjustment − measured), cap) × 365 × fee − penalty.
public struct PerformanceContractTerms: Sendable, Hashable {
    /// Which losses it is measured by.
    public enum Basis: String, Sendable, CaseIterable {
        case nonRevenueWater = "non_revenue_water"
        case realLosses = "real_losses"
    }

    public var basis = Basis.nonRevenueWater
    /// [currency/year]
    public var fixedFee: Double
    /// [currency/m³]
    public var fee: Double
    /// Most that is paid for; nil: no limit. [m³/d]
    public var cap: Double?
    /// Of a year that stays below `guaranteedSaving`. [currency/year]
    public var penalty: Double
    /// [m³/d]
    public var guaranteedSaving: Double?
    /// Years of payment, from the first of the plan.
    public var years: Int

    public init(fixedFee: Double = 0, fee: Double, cap: Double? = nil, penalty: Double = 0, guaranteedSaving: Double? = nil, years: Int) {
        self.fixedFee = fixedFee
        self.fee = fee
        self.cap = cap
        self.penalty = penalty
        self.guaranteedSaving = guaranteedSaving
        self.years = years
    }
}

/// A partner of those who deliver the programme.
public struct ConsortiumMember: Sendable, Hashable {
    public enum Role: String, Sendable, CaseIterable {
        case lead, member, supervisor, adviser
        case grantGiver = "grant_giver"
    }

    public var name: String
    public var role: Role
    /// Of the programme's capital. [–]
    public var share: Double

    public init(name: String, role: Role, share: Double) {
        self.name = name
        self.role = role
        self.share = share
    }
}

/// How the programme is paid for and what it is worth to the country; what is not known stays `unknown`.
public struct FinancingSettings: Sendable {
    public enum Drawing: String, Sendable, CaseIterable {
        /// The first source until it is used up, then the next.
        case inOrder = "in_order"
        /// Every source by its share of the whole.
        case proRata = "pro_rata"
    }

    public var drawing = Drawing.inOrder
    /// At which the funder takes the grant element. [per year]
    public var donorDiscountRate = SourcedValue.unknown
    public var contract: PerformanceContractTerms?
    /// Shares add up to 1.
    public var consortium: [ConsortiumMember] = []
    /// Tax on works and goods, on top of their price. [–]
    public var tax = SourcedValue.unknown
    /// Rise of prices. [per year]
    public var priceEscalation = SourcedValue.unknown
    /// Year whose prices the costs are in; nil: not said.
    public var priceBaseYear: Int?
    /// Economic over financial price, without taxes. [–]
    public var conversionFactor = SourcedValue.unknown
    /// Return that the funder asks of an economic account. [per year]
    public var economicDiscountRate = SourcedValue.unknown
    /// What a cubic metre more is worth to those who are short of it. [currency/m³]
    public var willingnessToPay = SourcedValue.unknown
    /// What those who are short pay for water elsewhere. [currency/m³]
    public var copingCost = SourcedValue.unknown
    /// Of a household. [m³/month]
    public var householdUse = SourcedValue.unknown
    /// Part of the bill that does not depend on use. [currency/month]
    public var fixedCharge = SourcedValue.unknown
    /// Of a household. [currency/month]
    public var householdIncome = SourcedValue.unknown
    /// Of the poorest tenth or fifth, as the source has it. [currency/month]
    public var lowIncome = SourcedValue.unknown
    /// Most of its income that a household should pay for water. [–]
    public var affordableShare = SourcedValue.unknown
    /// Of the lifeline block. [currency/m³]
    public var lifelineTariff = SourcedValue.unknown
    /// [m³/month]
    public var lifelineUse = SourcedValue.unknown

    public init() {}
}
