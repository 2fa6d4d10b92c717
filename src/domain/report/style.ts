/**
 * The report's looks, inline: light and dark by the reader's system, always light on paper. Its charts look as in the
 * window (charts/looks.ts).
 */
import { CHART_CSS, COLOR_CSS } from '../charts/looks'

export const STYLE = `
:root {
  color-scheme: light dark;
  ${COLOR_CSS}
}
@media print { :root { color-scheme: light; --ground: #fff } }
* { box-sizing: border-box }
body {
  margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.55 Inter, 'Inter Variable', system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif;
  font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
}
main { max-width: 1120px; margin: 0 auto; padding: 56px 40px 96px }
h1 { font-size: 34px; line-height: 1.15; letter-spacing: -0.02em; font-weight: 650; margin: 0 0 12px; max-width: 22em; text-wrap: balance }
h2 { font-size: 21px; line-height: 1.3; letter-spacing: -0.01em; font-weight: 620; margin: 72px 0 8px; padding-top: 20px; border-top: 1px solid var(--line) }
h3 { font-size: 15px; font-weight: 600; margin: 0 0 4px }
p { max-width: 68ch; margin: 0 0 12px }
.lead { font-size: 17px; color: var(--ink-2) }
.brand { font-size: 13px; color: var(--ink-3); margin: 0 0 40px; max-width: none; display: flex; justify-content: space-between; gap: 24px }
.brand b { color: var(--ink); font-weight: 600 }
.quiet { color: var(--ink-3); font-size: 13px }
a { color: var(--network-text) }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 20px 32px; margin: 32px 0 0; padding: 20px 0 0; border-top: 1px solid var(--line) }
section > .facts, details > .facts { border-top: 0; padding-top: 0; margin-top: 16px }
.facts dt { font-size: 13px; color: var(--ink-3) }
.facts dd { margin: 0; overflow-wrap: anywhere }
.headlines { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0; margin: 48px 0 0; border-top: 2px solid var(--ink) }
.headlines > div { padding: 16px 24px 4px 0 }
.headlines > div + div { padding-left: 24px; border-left: 1px solid var(--line) }
.headlines h3 { color: var(--ink-2); font-weight: 500 }
.headlines .big { font-size: 34px; line-height: 1.2; font-weight: 620; letter-spacing: -0.02em; margin: 4px 0 }
.headlines .big small { font-size: 15px; font-weight: 450; letter-spacing: 0; color: var(--ink-2) }
.headlines p { font-size: 13px; color: var(--ink-3); margin: 0 }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 40px 48px; margin: 24px 0 0 }
figure { margin: 0; break-inside: avoid; min-width: 0 }
figure svg { display: block; width: 100%; max-width: 600px; height: auto; overflow: visible }
figcaption { font-size: 13px; color: var(--ink-3); margin: 6px 0 0; max-width: 60ch }
.legend { display: flex; flex-wrap: wrap; gap: 6px 24px; font-size: 13px; color: var(--ink-2); margin: 16px 0 0; max-width: none }
.legend span { display: inline-flex; align-items: center; gap: 8px }
.scroll { overflow-x: auto; margin: 20px 0 0 }
table { border-collapse: collapse; width: 100%; font-size: 13px; line-height: 1.45 }
caption { text-align: left; color: var(--ink-3); padding: 0 0 8px }
th, td { text-align: right; padding: 7px 0 7px 18px; border-bottom: 1px solid var(--line); vertical-align: baseline; font-weight: 400 }
th:first-child, td:first-child { padding-left: 0 }
thead th { color: var(--ink-3); border-bottom-color: var(--line-strong); vertical-align: bottom }
.word { text-align: left }
td.nowrap, th.nowrap { white-space: nowrap }
.numbers td:not(.wrap), .numbers tbody th { white-space: nowrap }
tbody th { font-weight: 500 }
tr { break-inside: avoid }
td.hard { color: var(--hard-text) } td.soft { color: var(--soft-text) } .attack { color: var(--attack-text) }
td.strong { font-weight: 600 }
h3.of { margin: 28px 0 0 }
.pivot th, .pivot td { padding-left: 12px } .pivot tbody th:first-child, .pivot thead tr:first-child th:first-child { padding-left: 0 } .pivot th.start, .pivot td.start { padding-left: 26px }
.pivot thead tr:first-child th[colspan] { text-align: left; color: var(--ink-2); border-bottom-color: var(--line); padding-top: 0; padding-bottom: 4px }
.pivot thead tr:first-child th[colspan].hard { color: var(--hard-text) } .pivot thead tr:first-child th[colspan].soft { color: var(--soft-text) }
.pivot tbody th { white-space: normal; min-width: 150px }
.pivot .quiet { font-size: 12px; line-height: 1.3 } td.paper { color: var(--ink-2) }
.scroll + p, details + p, .scroll + ul, details + ul { margin-top: 14px } ul.quiet { max-width: 90ch } p.quiet { max-width: 90ch }
.images { display: grid; grid-template-columns: repeat(auto-fill, minmax(252px, 1fr)); gap: 20px 28px; margin: 12px 0 0 }
.images svg { display: block; width: 234px; height: auto }
details > section > h2 { font-size: 17px; margin-top: 36px; padding-top: 0; border-top: 0 }
details[open] > summary { font-weight: 600 }
code { font: 12px/1.5 'JetBrains Mono', 'JetBrains Mono Variable', ui-monospace, Menlo, Consolas, 'Liberation Mono', monospace; overflow-wrap: anywhere }
ul { padding-left: 18px; max-width: 76ch } li { margin: 0 0 6px }
details { margin: 16px 0 0 } summary { cursor: pointer; color: var(--network-text) }
.claims td, .claims th { white-space: normal; text-align: left; padding-top: 12px; padding-bottom: 12px }
.claims th { width: 40% } .claims td:last-child { white-space: nowrap }
.verdict { display: inline-flex; align-items: baseline; gap: 7px; font-weight: 600 }
.verdict.fails { color: var(--bad) } .verdict.undecided { color: var(--ink-2) }
.verdict.noted { color: var(--ink-2); font-weight: 400 }
.verdict.not-measured { color: var(--ink-3); font-weight: 400 }
svg text { font: 12px Inter, 'Inter Variable', system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', sans-serif; fill: var(--ink-2) }
${CHART_CSS}
@media (max-width: 900px) {
  .numbers tbody th { white-space: normal } th, td { padding-left: 10px }
  main { padding: 32px 24px 64px } h1 { font-size: 27px }
}
@media (max-width: 680px) {
  .headlines { grid-template-columns: 1fr } .headlines > div + div { padding-left: 0; border-left: 0; border-top: 1px solid var(--line) }
}
@media print {
  @page { margin: 16mm } body { font-size: 11pt } main { padding: 0; max-width: none }
  h2 { margin-top: 28px; break-after: avoid } .scroll { overflow: visible } details::details-content { content-visibility: visible; block-size: auto }
}
`
