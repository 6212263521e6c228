// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterLoss
import WaterModel

/// A test in which the pressure of a zone is lowered in steps at night: its file, and the exponent of leakage that it shows.
struct StepTestReport {
    private let test: PressureStepTest
    private let steps: [PressureStepTest.Step]

    private static let columns = ["pressure_m", "inflow_l_per_s", "pressure_margin_m", "inflow_margin_percent"]

    /// - use: legitimate use while the test ran. [m³/s]
    /// - Throws: `TextFileError`.
    init(path: String, use: Estimate) throws(TextFileError) {
        let table = try DelimitedText(path: path)
        var problems: [InputProblem] = []
        for name in Self.columns.prefix(2) where !table.header.contains(name) {
            problems.append(InputProblem(file: path, line: 1, what: "no column '\(name)'", remedy: "add it, or correct its name"))
        }
        for name in table.header where !Self.columns.contains(name) {
            problems.append(
                InputProblem(
                    file: path, line: 1, what: "unknown column '\(name)'",
                    remedy: "the columns are: \(Self.columns.joined(separator: ", "))"))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        var steps: [PressureStepTest.Step] = []
        for row in table.rows {
            func number(_ column: String) -> Double? {
                guard let index = table.header.firstIndex(of: column), !row.fields[index].isEmpty else { return nil }
                if let value = NumberText.number(row.fields[index]), value >= 0 { return value }
                problems.append(
                    InputProblem(
                        file: path, line: row.line, what: "\(column) is '\(row.fields[index])'", remedy: "give a number of 0 or more"))
                return nil
            }
            guard let pressure = number("pressure_m"), let inflow = number("inflow_l_per_s") else {
                if problems.last?.line != row.line {
                    problems.append(
                        InputProblem(
                            file: path, line: row.line, what: "pressure or inflow is empty", remedy: "fill it in, or leave the row out"))
                }
                continue
            }
            let margin = number("inflow_margin_percent").map { $0 / 100 }
            steps.append(
                .init(
                    pressure: Estimate(pressure, margin95: number("pressure_margin_m") ?? 0),
                    inflow: margin.map { Estimate(inflow / 1000, relativeMargin95: $0) } ?? Estimate(inflow / 1000)))
        }
        guard problems.isEmpty else { throw .invalid(problems) }
        do throws(PressureStepTest.Refusal) {
            test = try PressureStepTest(steps, legitimateUse: use)
        } catch {
            throw .invalid([InputProblem(file: path, what: "no exponent of leakage", remedy: error.description)])
        }
        self.steps = steps
    }

    private func range(_ value: Estimate, _ decimals: Int) -> String {
        "\(NumberText.fixed(value.value, decimals))  (95 %: \(NumberText.fixed(value.low95, decimals)) to \(NumberText.fixed(value.high95, decimals)))"
    }

    private var shares: (fixed: Double, variable: Double) { PressureAndLeakage.shares(exponent: test.exponent.value) }

    var table: String {
        var lines = [
            TextColumns.padded("N1, leakage over pressure", 40) + range(test.exponent, 2),
            TextColumns.padded("leakage at \(NumberText.fixed(test.referencePressure, 1)) m, l/s", 40) + range(1000 * test.leakage, 2),
            TextColumns.padded("openings that keep their area (FAVAD)", 40) + NumberText.fixed(100 * shares.fixed, 0) + " % of the leakage",
            TextColumns.padded("what other sectors say, of N1", 40) + NumberText.fixed(100 * test.priorShare, 0) + " % of the knowledge",
        ]
        for (step, weight) in zip(steps, test.weights) where weight < 0.5 {
            lines += TextColumns.wrapped(
                "the step at \(NumberText.exact(step.pressure.value)) m does not fit and counts \(NumberText.fixed(100 * weight, 0)) %",
                mark: "! ")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var figures: [(String, Double)] {
        [
            ("exponent", test.exponent.value), ("exponent_low95", test.exponent.low95), ("exponent_high95", test.exponent.high95),
            ("reference_pressure_m", test.referencePressure), ("leakage_l_per_s", 1000 * test.leakage.value),
            ("leakage_low95_l_per_s", 1000 * test.leakage.low95), ("leakage_high95_l_per_s", 1000 * test.leakage.high95),
            ("fixed_area_share", shares.fixed), ("share_of_other_sectors", test.priorShare), ("chi_square", test.chiSquare),
            ("degrees_of_freedom", Double(test.degreesOfFreedom)),
        ]
    }

    var json: JSON {
        .object(figures.map { ($0.0, .number($0.1)) } + [("weights", .array(test.weights.map { .number($0) }))])
    }

    var csv: String {
        DelimitedText.line(figures.map(\.0)) + DelimitedText.line(figures.map { NumberText.exact($0.1) })
    }
}
