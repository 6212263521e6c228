// SPDX-License-Identifier: GPL-3.0-or-later

import TextFiles

/// What is wrong with several inputs, collected so that a user sees all of it at once.
struct InputErrors: Error {
    private(set) var errors: [TextFileError] = []

    var isEmpty: Bool { errors.isEmpty }

    mutating func add(_ error: TextFileError) { errors.append(error) }

    /// The value of a step; nil where its input cannot be used, and then its error is kept. Other errors pass.
    mutating func keep<T>(_ step: () throws -> T) throws -> T? {
        do {
            return try step()
        } catch let error as TextFileError {
            errors.append(error)
            return nil
        }
    }

    func throwIfAny() throws { if !errors.isEmpty { throw self } }

    var description: String { errors.map(\.description).joined(separator: "\n") }

    /// Bad data weigh more than missing files, and these more than outputs.
    var status: ExitStatus { errors.map(ExitStatus.init).max { $0.weight < $1.weight } ?? .badInput }
}
