// SPDX-License-Identifier: GPL-3.0-or-later

/// Which of two files is newer, told from the files alone, so that the order of import does not matter.
struct FileRank: Comparable {
    /// Time of change where the profile says so, else 0. [s since 1970]
    var modified: Int
    /// Name without folder and endings.
    var name: String
    var content: String

    init(path: String, modified: Int, content: String) {
        self.modified = modified
        var name = path.split(separator: "/").last.map(String.init) ?? path
        for ending in [".gz", ".csv", ".txt", ".tsv"] where name.lowercased().hasSuffix(ending) { name.removeLast(ending.count) }
        self.name = name
        self.content = content
    }

    static func < (left: Self, right: Self) -> Bool {
        if left.modified != right.modified { return left.modified < right.modified }
        if left.name != right.name { return precedes(left.name, right.name) }
        return left.content < right.content
    }

    /// Digits compared as numbers: `day9` comes before `day10`.
    static func precedes(_ left: String, _ right: String) -> Bool {
        let a = Array(left.utf8), b = Array(right.utf8)
        var i = 0, j = 0
        func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
        while i < a.count, j < b.count {
            if isDigit(a[i]), isDigit(b[j]) {
                var iEnd = i, jEnd = j
                while iEnd < a.count, isDigit(a[iEnd]) { iEnd += 1 }
                while jEnd < b.count, isDigit(b[jEnd]) { jEnd += 1 }
                let x = a[i..<iEnd].drop { $0 == 48 }, y = b[j..<jEnd].drop { $0 == 48 }
                if x.count != y.count { return x.count < y.count }
                if !x.elementsEqual(y) { return x.lexicographicallyPrecedes(y) }
                i = iEnd
                j = jEnd
            } else if a[i] != b[j] {
                return a[i] < b[j]
            } else {
                i += 1
                j += 1
            }
        }
        return a.count - i != b.count - j ? a.count - i < b.count - j : left < right
    }
}
