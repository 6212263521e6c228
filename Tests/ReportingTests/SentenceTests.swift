// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@testable import Reporting

/// What other modules say in English is known to the catalogue, so that another language can say it without touching the code.
@Suite("sentences of the analyses")
struct SentenceTests {
    /// Said by the plan of the example.
    static let said = [
        "imported: not given, taken as 0", "UARL outside its conditions: 2310 connections, more than 3,000 wanted",
        "(water supplied − billed authorised consumption) / water supplied (IWA Fi46)",
        "zone Z3: no readings of inflow sensor Q_3", "no water balance: own_sources is missing: a balance needs it; give its volume",
        "Figures of this city's folder are invented for an example: no part of this plan may be acted on.",
        "The programme reaches a revenue-water ratio of 65.4 % in 2032; asked for are 75 %, which is missed by 9.6 points; "
            + "all sized measures together would reach 71.8 %; the chance of missing it is 100 %.",
        "The 95 % interval of the net present value includes zero; the programme loses money in 12 % of the draws.",
        "46 of the 60 figures in the assumption register are contested, assumed, unverified or synthetic: replace them by figures of "
            + "the city before money is committed.",
    ]

    @Test("the English catalogue knows the sentence, and says it unchanged", arguments: said)
    func english(sentence: String) throws {
        let catalogue = try Catalogue.named("en")
        #expect(catalogue.sentences.translated(sentence, shown: { $0 }) == sentence)
    }

    @Test("another language says it in its own words, in its own order, around the same arguments")
    func translation() {
        let sentences = Sentences([
            "zone {0}: no readings of inflow sensor {1}": "caudalímetro {1} sin lecturas en la zona {0}",
            "no water balance: {0}": "sin balance: {0}", "{0} is missing: a balance needs it; give its volume": "falta {0}",
            "The target is missed by {0} points": "Faltan {0} puntos", "; the chance of missing it is {0}.": "; la probabilidad es {0}.",
        ])
        #expect(
            sentences.translated("zone Z3: no readings of inflow sensor Q", shown: { $0 }) == "caudalímetro Q sin lecturas en la zona Z3")
        #expect(
            sentences.translated("no water balance: imported is missing: a balance needs it; give its volume", shown: { "«\($0)»" })
                == "sin balance: falta «imported»")
        #expect(
            sentences.translated("The target is missed by 3 points; the chance of missing it is 9 %.", shown: { $0 })
                == "Faltan 3 puntos; la probabilidad es 9 %.")
        #expect(sentences.translated("nobody has said this", shown: { $0 }) == nil)
    }

    @Test(
        "no sentence of the sources is missing in the English catalogue",
        .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), "python3 is not installed"))
    func complete() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let process = Process(), pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
        process.arguments = [root.path + "/Tools/list_messages.py", "--check"]
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(output)")
    }
}
