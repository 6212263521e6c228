// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Testing

@Suite("meters map and reduce")
struct PartialCommandTests {
    /// An export of some meters over a week, in `shard0.csv` … and whole in `all.csv`.
    private static func town(_ shards: Int) throws -> TemporaryCity {
        let folder = try TemporaryCity()
        var rows = [String](repeating: "meter,time,value\n", count: shards), all = rows[0], register = "meter,zone,class,diameter_mm\n"
        for hour in 0..<170 {
            let time = "2026-06-0\(1 + hour / 24)T\(hour % 24 < 10 ? "0" : "")\(hour % 24):00"
            for meter in 0..<30 where (hour + meter) % 41 != 0 {
                let row = "M\(meter),\(time),\(1000 + hour * (meter % 7) + (hour % (meter + 2) == 0 ? 5 : 0))\n"
                rows[meter % shards] += row
                all += row
            }
        }
        for meter in 0..<32 { register += "M\(meter),Z\(meter % 3),residential,15\n" }
        for (shard, text) in rows.enumerated() { try folder.write("shard\(shard).csv", text) }
        try folder.write("all.csv", all)
        try folder.write("register.csv", register)
        try folder.write("p.yaml", "columns: {meter: meter, time: time, value: value}\nkind: register\nunit: L\ntime_zone: UTC\n")
        return folder
    }

    private static let map = "$YUSU meters map --quiet --profile p.yaml --register register.csv"

    @Test("xargs -P over shards, from files and standard input, gives the files of import and report")
    func xargs() throws {
        let folder = try Self.town(5)
        let outcome = try Program.shell(
            """
            set -e
            $YUSU meters import --quiet --store s.sqlite --profile p.yaml --register register.csv all.csv
            $YUSU meters report --store s.sqlite --output whole
            ls shard[0-3].csv | xargs -P 2 -I {} \(Self.map) --output {}.part {}
            cat shard4.csv | \(Self.map) > shard4.csv.part
            printf 'meter,time,value\\n' | \(Self.map) > empty.part
            $YUSU meters reduce --partial ab.part shard3.csv.part shard0.csv.part
            $YUSU meters reduce --partial - ab.part shard1.csv.part > abc.part
            $YUSU meters reduce --output parts --register register.csv shard4.csv.part empty.part abc.part shard2.csv.part
            diff -r whole parts
            """, in: folder)
        #expect(outcome.status == 0, "\(outcome.messages)\(outcome.output)")
        #expect(try folder.text("parts/meters.csv").contains("M31,Z1,0,0"))
        // What the report says of is in it.
        #expect(outcome.output.contains("parts/counts.json"))
    }

    @Test("messages for what does not go together")
    func messages() throws {
        let folder = try Self.town(2)
        func said(_ line: String, _ status: Int32, _ part: String) throws {
            let outcome = try Program.shell(line, in: folder)
            #expect(outcome.status == status && outcome.isClean && outcome.messages.contains(part), "\(line): \(outcome.messages)")
        }
        #expect(try Program.shell("for s in 0 1; do \(Self.map) --output $s.part shard$s.csv || exit; done", in: folder).status == 0)
        try said("$YUSU meters reduce --output out 0.part 0.part", 65, "meter 'M0' is also in '0.part'")
        try said("$YUSU meters reduce --output out 0.part p.yaml", 65, "p.yaml: this is no partial result")
        try said("$YUSU meters reduce --output out 0.part none.part", 66, "none.part: no such file")
        try said("$YUSU meters reduce 0.part", 64, "--output, or a file for a partial result with --partial")
        try said(
            "head -c 3000 0.part > cut.part; $YUSU meters reduce --output out cut.part 1.part", 65,
            "cut.part: this partial result is cut off")
        try said("\(Self.map) --from 2026-06-02T05:30 shard0.csv > x", 64, "write it as 2026-06-01 or")
        try said(
            "\(Self.map) --from 2026-06-02 --output 2.part shard1.csv; $YUSU meters reduce --output out 0.part 2.part", 65,
            "--from 2026-06-01T00:00 --to 2026-06-08T01:00")
        try said("\(Self.map) --output 3.part none.csv", 66, "none.csv: no such file")
        try said(": | \(Self.map) > 4.part", 65, "/dev/stdin")
        // No report was begun, and no partial of a shard that could not be read.
        #expect(
            !FileManager.default.fileExists(atPath: folder.path + "/out")
                && !FileManager.default.fileExists(atPath: folder.path + "/3.part"))
    }

    @Test("killed at any moment, a partial result is there whole or not at all")
    func killed() throws {
        let folder = try Self.town(1)
        #expect(try Program.shell("\(Self.map) --output good.part all.csv", in: folder).status == 0)
        let good = try folder.bytes("good.part")
        for wait in 1...12 {
            _ = try Program.shell("\(Self.map) --output new.part all.csv & sleep 0.0\(wait * 8 % 10)\(wait); kill -9 $!; wait", in: folder)
            if FileManager.default.fileExists(atPath: folder.path + "/new.part") {
                #expect(try folder.bytes("new.part") == good)
                try folder.remove("new.part")
            }
        }
    }
}
