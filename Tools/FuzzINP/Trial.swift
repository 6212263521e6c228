// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles
import WaterFiles
import WaterModel

/// One file put through the reader; where it is taken, through the writers and the reader again.
enum Trial {
    enum Outcome: Equatable {
        case taken
        case refused
        /// The writer refused a name, which is its right.
        case notWritten
        /// What should not be: why.
        case fault(String)
    }

    static func run(_ bytes: [UInt8], constants: ConstantsMode) -> Outcome {
        let network: Network
        do {
            network = try INP.parse(bytes, file: "input.inp", constants: constants)
        } catch {
            guard case .invalid(let problems) = error, !problems.isEmpty else { return .fault("no problems told: \(error)") }
            if problems.count > INP.mostProblems + 1 { return .fault("\(problems.count) problems told") }
            return .refused
        }
        _ = NetworkGeoJSON.text(of: network)
        guard let written = try? INP.text(of: network, constants: constants, file: "output.inp") else { return .notWritten }
        do {
            let again = try INP.parse(written.text, file: "output.inp", constants: constants)
            guard again.nodes.count == network.nodes.count, again.links.count == network.links.count else {
                return .fault(
                    "\(network.nodes.count) nodes and \(network.links.count) links became \(again.nodes.count) and \(again.links.count)")
            }
            let twice = try INP.text(of: again, constants: constants, file: "output.inp")
            return twice.text == written.text ? .taken : .fault("written twice, the text differs")
        } catch {
            return .fault("what was written is refused: \(error)")
        }
    }
}
