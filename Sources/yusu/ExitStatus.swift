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
    /// Standard output is closed or full.
    case cannotWriteOutput = 74

    /// Of a batch in which a job's process crashed.
    static let crashed: Int32 = 70

    init(_ error: TextFileError) {
        switch error {
        case .missing: self = .missingInput
        case .unreadable, .invalid: self = .badInput
        case .cannotWrite: self = .cannotCreateOutput
        }
    }

    /// Which of several codes a command ends with: the heaviest.
    var weight: Int { [.cannotCreateOutput, .missingInput, .badInput].firstIndex(of: self) ?? 0 }

    /// Ends a command whose result stands but is bad; its message has been written.
    static var answerIsBad: ExitCode { ExitCode(badAnswer.rawValue) }

    /// Code and message of an error that a command ended with.
    static func told(_ error: any Error) -> (code: Int32, message: String) {
        switch error {
        case let error as TextFileError: (ExitStatus(error).rawValue, error.description)
        case let errors as InputErrors: (errors.status.rawValue, errors.description)
        default: (Yusu.exitCode(for: error).rawValue, Yusu.message(for: error))
        }
    }

    /// Writes the message of an error to standard error and ends the process.
    static func end(with error: any Error) -> Never {
        switch error {
        case is TextFileError, is InputErrors:
            let (code, message) = told(error)
            Console.warn(message)
            exit(code)
        default: Yusu.exit(withError: error)
        }
    }
}

/// Standard output for results, standard error for everything else.
enum Console {
    /// Lines of a message that are shown; a file of another kind has a fault in every line.
    private static let longestMessage = 100

    /// Ends the process where standard output takes nothing more: quietly where its reader has gone (`| head`), else with the reason.
    static func result(_ text: String) { result(Array(text.utf8)) }

    static func result(_ bytes: [UInt8]) {
        if let job = JobCapture.current { return job.add(output: String(decoding: bytes, as: UTF8.self)) }
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(bytes))
        } catch {
            let reason = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            if reason?.code != Int(EPIPE) { warn("standard output cannot be written: closed, or the disk is full; nothing more was done") }
            exit(ExitStatus.cannotWriteOutput.rawValue)
        }
    }

    static func warn(_ text: String) {
        if let job = JobCapture.current { return job.add(message: text) }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.count > longestMessage {
            let more = lines.count - longestMessage
            lines = lines.prefix(longestMessage) + ["… and \(more) more; mend these first"]
        }
        write("yusu: " + lines.map { shown($0) }.joined(separator: "\n") + "\n")
    }

    static func progress(_ text: String, quiet: Bool) { if !quiet, JobCapture.current == nil { write(shown(text) + "\n") } }

    /// Puts a text in the place of the one before, in the terminal's last line.
    static func bar(_ text: String) { if JobCapture.current == nil { write("\r\u{1b}[K" + shown(text)) } }

    private static func write(_ text: String) { try? FileHandle.standardError.write(contentsOf: Data(text.utf8)) }

    /// Names come from files: marks that would steer a terminal are replaced.
    private static func shown(_ text: some StringProtocol) -> String {
        var output = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            output.append(scalar.properties.generalCategory == .control ? "\u{FFFD}" : scalar)
        }
        return String(output)
    }
}
