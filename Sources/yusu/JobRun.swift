// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import TextFiles
import WaterFiles

/// Runs one job of a batch and keeps its record.
struct JobRun: Sendable {
    let job: BatchJob
    /// Of the batch.
    let output: String

    /// Commands that write a folder of results, which the batch names for them.
    private static let writing: Set<String> = [
        "plan", "nightflow", "locate", "monitor", "sensors", "zones", "select", "meters report", "meters reduce", "network simulate",
        "network scenarios",
        "network sensitivity",
    ]

    var results: String { output + "/" + job.name }
    var recordFolder: String { BatchPlace.records(of: output) }
    var recordPath: String { recordFolder + "/" + job.name + ".json" }

    /// The job's words, with a folder for its results where it names none.
    var arguments: [String] {
        let command = job.arguments.prefix(2).joined(separator: " ")
        let isWriting = Self.writing.contains(command) || Self.writing.contains(job.arguments.first ?? "")
        // A reduction to a partial result names its file.
        let hasOutput = job.arguments.contains { $0.hasPrefix("--output") || $0.hasPrefix("--partial") }
        return isWriting && !hasOutput ? job.arguments + ["--output", results] : job.arguments
    }

    private func value(of option: String) -> String? {
        if let index = arguments.firstIndex(of: option), index + 1 < arguments.count { return arguments[index + 1] }
        return arguments.first { $0.hasPrefix(option + "=") }.map { String($0.dropFirst(option.count + 1)) }
    }

    /// What the job writes: a store is written by an import, read by the others.
    private var outputs: [String] {
        let store = arguments.prefix(2) == ["meters", "import"] ? value(of: "--store") : nil
        return [value(of: "--output"), value(of: "--partial"), store, output].compactMap(\.self)
    }

    private var fingerprint: String {
        Fingerprint(arguments: arguments, outputs: outputs, version: Yusu.configuration.version).text
    }

    /// The record of an earlier run that still stands: same words, same content of the inputs, results still there.
    var standing: JobRecord? {
        guard let record = JobRecord(path: recordPath), record.isDone, record.fingerprint == fingerprint else { return nil }
        let isThere = ([record.results, value(of: "--output"), value(of: "--partial"), value(of: "--store")].compactMap(\.self)).allSatisfy
        {
            FileManager.default.fileExists(atPath: $0)
        }
        return isThere ? record : nil
    }

    /// Runs the job in this process. Its messages and its standard output are kept; nothing is thrown.
    func perform() -> JobRecord {
        let clock = ContinuousClock(), began = clock.now
        let fingerprint = fingerprint
        removeParts()
        let capture = JobCapture()
        var code: Int32 = 0
        JobCapture.$current.withValue(capture) {
            do {
                var command = try Yusu.parseAsRoot(arguments)
                try command.run()
            } catch {
                let told = ExitStatus.told(error)
                code = told.code
                if !told.message.isEmpty { capture.add(message: told.message) }
            }
        }
        var record = JobRecord(
            name: job.name, arguments: arguments, fingerprint: fingerprint, status: code == 0 ? .done : code == 1 ? .badAnswer : .failed,
            exitCode: code, messages: capture.messages, folder: arguments.dropFirst().first(where: CityFolder.isFolder), city: capture.city)
        do {
            if !capture.output.isEmpty {
                var files = OutputFiles()
                let isJSON = capture.output.hasPrefix("{") || capture.output.hasPrefix("[")
                files.add(isJSON ? "output.json" : "output.txt", capture.output)
                try files.write(to: results)
            }
            if FileManager.default.fileExists(atPath: results) { record.results = results }
            record.seconds = Self.seconds(clock.now - began)
            try keep(record)
        } catch {
            (record.status, record.exitCode) = (.failed, ExitStatus.cannotCreateOutput.rawValue)
            record.messages.append(error.description)
        }
        return record
    }

    /// Runs the job in a process of its own, so that a crash ends that job alone.
    func performApart(program: String) -> JobRecord {
        removeParts()
        try? FileManager.default.removeItem(atPath: recordPath)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["batch-job", "--name", job.name, "--batch-output", output, "--"] + job.arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        let alive = Pipe()
        process.standardInput = alive
        do {
            try process.run()
            // Its end here stays open as long as this process lives.
            withExtendedLifetime(alive) { process.waitUntilExit() }
        } catch {
            return failed("the program cannot be started: \(error.localizedDescription)")
        }
        if let record = JobRecord(path: recordPath) { return record }
        return failed("crashed: signal or code \(process.terminationStatus)")
    }

    private func failed(_ message: String) -> JobRecord {
        JobRecord(
            name: job.name, arguments: arguments, fingerprint: fingerprint, status: .crashed, exitCode: ExitStatus.crashed,
            messages: [message])
    }

    func keep(_ record: JobRecord) throws(TextFileError) {
        var files = OutputFiles()
        files.add(job.name + ".json", record.json.text)
        try files.write(to: recordFolder)
    }

    /// Files that a killed run of the job began.
    private func removeParts() {
        for folder in Set([results, value(of: "--output") ?? results]) { OutputFiles.removeParts(in: folder) }
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}

/// One job in a process of its own: what `yusu batch --isolate` starts.
struct BatchJobCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch-job", abstract: "One job of a batch; started by yusu batch --isolate.", shouldDisplay: false)

    @Option(help: "Name of the job.") var name: String
    @Option(help: "Folder of the batch.", completion: .directory) var batchOutput: String
    @Argument(parsing: .postTerminator, help: "Words of the job.") var words: [String]

    func run() throws {
        let batch = Self.watched()
        let place = try BatchPlace.joined(batchOutput)
        defer { place?.release() }
        // From here on the next batch waits for this process; one whose batch has ended before that writes nothing.
        guard place != nil, Self.isOpen(batch) else { throw ExitCode(ExitStatus.crashed) }
        Self.end(with: batch)
        _ = JobRun(job: BatchJob(name: name, arguments: words), output: batchOutput).perform()
    }

    /// The end of the pipe that closes when the batch ends. The job itself reads nothing from standard input.
    private static func watched() -> FileHandle {
        let batch = FileHandle(fileDescriptor: dup(FileHandle.standardInput.fileDescriptor))
        if let nothing = FileHandle(forReadingAtPath: "/dev/null") {
            dup2(nothing.fileDescriptor, FileHandle.standardInput.fileDescriptor)
        }
        return batch
    }

    private static func isOpen(_ batch: FileHandle) -> Bool {
        var asked = pollfd(fd: batch.fileDescriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&asked, 1, 0) == 0
    }

    /// Ends this process when the batch has ended: one that was killed must not leave jobs that write beside those of the next.
    private static func end(with batch: FileHandle) {
        let watch = Thread {
            _ = try? batch.readToEnd()
            Foundation.exit(ExitStatus.crashed)
        }
        watch.start()
    }
}
