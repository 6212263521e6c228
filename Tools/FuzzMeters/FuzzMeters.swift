// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles

/// Puts mutated exports through the readers of all families.
///
///     fuzz-meters [--seed N] [--count N] [--seconds N] [--folder FOLDER] [--only FAMILY] SEEDS
///
/// SEEDS holds a folder a family with a `profile.yaml` and files. Each family gets `count` inputs in turn. An input is written to
/// FOLDER/input before it is read, so that it is there after a crash; one that takes more than 20 s of processor time ends the process
/// by a signal (SIGPROF).
/// Inputs with any other fault are kept as FOLDER/fault_N_FAMILY. Exit code 1 where there is one.
@main
struct FuzzMeters {
    var seed: UInt64 = 1
    var count = 10_000
    var seconds = Double.infinity
    var folder = "."
    var only: String?
    var seeds = ""

    private static let longestRead = 20  // s of processor time: other work on the machine makes no hang
    /// A profile is proposed from every such input.
    private static let guessEvery = 100

    static func main() throws {
        var fuzz = FuzzMeters()
        var words = CommandLine.arguments.dropFirst()
        while let word = words.popFirst() {
            switch word {
            case "--seed": fuzz.seed = words.popFirst().flatMap { UInt64($0) } ?? fuzz.seed
            case "--count": fuzz.count = words.popFirst().flatMap { Int($0) } ?? fuzz.count
            case "--seconds": fuzz.seconds = words.popFirst().flatMap { Double($0) } ?? fuzz.seconds
            case "--folder": fuzz.folder = words.popFirst() ?? fuzz.folder
            case "--only": fuzz.only = words.popFirst()
            default: fuzz.seeds = word
            }
        }
        exit(try fuzz.run() ? 0 : 1)
    }

    /// Ends the process after so much processor time; 0 takes the limit away. [s]
    private static func limit(_ seconds: Int) {
        var timer = itimerval()
        timer.it_value.tv_sec = time_t(seconds)
        unsafe setitimer(Int32(ITIMER_PROF.rawValue), &timer, nil)
    }

    func run() throws -> Bool {
        let clock = ContinuousClock(), began = clock.now
        let families = try SeedFamily.all(in: seeds).filter { only == nil || $0.name == only }
        let everything = families.flatMap(\.files)
        let path = folder + "/input"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let input = FileHandle(forWritingAtPath: path) else { throw TextFileError.cannotWrite(path: path, reason: "no permission") }
        var faults = 0
        for (index, family) in families.enumerated() {
            let start = clock.now
            var mutator = ExportMutator(files: family.files, others: everything, seed: seed &+ UInt64(index) &* 1_000_003)
            var read = 0, refused = 0, done = 0
            var slowest = Duration.zero
            while done < count {
                if done % 1024 == 0, clock.now - began > .seconds(min(seconds, 1e9)) { break }
                let bytes = mutator.next()
                try input.seek(toOffset: 0)
                try input.write(contentsOf: bytes)
                try input.truncate(atOffset: UInt64(bytes.count))
                Self.limit(Self.longestRead)
                let before = clock.now
                switch ExportTrial.run(bytes, family: family, pieceSize: mutator.pieceSize()) {
                case .read: read += 1
                case .refused: refused += 1
                case .fault(let reason):
                    faults += 1
                    print("fault \(faults), \(family.name), input \(done): \(reason.prefix(500))")
                    if faults <= 100 { try Data(bytes).write(to: URL(fileURLWithPath: folder + "/fault_\(faults)_\(family.name)")) }
                }
                if done % Self.guessEvery == 0, let reason = ExportTrial.guessFault(bytes) {
                    faults += 1
                    print("fault \(faults), \(family.name), input \(done), proposal of a profile: \(reason)")
                    try Data(bytes).write(to: URL(fileURLWithPath: folder + "/fault_\(faults)_guess"))
                }
                slowest = max(slowest, clock.now - before)
                done += 1
            }
            Self.limit(0)
            print(
                "\(family.name): seed \(seed), \(done) inputs in \(clock.now - start): \(read) read, \(refused) refused; "
                    + "the slowest took \(slowest)"
            )
        }
        print("\(faults) faults")
        return faults == 0
    }
}
