// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Hydraulics
import Testing
import WaterFiles
import WaterModel

/// One line of a `*.answers.csv` beside a network; `Tools/network_answers.py` says what the columns mean and where values come from.
struct KnownAnswer {
    let quantity: String
    let element: String
    let time: Int
    let value: String
    let tolerance: Double
    let source: String
}

/// The known answers of one file in one mode of constants.
struct KnownAnswers: CustomTestStringConvertible {
    let network: String
    let constants: ConstantsMode
    let answers: [KnownAnswer]

    var testDescription: String { "\(network), constants \(constants)" }
    var path: String { Places.networks + network + ".inp" }

    /// Every file below `Networks/`, one entry a mode.
    static let all: [KnownAnswers] = {
        let suffix = ".answers.csv"
        let files = FileManager.default.enumerator(atPath: Places.networks)?.compactMap { $0 as? String } ?? []
        var all: [KnownAnswers] = []
        for file in files.filter({ $0.hasSuffix(suffix) }).sorted() {
            let rows = read(Places.networks + file)
            for (word, mode) in [("exact", ConstantsMode.exact), ("epanet", .epanet)] where rows.contains(where: { $0.mode == word }) {
                let answers = rows.filter { $0.mode == word }.map(\.answer)
                all.append(KnownAnswers(network: String(file.dropLast(suffix.count)), constants: mode, answers: answers))
            }
        }
        return all
    }()

    private static func read(_ path: String) -> [(mode: String, answer: KnownAnswer)] {
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        var rows: [(mode: String, answer: KnownAnswer)] = []
        for line in text.split(separator: "\n").dropFirst() {
            let words = line.split(separator: ",", omittingEmptySubsequences: false).map { String($0) }
            guard words.count == 8 else { continue }
            let answer = KnownAnswer(
                quantity: words[0], element: words[1], time: Int(words[2]) ?? -1, value: words[3], tolerance: Double(words[5]) ?? 0,
                source: words[7])
            rows.append((words[6], answer))
        }
        return rows
    }
}

/// Networks with published, closed-form or independently computed answers.
@Suite("known answers of Networks/")
struct PublishedNetworkTests {
    @Test("every answer file can be read whole")
    func filesAreWhole() throws {
        #expect(KnownAnswers.all.count >= 30)
        for file in KnownAnswers.all {
            #expect(FileManager.default.fileExists(atPath: file.path), "\(file.network)")
            for answer in file.answers {
                #expect(answer.time >= 0 && !answer.element.isEmpty && !answer.source.isEmpty, "\(file.network): \(answer)")
            }
        }
    }

    @Test("at the start", arguments: KnownAnswers.all)
    func atTheStart(file: KnownAnswers) throws {
        let network = try network(of: file)
        let constants = file.constants == .epanet ? PhysicalConstants.epanet : .exact
        let run = try ExtendedPeriod(network, constants: constants)
        #expect(run.next()?.time == 0)
        // One solve without a run knows all but what the pressure of a junction commands.
        let looksAtPressure = network.controls.contains { control in
            switch control.trigger {
            case .above(let id, _), .below(let id, _): network.nodes.first { $0.id == id }?.isJunction == true
            default: false
            }
        }
        var states = [run.state()]
        if !looksAtPressure {
            states.append(try HydraulicSolver(network, constants: constants).solve(BoundaryConditions(of: network, at: 0)))
        }
        for state in states {
            #expect(state.verdict.isConverged, "\(state.verdict)")
            let found = file.answers.filter { $0.time == 0 }.compactMap { complaint($0, network, state, file.constants) }
            #expect(found.isEmpty, "\(found.count) wrong: \(found.prefix(5).joined(separator: "; "))")
        }
    }

    @Test("in the course of the run", arguments: KnownAnswers.all.filter { $0.answers.contains { $0.time > 0 } })
    func inTime(file: KnownAnswers) throws {
        let network = try network(of: file)
        let run = try Simulation(of: network, constants: file.constants == .epanet ? .epanet : .exact)
        #expect(run.isConverged)
        let states = Dictionary(run.steps.map { ($0.time, $0.state) }, uniquingKeysWith: { _, last in last })
        let found = file.answers.filter { $0.time > 0 }.compactMap { answer in
            states[answer.time].map { complaint(answer, network, $0, file.constants) } ?? "no state at \(answer.time) s"
        }
        #expect(found.isEmpty, "\(found.count) wrong: \(found.prefix(5).joined(separator: "; "))")
    }

    /// At an accuracy far below the bars of the answers.
    private func network(of file: KnownAnswers) throws -> Network {
        var network = try INP.read(file.path, constants: file.constants)
        network.hydraulics.accuracy = 1e-9
        return network
    }

    /// nil where the state gives the answer, else what it gives instead.
    private func complaint(
        _ answer: KnownAnswer, _ network: Network, _ state: HydraulicState, _ constants: ConstantsMode
    ) -> String? {
        // Flows as EPANET reports them in the file's unit.
        let factor = INP.flowCorrection(of: network, constants: constants)
        let node = network.nodes.firstIndex { $0.id.name == answer.element }
        let link = network.links.firstIndex { $0.id.name == answer.element }
        let told = "\(answer.quantity) \(answer.element) at \(answer.time) s should be \(answer.value) (\(answer.source)), is "
        let given: Double?
        switch answer.quantity {
        case "head": given = node.flatMap { state.heads[$0] }
        case "pressure", "pressure_at_least":
            given = node.flatMap { index in state.heads[index].map { $0 - network.nodes[index].elevation } }
        case "flow": given = link.map { state.flows[$0] * factor }
        case "outflow": given = node.map { state.demands[$0] * factor }
        case "status":
            guard let status = link.map({ state.statuses[$0] }) else { return told + "missing" }
            let kind = status.isClosed ? "closed" : status == .active ? "active" : "open"
            return kind == answer.value ? nil : told + status.rawValue
        case "isolated":
            guard let node else { return told + "missing" }
            return state.heads[node] == nil ? nil : told + "\(state.heads[node] ?? 0) m"
        default: return "quantity '\(answer.quantity)' is not known"
        }
        guard let given, let wanted = Double(answer.value) else { return told + "missing" }
        if answer.quantity == "pressure_at_least" { return given >= wanted - answer.tolerance ? nil : told + "\(given)" }
        return abs(given - wanted) <= answer.tolerance ? nil : told + "\(given), off by \(given - wanted)"
    }
}
