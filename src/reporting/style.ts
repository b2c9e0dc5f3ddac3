/**
 * The report's looks. Eight colours, told apart also by colour-blind eyes and by their lightness, once for a light
 * and once for a dark page; everything else is grey.
 */
export const style = `
:root{color-scheme:light dark;--page:#f9f9f7;--card:#fff;--ink:#1c1c1a;--soft:#5c5b57;--faint:#e4e3de;--axis:#b9b8b2;
--c0:#2a78d6;--c1:#eb6834;--c2:#1baf7a;--c3:#4a3aa7;--c4:#eda100;--c5:#e34948;--c6:#008300;--c7:#e87ba4}
@media(prefers-color-scheme:dark){:root{--page:#121211;--card:#1b1b1a;--ink:#f2f1ed;--soft:#b0afa9;--faint:#2d2d2b;--axis:#5a5955;
--c0:#3987e5;--c1:#d95926;--c2:#199e70;--c3:#9085e9;--c4:#c98500;--c5:#e66767;--c6:#3a9a3a;--c7:#d55181}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem 1.25rem 3rem;max-width:76rem;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
h1{margin:0;font-size:1.6rem;font-weight:650;letter-spacing:-.01em}
h2{margin:2.2rem 0 .8rem;font-size:1.1rem;font-weight:600}
.lead{margin:.2rem 0 1.4rem;color:var(--soft)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.8rem}
.tile,figure,.table,details{background:var(--card);border:1px solid var(--faint);border-radius:10px}
.tile{padding:.8rem 1rem}
.tile span{display:block;color:var(--soft);font-size:.82rem}
.tile strong{display:block;font-size:1.45rem;font-weight:600;line-height:1.3}
.legend{display:flex;flex-wrap:wrap;gap:.3rem 1.3rem;margin:0 0 .8rem;padding:0;list-style:none}
.legend svg{width:1.5rem;height:.7rem;margin-right:.45rem;vertical-align:baseline}
.grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:.8rem}
.small{grid-template-columns:repeat(auto-fit,minmax(min(100%,17rem),22rem))}
.pair{display:grid;grid-template-columns:minmax(0,1fr);gap:.8rem;align-items:start}
@media(min-width:52rem){.pair{grid-template-columns:22rem minmax(0,1fr)}}
figure{margin:0;padding:.9rem 1rem .6rem}
figcaption{margin-bottom:.4rem;font-weight:600;font-size:.92rem}
.note{margin:.7rem 0 0;color:var(--soft);font-size:.85rem}
svg{display:block;width:100%;height:auto}
.legend svg{display:inline-block}
svg text{fill:var(--soft);font-size:11.5px;font-variant-numeric:tabular-nums}
.label{font-size:12px}
.end text,.end{text-anchor:end}.middle text,.middle{text-anchor:middle}
.grid path{stroke:var(--faint);fill:none}
.axis{stroke:var(--axis);fill:none}
${Array.from({ length: 8 }, (_, i) => `.c${i}{--c:var(--c${i})}`).join('')}
.line{fill:none;stroke:var(--c);stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
.dashed .line{stroke-dasharray:2 5;stroke-width:1.8}
.level{stroke-dasharray:7 5}
.band{fill:var(--c);opacity:.16}
.dot{fill:var(--c)}.dot.hidden{opacity:0}
.dashed .dot{opacity:0}
.target{fill:transparent}
.point:hover .dot{opacity:1;r:4.5px}
.edge{stroke:var(--c0);stroke-width:1;opacity:.4;fill:none}
marker path{fill:var(--c0)}.arrow path{marker-end:url(#arrow)}
.node circle,.node rect{fill:var(--c0)}
.node:hover circle,.node:hover rect{fill:var(--c1)}
.table{overflow-x:auto}
table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}
th,td{padding:.42rem 1rem;text-align:right;white-space:nowrap;border-top:1px solid var(--faint);font-weight:400}
table>:first-child>tr:first-child>*{border-top:0}
th:first-child{text-align:left;color:var(--soft)}
thead th{font-weight:600}
details{margin-top:.8rem}
summary{padding:.6rem 1rem;cursor:pointer}
pre{margin:0;padding:.2rem 1rem 1rem;overflow-x:auto;font:13px/1.5 ui-monospace,"SF Mono",Menlo,"DejaVu Sans Mono",monospace}
footer{margin-top:2.5rem;color:var(--soft);font-size:.82rem}
@media print{body{background:none}.tile,figure,.table,details{break-inside:avoid}}
`
