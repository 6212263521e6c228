// SPDX-License-Identifier: GPL-3.0-or-later

import ArgumentParser
import Foundation
import Synchronization
import TextFiles
import WaterFiles

struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Any mixture of jobs over many cities or exports, in parallel, resumable.",
        usage: "yusu batch <manifest> --output <output> [<options>]",
        discussion: """
            The manifest lists jobs as command lines: YAML, or a CSV with the columns name, run, needs (names, blanks between). \
            Paths are those of the folder in which the batch is started.

              jobs:
                - {folders: "cities/*", run: check FOLDER}
                - {name: lima, run: plan cities/lima --language es}
                - {name: july, run: meters import --store s.sqlite
                    --profile hourly.yaml july.csv.gz}
                - {name: report, needs: [july],
                    run: meters report --store s.sqlite}

            Each job's results go to OUTPUT/NAME, its record to OUTPUT/jobs; batch.json tells of all, cities.csv compares the cities, with \
            ranks and intervals. A batch that was killed goes on where it was: a job that is done and whose inputs have not changed is not run \
            again. A job that fails stops no other but those that need it. Ends with the code of the worst.

            Example: yusu batch cities.yaml --output results
            Example: yusu batch cities.yaml --output results --isolate
            """)

    @Argument(help: "YAML or CSV.", completion: .file()) var manifest: String
    @Option(help: "Folder for the results; the same again to go on.", completion: .directory) var output: String
    @Option(help: "Jobs at a time; by default one a processor.") var jobs: Int?
    @Flag(help: "A process for each job: slower, and a crash ends that job alone.") var isolate = false
    @Flag(help: "Run all again, whatever is done.") var again = false
    @Flag(help: "No messages on standard error.") var quiet = false

    func validate() throws {
        if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs is \(jobs); give 1 to 1024") }
    }

    func run() throws {
        let list = try BatchManifestFile.read(manifest)
        try OutputFiles.check(output)
        let place = try BatchPlace(output)
        defer { place.leave() }
        let run = BatchRun(
            jobs: list, output: output, workers: jobs ?? ProcessInfo.processInfo.activeProcessorCount,
            program: isolate ? Bundle.main.executablePath : nil, again: again, quiet: quiet)
        let records = run.perform()
        let report = BatchReport(records: records, known: run.known)
        var files = OutputFiles()
        files.add("batch.json", report.json.text)
        files.add("cities.csv", report.cities)
        try files.write(to: output)
        for record in records where !record.isDone {
            Console.warn("\(record.name): \(record.status.rawValue) (\(record.exitCode)): \(record.messages.last ?? "")")
        }
        Console.result(report.summary + "\(output)/batch.json\n\(output)/cities.csv\n")
        let worst = report.exitCode
        if worst != 0 { throw ExitCode(worst) }
    }
}

/// Runs the jobs of a batch: those that need no other first, each level in parallel.
final class BatchRun: Sendable {
    private struct State {
        var next = 0
        var records: [String: JobRecord] = [:]
        var known = 0
        var finished = 0
    }

    private let jobs: [BatchJob]
    private let output: String
    private let workers: Int
    /// Of the processes that jobs run in; nil: in this one.
    private let program: String?
    private let again: Bool
    private let quiet: Bool
    private let state = Mutex(State())

    init(jobs: [BatchJob], output: String, workers: Int, program: String?, again: Bool, quiet: Bool) {
        self.jobs = jobs
        self.output = output
        self.workers = workers
        self.program = program
        self.again = again
        self.quiet = quiet
    }

    /// Jobs that were done before.
    var known: Int { state.withLock { $0.known } }

    /// Records of all jobs in the manifest's order.
    func perform() -> [JobRecord] {
        var left = jobs
        while !left.isEmpty {
            let done = state.withLock { Set($0.records.keys) }
            let level = left.filter { $0.needs.allSatisfy(done.contains) }
            guard !level.isEmpty else { break }
            run(level)
            let names = Set(level.map(\.name))
            left.removeAll { names.contains($0.name) }
        }
        return state.withLock { state in jobs.compactMap { state.records[$0.name] } }
    }

    private func run(_ level: [BatchJob]) {
        state.withLock { $0.next = 0 }
        let group = DispatchGroup()
        for _ in 0..<min(workers, level.count) {
            group.enter()
            let thread = Thread { [self] in
                while let job = take(level) { finish(record(of: job), of: job) }
                group.leave()
            }
            // Threads have half a megabyte else, and readers of files call themselves.
            thread.stackSize = 16 << 20
            thread.start()
        }
        group.wait()
    }

    private func take(_ level: [BatchJob]) -> BatchJob? {
        state.withLock { state in
            guard state.next < level.count else { return nil }
            state.next += 1
            return level[state.next - 1]
        }
    }

    private func record(of job: BatchJob) -> JobRecord {
        let run = JobRun(job: job, output: output)
        let missing = state.withLock { state in job.needs.filter { state.records[$0]?.isDone != true } }
        guard missing.isEmpty else {
            return JobRecord(
                name: job.name, arguments: run.arguments, fingerprint: "", status: .skipped, exitCode: 0,
                messages: ["needs \(missing.joined(separator: ", ")), which did not succeed"])
        }
        if !again, let record = run.standing {
            state.withLock { $0.known += 1 }
            return record
        }
        return program.map(run.performApart) ?? run.perform()
    }

    private func finish(_ record: JobRecord, of job: BatchJob) {
        let finished = state.withLock { state in
            state.records[job.name] = record
            state.finished += 1
            return state.finished
        }
        if !quiet, isatty(STDERR_FILENO) == 1 {
            Console.bar("\(finished) of \(jobs.count) jobs, \(job.name)" + (finished == jobs.count ? "\n" : ""))
        }
    }
}
