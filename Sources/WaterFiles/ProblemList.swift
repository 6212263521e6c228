// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// Collects what is wrong, so that a user hears of everything at once; of one file at most `limit` problems in full.
struct ProblemList {
    let limit: Int
    private(set) var problems: [InputProblem] = []
    private var unsaid: [(file: String, count: Int)] = []
    private var said: [String: Int] = [:]

    init(limit: Int = 20) { self.limit = limit }

    var isEmpty: Bool { problems.isEmpty }

    mutating func add(_ problem: InputProblem) {
        let count = said[problem.file, default: 0]
        said[problem.file] = count + 1
        if count < limit {
            problems.append(problem)
        } else if let index = unsaid.firstIndex(where: { $0.file == problem.file }) {
            unsaid[index].count += 1
        } else {
            unsaid.append((problem.file, 1))
        }
    }

    mutating func add(_ file: String, _ line: Int? = nil, _ what: String, _ remedy: String) {
        add(InputProblem(file: file, line: line, what: what, remedy: remedy))
    }

    /// Takes over what another reader found; errors that are not of content are told in the same list.
    mutating func add(_ error: TextFileError) {
        switch error {
        case .invalid(let others): for problem in others { add(problem) }
        case .missing(let path): add(path, nil, "no such file", "check the name")
        case .unreadable(let path, let reason), .cannotWrite(let path, let reason): add(path, nil, "cannot be read: \(reason)", "")
        }
    }

    /// All problems in full, then how many more there are of each file.
    var all: [InputProblem] {
        problems
            + unsaid.map {
                InputProblem(
                    file: $0.file, what: "\($0.count) more problem\($0.count == 1 ? "" : "s")", remedy: "mend the first ones and try again")
            }
    }

    func throwIfAny() throws(TextFileError) {
        if !problems.isEmpty { throw .invalid(all) }
    }
}
