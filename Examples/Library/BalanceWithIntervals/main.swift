// SPDX-License-Identifier: GPL-3.0-or-later

// How much water does a town lose, how surely is that known, and which measurement would tell more? The water balance of the
// International Water Association from six figures, each with the range in which it lies. All figures are invented.

import Foundation
import WaterLoss
import WaterModel

/// A figure and half of its 95 % range in per cent. In your own programs put the source where it says synthetic.
func figure(_ value: Double, _ percent: Double = 0) -> SourcedValue {
    let half = value * percent / 100
    return SourcedValue(value, low: value - half, high: value + half, source: "invented for this example", status: .synthetic)
}

// Volumes of a year. [m³]
var input = BalanceInput(
    periodDays: 365,
    volumes: [
        .ownSources: figure(5_000_000, 4), .billedMetered: figure(2_600_000, 1), .billedUnmetered: figure(400_000, 20),
        .unauthorised: figure(100_000, 60),
    ])
// Customer meters miss 2 to 8 % of what runs through them.
input.meterUnderRegistration = figure(0.05, 60)

// What the balance is set against. What is not known stays unknown: the indicators that need it are then left out.
var town = CityProfile(name: "Example", country: "PE", currency: "PEN")
town.connections = figure(20_000, 3)
town.mainsLength = figure(260_000, 5)  // m
town.averagePressure = figure(30, 15)  // m
town.tariff = figure(2)  // PEN/m³
town.variableProductionCost = figure(0.4, 20)  // PEN/m³

// The samples make intervals that hold where ranges are skewed, too; the same seed gives the same digits on every machine.
let balance = try WaterBalance(input, monteCarlo: MonteCarlo(seed: 1))
let indicators = IndicatorSet(balance, profile: town)

/// A line of the table.
func line(_ name: String, _ estimate: Estimate, _ decimals: Int, _ unit: String) {
    func text(_ value: Double) -> String { String(format: "%7.\(decimals)f", value) }
    let padded = name.padding(toLength: 28, withPad: " ", startingAt: 0)
    print("\(padded) \(text(estimate.value)) \(text(estimate.low95)) to \(text(estimate.high95))  \(unit)")
}

print("                               value         95 %")
line("Water supplied", 0.001 * balance.waterSupplied, 0, "thousand m³")
line("Revenue water", 0.001 * balance.revenueWater, 0, "thousand m³")
line("Apparent losses", 0.001 * balance.apparentLosses, 0, "thousand m³")
line("Real losses", 0.001 * balance.realLosses, 0, "thousand m³")
line("Revenue water ratio", balance.revenueWaterRatio, 3, "–")
for kind in [LossIndicator.Kind.realLossesPerConnection, .infrastructureLeakageIndex] {
    if let indicator = indicators[kind] {
        line(kind.rawValue.replacing("_", with: " "), indicator.value, 1, indicator.unit)
    }
}

print("\nWhat makes real losses uncertain, and so what to measure first:")
for share in balance.varianceShares(of: \.realLosses).prefix(3) {
    print(String(format: "%4.0f %%  ", 100 * share.share) + share.input)
}

// Better data change the answer only where they are the reason for the doubt: halve the margin of each, one at a time.
print("\nReal losses, with the margin of one figure halved:")
for (name, halve) in [
    ("own sources", { (input: inout BalanceInput) in input.volumes[.ownSources] = figure(5_000_000, 2) }),
    ("unmetered use", { input in input.volumes[.billedUnmetered] = figure(400_000, 10) }),
] {
    var better = input
    halve(&better)
    let balance = try WaterBalance(better, monteCarlo: MonteCarlo(seed: 1))
    line(name, 0.001 * balance.realLosses, 0, "thousand m³")
}
