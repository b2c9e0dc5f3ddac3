/**
 * The page of a comparison: accuracy against bytes and against rounds, one colour a variant, a chart each for every budget;
 * then the table.
 */
import {
  budgetText,
  type ComparisonPoint,
  type ComparisonResult,
  type ComparisonRow,
  labelOf,
} from '../comparison/index.ts'
import { comparisonTable } from './comparison-table.ts'
import { byteUnit, formatBytes, formatCount, formatPercent } from './format.ts'
import { lineChart, type Series } from './line-chart.ts'
import { type Markup, markup } from './markup.ts'
import { legend, page } from './page.ts'

/** Colours of the style sheet. Beyond them lines are dashed, in the same order. */
const COLOURS = 8

/** How much further than the sparse methods of a budget those are drawn that know no budget. */
const OVERHANG = 1.5

/** How a variant's line looks, in all charts. */
interface Look {
  readonly colour: number
  readonly dashed: boolean
}

/** The page as text: self-contained HTML. */
export function renderComparison(result: ComparisonResult): string {
  const { name, rows, runs, seeds } = result
  const names = [...new Set(rows.map(lineOf))]
  const looks: Looks = new Map(
    names.map((line, i) => [line, { colour: i % COLOURS, dashed: i >= COLOURS }]),
  )
  const run = runs[0]
  const facts = [
    ...(run === undefined
      ? []
      : [
          `${formatCount(run.nodes)} nodes`,
          `${formatCount(run.rounds)} rounds`,
          `${run.model.name} with ${formatCount(run.model.parameters)} parameters`,
        ]),
    `seeds ${seeds.join(', ')}`,
  ]
  const main = markup`<h2>Learning</h2>
${legend(names.map((line) => ({ label: line, ...looks.get(line)! })))}
<div class="grid2">
${panels(rows).map((panel) => byBytes(panel, looks))}
${panels(rows).map((panel) => byRound(panel, looks))}
</div>
<p class="note">Lines are means over seeds of the means over nodes; bands reach from the worst to the best seed.</p>
<h2>Figures</h2>
${figures(result)}`
  return page({ title: `${name}: ${names.length} ways compared`, lead: facts.join(' · '), main })
}

interface Panel {
  /** What follows the chart's name. */
  readonly title: string
  readonly rows: readonly ComparisonRow[]
}

type Looks = ReadonlyMap<string, Look>

/** What has a colour of its own: a variant in a setting, whatever its budget. */
function lineOf({ variant, setting }: ComparisonRow): string {
  return labelOf({ name: variant, setting, budget: null })
}

/** Rows that are drawn together: of one budget, and beside them those to which no budget applies. */
function panels(rows: readonly ComparisonRow[]): Panel[] {
  const budgets = [...new Set(rows.map(({ budget }) => budget))].filter((budget) => budget !== null)
  if (budgets.length === 0) return [{ title: '', rows }]
  return budgets.map((budget) => ({
    title: `, budget ${budgetText(budget)}`,
    rows: rows.filter((row) => row.budget === budget || row.budget === null),
  }))
}

const accuracy = { yLabel: 'accuracy (%)', yRange: [0, 100] as const }

/** As far as the sparse methods go and a little further: full sharing would leave them no room. */
function byBytes({ title, rows }: Panel, looks: Looks): Markup | null {
  const sparse = rows.filter(({ budget }) => budget !== null)
  const furthest = (list: readonly ComparisonRow[]) =>
    Math.max(0, ...list.flatMap(({ curve }) => curve.map(({ bytes }) => bytes)))
  const end = sparse.length > 0 ? OVERHANG * furthest(sparse) : furthest(rows)
  const unit = byteUnit(end)
  return lineChart({
    ...accuracy,
    title: `Accuracy by bytes${title}`,
    xLabel: `sent by a node (${unit.name})`,
    series: rows.map((row) => {
      const curve = row.curve.filter(({ bytes }) => bytes <= end)
      return series({ ...row, curve }, looks, ({ bytes }) => bytes / unit.factor)
    }),
  })
}

function byRound({ title, rows }: Panel, looks: Looks): Markup | null {
  return lineChart({
    ...accuracy,
    title: `Accuracy by round${title}`,
    xLabel: 'round',
    series: rows.map((row) => series(row, looks, ({ round }) => round)),
  })
}

function series(row: ComparisonRow, looks: Looks, x: (point: ComparisonPoint) => number): Series {
  return {
    ...looks.get(lineOf(row))!,
    points: row.curve.map((point) => ({
      x: x(point),
      y: point.accuracy * 100,
      low: point.accuracyMin * 100,
      high: point.accuracyMax * 100,
      title: [
        `${labelOf({ ...row, name: row.variant })}, round ${point.round}`,
        `accuracy ${formatPercent(point.accuracy)}, seeds from ${formatPercent(point.accuracyMin)} to ${formatPercent(point.accuracyMax)}`,
        `${formatBytes(point.bytes)} sent by a node`,
      ].join('\n'),
    })),
  }
}

function figures(result: ComparisonResult): Markup {
  const { header, rows, notes, troubles } = comparisonTable(result)
  const body = rows.map(
    ([name, ...cells]) =>
      markup`<tr><th scope="row">${name ?? null}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>\n`,
  )
  return markup`<div class="table"><table>
<thead><tr>${header.map((name) => markup`<th>${name}</th>`)}</tr></thead>
<tbody>${body}</tbody>
</table></div>
${[...troubles, ...notes].map((text) => markup`<p class="note">${text}</p>\n`)}`
}
