// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("one meter job on many processors")
struct SparkTests {
    /// A Python with PySpark: that of `Tools/spark/install`, the one that `YUSU_SPARK_PYTHON` names, or the system's. nil where none has it, or
    /// Java is missing.
    static let python: String? = {
        let named = ProcessInfo.processInfo.environment["YUSU_SPARK_PYTHON"].map { [$0] } ?? []
        return (named + [Program.root + "/.build/spark/bin/python", "python3"]).first { python in
            let outcome = try? Program.run(
                "/usr/bin/env", [python, "-c", "import pyspark, pyarrow, pandas, shutil; assert shutil.which('java')"], in: Program.root)
            return outcome?.status == 0
        }
    }()

    private func compare(_ python: String, _ options: [String]) throws -> Program.Outcome {
        let folder = try TemporaryCity()
        return try Program.run(
            "/usr/bin/env",
            [python, Program.root + "/Tools/spark/compare.py", Program.optimised ?? Program.path(), "--meters", "40", "--days", "12"]
                + options,
            in: folder.path)
    }

    @Test("two exports with late rows and conflicts, undivided and by shards under xargs -P: the same bytes")
    func xargs() throws {
        let outcome = try compare("python3", ["--without-spark"])
        #expect(
            outcome.status == 0 && outcome.output.hasPrefix("same bytes undivided, under xargs -P:"), "\(outcome.output)\(outcome.messages)"
        )
    }

    @Test(
        "the same on a Spark cluster of two workers",
        .enabled(if: python != nil, "PySpark, pyarrow, pandas or Java is missing: Tools/spark/install"))
    func spark() throws {
        let outcome = try compare(try #require(Self.python), ["--partitions", "3"])
        #expect(
            outcome.status == 0 && outcome.output.hasPrefix("same bytes undivided, under xargs -P and Spark:"),
            "\(outcome.output)\(outcome.messages)")
    }
}
