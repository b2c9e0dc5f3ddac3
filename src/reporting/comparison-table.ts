/** The table of a comparison, for the terminal and the page alike. */
import {
  budgetText,
  type ComparisonResult,
  type ComparisonRow,
  labelOf,
  type VariantKey,
} from '../comparison/index.ts'
import { formatBytes, formatCount, formatNumber, formatPercent } from './format.ts'

export interface ComparisonTable {
  readonly header: readonly string[]
  /** One a variant, cells as text. */
  readonly rows: readonly (readonly string[])[]
  /** What the columns mean, one sentence each. */
  readonly notes: readonly string[]
  /** What went wrong, one line each: runs that are missing, failed, or went on without some of their nodes. */
  readonly troubles: readonly string[]
}

const UNKNOWN = '–'

type Cell = (row: ComparisonRow) => string | null

/** Columns that no row has anything in are left out. */
export function comparisonTable(result: ComparisonResult): ComparisonTable {
  const columns = columnsOf(result)
    .map(([header, cell]) => ({ header, cells: result.rows.map(cell) }))
    .filter(({ cells }) => cells.some((cell) => cell !== null))
  return {
    header: columns.map(({ header }) => header),
    rows: result.rows.map((_, i) => columns.map(({ cells }) => cells[i] ?? UNKNOWN)),
    notes: notesOf(result),
    troubles: troublesOf(result),
  }
}

function columnsOf({ seeds, target, reference }: ComparisonResult): readonly [string, Cell][] {
  return [
    ['sharing', ({ variant }) => variant],
    ['setting', ({ setting }) => (setting === '' ? null : setting)],
    ['budget', number(({ budget }) => budget, budgetText)],
    ['accuracy', number(({ accuracy }) => accuracy?.mean, points)],
    ...seeds.map((seed, i): [string, Cell] => [
      `seed ${seed}`,
      number(({ accuracy }) => accuracy?.perSeed[i], points),
    ]),
    ['bytes', number(({ bytes }) => bytes.perNodePerRound, formatCount)],
    ['values', number(({ bytes }) => bytes.values, formatCount)],
    ['indices', number(({ bytes }) => bytes.indices, formatCount)],
    ['overhead', number(({ bytes }) => bytes.overhead, formatCount)],
    ['of full', number(({ bytes }) => bytes.ratioToFull, formatPercent)],
    ['total', number(({ bytes }) => bytes.perNode, formatBytes)],
    ['a value', number(({ bytes }) => bytes.perDeliveredValue, formatNumber)],
    ['dropped', number(({ droppedShare }) => droppedShare, formatPercent)],
    [
      `to ${target === null ? 'target' : points(target)}`,
      number(({ bytesToTarget }) => bytesToTarget, formatBytes),
    ],
    [`to ${reference}`, number(({ bytesToReference }) => bytesToReference, formatBytes)],
    ['ratio', number(({ referenceRatio }) => referenceRatio, formatNumber)],
    ['rounds/s', number(({ nodeRoundsPerSecond }) => nodeRoundsPerSecond, formatCount)],
  ]
}

function number(
  of: (row: ComparisonRow) => number | null | undefined,
  format: (value: number) => string,
): Cell {
  return (row) => {
    const value = of(row) ?? null
    return value === null ? null : format(value)
  }
}

function notesOf({ seeds, target, reference, rows }: ComparisonResult): string[] {
  const over = seeds.length === 1 ? `seed ${seeds[0]}` : `mean over ${seeds.length} seeds`
  return [
    `accuracy: percent, mean over nodes after the last round, ${over}`,
    'bytes: sent by a node in a round, of these values, indices, overhead; of full: against full sharing; total: in all rounds',
    ...(rows.some(({ bytes }) => bytes.perDeliveredValue !== null)
      ? ['a value: bytes sent for each value that was mixed in where it arrived']
      : []),
    ...(rows.some(({ droppedShare }) => droppedShare !== null)
      ? ['dropped: of the coordinates that nodes chose, for too few maskers']
      : []),
    ...(rows.some((row) => row.target !== null)
      ? [
          `to ${target === null ? 'target' : points(target)}: sent by a node until the mean accuracy reached ` +
            `${target === null ? "its setting's target" : `${points(target)} %`}`,
        ]
      : []),
    ...(reference === null
      ? []
      : [
          `to ${reference}: the same for the final accuracy of ${reference} at the same budget; ` +
            `ratio: ${reference}'s bytes to it over these`,
        ]),
    'rounds/s: rounds of all nodes in a second of this machine',
  ]
}

function troublesOf({ planned, runs, failures }: ComparisonResult): string[] {
  const nameOf = (run: VariantKey & { readonly seed: number }) =>
    `${labelOf({ ...run, name: run.variant })}, seed ${run.seed}`
  const missing = planned - runs.length - failures.length
  return [
    ...runs.flatMap(({ diverged, ...run }) =>
      diverged === undefined
        ? []
        : [`${nameOf(run)}: without nodes ${diverged.join(', ')}, which diverged`],
    ),
    ...failures.map((failure) => `${nameOf(failure)}: ${failure.reason}`),
    ...(missing === 0 ? [] : [`${missing} of ${planned} runs are missing.`]),
  ]
}

/** A share in percent, to two decimals. */
function points(share: number): string {
  return (100 * share).toFixed(2)
}
