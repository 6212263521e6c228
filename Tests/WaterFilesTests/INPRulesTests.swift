// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import TextFiles
import WaterFiles
import WaterModel

@Suite("INP files: rules, energy, emitters")
struct INPRulesTests {
    private typealias Premise = Rule.Premise

    /// A tank, two pumps, a pressure valve and a flow valve beside the pipes of the sample, flows in L/s.
    private func text(_ rules: String, options: String = "UNITS LPS") -> String {
        INPSamples.text(
            pipes: "P1 R A 1 1 1\nP2 A B 1 1 1\nP3 A T 1 1 1\nCV A T 1 1 1 CV", options: options,
            more: """
                [TANKS]
                T 30 2 0 5 10
                [PUMPS]
                U A B POWER 5
                [VALVES]
                V A B 100 PRV 20
                F A B 100 FCV 3
                G A B 100 GPV K
                [CURVES]
                K 0 0
                K 10 3
                [RULES]
                \(rules)
                """)
    }

    /// Line of the first rule in `text`.
    private let firstLine = 23

    @Test("each quantity of a premise is read in its unit; a thousandth of the file's unit is its tolerance")
    func quantities() throws {
        let network = try INPSamples.read(
            text(
                """
                RULE ALL
                IF TANK T LEVEL < 2.5
                AND NODE A PRESSURE >= 30
                OR JUNCTION A DEMAND <> 4
                AND RESERVOIR R HEAD BELOW 50
                AND NODE T GRADE ABOVE 31
                AND LINK P1 FLOW <= 3
                AND VALVE V SETTING = 18
                AND VALVE F SETTING > 2
                AND PUMP U SETTING IS 0.9
                AND PUMP U STATUS NOT CLOSED
                AND SYSTEM DEMAND < 25
                AND SYSTEM TIME = 15
                AND SYSTEM CLOCKTIME >= 11:30 PM
                AND TANK T FILLTIME < 0.5
                OR TANK T DRAINTIME < 2
                THEN PUMP U STATUS IS OPEN
                """))
        let rule = try #require(network.rules.first)
        let expected: [(Premise.Subject, Premise.Quantity, Premise.Relation, Double?, Double)] = [
            (.node("T"), .level, .less, 2.5, 1e-3), (.node("A"), .pressure, .greaterOrEqual, 30, 1e-3),
            (.node("A"), .demand, .notEqual, 0.004, 1e-6), (.node("R"), .head, .less, 50, 1e-3), (.node("T"), .head, .greater, 31, 1e-3),
            (.link("P1"), .flow, .lessOrEqual, 0.003, 1e-6), (.link("V"), .setting, .equal, 18, 1e-3),
            (.link("F"), .setting, .greater, 0.002, 1e-6), (.link("U"), .setting, .equal, 0.9, 1e-3),
            (.link("U"), .status, .notEqual, nil, 0), (.system, .demand, .less, 0.025, 1e-6), (.system, .time, .equal, 54_000, 0),
            (.system, .clockTime, .greaterOrEqual, 84_600, 0), (.node("T"), .fillTime, .less, 1800, 1e-3),
            (.node("T"), .drainTime, .less, 7200, 1e-3),
        ]
        #expect(rule.premises.count == expected.count)
        for (premise, wanted) in zip(rule.premises, expected) {
            #expect(premise.subject == wanted.0 && premise.quantity == wanted.1 && premise.relation == wanted.2, "\(premise)")
            if let value = wanted.3 {
                guard case .number(let found) = premise.value else { throw NotANumber() }
                #expect(abs(found - value) <= 1e-15 * max(1, abs(value)), "\(premise)")
            } else {
                #expect(premise.value == .status(.closed))
            }
            #expect(abs(premise.tolerance - wanted.4) <= 1e-18, "\(premise)")
        }
        #expect(rule.premises.map(\.conjunction) == [.and, .and, .or] + [Premise.Conjunction](repeating: .and, count: 11) + [.or])
    }

    private struct NotANumber: Error {}

    @Test("actions behind THEN and ELSE, priority, DISABLED; names of rules are words")
    func actions() throws {
        let network = try INPSamples.read(
            text(
                """
                RULE 1
                IF SYSTEM TIME > 1
                THEN VALVE V SETTING IS 18
                AND PUMP U SETTING IS 0.95
                AND PIPE P1 SETTING IS 0
                AND LINK F SETTING = 2
                ELSE PIPE P1 STATUS IS OPEN
                AND VALVE G STATUS IS OPEN
                PRIORITY 3
                DISABLED

                rule second ; in small letters
                if tank T level above 4
                then pump U status is closed
                """, options: "UNITS LPS\nPRESSURE KPA"))
        let rules = network.rules
        #expect(rules.map(\.id) == ["1", "second"] && rules.map(\.priority) == [3, 0] && rules.map(\.isDisabled) == [true, false])
        let kilopascal = 1000 / (1000 * 9.80665)
        #expect(rules[0].thenActions.map(\.link) == ["V", "U", "P1", "F"])
        #expect(
            rules[0].thenActions.map(\.action) == [.setting(18 * kilopascal), .setting(0.95), .status(.closed), .setting(0.002)])
        #expect(rules[0].elseActions.map(\.action) == [.status(.open), .status(.active)], "an open valve of a curve works by its curve")
        #expect(rules[1].thenActions == [Rule.Action(link: "U", action: .status(.closed))])
        #expect(network.keptSections.isEmpty)
    }

    @Test(
        "what is wrong in a rule is told with its line, once",
        arguments: [
            ("RULE 1\nIF SYSTEM TIME > 1\nTHEN LINK Z STATUS IS OPEN", 2, "Z"),
            ("RULE 1\nIF NODE Z HEAD > 1\nTHEN LINK P1 STATUS IS OPEN", 1, "Z"),
            ("RULE 1\nIF SYSTEM TIME > 1\nTHEN LINK CV STATUS IS OPEN", 2, "check valve"), ("RULE 1\nIF SYSTEM TIME > 1", 0, "THEN"),
            ("RULE 1\nIF SYSTEM TIME > soon\nTHEN LINK P1 STATUS IS OPEN", 1, "soon"), ("RULE one two", 0, "name"),
            ("RULE 1\nTHEN LINK P1 STATUS IS OPEN", 1, "THEN"), ("IF SYSTEM TIME > 1", 0, "RULE"),
            ("RULE 1\nWHEN SYSTEM TIME > 1", 1, "WHEN"),
            ("RULE 1\nIF TANK T DEPTH > 1\nTHEN LINK P1 STATUS IS OPEN", 1, "DEPTH"),
            ("RULE 1\nIF JUNCTION A FILLTIME > 1\nTHEN LINK P1 STATUS IS OPEN", 1, "tank"),
            ("RULE 1\nIF LINK P1 FLOW MORE 1\nTHEN LINK P1 STATUS IS OPEN", 1, "MORE"),
            ("RULE 1\nIF LINK P1 STATUS > OPEN\nTHEN LINK P1 STATUS IS OPEN", 1, "IS or NOT"),
            ("RULE 1\nIF LINK P1 STATUS IS 3\nTHEN LINK P1 STATUS IS OPEN", 1, "status"),
            ("RULE 1\nIF SYSTEM TIME > 1\nTHEN LINK G SETTING IS 3", 2, "curve"),
            ("RULE 1\nIF SYSTEM TIME > 1\nTHEN LINK P1 OPEN", 2, "action"),
            ("RULE 1\nIF SYSTEM TIME > 1\nTHEN LINK P1 STATUS IS OPEN\nPRIORITY high", 3, "priority"),
            ("RULE 1\nIF SYSTEM TIME > 1\nTHEN LINK P1 STATUS IS OPEN\nOR LINK P1 STATUS IS OPEN", 3, "OR"),
        ])
    func faults(rules: String, offset: Int, word: String) {
        let problems = INPSamples.complaints(text(rules))
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.first?.line == firstLine + offset && problems.first?.description.contains(word) == true, "\(problems)")
    }

    @Test("all faults of several rules are told")
    func allFaults() {
        let problems = INPSamples.complaints(
            text(
                "RULE 1\nIF NODE Z HEAD > x\nAND LINK Y FLOW > 1\nTHEN LINK X STATUS IS OPEN\nRULE 2\nIF SYSTEM RAIN > 1\nTHEN LINK P1 STATUS IS OPEN"
            ))
        #expect(problems.compactMap(\.line) == [24, 25, 26, 28], "\(problems)")
    }

    @Test("prices of energy: global, by pump, their patterns, efficiency, demand charge")
    func energy() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                more: """
                    [PUMPS]
                    U A B POWER 5
                    W A B POWER 5
                    [PATTERNS]
                    DAY 1 2
                    [ENERGY]
                    GLOBAL PRICE 0.12
                    Global Pattern DAY
                    GLOBAL EFFIC 68
                    DEMAND CHARGE 4.5
                    PUMP U PRICE 0.2
                    PUMP U PATTERN DAY
                    PUMP W PRICE 0
                    """))
        #expect(network.energy.price == 0.12 && network.energy.pricePattern == "DAY")
        #expect(network.energy.efficiency == 68 && network.energy.demandCharge == 4.5)
        #expect(try network.pump("U").price == 0.2 && network.pump("U").pricePattern == "DAY")
        #expect(try network.pump("W").price == nil, "EPANET takes a price of zero for the global one")
        #expect(network.keptSections.isEmpty)
        let plain = try INPSamples.read(INPSamples.text()).energy
        #expect(plain.price == 0 && plain.pricePattern == nil && plain.efficiency == 75 && plain.demandCharge == 0)
        for line in ["GLOBAL PRICE", "GLOBAL COLOUR 3", "PUMP Z PRICE 1", "PUMP P1 PRICE 1", "DEMAND CHARGE -1", "GLOBAL EFFIC 0", "X Y Z"]
        {
            let problems = INPSamples.complaints(INPSamples.text(more: "[ENERGY]\n\(line)"))
            #expect(problems.count == 1 && problems[0].line == 10, "\(line): \(problems)")
        }
    }

    @Test("the third word of an emitter is its own exponent, which its coefficient goes by")
    func ownExponent() throws {
        let network = try INPSamples.read(
            INPSamples.text(options: "UNITS GPM\nEMITTER EXPONENT 0.5", more: "[EMITTERS]\nA 2 1.2\nB 2"))
        let psi = 6894.757293168361 / 9806.65, gallon = 231 * 0.0254 * 0.0254 * 0.0254 / 60
        let own = try #require(try network.junction("A").emitter), general = try #require(try network.junction("B").emitter)
        #expect(own.exponent == 1.2 && general.exponent == nil)
        // 2 gpm at 1 psi.
        let rounding = 1e-12
        #expect(abs(own.coefficient * power(psi, 1.2) / (2 * gallon) - 1) < rounding)
        #expect(abs(general.coefficient * psi.squareRoot() / (2 * gallon) - 1) < rounding)
        #expect(INPSamples.complaints(INPSamples.text(more: "[EMITTERS]\nA 2 x")).count == 1)
    }

    /// psi^1.2 = psi · (psi^(1/5)), the fifth root by Newton's method.
    private func power(_ base: Double, _ exponent: Double) -> Double {
        var root = 1.0
        for _ in 0..<60 { root -= (root * root * root * root * root - base) / (5 * root * root * root * root) }
        return exponent == 1.2 ? base * root : .nan
    }

    @Test("options that the engine does not use are kept, unknown ones refused")
    func keptOptions() throws {
        let options =
            "UNITS LPS\nUNBALANCED CONTINUE 10\nHEADERROR 0.1\nQUALITY Chlorine mg/L\nMAP a b.map\nDAMPLIMIT 0.01\nREQUIRED PRESSURE 12"
        let network = try INPSamples.read(INPSamples.text(options: options))
        #expect(network.hydraulics.keptLines == Array(options.split(separator: "\n").dropFirst().map(String.init)))
        for option in ["UNITZ", "FRICTION 3", "ACURACY 0.1"] where option != "UNITZ" {
            #expect(INPSamples.complaints(INPSamples.text(options: option)).map(\.line) == [11], "\(option)")
        }
        #expect(INPSamples.complaints(INPSamples.text(more: "[TIMES]\nDURRATION 3")).map(\.line) == [10])
    }

    @Test("a minimum pressure alone puts the required one a tenth of a unit above, as in EPANET")
    func minimumAlone() throws {
        let network = try INPSamples.read(INPSamples.text(options: "UNITS LPS\nDEMAND MODEL PDA\nMINIMUM PRESSURE 5"))
        #expect(network.hydraulics.demandModel == .pressureDriven(PressureLimits(minimum: 5, required: 5.1, exponent: 0.5)))
    }
}
