// SPDX-License-Identifier: GPL-3.0-or-later

/// The looks of the documents. No `<`, `>` or `&` may stand here: a `style` element knows no escapes.
enum StyleSheet {
    static let document = "\n" + colours + dark + page + drawing + liveMap + print
    static let standaloneDrawing = colours.replacing(":root", with: "svg") + drawing

    /// Colours of the series differ in lightness too (CIE L 33, 57, 77, 84, 35), and their lines in form, for grey print and for
    /// readers who see no red or green.
    private static let colours = """
        :root { --ink: #1b2733; --soft: #55616d; --ground: #ffffff; --panel: #f3f6f8; --edge: #cfd8df; --grid: #e2e8ec; --link: #0b4f8a;
          --s1: #0b4f8a; --s2: #c77700; --s3: #8cc7e8; --s4: #cfd3d6; --s5: #a8003f; --thin: #4090c0;
          --caution: #fff4d6; --caution-edge: #b77900; --missing: #f1eef8; --missing-edge: #6a5a9c; --information: #e8f2f9; --information-edge: #0b4f8a;
          --supplied: #dfe7ec; --used: #c9dcea; --lost: #f0c9a0; --earning: #a9cbe3; --unbilled: #d9d2a6; --apparent: #f2d48f; --real: #d97b52; --unearning: #f3dcc0; }

        """

    private static let dark = """
        @media screen and (prefers-color-scheme: dark) {
          :root { --ink: #e4eaf0; --soft: #a5b1bc; --ground: #12181e; --panel: #1b232b; --edge: #3a4650; --grid: #2a343d; --link: #86c1f5;
            --s1: #6db3f2; --s2: #f0a63a; --s3: #2f6d92; --s4: #4a545d; --s5: #ff85ae; --thin: #5aa6d4;
            --caution: #382c0c; --caution-edge: #e0ac3b; --missing: #262138; --missing-edge: #a99be0; --information: #16293a; --information-edge: #6db3f2; }
        }

        """

    private static let page = """
        * { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; }
        body { margin: 0 auto; padding: 0 1.25rem 3rem; max-width: 66rem; color: var(--ink); background: var(--ground); line-height: 1.5;
          font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", sans-serif; }
        :lang(ko) body { font-family: "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", "NanumGothic", system-ui, sans-serif; word-break: keep-all; }
        a { color: var(--link); }
        .skip { position: absolute; left: -99rem; }
        .skip:focus { left: 1rem; top: 1rem; background: var(--ground); padding: .5rem; }
        header { padding: 2.2rem 0 .6rem; border-bottom: 3px solid var(--s1); }
        h1 { font-size: clamp(1.55rem, 4.2vw, 2.3rem); line-height: 1.18; margin: 0 0 .3rem; overflow-wrap: anywhere; }
        h2 { font-size: 1.4rem; line-height: 1.25; margin: 2.6rem 0 .8rem; padding-top: .5rem; border-top: 1px solid var(--edge); overflow-wrap: anywhere; }
        h3 { font-size: 1.1rem; margin: 1.6rem 0 .5rem; }
        .subtitle, .date { margin: .1rem 0; color: var(--soft); overflow-wrap: anywhere; }
        p, li { overflow-wrap: anywhere; }
        main p { max-width: 48rem; }
        main ul { padding-left: 1.2rem; max-width: 50rem; }
        main ul li { margin: .3rem 0; }
        nav { margin: 1.2rem 0; padding: .8rem 1rem; background: var(--panel); border-radius: 6px; }
        nav ol { margin: 0; padding-left: 1.4rem; columns: 3 14rem; }
        .nav-title { margin: 0 0 .3rem; font-weight: 700; }
        .notice { margin: 1rem 0; padding: .7rem 1rem; border-left: 5px solid var(--information-edge); background: var(--information); border-radius: 0 6px 6px 0; }
        .notice.caution { border-color: var(--caution-edge); background: var(--caution); }
        .notice.missing { border-color: var(--missing-edge); background: var(--missing); }
        .notice p, .notice ul { margin: .15rem 0; max-width: none; }
        .notice ul { padding-left: 1.2rem; }
        .notice-title { font-weight: 700; }
        .key-figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(12.5rem, 1fr)); gap: .7rem; margin: 1.2rem 0; }
        .key-figures div { padding: .65rem .85rem; background: var(--panel); border-top: 3px solid var(--s1); border-radius: 0 0 6px 6px; }
        .key-figures dt { font-size: .82rem; color: var(--soft); line-height: 1.3; }
        .key-figures dd { margin: .15rem 0 0; font-size: 1.18rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
        .table { margin: 1.3rem 0; }
        .scroll { overflow-x: auto; }
        .scroll:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        table { border-collapse: collapse; width: 100%; font-size: .86rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
        table.wide { font-size: .78rem; }
        table.wide th, table.wide td { padding: .3rem .38rem; }
        table.wide td:not(.num) { min-width: 4.2rem; }
        table.wide th.num + td:not(.num) { min-width: 8.2rem; }
        caption, figcaption { text-align: left; font-weight: 600; padding: 0 0 .4rem; font-size: .95rem; }
        caption span { display: block; position: sticky; left: 0; max-width: min(100%, calc(100vw - 2rem)); }
        th, td { padding: .32rem .55rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--edge); min-width: 3rem; overflow-wrap: break-word; max-width: 24rem; }
        thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; font-weight: 600; background: var(--panel); }
        tbody th { font-weight: 400; min-width: 6.2rem; }
        tbody th.num { min-width: 2rem; }
        th.num, td.num { text-align: right; }
        td.num, th.num { white-space: nowrap; }
        td.num.long { white-space: normal; min-width: 8rem; max-width: 13rem; }
        thead th.num { white-space: normal; }
        tr.total th, tr.total td { font-weight: 600; background: var(--panel); }
        tr.muted th, tr.muted td { color: var(--soft); }
        .indent1 { padding-left: 1.5rem; }
        .indent2 { padding-left: 2.7rem; }
        .indent3 { padding-left: 3.9rem; }
        .not-known { font-style: italic; color: var(--soft); }
        .line + .line { margin-top: .25rem; }
        a.trace { margin-left: .15em; font-size: .68em; font-weight: 400; vertical-align: super; line-height: 0; text-decoration: none; white-space: nowrap; }
        .footnotes { margin-top: 1.4rem; padding: .5rem 0 0; border-top: 1px solid var(--edge); list-style: none; font-size: .8rem; color: var(--soft); }
        a.trace.uncertain { font-weight: 700; }
        td.blank { min-width: 4.5rem; border: 1px solid var(--soft); }
        .table-note { font-size: .82rem; color: var(--soft); margin: .35rem 0 0; }
        .status { display: inline-block; padding: .02rem .45rem; border: 1px solid var(--edge); border-radius: 9px; font-size: .92em; white-space: nowrap; }
        .status.unverified, .status.synthetic, .status.contested { border-color: var(--caution-edge); background: var(--caution); }
        .status.unverified, .status.synthetic { font-weight: 600; }
        .status.assumed { border-style: dashed; border-color: var(--caution-edge); }
        .status.unknown { border-color: var(--missing-edge); background: var(--missing); }
        figure { margin: 1.5rem 0; }
        svg.chart { display: block; width: 100%; min-width: 33rem; max-width: 50rem; height: auto; }
        footer { margin-top: 3rem; border-top: 1px solid var(--edge); color: var(--soft); font-size: .85rem; }
        @media (max-width: 40rem) { body { padding: 0 .9rem 2rem; } h2 { font-size: 1.22rem; } .key-figures { grid-template-columns: 1fr 1fr; } .key-figures dd { font-size: 1rem; } }

        """

    private static let drawing = """
        svg.chart text { font-family: system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, "Malgun Gothic", "Noto Sans CJK KR", sans-serif; font-size: 13px; fill: var(--ink); }
        :lang(ko) svg.chart text { font-family: "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans KR", "Noto Sans CJK KR", "NanumGothic", system-ui, sans-serif; }
        svg.chart text.small { font-size: 11.5px; }
        svg.chart text.strong { font-weight: 600; }
        svg.chart text.ink { fill: #14202b; }
        .grid { stroke: var(--grid); stroke-width: 1; }
        .axis { stroke: var(--soft); stroke-width: 1; }
        .s1 { --c: var(--s1); --d: none; } .s2 { --c: var(--s2); --d: 7 4; } .s3 { --c: var(--s3); --d: 2 3; } .s4 { --c: var(--s4); --d: 1 3; } .s5 { --c: var(--s5); --d: 9 3 2 3; }
        .l { fill: none; stroke: var(--c); stroke-width: 2.2; stroke-dasharray: var(--d); stroke-linejoin: round; }
        .l.s3 { stroke: var(--thin); } .l.s4 { stroke: var(--soft); }
        .f { fill: var(--c); stroke: var(--ground); stroke-width: .8; }
        .f.s3, .f.s4 { stroke: var(--soft); stroke-width: .6; }
        .b { fill: var(--c); fill-opacity: .2; stroke: var(--c); stroke-width: .5; }
        .whisker { fill: none; stroke: var(--ink); stroke-width: 1.4; }
        .leader { fill: none; stroke: var(--soft); stroke-width: 1; }
        .part { stroke: #55616d; stroke-width: .8; }
        .supplied { fill: var(--supplied); } .used { fill: var(--used); } .lost { fill: var(--lost); } .earning { fill: var(--earning); } .unearning { fill: var(--unearning); }
        .unbilled { fill: var(--unbilled); } .apparent { fill: var(--apparent); } .real { fill: var(--real); }
        svg.map .paper { fill: #fbfbf8; stroke: #cfd8df; }
        svg.map .frame { stroke: #cfd8df; }
        svg.map text { fill: #14202b; }
        .halo { paint-order: stroke; stroke: var(--ground); stroke-width: 3px; stroke-linejoin: round; }
        svg.map .halo { paint-order: stroke; stroke: #fbfbf8; stroke-width: 3.5px; stroke-linejoin: round; }
        svg.map .zone-name { font-weight: 600; fill: #44525e; }
        .zone { stroke-width: 1.2; stroke-linejoin: round; stroke-dasharray: 5 4; stroke: #6f7e8a; }
        .z0 { fill: #e6eef3; } .z1 { fill: #f1ece0; } .z2 { fill: #e7f0e6; } .z3 { fill: #efe7f0; }
        .zone { fill-opacity: .75; }
        .pipe { fill: none; stroke: #7a858e; stroke-width: 1.2; stroke-linejoin: round; stroke-linecap: round; }
        .p0 { stroke: #7a858e; } .p1 { stroke: #b8741a; stroke-width: 2; } .p2 { stroke: #c9601c; stroke-width: 3; } .p3 { stroke: #a8331a; stroke-width: 4.2; } .p4 { stroke: #6e0f16; stroke-width: 5.6; }
        .device { stroke: #14202b; stroke-width: 2.4; stroke-dasharray: 3 3; }
        .node { fill: none; stroke-linecap: round; stroke-width: 6.4; }
        .node.tiny { stroke-width: 3.4; }
        .n0 { stroke: #4189bf; } .n1 { stroke: #2f6ea6; } .n2 { stroke: #1f5890; } .n3 { stroke: #15457a; } .n4 { stroke: #08264a; }
        .sensors { fill: #0b4f8a; stroke: #fbfbf8; stroke-width: 1.2; } .access { fill: #fbfbf8; stroke: #2f6b2f; stroke-width: 1.6; }
        .pipe[class*=" a"] { stroke-width: 2.6; stroke-linecap: butt; }
        .a0 { stroke: #0072b2; } .a1 { stroke: #e69f00; } .a2 { stroke: #009e73; stroke-dasharray: 5 2; } .a3 { stroke: #cc79a7; } .a4 { stroke: #d55e00; stroke-dasharray: 2 2; } .a5 { stroke: #56b4e9; stroke-dasharray: 7 2 2 2; }
        .meter { fill: #fbfbf8; stroke: #14202b; stroke-width: 1.6; } .shut { fill: #14202b; stroke: #fbfbf8; stroke-width: .8; } .shut-cross { fill: none; stroke: #fbfbf8; stroke-width: 1.2; }
        svg.map .scale { fill: none; stroke: #14202b; stroke-width: 1.4; }
        .tank { fill: #14202b; stroke: #fbfbf8; stroke-width: 1; }

        """

    private static let liveMap = """
        .live-map[hidden] { display: none; }
        @media screen { .is-live .still { display: none; } }
        .map-bar { display: flex; gap: .4rem; margin: .3rem 0; }
        .live-map button { min-width: 2.2rem; padding: .25rem .6rem; font: inherit; color: var(--ink); background: var(--panel); border: 1px solid var(--soft); border-radius: 5px; cursor: pointer; }
        .live-map button:focus-visible, .map-stage canvas:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
        .map-stage { position: relative; height: min(70vh, 42rem, 100vw); max-width: 62rem; border: 1px solid var(--edge); overflow: hidden; }
        .map-stage canvas { display: block; width: 100%; height: 100%; touch-action: none; cursor: grab; }
        .map-panel { position: absolute; top: .6rem; right: .6rem; max-width: min(20rem, 80%); max-height: 90%; overflow: auto; padding: .6rem .8rem; color: var(--ink); background: var(--ground); border: 1px solid var(--soft); border-radius: 6px; font-size: .88rem; overflow-wrap: anywhere; }
        .map-panel[hidden] { display: none; }
        .map-panel button { float: right; min-width: 1.8rem; padding: 0 .3rem; }
        .map-panel dl { display: grid; grid-template-columns: auto auto; gap: .15rem .8rem; margin: .4rem 0 0; }
        .map-panel dt { color: var(--soft); }
        .map-panel dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
        .map-layers { margin: .5rem 0; padding: .3rem .8rem .5rem; border: 1px solid var(--edge); border-radius: 6px; font-size: .88rem; max-width: 62rem; }
        .map-layer { display: flex; flex-wrap: wrap; gap: .1rem .9rem; align-items: center; }
        .map-layer label { min-width: 13rem; }
        .map-mark { display: inline-flex; align-items: center; gap: .35rem; }
        .map-mark i { display: inline-block; width: 1.5rem; height: .3rem; border-radius: 2px; outline: 1px solid var(--edge); }
        .map-mark i.dot { width: .75rem; height: .75rem; border-radius: 50%; border: 1px solid var(--soft); }
        .map-mark i.area { height: .8rem; border: 1px dashed #6f7e8a; }

        """

    private static let print = """
        @page { size: A4; margin: 17mm 15mm 18mm; @bottom-center { content: counter(page); font: 8pt Arial, "Liberation Sans", sans-serif; } }
        @page broad { size: A4 landscape; }
        @page short { size: A4; margin: 12mm 13mm 13mm; }
        @media print {
          :root { --ground: #ffffff; }
          /* As Word's: a page is as long on every machine. */
          body { max-width: none; padding: 0; font-size: 10pt; line-height: 1.4; font-family: Arial, "Liberation Sans", "Noto Sans", sans-serif; }
          header { padding-top: 0; }
          h1 { font-size: 20pt; }
          footer { margin-top: .7rem; padding-top: .2rem; font-size: 7.5pt; }
          footer p { margin: 0; }
          body.short-form { page: short; font-size: 9.2pt; line-height: 1.3; }
          body.short-form h1 { font-size: 16pt; }
          body.short-form h2 { margin-top: .6rem; padding-top: .4rem; font-size: 13pt; }
          caption, figcaption, thead th, tr.total th, tr.total td, .key-figures dd { font-weight: 700; }
          .skip { display: none; }
          main ul.footnotes { margin: .5rem 0 0; max-width: none; columns: 2; column-gap: 5mm; font-size: 6pt; line-height: 1.2; }
          body.short-form th, body.short-form td { padding-top: 1.6pt; padding-bottom: 1.6pt; }
          body.short-form header { padding-bottom: 0; }
          body.short-form .table { margin: .6rem 0; }
          body.short-form .key-figures { margin: .7rem 0; }
          .footnotes li { margin: 0 0 1pt; break-inside: avoid; }
          h2, h3, caption, figcaption { break-after: avoid; }
          section.page { break-before: page; }
          section.page h2 { border-top: 0; margin-top: 0; }
          figure, .notice, .table.short, .key-figures { break-inside: avoid; }
          .table-note { break-before: avoid; }
          /* Room for the head and some rows: a head does not stand at the foot of a page by itself. */
          .table:not(.short)::before { content: ""; display: block; height: 30mm; margin-bottom: -30mm; break-inside: avoid; }
          .notice { margin: .5rem 0; padding: .4rem .8rem; }
          nav { margin: .6rem 0; padding: .4rem .8rem; }
          nav ol { columns: 1; }
          nav a { color: var(--ink); text-decoration: none; }
          /* Programs that know no counters of other pages leave the number out. */
          nav a::after { content: leader('.') target-counter(attr(href), page); }
          h2 { margin-top: 1.4rem; }
          thead { display: table-header-group; }
          tr { break-inside: avoid; }
          .scroll { overflow: visible; }
          .live-map { display: none; }
          table { font-size: 8.2pt; }
          table.wide { font-size: 7.5pt; }
          table.wide th, table.wide td { padding: 2pt 3pt; min-width: 0; }
          table.wide tbody th { min-width: 0; }
          table.wide td:not(.num) { min-width: 14mm; }
          table.wide th.num + td:not(.num) { min-width: 30mm; }
          table.wide td.num, table.wide th.num { white-space: normal; }
          .table.broad { page: broad; }
          .broad table.wide { font-size: 8.2pt; }
          svg.chart { min-width: 0; max-width: 165mm; }
          svg.chart text { font-family: Arial, "Liberation Sans", "Noto Sans", "Malgun Gothic", "Noto Sans CJK KR", sans-serif; }
          svg.map { max-width: 150mm; }
          .key-figures { grid-template-columns: repeat(4, 1fr); gap: 5pt; }
          .key-figures dd { font-size: 11pt; }
          * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
        }

        """
}
