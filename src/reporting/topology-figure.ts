import type { Graph } from '../topology/interface.ts'
import { type Markup, markup } from './markup.ts'
import { niceScale } from './ticks.ts'

/** Up to so many nodes a drawing shows who talks to whom; beyond, only how many neighbours nodes have. */
const DRAWN = 64
/** Up to so many nodes there is room for their ranks. */
const NUMBERED = 40

const SIZE = 300
const RADIUS = 118

/** A drawing of the graph, or a histogram of its degrees. */
export function topologyFigure(graph: Graph, caption: string): Markup {
  const content = graph.nodes <= DRAWN ? circle(graph) : histogram(graph)
  return markup`<figure>
<figcaption>${caption}</figcaption>
<svg viewBox="0 0 ${SIZE} ${SIZE}" role="img" aria-label="${caption}">${content}</svg>
</figure>`
}

function circle(graph: Graph): Markup {
  const place = (rank: number, radius: number) => {
    const angle = (2 * Math.PI * rank) / graph.nodes - Math.PI / 2
    return [SIZE / 2 + radius * Math.cos(angle), SIZE / 2 + radius * Math.sin(angle)].map(
      (value) => Math.round(value * 10) / 10,
    ) as [number, number]
  }
  const arcs = graph.targets.flatMap((targets, from) => targets.map((to) => [from, to] as const))
  const isBothWays = ([from, to]: readonly [number, number]) => graph.targets[to]!.includes(from)
  const line = ([from, to]: readonly [number, number]) =>
    `M${place(from, RADIUS).join(' ')}L${place(to, RADIUS - (isBothWays([from, to]) ? 0 : 7)).join(' ')}`
  const edges = arcs.filter((arc) => isBothWays(arc) && arc[0] < arc[1])
  const oneWay = arcs.filter((arc) => !isBothWays(arc))
  return markup`<defs><marker id="arrow" viewBox="0 0 6 6" refX="5" refY="3" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L6 3L0 6Z"/></marker></defs>
<path class="edge" d="${edges.map(line).join('')}"/>
<g class="edge arrow">${oneWay.map((arc) => markup`<path d="${line(arc)}"/>`)}</g>
${graph.targets.map((targets, rank) => {
  const [x, y] = place(rank, RADIUS)
  const [labelX, labelY] = place(rank, RADIUS + 15)
  const label =
    graph.nodes <= NUMBERED
      ? markup`<text class="tick middle" x="${labelX}" y="${labelY + 4}">${rank}</text>`
      : null
  return markup`<g class="node"><circle cx="${x}" cy="${y}" r="4.5"/><title>node ${rank}: sends to ${targets.join(', ') || 'nobody'}</title></g>${label}`
})}`
}

function histogram(graph: Graph): Markup {
  const counts = new Map<number, number>()
  for (const { length } of graph.sources) counts.set(length, (counts.get(length) ?? 0) + 1)
  const degrees = [...counts.keys()]
  const first = Math.min(...degrees)
  const last = Math.max(...degrees)
  const scale = niceScale(0, Math.max(...counts.values()), 4)
  const [left, right, top, bottom] = [48, SIZE - 10, 16, SIZE - 46]
  const slot = (right - left) / (last - first + 1)
  const y = (count: number) => bottom - ((bottom - top) * count) / scale.high
  const every = Math.ceil((last - first + 1) / 8)
  return markup`<g class="grid">${scale.ticks.map((tick) => markup`<path d="M${left} ${y(tick)}H${right}"/>`)}</g>
<g class="tick end">${scale.ticks.map((tick) => markup`<text x="${left - 7}" y="${y(tick) + 4}">${tick}</text>`)}</g>
${[...counts].map(([degree, count]) => {
  const x = left + (degree - first) * slot
  const width = Math.min(slot * 0.8, 60)
  return markup`<g class="node"><rect x="${x + (slot - width) / 2}" y="${y(count)}" width="${width}" height="${bottom - y(count)}"/><title>${count} nodes hear ${degree} others</title></g>${
    (degree - first) % every === 0
      ? markup`<text class="tick middle" x="${x + slot / 2}" y="${bottom + 17}">${degree}</text>`
      : null
  }`
})}
<path class="axis" d="M${left} ${bottom}H${right}"/>
<text class="label middle" x="${(left + right) / 2}" y="${SIZE - 8}">neighbours heard</text>
<text class="label middle" transform="translate(12 ${(top + bottom) / 2}) rotate(-90)">nodes</text>`
}
