/** The style of an exported page: light and dark by the reader's setting, narrow screens, and paper. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #f3f4f6; --surface: #ffffff; --line: #d8dce1; --grid: #e6e9ed; --text: #14181d; --muted: #56606c;
  --accent: #b34700; --good: #0f7a43; --bad: #c01c28; --warn: #8a6100;
  --line-0: #b34700; --line-1: #1f6fb5; --line-2: #0f7a6c; --line-3: #7a4fb0; --line-4: #6b7480; --line-5: #8a6100;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0a0d10; --surface: #11161b; --line: #222b34; --grid: #1b232b; --text: #e8edf2; --muted: #93a0ad;
    --accent: #ff9233; --good: #3fcf8a; --bad: #ff7b72; --warn: #e6b450;
    --line-0: #ff9233; --line-1: #62b0f0; --line-2: #45c9b5; --line-3: #b796f0; --line-4: #93a0ad; --line-5: #e6b450;
  }
}
@media print {
  :root {
    color-scheme: light;
    --ground: #ffffff; --surface: #ffffff; --line: #d8dce1; --grid: #e6e9ed; --text: #14181d; --muted: #56606c;
    --accent: #b34700; --good: #0f7a43; --bad: #c01c28; --warn: #8a6100;
    --line-0: #b34700; --line-1: #1f6fb5; --line-2: #0f7a6c; --line-3: #7a4fb0; --line-4: #6b7480; --line-5: #8a6100;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--ground); color: var(--text); overflow-wrap: anywhere;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  font-variant-numeric: tabular-nums;
}
main { max-width: 960px; margin: 0 auto; padding: 24px 20px 40px; }
h1, h2, h3, p, dl, dd, ul { margin: 0; padding: 0; }
h1 { font-size: 26px; line-height: 1.25; }
h2 { font-size: 19px; margin: 32px 0 12px; }
h3 { font-size: 15px; margin: 0 0 8px; }
.product { color: var(--accent); font-weight: 600; font-size: 13px; letter-spacing: 0.04em; }
.id { color: var(--muted); font: 12px/1.4 ui-monospace, Menlo, Consolas, monospace; font-weight: 400; }
section { background: var(--surface); border: 1px solid var(--line); border-radius: 8px; padding: 16px; margin: 0 0 14px; }
header + section { margin-top: 16px; }
header + section h2 { margin-top: 0; font-size: 15px; margin-bottom: 8px; }
.headline { font-size: 20px; font-weight: 600; margin-bottom: 10px; }
.aside { color: var(--muted); font-size: 13px; font-weight: 400; }
.aside:first-child { display: block; }
.line-of-text { display: block; }
code { font: 0.92em ui-monospace, Menlo, Consolas, monospace; }
dl { display: grid; gap: 6px; }
dl > div { display: grid; grid-template-columns: 140px 1fr; gap: 12px; }
dt { color: var(--muted); }
.scroll { overflow-x: auto; }
.scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; overflow-wrap: normal; }
th, td { padding: 6px 12px 6px 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--muted); font-weight: 500; font-size: 13px; white-space: nowrap; }
tbody tr:last-child td { border-bottom: 0; }
.words { min-width: 12em; }
.words:first-child { min-width: 8em; }
.number { text-align: right; white-space: nowrap; }
td:last-child, th:last-child { padding-right: 0; }
.good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
.note, footer { color: var(--muted); font-size: 13px; }
.note { margin-top: 10px; }
footer { margin-top: 24px; }
ul { list-style: none; display: grid; gap: 8px; }
.hint { color: var(--muted); }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin-top: 8px; font-size: 13px; color: var(--muted); }
.key { width: 28px; height: 8px; margin-right: 6px; vertical-align: middle; }
.chart { display: block; width: 100%; height: auto; font-size: 12px; }
.chart text { fill: var(--muted); }
.grid { stroke: var(--grid); } .axis { stroke: var(--line); }
.line polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
.line-0 { stroke: var(--line-0); } .line-0 circle { fill: var(--line-0); }
.line-1 { stroke: var(--line-1); stroke-dasharray: 7 3; } .line-1 circle { fill: var(--line-1); }
.line-2 { stroke: var(--line-2); stroke-dasharray: 2 3; } .line-2 circle { fill: var(--line-2); }
.line-3 { stroke: var(--line-3); stroke-dasharray: 10 3 2 3; } .line-3 circle { fill: var(--line-3); }
.line-4 { stroke: var(--line-4); stroke-dasharray: 4 4; } .line-4 circle { fill: var(--line-4); }
.line-5 { stroke: var(--line-5); stroke-dasharray: 12 4; } .line-5 circle { fill: var(--line-5); }
.line circle { stroke: none; }
.target { stroke: var(--good); stroke-dasharray: 5 4; }
.chart .target-label { fill: var(--good); }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(270px, 100%), 1fr)); gap: 16px; }
.charts h4 { margin: 0 0 4px; font-size: 13px; font-weight: 500; }
figure { margin: 0; break-inside: avoid; }
.narrow { display: none; }
.hidden-text { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
@media screen and (max-width: 560px) {
  main { padding: 16px 12px 28px; }
  section { padding: 12px; }
  .wide { display: none; } .narrow { display: block; }
  dl > div { grid-template-columns: 1fr; gap: 0; }
  dt { font-size: 13px; }
}
@media print {
  main { max-width: none; padding: 0; }
  section { break-inside: avoid; border-color: var(--line); }
  .scroll { overflow: visible; }
  th, td { padding-right: 8px; font-size: 11px; }
}
`;
