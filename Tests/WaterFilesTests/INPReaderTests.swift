// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterFiles
import WaterModel

@Suite("INP files: sections, words, defaults")
struct INPReaderTests {
    @Test("sections may come in any order and more than once")
    func anyOrder() throws {
        let network = try INPSamples.read(
            """
            [TAGS]
            NODE B north
            LINK P2 old
            [STATUS]
            P2 CLOSED
            [PIPES]
            P1 R A 500 150 100
            [OPTIONS]
            UNITS LPS
            [JUNCTIONS]
            A 10 5 DAY
            [PIPES]
            P2 A B 500 150 100
            [JUNCTIONS]
            B 12 6
            [COORDINATES]
            B 3 4
            [VERTICES]
            P2 1 1
            P2 2 2
            [RESERVOIRS]
            R 40
            [PATTERNS]
            DAY 1 2
            DAY 3
            """)
        #expect(network.nodes.map(\.id.name) == ["A", "B", "R"])
        #expect(network.links.map(\.id.name) == ["P1", "P2"])
        #expect(try network.link("P2").status == .closed)
        #expect(try network.node("B").tag == "north" && network.link("P2").tag == "old")
        #expect(try network.node("B").position == Point(x: 3, y: 4))
        #expect(try network.link("P2").vertices == [Point(x: 1, y: 1), Point(x: 2, y: 2)])
        #expect(network.patterns.map(\.multipliers) == [[1, 2, 3]])
        #expect(try network.junction("A").demands == [Demand(baseFlow: 0.005, pattern: "DAY")])
    }

    @Test("a keyword is known by its stem, in any case; names keep their case")
    func stems() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                junctions: "n 10 5\nN 12 6", pipes: "P1 R n 500 150 100\nP2 n N 500 150 100 open",
                options: """
                    unitz lps
                    HEADLoss  c-m
                    accuracies 0.01
                    TRIALSS 33
                    emitter exponent 0.8
                    demand multiplied 2
                    specific gravity 1
                    """,
                more: "[times]\ndura 5\nHydr time 0:30\npatternish timestep 2"))
        #expect(network.hydraulics.headLossFormula == .chezyManning)
        #expect(network.hydraulics.accuracy == 0.01 && network.hydraulics.trials == 33)
        #expect(network.hydraulics.emitterExponent == 0.8 && network.hydraulics.demandMultiplier == 2)
        #expect(network.times.duration == 18_000 && network.times.hydraulicStep == 1800 && network.times.patternStep == 7200)
        #expect(network.nodes.map(\.id.name) == ["n", "N", "R"])
    }

    @Test("fields that are not given have EPANET's defaults")
    func defaults() throws {
        let metric = try INPSamples.read(INPSamples.text(junctions: "A\nB 12", pipes: "P1 R A\nP2 A B 40"))
        let pipe = try metric.pipe("P1")
        #expect(pipe.length == 100 && abs(pipe.diameter - 0.254) < 1e-15 && pipe.roughness == 130 && pipe.minorLoss == 0)
        #expect(try metric.node("A").elevation == 0 && metric.junction("A").demands.isEmpty)
        let us = try INPSamples.read(INPSamples.text(pipes: "P1 R A\nP2 A B", options: "UNITS GPM\nHEADLOSS D-W"))
        #expect(abs(try us.pipe("P1").length - 330 * 0.3048) < 1e-12)
        #expect(abs(try us.pipe("P1").diameter - 0.254) < 1e-15)
        #expect(abs(try us.pipe("P1").roughness - 0.0005 * 0.3048 / 1000) < 1e-18)
        #expect(try INPSamples.read(INPSamples.text(pipes: "P1 R A\nP2 A B", options: "HEADLOSS C-M")).pipe("P1").roughness == 0.01)
        let options = metric.hydraulics
        #expect(options.trials == 200 && options.accuracy == 0.001 && options.demandMultiplier == 1 && options.emitterExponent == 0.5)
        #expect(options.emitterBackflow && options.demandModel == .demandDriven && options.specificGravity == 1)
        #expect(metric.times.duration == 0 && metric.times.hydraulicStep == 3600 && metric.times.reportStep == 3600)
    }

    @Test("words after a pipe's roughness are its loss, its status or a check valve, in either order")
    func pipeWords() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                junctions: "A\nB\nC\nD\nE",
                pipes: "P1 R A 1 1 1 2.5 CV\nP2 A B 1 1 1 CV\nP3 B C 1 1 1 Closed\nP4 C D 1 1 1 0.5\nP5 D E 1 1 1 0 Open ; 3"))
        #expect(try network.pipe("P1").hasCheckValve && network.pipe("P1").minorLoss == 2.5)
        #expect(try network.pipe("P2").hasCheckValve && network.pipe("P2").minorLoss == 0)
        #expect(try network.link("P3").status == .closed)
        #expect(try network.pipe("P4").minorLoss == 0.5 && network.link("P4").status == .open)
        #expect(try network.pipe("P5").minorLoss == 0)
    }

    @Test("a quoted name keeps its blanks; tabs and commas part words; a semicolon ends a line")
    func words() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                junctions: "\"n 1\"\t10,5;comment [PIPES]\n B  12  6 ; x", pipes: "P1 R \"n 1\" 500 150 100\nP2 \"n 1\" B 500 150 100"))
        #expect(network.nodes.map(\.id.name) == ["n 1", "B", "R"])
        #expect(try network.junction("n 1").demands[0].baseFlow == 0.005)
    }

    @Test("CR LF, CR alone, a byte-order mark and ISO 8859-1 letters are read", arguments: ["\n", "\r\n", "\r"])
    func lineEnds(end: String) throws {
        let folder = try TemporaryFolder()
        let text = INPSamples.text(junctions: "Peñón 10 5\nB 12 6", pipes: "P1 R Peñón 500 150 100\nP2 Peñón B 500 150 100")
            .replacing("\n", with: end)
        let utf8 = try INP.read(try folder.write("a.inp", bytes: [0xef, 0xbb, 0xbf] + Array(text.utf8)))
        let latin = try INP.read(try folder.write("b.inp", bytes: text.unicodeScalars.map { UInt8($0.value) }))
        #expect(utf8.nodes.map(\.id.name) == ["Peñón", "B", "R"])
        #expect(latin.nodes.map(\.id.name) == ["Peñón", "B", "R"])
    }

    @Test("bytes that are line breaks in Unicode only are letters of a line, as in files of old code pages")
    func nelByte() throws {
        let folder = try TemporaryFolder()
        let bytes = Array("[TITLE]\nwater ".utf8) + [0x85] + Array(" and more\n".utf8) + Array(INPSamples.text().utf8)
        #expect(try INP.read(try folder.write("c.inp", bytes: bytes)).nodes.count == 3)
    }

    @Test("a gzipped model is read as it is")
    func gzip() throws {
        let folder = try TemporaryFolder()
        let network = try INP.read(try folder.write("a.inp.gz", bytes: FileBytes.gzip(Array(INPSamples.text().utf8))))
        #expect(network.nodes.count == 3)
    }

    @Test("the first line of a junction in DEMANDS replaces its own demand, the others add categories")
    func demandCategories() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                junctions: "A 10 5\nB 12 6", more: "[DEMANDS]\nA 1 ;homes\nA 2 DAY ;shops\nMULTIPLY 3\n[PATTERNS]\nDAY 1 2\n1 7"))
        let demands = try network.junction("A").demands
        #expect(demands.map(\.baseFlow) == [0.001, 0.002])
        #expect(demands.map(\.pattern) == [nil, "DAY"])
        #expect(demands.map(\.category) == ["homes", "shops"])
        #expect(try network.junction("B").demands.map(\.baseFlow) == [0.006])
        #expect(network.hydraulics.defaultPattern == "1" && network.hydraulics.demandMultiplier == 3)
    }

    @Test("tanks: volume curve, overflow; short lines and tanks without diameter are reservoirs")
    func tanks() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                pipes: "P1 R A 1 1 1\nP2 A B 1 1 1\nP3 A T1 1 1 1\nP4 A T2 1 1 1\nP5 A T3 1 1 1\nP6 A T4 1 1 1",
                more: """
                    [TANKS]
                    T1 30 2 1 5 10 7 V YES
                    T2 30 2 1 5 10 0 * NO
                    T3 33
                    T4 30 2 0 5 0
                    [CURVES]
                    V 0 0
                    V 5 400
                    """))
        let first = try #require(try network.node("T1").tank), second = try #require(try network.node("T2").tank)
        #expect(first.volumeCurve == "V" && first.canOverflow && first.minimumVolume == 7)
        #expect(second.volumeCurve == nil && !second.canOverflow && second.diameter == 10)
        #expect(try network.node("T3").reservoir != nil && network.node("T3").elevation == 33)
        #expect(try network.node("T4").reservoir != nil && network.node("T4").elevation == 32)
        #expect(network.curves.first?.use == .tankVolume)
    }

    @Test("pumps: curve, power, speed, pattern, and the bare power of EPANET 1")
    func pumps() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                more: """
                    [PUMPS]
                    U1 A B HEAD K SPEED 0.9 PATTERN DAY
                    U2 A B POWER 5
                    U3 A B 7
                    [CURVES]
                    K 20 40
                    E 10 70
                    [PATTERNS]
                    DAY 1 0
                    [ENERGY]
                    GLOBAL PRICE 0.1
                    PUMP U1 EFFIC E
                    [STATUS]
                    U2 CLOSED
                    U3 1.2
                    """))
        let first = try network.pump("U1")
        guard case .curve("K") = first.characteristic else { throw CocoaError(.formatting) }
        #expect(first.speed == 0.9 && first.speedPattern == "DAY" && first.efficiencyCurve == "E" && first.price == nil)
        #expect(network.curves.map(\.use) == [.pumpHead, .pumpEfficiency])
        // Both uses have flow on x: L/s.
        #expect(network.curves[0].points == [Point(x: 0.02, y: 40)] && network.curves[1].points == [Point(x: 0.01, y: 70)])
        guard case .constantPower(5000) = try network.pump("U2").characteristic else { throw CocoaError(.formatting) }
        #expect(try network.link("U2").status == .closed)
        guard case .constantPower(7000) = try network.pump("U3").characteristic else { throw CocoaError(.formatting) }
        #expect(try network.pump("U3").speed == 1.2)
    }

    @Test("STATUS sets one link or a range of numbers")
    func statusRange() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                junctions: "A\nB\nC\nD", pipes: "1 R A 1 1 1\n2 A B 1 1 1\n3x B C 1 1 1\n10 C D 1 1 1\n4 B D 1 1 1 CV",
                more: "[STATUS]\n2 9 CLOSED\n10 0"))
        // EPANET reads the number that a name begins with, passes over numbers on pipes, and leaves check valves of a range alone.
        #expect(network.links.map(\.status) == [.open, .closed, .closed, .open, .open])
        let letters = try INPSamples.read(
            INPSamples.text(
                junctions: "A\nB\nC", pipes: "PA R A 1 1 1\nPB A B 1 1 1\nPC B C 1 1 1", more: "[STATUS]\nPA PB CLOSED"))
        #expect(letters.links.map(\.status) == [.closed, .closed, .open])
    }

    @Test("valves are active unless STATUS fixes them; a setting there makes them active again")
    func valveStatus() throws {
        let network = try INPSamples.read(
            INPSamples.text(
                more: "[VALVES]\nV1 A B 100 TCV 5 2\nV2 A B 100 TCV 5\nV3 A B 100 TCV 5\n[STATUS]\nV2 CLOSED\nV3 OPEN\nV3 9"))
        #expect(try network.link("V1").status == .active && network.valve("V1").minorLoss == 2)
        #expect(try network.link("V2").status == .closed)
        #expect(try network.link("V3").status == .active && network.valve("V3").setting == 9)
    }

    @Test("sections that the engine does not use are kept word for word")
    func keptSections() throws {
        let network = try INPSamples.read(
            "[TITLE]\nA town\n of two\n"
                + INPSamples.text(
                    more: """
                        [QUALITY]
                        A 0.5
                        [REACTIONS]
                        [LABELS]
                        1 1 "a label"
                        """))
        #expect(network.title.prefix(2) == ["A town", " of two"])
        let kept = Dictionary(uniqueKeysWithValues: network.keptSections.map { ($0.name, $0.lines) })
        #expect(kept.keys.sorted() == ["LABELS", "QUALITY", "REACTIONS"])
        #expect(kept["QUALITY"] == ["A 0.5"] && kept["LABELS"] == ["1 1 \"a label\""] && kept["REACTIONS"]?.isEmpty == true)
    }

    @Test("nothing is read behind [END], and a file without [END] is whole")
    func end() throws {
        #expect(try INPSamples.read(INPSamples.text() + "[JUNK]\nx y z\n").nodes.count == 3)
        #expect(try INPSamples.read(INPSamples.text().replacing("[END]", with: "")).nodes.count == 3)
    }
}
