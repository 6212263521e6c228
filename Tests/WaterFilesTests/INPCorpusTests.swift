// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing
import TextFiles
import WaterFiles
import WaterModel

@Suite("INP files: whole collections")
struct INPCorpusTests {
    /// Every file that is whole: the published, the small and the project's own ones that are not broken by intent.
    static let whole: [String] = {
        let folders = ["published/", "small/", "own/"].map { INPSamples.shared + $0 }
        let broken = ["latin1.inp", "GOY_old_pump_line.inp"].map { INPSamples.shared + "broken/" + $0 }
        return folders.flatMap(INPSamples.files).filter { !$0.contains("/broken_") } + (INPSamples.hasShared ? broken : [])
    }()

    @Test("each whole network of the collection is read", .enabled(if: INPSamples.hasShared, "../shared/networks is not there"))
    func shared() {
        #expect(Self.whole.count > 120)
        for path in Self.whole {
            for constants in ConstantsMode.allCases {
                do {
                    let network = try INP.read(path, constants: constants)
                    #expect(network.nodes.count >= 2 && !network.links.isEmpty, "\(path)")
                    #expect(network.links.allSatisfy { link in link.pipe.map { $0.length > 0 && $0.diameter > 0 } ?? true }, "\(path)")
                } catch {
                    Issue.record("\(path): \(error)")
                }
            }
        }
    }

    @Test(
        "counts of nodes and links are those of the collection's table",
        .enabled(if: INPSamples.hasShared, "../shared/networks is not there"),
        arguments: [
            ("published/Net1", 11, 13), ("published/Net3", 97, 119), ("published/L-TOWN", 785, 909), ("published/ky12", 2355, 2463),
            ("published/MICROPOLIS_v1", 1577, 1619), ("published/Net6", 3356, 3892), ("small/io", 5, 6), ("own/reader_spelling", 5, 5),
        ])
    func counts(name: String, nodes: Int, links: Int) throws {
        let network = try INP.read(INPSamples.shared + name + ".inp")
        #expect(network.nodes.count == nodes && network.links.count == links)
    }

    @Test("what EPANET 2.3.5 misreads or refuses is read, or refused with its line", .enabled(if: INPSamples.hasShared))
    func misread() throws {
        let quoted = try INP.read(INPSamples.shared + "own/reader_quoted_name.inp")
        #expect(quoted.nodes.map(\.id.name) == ["LONGER_LINE_BEFORE_IT", "n 1", "B", "R"])
        #expect(quoted.nodes[1].elevation == 10 && quoted.nodes[1].junction?.demands.reduce(0) { $0 + $1.baseFlow } == 0)
        let anyOrder = try INP.read(INPSamples.shared + "own/reader_any_order.inp")
        #expect(anyOrder.links.map(\.id.name) == ["P1", "P2"] && anyOrder.nodes.count == 3)
        // A bare power of 4.52 kW, and UNITS SI.
        let old = try INP.read(INPSamples.shared + "broken/GOY_old_pump_line.inp")
        guard case .constantPower(let power)? = old.links.compactMap(\.pump).first?.characteristic else { throw CocoaError(.formatting) }
        #expect(abs(power - 4520) < 1e-9)
        // A time of four parts.
        let error = #expect(throws: TextFileError.self) { try INP.read(INPSamples.shared + "broken/bad_times.inp") }
        #expect(error?.description.contains(":324: time '0:00:00:00'") == true, "\(String(describing: error))")
    }

    @Test("files that are malformed are refused", .enabled(if: INPSamples.hasShared, "../shared/networks is not there"))
    func malformed() {
        for name in ["Net1broken.inp", "bad_values.inp", "bad_times.inp"] {
            #expect(throws: TextFileError.self) { try INP.read(INPSamples.shared + "broken/" + name) }
        }
    }

    @Test("one physical network in all eleven units is one network", .enabled(if: INPSamples.hasShared, "../shared/networks is not there"))
    func elevenFiles() throws {
        let files = INPSamples.files(in: INPSamples.shared + "own/").filter { $0.contains("/units_") }
        #expect(files.count == 11)
        let reference = try INP.read(INPSamples.shared + "own/units_lps.inp")
        for file in files {
            let network = try INP.read(file)
            // The files give their numbers to some ten digits.
            for (a, b) in zip(network.nodes, reference.nodes) { #expect(abs(a.elevation - b.elevation) < 1e-6, "\(file)") }
            for (a, b) in zip(network.links, reference.links) {
                guard let one = a.pipe, let two = b.pipe else { continue }
                #expect(abs(one.length / two.length - 1) < 1e-8 && abs(one.diameter / two.diameter - 1) < 1e-8, "\(file)")
            }
        }
    }

    @Test("each network of the project's own folder is read")
    func own() throws {
        let files = INPSamples.files(in: INPSamples.networks)
        #expect(files.count >= 20)
        for file in files { #expect(try INP.read(file).nodes.count >= 2, "\(file)") }
    }
}
