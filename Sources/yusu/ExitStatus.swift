// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import TextFiles

/// Exit codes that scripts rely on.
enum ExitStatus: Int32 {
    /// Done, and the answer is bad: did not converge, does not close, a check failed.
    case badAnswer = 1
    case badInput = 65
    case missingInput = 66
    case cannotCreateOutput = 73

    /// Ends a command whose result stands but is bad; its message has been written.
    static var answerIsBad: ExitCode { ExitCode(badAnswer.rawValue) }

    /// Writes the message of an error to standard error and ends the process.
    static func end(with error: any Error) -> Never {
        guard let error = error as? TextFileError else { Yusu.exit(withError: error) }
        Console.warn(error.description)
        switch error {
        case .missing: exit(missingInput.rawValue)
        case .unreadable, .invalid: exit(badInput.rawValue)
        case .cannotWrite: exit(cannotCreateOutput.rawValue)
        }
    }
}

/// Standard output for results, standard error for everything else.
enum Console {
    static func result(_ text: String) { FileHandle.standardOutput.write(Data(text.utf8)) }
    static func warn(_ text: String) { FileHandle.standardError.write(Data(("yusu: " + text + "\n").utf8)) }
    static func progress(_ text: String, quiet: Bool) {
        if !quiet { FileHandle.standardError.write(Data((text + "\n").utf8)) }
    }
}
