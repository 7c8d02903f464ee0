/** The style of the page: system fonts, both schemes, paper. No address in it. States keep their patterns and words without it. */
export const STYLE = `
:root { color-scheme: light dark; --ink: #1a1d21; --faint: #59616b; --ground: #fff; --soft: #f4f5f7; --rule: #d9dde2; --link: #0b5cad;
  --critical: #9d2b00; --on-critical: #fff; --warning: #e69f00; --warning-ground: #ffe2a8; --ok: #cfe8f7; --on-light: #111; --unknown: #eceef1; --dot: #1d4f7c;
  --after: #3b8cc4; --add: #e3f2fd; --add-ink: #0b4f8a; --drop: #fdeadd; --drop-ink: #8a3300; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e7eb; --faint: #a3abb5; --ground: #15181c; --soft: #1f242a; --rule: #3a424b; --link: #7cbcff;
  --critical: #ff8a5c; --on-critical: #1a0a02; --warning: #ffc04d; --warning-ground: #4a3a14; --ok: #1d4a66; --on-light: #f2f5f8; --unknown: #2a3037; --dot: #8cc4f0;
  --after: #5aaee6; --add: #12303f; --add-ink: #a9dcff; --drop: #40230f; --drop-ink: #ffc7a3; } }
* { box-sizing: border-box; }
html { font: 17px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; color: var(--ink); background: var(--ground); -webkit-text-size-adjust: 100%; }
body { margin: 0; }
main { max-width: 46rem; margin: 0 auto; padding: 2.5rem 1.25rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 1.5rem; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 2.75rem 0 .75rem; padding-top: .9rem; border-top: 1px solid var(--rule); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
p, ul, ol, figure, pre, table, blockquote { margin: 0 0 1rem; }
ul, ol { padding-left: 1.4rem; }
li { margin: .3rem 0; unicode-bidi: isolate; }
li > p { margin: .4rem 0; }
a { color: var(--link); text-underline-offset: .15em; }
.date { color: var(--faint); margin-top: -1rem; }
code { font: .88em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; background: var(--soft); padding: .1em .3em; border-radius: 3px; unicode-bidi: isolate; }
pre { background: var(--soft); border: 1px solid var(--rule); border-radius: 6px; padding: .75rem .9rem; overflow-x: auto; }
pre code { background: none; padding: 0; font-size: .8rem; overflow-wrap: normal; }
pre .add { background: var(--add); color: var(--add-ink); display: block; }
pre .drop { background: var(--drop); color: var(--drop-ink); display: block; }
pre .place { color: var(--faint); display: block; }
pre .same { display: block; }
blockquote { margin-left: 0; padding-left: 1rem; border-left: 3px solid var(--rule); }
.table { overflow-x: auto; margin-bottom: 1rem; }
.table table { border-collapse: collapse; width: 100%; margin: 0; font-size: .92rem; }
.table th, .table td { text-align: left; vertical-align: top; padding: .4rem .75rem .4rem 0; border-bottom: 1px solid var(--rule); overflow-wrap: break-word; }
.table .right { text-align: right; } .table .center { text-align: center; }
.table td:first-child { min-width: 5.5rem; }
.table thead th { color: var(--faint); font-weight: 600; }
.patterns { position: absolute; }
.strip table, .bars table { border-collapse: collapse; width: 100%; margin: 0; table-layout: fixed; }
.strip caption { text-align: left; color: var(--faint); font-size: .85rem; padding-bottom: .4rem; }
.strip th, .strip td, .bars th, .bars td { padding: 0; vertical-align: middle; text-align: left; font-size: .82rem; font-weight: 400; }
.strip th, .strip .nothing { width: 8.5rem; padding-right: .75rem; }
.strip .state th { font-weight: 600; }
.strip svg, .bars svg { display: block; }
.strip text { font-family: inherit; font-weight: 600; }
.strip .tick { font-weight: 400; fill: var(--faint); }
.strip figcaption, .bars .limit { color: var(--faint); font-size: .82rem; }
.strip figcaption svg { display: inline; vertical-align: -2px; } .key { white-space: nowrap; margin-right: .35rem; }
.critical { fill: var(--critical); } .on-critical { fill: var(--on-critical); } .ok { fill: var(--ok); }
.on-warning, .on-ok, .on-unknown { fill: var(--on-light); }
.on-warning { paint-order: stroke; stroke: var(--warning-ground); stroke-width: 4px; }
.on-unknown { paint-order: stroke; stroke: var(--unknown); stroke-width: 4px; }
.warning-ground { fill: var(--warning-ground); } .warning-line { fill: var(--warning); } .unknown-ground { fill: var(--unknown); } .unknown-dot { fill: var(--faint); }
.dot { fill: var(--dot); } .edge { fill: var(--ink); } .grid, .rule { stroke: var(--rule); }
.bars figure { margin-bottom: 1.1rem; } .bars figcaption { font-size: .92rem; font-weight: 600; } .bars .limit { font-weight: 400; margin-left: .5rem; }
.bars th { width: 4rem; } .bars .number { width: 6.5rem; padding-left: .6rem; font-variant-numeric: tabular-nums; } .bars .words { color: var(--faint); }
.track { fill: var(--soft); } .before { fill: var(--critical); } .after { fill: var(--after); } .limit-line { stroke: var(--ink); }
#the-record ~ p, #the-record ~ ul, #the-record ~ blockquote { font-size: .88rem; }
#the-record ~ h3 { border-top: 1px solid var(--rule); padding-top: .8rem; scroll-margin-top: .5rem; }
:target { outline: 3px solid var(--warning); outline-offset: 4px; }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media (max-width: 36rem) {
  html { font-size: 16px; }
  main { padding-top: 1.5rem; }
  h1 { font-size: 1.6rem; }
  .strip tr, .strip th, .strip td { display: block; width: 100%; }
  .strip .nothing, .strip .wide { display: none; }
  .bars .number { width: 4.5rem; }
  .table td:first-child { min-width: 4.5rem; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --faint: #444; --ground: #fff; --soft: #fff; --rule: #bbb; --link: #000; --critical: #9d2b00; --on-critical: #fff; --warning: #e69f00;
    --warning-ground: #ffe2a8; --ok: #cfe8f7; --on-light: #111; --unknown: #eceef1; --dot: #1d4f7c; --after: #3b8cc4; --add: #fff; --add-ink: #0b4f8a; --drop: #fff; --drop-ink: #8a3300; }
  html { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; } figure, tr, li { break-inside: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
  a { text-decoration: none; }
  svg, pre, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  #the-record { break-before: page; }
}
`
