/**
 * The report of a run, or of several compared: one HTML page without scripts, fonts or pictures from elsewhere, so
 * that it can be kept, mailed and printed. Follows the reader's light or dark setting; values appear on hovering.
 */
import { curveCharts } from './curves.ts'
import { figuresTable } from './figures-table.ts'
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatSeconds,
  ifKnown,
} from './format.ts'
import { type LabelledRun, labelled, type RunReportData } from './labelled-run.ts'
import { type Markup, markup } from './markup.ts'
import { legend, page } from './page.ts'
import { topologyFigure } from './topology-figure.ts'

/**
 * The page as text.
 *
 * @param data one run or several, at least one; colours follow their order
 * @param options.title the page's heading. @default the runs' names
 */
export function renderReport(
  data: readonly RunReportData[],
  options: { readonly title?: string } = {},
): string {
  const runs = labelled(data)
  const title = options.title ?? runs.map(({ label }) => label).join(', ')
  const charts = curveCharts(runs)
  const lead = runs.length === 1 ? summary(runs[0]!) : `${runs.length} runs compared`
  const main = markup`${runs.length === 1 ? tiles(runs[0]!) : null}
<h2>Learning</h2>
${runs.length > 1 ? legend(runs) : null}
<div class="grid2">
${charts}
</div>
<p class="note">${note(runs)}</p>
${figuresAndTopologies(runs)}
${runs.map(({ jobText, label }) =>
  jobText === undefined
    ? null
    : markup`<details><summary>Job file${runs.length > 1 ? ` of ${label}` : ''}</summary><pre>${jobText}</pre></details>\n`,
)}`
  return page({ title, lead, main })
}

function summary({ result, topology }: LabelledRun): string {
  return [
    `${formatCount(result.nodes)} nodes`,
    `${formatCount(result.rounds)} rounds`,
    `${result.model.name} with ${formatCount(result.model.parameters)} parameters`,
    `sharing: ${result.share}`,
    ...(topology === undefined ? [] : [`topology: ${topology.name}`]),
    `seed ${result.seed}`,
  ].join(' · ')
}

function tiles({ result }: LabelledRun): Markup {
  const { final, bytes } = result
  const tile = (name: string, value: string, more: string) =>
    markup`<div class="tile"><span>${name}</span><strong>${value}</strong><span>${more}</span></div>\n`
  return markup`<div class="tiles">
${
  final.accuracy &&
  tile(
    'Accuracy, mean over nodes',
    formatPercent(final.accuracy.mean),
    `${formatPercent(final.accuracy.min)} to ${formatPercent(final.accuracy.max)}`,
  )
}${final.loss && tile('Loss', formatNumber(final.loss.mean), 'mean over nodes')}${tile(
  'Sent by a node',
  formatBytes(bytes.perNodePerRound),
  'each round',
)}${ifKnown(result.wallSeconds, (seconds) =>
  tile(
    'Time',
    formatSeconds(seconds),
    ifKnown(result.nodeRoundsPerSecond, (speed) => `${formatNumber(speed)} node-rounds a second`) ??
      '',
  ),
)}</div>`
}

function note(runs: readonly LabelledRun[]): string {
  const points = runs.map(({ result }) => result.curve)
  if (points.every((curve) => curve.length === 0)) return 'No evaluation has been made yet.'
  const isSilent = points.map((curve) => curve.every(({ bytes }) => bytes === 0))
  return [
    'Lines are means over nodes; bands reach from the worst to the best node.',
    ...(points.flat().some(({ trainLoss }) => trainLoss !== null)
      ? ['Dotted: loss on training batches.']
      : []),
    ...(isSilent.includes(true) && isSilent.includes(false)
      ? ['Dashed, by bytes: the last accuracy of a run that sends nothing.']
      : []),
    'Accuracy by time: the clock of the run itself, which in an emulation is virtual.',
  ].join(' ')
}

/** Side by side for one run; one below the other where the table has a column for each of several. */
function figuresAndTopologies(runs: readonly LabelledRun[]): Markup {
  const topologies = topologyFigures(runs)
  const table = figuresTable(runs)
  if (topologies.length === 0) return markup`<h2>Key figures</h2>\n${table}`
  if (runs.length === 1) {
    return markup`<h2>Topology and key figures</h2>\n<div class="pair">\n${topologies}\n${table}\n</div>`
  }
  return markup`<h2>Topology</h2>
<div class="grid2 small">\n${topologies}\n</div>
<h2>Key figures</h2>
${table}`
}

/** One figure for each different graph, naming the runs that used it. */
function topologyFigures(runs: readonly LabelledRun[]): Markup[] {
  const users = new Map<string, LabelledRun[]>()
  for (const run of runs) {
    if (run.topology === undefined) continue
    const key = JSON.stringify([run.topology.name, run.topology.graph.targets])
    users.set(key, [...(users.get(key) ?? []), run])
  }
  return [...users.values()].map((list) => {
    const { name, graph, spectralGap, dynamic } = list[0]!.topology!
    const names = runs.length > 1 ? `${list.map(({ label }) => label).join(', ')}: ` : ''
    const round = dynamic === true ? ', one round of many' : ''
    return topologyFigure(
      graph,
      `${names}${name}${round}, spectral gap ${formatNumber(spectralGap)}`,
    )
  })
}
