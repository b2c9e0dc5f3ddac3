import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatSeconds,
  ifKnown,
} from './format.ts'
import type { LabelledRun } from './labelled-run.ts'
import { type Markup, markup } from './markup.ts'

const UNKNOWN = '–'

/** Key figures by name; null where a run does not have them. */
const figures: Readonly<Record<string, (run: LabelledRun) => string | Markup | null>> = {
  Sharing: ({ result }) => result.share,
  Model: ({ result }) => `${result.model.name}, ${formatCount(result.model.parameters)} parameters`,
  Nodes: ({ result }) => formatCount(result.nodes),
  Rounds: ({ result }) => formatCount(result.rounds),
  Seed: ({ result }) => result.seed.toString(),
  Topology: ({ topology }) => topology?.name ?? null,
  'Spectral gap': ({ topology }) =>
    topology === undefined ? null : formatNumber(topology.spectralGap),
  'Accuracy, mean over nodes': ({ result }) =>
    result.final.accuracy && formatPercent(result.final.accuracy.mean),
  'Accuracy, worst and best node': ({ result: { final } }) =>
    final.accuracy &&
    `${formatPercent(final.accuracy.min)} to ${formatPercent(final.accuracy.max)}`,
  'Loss, mean over nodes': ({ result }) =>
    result.final.loss && formatNumber(result.final.loss.mean),
  'Sent by a node, each round': ({ result }) => formatBytes(result.bytes.perNodePerRound),
  'Sent by a node, all rounds': ({ result }) =>
    formatBytes(result.bytes.perNodePerRound * result.rounds),
  'of it values, indices, overhead': ({ result: { bytes } }) => {
    const total = bytes.values + bytes.indices + bytes.overhead
    if (total === 0) return null
    return [bytes.values, bytes.indices, bytes.overhead]
      .map((part) => formatPercent(part / total))
      .join(', ')
  },
  'Consensus distance': ({ result }) => ifKnown(result.consensusDistance, formatNumber),
  'Time by the machine’s clock': ({ result }) => ifKnown(result.wallSeconds, formatSeconds),
  'Node-rounds a second': ({ result }) => ifKnown(result.nodeRoundsPerSecond, formatNumber),
  'Peak memory': ({ result }) => ifKnown(result.peakRssBytes, formatBytes),
  'Parameters, SHA-256': ({ result: { parametersSha256: hash } }) =>
    hash && markup`<span title="${hash}">${hash.slice(0, 16)}…</span>`,
}

/** One row a figure, one column a run. Figures that no run has are left out. */
export function figuresTable(runs: readonly LabelledRun[]): Markup {
  const rows = Object.entries(figures)
    .map(([name, figure]) => ({ name, cells: runs.map((run) => figure(run) ?? null) }))
    .filter(({ cells }) => cells.some((cell) => cell !== null))
  return markup`<div class="table"><table>
${runs.length > 1 ? markup`<thead><tr><th></th>${runs.map(({ label }) => markup`<th>${label}</th>`)}</tr></thead>` : null}
<tbody>${rows.map(
    ({ name, cells }) =>
      markup`<tr><th scope="row">${name}</th>${cells.map((cell) => markup`<td>${cell ?? UNKNOWN}</td>`)}</tr>\n`,
  )}</tbody>
</table></div>`
}
