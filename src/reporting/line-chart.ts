import { type Markup, markup } from './markup.ts'
import { niceScale, type Scale } from './ticks.ts'

export interface ChartPoint {
  readonly x: number
  readonly y: number
  /** Lower and upper edge of the band around the line. */
  readonly low?: number
  readonly high?: number
  /** Shown while the pointer rests on the point. */
  readonly title: string
}

export interface Series {
  /** Which of the page's colours, from 0. */
  readonly colour: number
  readonly dashed?: boolean
  readonly points: readonly ChartPoint[]
}

export interface LineChart {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  readonly series: readonly Series[]
  /** The y axis never reaches beyond these, however ticks fall. @default from the data */
  readonly yRange?: readonly [number, number]
}

const WIDTH = 400
const HEIGHT = 270
const LEFT = 50
const RIGHT = WIDTH - 14
const TOP = 14
const BOTTOM = HEIGHT - 46
/** Up to so many points are marked by dots; more would hide the line. */
const DOTS = 40

/** Lines with bands. A series that spends nothing on x is drawn as a level for comparison. Null without points. */
export function lineChart(chart: LineChart): Markup | null {
  const points = chart.series.flatMap((series) => series.points)
  if (points.length === 0) return null
  // Across, the axis ends with the data; up and down, at a tick.
  const furthest = Math.max(...points.map(({ x }) => x))
  const end = furthest > 1e-9 ? furthest : 1
  const xScale = niceScale(0, end)
  const xTicks = xScale.ticks.filter((tick) => tick <= end)
  const yScale = verticalScale(chart, points)
  const x = (value: number) => round(LEFT + ((RIGHT - LEFT) * value) / end)
  const y = (value: number) =>
    round(BOTTOM - ((BOTTOM - TOP) * (value - yScale.low)) / (yScale.high - yScale.low))
  return markup`<figure>
<figcaption>${chart.title}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${chart.title}: ${chart.yLabel} against ${chart.xLabel}">
<g class="grid">${yScale.ticks.map((tick) => markup`<path d="M${LEFT} ${y(tick)}H${RIGHT}"/>`)}</g>
<path class="axis" d="M${LEFT} ${BOTTOM}H${RIGHT}"/>
<g class="tick end">${yScale.ticks.map((tick) => markup`<text x="${LEFT - 7}" y="${y(tick) + 4}">${yScale.label(tick)}</text>`)}</g>
<g class="tick middle">${xTicks.map((tick) => markup`<text x="${x(tick)}" y="${BOTTOM + 17}">${xScale.label(tick)}</text>`)}</g>
<text class="label middle" x="${(LEFT + RIGHT) / 2}" y="${HEIGHT - 8}">${chart.xLabel}</text>
<text class="label middle" transform="translate(12 ${(TOP + BOTTOM) / 2}) rotate(-90)">${chart.yLabel}</text>
${chart.series.map((series) => markup`<g class="series c${series.colour}${series.dashed === true ? ' dashed' : ''}">${draw(series, x, y)}</g>`)}
</svg>
</figure>`
}

type Position = (value: number) => number

function draw({ points }: Series, x: Position, y: Position): Markup | null {
  const last = points.at(-1)
  if (last === undefined) return null
  if (points.length > 1 && points.every((point) => point.x === 0)) {
    return markup`<path class="line level" d="M${LEFT} ${y(last.y)}H${RIGHT}"><title>${last.title}</title></path>`
  }
  const path = (list: readonly (readonly [number, number])[]) =>
    list.map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px} ${py}`).join('')
  const upper = points.map((point) => [x(point.x), y(point.high ?? point.y)] as const)
  const lower = points.map((point) => [x(point.x), y(point.low ?? point.y)] as const)
  const hasBand = points.some(({ low, high }) => low !== undefined && high !== undefined)
  const dot = points.length <= DOTS ? 'dot' : 'dot hidden'
  return markup`${hasBand ? markup`<path class="band" d="${path([...upper, ...lower.reverse()])}Z"/>` : null}<path class="line" d="${path(points.map((point) => [x(point.x), y(point.y)]))}"/>${points.map(
    (point) =>
      markup`<g class="point"><circle class="${dot}" cx="${x(point.x)}" cy="${y(point.y)}" r="2.5"/><circle class="target" cx="${x(point.x)}" cy="${y(point.y)}" r="8"/><title>${point.title}</title></g>`,
  )}`
}

function verticalScale(chart: LineChart, points: readonly ChartPoint[]): Scale {
  const low = Math.min(...points.map((point) => point.low ?? point.y))
  const high = Math.max(...points.map((point) => point.high ?? point.y))
  const [floor, ceiling] = chart.yRange ?? [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  const scale = niceScale(low, high)
  const ticks = scale.ticks.filter((tick) => tick >= floor && tick <= ceiling)
  return { ...scale, ticks, low: ticks[0]!, high: ticks.at(-1)! }
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
