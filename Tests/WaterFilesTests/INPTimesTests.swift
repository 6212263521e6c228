// SPDX-License-Identifier: GPL-3.0-or-later

import Testing
import WaterFiles
import WaterModel

@Suite("INP files: times, controls")
struct INPTimesTests {
    @Test(
        "a time is hours, h:mm, h:mm:ss, a value with a unit, or with AM and PM",
        arguments: [
            ("2", 7200), ("1.5", 5400), ("0:30", 1800), ("1:02:03", 3723), ("90 MIN", 5400), ("45 SEC", 45), ("2 DAYS", 172_800),
            ("3 HOURS", 10_800), ("6 AM", 21_600), ("12 AM", 0), ("12 PM", 43_200), ("1:30 pm", 48_600), ("0", 0), ("0:00:01", 1),
        ])
    func times(text: String, seconds: Int) throws {
        #expect(try INPSamples.read(INPSamples.text(more: "[TIMES]\nDURATION \(text)")).times.duration == seconds)
    }

    @Test(
        "what is no time is refused with its line",
        arguments: ["soon", "1:xx", "-3", "14 PM", "1e99", "nan", "", ":", "0:00:00:00", "1:2:3:4:5", "5 FORTNIGHTS"])
    func noTimes(text: String) throws {
        let problems = INPSamples.complaints(INPSamples.text(more: "[TIMES]\nDURATION \(text)"))
        #expect(problems.count == 1 && problems[0].line == 10 && problems[0].what.contains("time"), "\(problems)")
    }

    @Test("the hydraulic step is not longer than the pattern's or the report's")
    func steps() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                more:
                    "[TIMES]\nHYDRAULIC TIMESTEP 2\nPATTERN TIMESTEP 1:00\nREPORT TIMESTEP 0:20\nREPORT START 1\nPATTERN START 3\nSTATISTIC NONE"
            ))
        #expect(network.times.hydraulicStep == 1200 && network.times.patternStep == 3600 && network.times.reportStep == 1200)
        #expect(network.times.reportStart == 3600 && network.times.patternStart == 10_800)
        #expect(network.times.keptLines == ["STATISTIC NONE"])
        #expect(network.times.ruleStep == nil)
        let steps = try INPSamples.read(
            INPSamples.text(more: "[TIMES]\nPATTERN TIMESTEP 2\nREPORT TIMESTEP 0\nRULE TIMESTEP 0:05\nSTART CLOCKTIME 25:30"))
        // A report step of zero is the pattern's.
        #expect(steps.times.reportStep == 7200 && steps.times.ruleStep == 300 && steps.times.startClockTime == 5400)
        let slow = try INPSamples.read(INPSamples.text(more: "[TIMES]\nHYDRAULIC TIMESTEP 0:30\nRULE TIMESTEP 2"))
        #expect(slow.times.ruleStep == 1800, "not longer than the hydraulic step")
    }

    @Test("controls of each kind")
    func controls() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                pipes: "P1 R A 1 1 1\nP2 A B 1 1 1\nP3 A T 1 1 1",
                more: """
                    [TANKS]
                    T 30 2 0 5 10
                    [PUMPS]
                    U A B POWER 5
                    [VALVES]
                    V A B 100 FCV 3
                    [CONTROLS]
                    LINK P1 CLOSED IF NODE T ABOVE 4.5
                    link U 1.5 if node A below 20
                    LINK P2 OPEN AT TIME 5:15
                    PUMP U OPEN AT CLOCKTIME 10 PM
                    LINK V 2.5 AT TIME 1 DISABLED
                    """))
        let controls = network.controls
        #expect(controls.count == 5)
        #expect(controls[0].trigger == .above("T", 4.5) && controls[0].action == .status(.closed) && controls[0].link == "P1")
        #expect(controls[1].trigger == .below("A", 20) && controls[1].action == .setting(1.5))
        #expect(controls[2].trigger == .time(18_900) && controls[2].action == .status(.open))
        #expect(controls[3].trigger == .clockTime(79_200))
        #expect(controls[4].isDisabled && controls[4].trigger == .time(3600))
        #expect(controls[4].action == .setting(0.0025), "a flow valve's setting is a flow: L/s")
        #expect(controls[3].action == .setting(1), "a pump that a control opens turns at full speed")
    }

    @Test("what EPANET refuses or takes otherwise in controls: numbers on pipes, settings of curves, negative settings")
    func controlsOfEachLink() throws {
        let valves = "[VALVES]\nG A B 100 GPV K\nB B A 100 PBV 5\n[CURVES]\nK 0 0\nK 10 3\n[CONTROLS]\n"
        let network = try INPSamples.read(
            INPSamples.text(
                more: valves
                    + "LINK P1 0 AT TIME 1\nLINK P1 7 AT TIME 2\nLINK G OPEN AT TIME 3\nLINK G CLOSED AT TIME 4\nLINK B -2 AT CLOCKTIME 26")
        )
        let actions = network.controls.map(\.action)
        #expect(actions == [.status(.closed), .status(.open), .status(.active), .status(.closed), .setting(-2)])
        #expect(network.controls.last?.trigger == .clockTime(7200), "hours of the next day")
        for (line, word) in [("LINK G 3 AT TIME 1", "curve"), ("LINK P1 -1 AT TIME 1", "-1"), ("LINK P1 OPEN AT TIME x", "time")] {
            let problems = INPSamples.complaints(INPSamples.text(more: valves + line))
            #expect(problems.count == 1 && problems[0].line == 16 && problems[0].what.contains(word), "\(problems)")
        }
    }

    @Test("with EPANET's constants a control's time loses its fraction of a second, as there")
    func cutSeconds() throws {
        let text = INPSamples.text(more: "[CONTROLS]\nLINK P1 CLOSED AT TIME 1.9 SEC")
        #expect(try INPSamples.read(text).controls[0].trigger == .time(2))
        #expect(try INPSamples.read(text, constants: .epanet).controls[0].trigger == .time(1))
    }

    @Test("the default pattern is the one named, else the one called 1, else constant")
    func defaultPattern() throws {
        let patterns = "[PATTERNS]\n1 1 2\nDAY 3 4"
        #expect(try INPSamples.read(INPSamples.text(more: patterns)).hydraulics.defaultPattern == "1")
        #expect(try INPSamples.read(INPSamples.text(options: "PATTERN DAY", more: patterns)).hydraulics.defaultPattern == "DAY")
        #expect(try INPSamples.read(INPSamples.text(options: "PATTERN NONE", more: patterns)).hydraulics.defaultPattern == nil)
        #expect(try INPSamples.read(INPSamples.text()).hydraulics.defaultPattern == nil)
    }
}
