// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import TextFiles
import WaterFiles

/// Puts mutated network files through the reader.
///
///     fuzz-inp [--seed N] [--count N] [--seconds N] [--folder FOLDER] [--timing] FILE.inp ...
///
/// Each input is written to FOLDER/input.inp before it is read, so that it is there after a crash; an input that takes more than
/// 20 s ends the process by an alarm. Inputs with any other fault are kept as FOLDER/fault_N.inp. Exit code 1 where there is one.
/// `--count 0 --timing` reads the files as they are and tells how long each took.
@main
struct FuzzINP {
    var seed: UInt64 = 1
    var count = 10_000
    var seconds = Double.infinity
    var folder = "."
    var isTiming = false
    var files: [String] = []

    private static let longestRead: UInt32 = 20  // s

    static func main() throws {
        var fuzz = FuzzINP()
        var words = CommandLine.arguments.dropFirst()
        while let word = words.popFirst() {
            switch word {
            case "--seed": fuzz.seed = words.popFirst().flatMap { UInt64($0) } ?? fuzz.seed
            case "--count": fuzz.count = words.popFirst().flatMap { Int($0) } ?? fuzz.count
            case "--seconds": fuzz.seconds = words.popFirst().flatMap { Double($0) } ?? fuzz.seconds
            case "--folder": fuzz.folder = words.popFirst() ?? fuzz.folder
            case "--timing": fuzz.isTiming = true
            default: fuzz.files.append(word)
            }
        }
        exit(try fuzz.run() ? 0 : 1)
    }

    func run() throws -> Bool {
        let clock = ContinuousClock(), began = clock.now
        var models: [[UInt8]] = []
        for file in files {
            let start = clock.now
            let bytes = try FileBytes.read(file)
            let read = clock.now
            let network = try? INP.parse(bytes, file: file)
            if isTiming {
                let nodes = network?.nodes.count ?? 0, links = network?.links.count ?? 0
                print("\(file): read \(read - start), parsed \(clock.now - read): \(nodes) nodes, \(links) links")
            }
            models.append(bytes)
        }
        guard count > 0, !models.isEmpty else { return true }
        var mutator = Mutator(models: models, seed: seed)
        let path = folder + "/input.inp"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let input = FileHandle(forWritingAtPath: path) else { throw TextFileError.cannotWrite(path: path, reason: "no permission") }
        var taken = 0, refused = 0, notWritten = 0, faults = 0, done = 0
        var slowest = Duration.zero
        while done < count {
            if done % 1024 == 0, clock.now - began > .seconds(min(seconds, 1e9)) { break }
            let bytes = mutator.next()
            try input.seek(toOffset: 0)
            try input.write(contentsOf: bytes)
            try input.truncate(atOffset: UInt64(bytes.count))
            alarm(Self.longestRead)
            let start = clock.now
            switch Trial.run(bytes, constants: done % 2 == 0 ? .exact : .epanet) {
            case .taken: taken += 1
            case .refused: refused += 1
            case .notWritten: notWritten += 1
            case .fault(let reason):
                faults += 1
                print("fault \(faults), input \(done): \(reason.prefix(500))")
                if faults <= 100 { try Data(bytes).write(to: URL(fileURLWithPath: folder + "/fault_\(faults).inp")) }
            }
            slowest = max(slowest, clock.now - start)
            done += 1
        }
        alarm(0)
        print(
            "seed \(seed): \(done) inputs in \(clock.now - began): \(taken) taken, \(refused) refused, \(notWritten) taken but not written, "
                + "\(faults) faults; the slowest took \(slowest)")
        return faults == 0
    }
}
