// SPDX-License-Identifier: GPL-3.0-or-later

import Foundation
import Planning
import Testing
import WaterLoss
import WaterModel

@testable import Reporting

@Suite("The plan as a workbook")
struct WorkbookTests {
    /// An invented plan whose sums fit together: results that its own cash flow has, as `Planning` computes them.
    static let computed: ImprovementPlan = {
        var plan = SyntheticPlan.plan(columns: 4, rows: 3)
        if let balance = plan.assessment.balance {
            plan.assessment.indicators = IndicatorSet(balance, profile: plan.city.profile).indicators
        }
        let selected = plan.measures.filter(\.isSelected)
        plan.selection.capital = selected.reduce(0) { $0 + $1.capital.value }
        plan.selection.volumeSaved = selected.reduce(0) { $0 + $1.volumeSaved.value }
        let flow = DiscountedCashFlow(flows: plan.cashFlow.map(\.net))
        plan.finance.netPresentValue = Estimate(flow.netPresentValue(rate: 0.08))
        plan.finance.internalRateOfReturn = flow.internalRates().first
        plan.finance.benefitCostRatio = DiscountedCashFlow.benefitCostRatio(
            benefits: plan.cashFlow.map(\.benefit), costs: plan.cashFlow.map { $0.capital + $0.operation }, rate: 0.08)
        return plan
    }()

    static func bytes(_ plan: ImprovementPlan = computed) throws -> [UInt8] {
        workbook(of: plan, language: try Catalogue.named("en"), date: "2026-03-02")
    }

    @Test("the same plan makes the same bytes")
    func deterministic() throws {
        let bytes = try Self.bytes()
        #expect(bytes == (try Self.bytes()))
        if let folder = ProcessInfo.processInfo.environment["YUSU_SHOW_PLAN"] {
            try IndependentProgram.write(bytes, to: folder + "/plan.xlsx")
        }
    }

    @Test("columns are named as spreadsheets name them", arguments: [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
    func columns(index: Int, name: String) { #expect(Sheet.column(index) == name) }

    @Test("a sheet's name is short and without what names may not hold")
    func names() {
        #expect(Sheet("a[b]:c*?/\\'d", widths: []).name == "a b  c     d")
        #expect(Sheet(String(repeating: "🚰", count: 40), widths: []).name.utf16.count <= 31)
        #expect(Sheet("", widths: []).name == "Sheet")
    }

    @Test("a formula and its value are one: brackets where they are needed")
    func live() {
        let a = Live(formula: "A1", value: 3)
        let b = Live(formula: "B1", value: 4)
        let c = (a + b) * (a - b) / 2
        #expect(c.formula == "(A1+B1)*(A1-B1)/2" && c.value == -3.5)
        #expect((a - (b - a)).formula == "A1-(B1-A1)" && (a / (b * a)).formula == "A1/(B1*A1)" && (-2 * a).formula == "(-2)*A1")
        #expect((a + b).power(a).formula == "(A1+B1)^A1")
        #expect(Live.quadrature([a, b]).value == 5)
        // Published: 8 %, 15 years.
        #expect(abs(Live.capitalRecovery(rate: .constant(0.08), years: .constant(15)).value - 0.116830) < 5e-7)
        #expect(Live.capitalRecovery(rate: .constant(0), years: .constant(10)).value == 0.1)
    }

    @Test("the sums of a plan that was computed are formulas, and the plan's own figures")
    func results() throws {
        let plan = Self.computed
        let book = PlanWorkbook(plan: plan, language: try Catalogue.named("en"))
        let flow = book.cashFlowSheet(book.measureSheet).sheet
        func result(_ label: String) -> SheetCell? {
            flow.rows.first { row in
                if case .text(let text, _)? = row.first, text.hasPrefix(label) { return row.count == 3 }
                return false
            }?.last
        }
        for (label, planned) in [
            ("Net present value", plan.finance.netPresentValue.value), ("Benefit–cost ratio", plan.finance.benefitCostRatio),
            ("Internal rate of return", plan.finance.internalRateOfReturn),
        ] {
            guard case .live(let live, _)? = result(label) else {
                Issue.record("\(label) is no formula")
                continue
            }
            let planned = try #require(planned)
            #expect(abs(live.value - planned) <= 1e-9 * abs(planned))
        }
    }

    @Test("capital by year and measure: each year of its works an equal part; the sums are the measure's and the programme's")
    func phasing() throws {
        var plan = Self.computed
        let chosen = plan.measures.indices.filter { plan.measures[$0].isSelected }
        for (place, index) in chosen.enumerated() {
            plan.measures[index].startYear = 2027 + place
            plan.measures[index].buildYears = 1 + place % 3
        }
        let sheet = PlanWorkbook(plan: plan, language: try Catalogue.named("en")).phasingSheet
        let found = sheet.rows.firstIndex { $0.count > 5 }
        let heads = try #require(found)
        let years = sheet.rows[heads][5...].compactMap(\.value)
        #expect(years.first == 2027 && years.count == Int((years.last ?? 0) - 2027) + 1)
        var sums = [Double](repeating: 0, count: years.count)
        for (place, index) in chosen.enumerated() {
            let parts = sheet.rows[heads + 1 + place][5...].compactMap(\.value)
            let capital = plan.measures[index].capital.value
            for (part, year) in zip(parts, years) {
                let isBuilt = year >= Double(2027 + place) && year < Double(2027 + place + 1 + place % 3)
                #expect(abs(part - (isBuilt ? capital / Double(1 + place % 3) : 0)) <= 1e-9 * capital)
            }
            for (column, part) in parts.enumerated() { sums[column] += part }
        }
        let totals = (sheet.rows.last ?? [])[5...].compactMap(\.value)
        #expect(zip(totals, sums).allSatisfy { abs($0 - $1) <= 1e-9 * plan.selection.capital })
        #expect(abs(totals.reduce(0, +) - plan.selection.capital) <= 1e-9 * plan.selection.capital)
    }

    /// Takes the cached values out, lets LibreOffice compute them anew, and compares.
    static let recalculation = """
        import re, subprocess, sys, zipfile, openpyxl
        folder, office = sys.argv[1], sys.argv[2]
        source = zipfile.ZipFile(folder + "/plan.xlsx")
        with zipfile.ZipFile(folder + "/bare.xlsx", "w") as bare:
            for name in source.namelist():
                data = source.read(name).decode()
                if "worksheets/" in name: data = re.sub(r"(</f>)<v>[^<]*</v>", r"\\1", data)
                bare.writestr(name, data)
        subprocess.run([office, "-env:UserInstallation=file://" + folder + "/user", "--headless", "--convert-to", "xlsx", "--outdir", folder + "/out",
                        folder + "/bare.xlsx"], check=True, capture_output=True)
        cached = openpyxl.load_workbook(folder + "/plan.xlsx", data_only=True)
        anew = openpyxl.load_workbook(folder + "/out/bare.xlsx", data_only=True)
        formulas = openpyxl.load_workbook(folder + "/plan.xlsx")
        count, worst = 0, 0.0
        for sheet in formulas:
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.data_type != "f": continue
                    a, b = cached[sheet.title][cell.coordinate].value, anew[sheet.title][cell.coordinate].value
                    assert isinstance(a, (int, float)) and isinstance(b, (int, float)), (sheet.title, cell.coordinate, cell.value, a, b)
                    count += 1
                    worst = max(worst, abs(a - b) / max(abs(a), 1e-6))
                    assert worst < 1e-6, (sheet.title, cell.coordinate, cell.value, a, b)
        print(len(formulas.worksheets), count > 150, worst < 1e-6)
        """

    @Test(
        "LibreOffice computes the cached values anew",
        .enabled(
            if: IndependentProgram.office != nil && IndependentProgram.has("openpyxl"),
            "LibreOffice or the Python package openpyxl is not installed"), arguments: [computed, CompletePlan.plan])
    func recalculated(plan: ImprovementPlan) throws {
        let office = try #require(IndependentProgram.office)
        let bytes = try Self.bytes(plan)
        let answer = try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(bytes, to: folder + "/plan.xlsx")
            return try IndependentProgram.python(Self.recalculation, [folder, office])
        }
        #expect(answer == "10 True True")
    }

    @Test(
        "no text becomes a formula, whatever the names are", .enabled(if: IndependentProgram.python != nil, "python3 is not installed"),
        arguments: [
            "=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(1)", "<f>1+1</f>", "\u{202E}evil", "\u{1}", "🚰", String(repeating: "x", count: 300),
        ])
    func hostile(prefix: String) throws {
        var plan = SyntheticPlan.plan(prefix: prefix)
        plan.city.profile.currency = prefix
        plan.assumptions[0].item = prefix
        plan.assumptions[0].unit = prefix
        let script = """
            import sys, zipfile, xml.dom.minidom as dom
            z = zipfile.ZipFile(sys.argv[1])
            formulas, texts = [], []
            for n in z.namelist():
                d = dom.parseString(z.read(n))
                formulas += [f.firstChild.data for f in d.getElementsByTagName("f")]
                for c in d.getElementsByTagName("c"):
                    text = c.getAttribute("t") == "s"
                    if text: texts.append(int(c.getElementsByTagName("v")[0].firstChild.data))
                    assert not (text and c.getElementsByTagName("f"))
            shared = dom.parseString(z.read("xl/sharedStrings.xml")).getElementsByTagName("si")
            assert sorted(set(texts)) == list(range(len(shared))) and len(texts) > len(shared)
            import re
            for f in formulas: assert re.fullmatch(r"[A-Za-z0-9 ,'!$:.()*+/^=\\\\-]*", f), f
            print(len(formulas) > 100)
            """
        let bytes = workbook(of: plan, language: try Catalogue.named("en"))
        let answer = try IndependentProgram.withFolder { folder in
            try IndependentProgram.write(bytes, to: folder + "/plan.xlsx")
            return try IndependentProgram.python(script, [folder + "/plan.xlsx"])
        }
        #expect(answer == "True")
    }
}
