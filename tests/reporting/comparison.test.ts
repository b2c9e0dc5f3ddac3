import { expect, test } from 'vitest'
import { summarise } from '../../src/comparison/index.ts'
import {
  comparisonCurvesCsv,
  comparisonRowsCsv,
  comparisonTable,
  renderComparison,
} from '../../src/reporting/index.ts'
import { comparedRun } from '../comparison/runs.ts'
import { checkMarkup } from './well-formed.ts'

const ablation = 'jwins:wavelet=false,accumulate=false'
const runs = [
  { variant: 'full', accuracies: [0.4, 0.8], bytes: 1000 },
  { variant: 'jwins', budget: 0.2, accuracies: [0.6, 0.82], bytes: 210 },
  { variant: 'jwins', budget: 0.1, accuracies: [0.5, 0.7], bytes: 100 },
  { variant: ablation, share: 'jwins', budget: 0.2, accuracies: [0.5, 0.75], bytes: 205 },
].map(comparedRun)
const result = summarise({ name: 'frugal <1>', seeds: [90], planned: 4 }, runs)

test('the table has a row for each variant, and no column that nobody fills', () => {
  const { header, rows, notes } = comparisonTable(result)
  expect(header.join(' ')).toBe(
    'sharing budget accuracy seed 90 bytes values indices overhead of full total to 79.00 rounds/s',
  )
  expect(rows[1]!.slice(0, 9)).toEqual([
    'jwins',
    '20 %',
    '82.00',
    '82.00',
    '210',
    '180',
    '20',
    '10',
    '21.0 %',
  ])
  expect(rows.map((row) => row.at(-2))).toEqual(['19.8 kB', '3.91 kB', '–', '–'])
  expect(notes.join('\n')).toContain('79.00 %')
})

test('what a value costs is shown where it is known', () => {
  const compared = [
    { variant: 'full', accuracies: [0.8], bytes: 1000, deliveredValues: 240 },
    { variant: 'own sets', accuracies: [0.7], bytes: 400, deliveredValues: 50, droppedShare: 0.25 },
    { variant: 'jwins', accuracies: [0.7], bytes: 300 },
  ].map(comparedRun)
  const { header, rows, notes } = comparisonTable(
    summarise({ name: 'x', seeds: [90], planned: 3 }, compared),
  )
  const columns = ['total', 'a value', 'dropped'].map((name) => header.indexOf(name))
  expect(rows.map((row) => columns.map((column) => row[column]))).toEqual([
    ['30.0 kB', '4.17', '–'],
    ['12.0 kB', '8.00', '25.0 %'],
    ['9.00 kB', '–', '–'],
  ])
  expect(notes.filter((note) => /^(a value|dropped):/.test(note))).toHaveLength(2)
})

test('with a reference it says what that costs', () => {
  const compared = summarise({ name: 'x', seeds: [90], planned: 4, reference: ablation }, runs)
  const { header, rows } = comparisonTable(compared)
  expect(header).toContain(`to ${ablation}`)
  const ratio = header.indexOf('ratio')
  expect(rows.map((row) => row[ratio])).toEqual(['–', expect.any(String), '–', '1.00'])
  expect(Number(rows[1]![ratio])).toBeGreaterThan(1)
})

test('what went wrong is said below the table, and on the page', () => {
  const [full, jwins] = runs
  const failures = [
    { variant: 'choco', setting: '', budget: 0.1, seed: 90, reason: 'Training diverged.' },
  ]
  const some = { ...jwins!, diverged: [2, 5] }
  const partial = summarise({ name: 'x', seeds: [90], planned: 4 }, [full!, some], failures)
  const troubles = [
    'jwins, 20 %, seed 90: without nodes 2, 5, which diverged',
    'choco, 10 %, seed 90: Training diverged.',
    '1 of 4 runs are missing.',
  ]
  expect(comparisonTable(partial).troubles).toEqual(troubles)
  for (const text of troubles) expect(renderComparison(partial)).toContain(text)
  expect(comparisonTable(result).troubles).toEqual([])
})

test('the page draws two charts a budget, full sharing in each, and the table', () => {
  const html = renderComparison(result)
  const elements = checkMarkup(html)
  expect(elements.has('script')).toBe(false)
  expect(html).not.toMatch(/(src|href)=|https?:|@import|url\((?!#)/)
  expect(html).toContain('<h1>frugal &#60;1&#62;: 3 ways compared</h1>')
  const charts = html.match(/<figure>[\s\S]*?<\/figure>/g)!
  expect(charts.map((chart) => /<figcaption>([^<]*)/.exec(chart)![1])).toEqual([
    'Accuracy by bytes, budget 20 %',
    'Accuracy by bytes, budget 10 %',
    'Accuracy by round, budget 20 %',
    'Accuracy by round, budget 10 %',
  ])
  expect(charts.map((chart) => chart.match(/class="band"/g)!.length)).toEqual([2, 1, 3, 2])
  // A variant keeps its colour in every chart.
  for (const chart of charts) expect(chart).toMatch(/class="series c1"><path class="band"/)
  expect(html.match(/<tr><th scope="row">/g)).toHaveLength(4)
})

test('settings have lines of their own in the same chart', () => {
  const settings = ['topology.kind=ring', 'topology.kind=full']
  const varied = settings.map((setting) =>
    comparedRun({ variant: 'full', setting, accuracies: [0.4, 0.8], bytes: 1000 }),
  )
  const html = renderComparison(summarise({ name: 'x', seeds: [90], planned: 2 }, varied))
  expect(html.match(/<figcaption>/g)).toHaveLength(2)
  for (const [i, setting] of settings.entries()) {
    expect(html).toMatch(new RegExp(`<li><svg class="c${i}"[^\\n]*full, ${setting}</li>`))
  }
})

test('CSV: one line a row, one line a point; names with commas in quotes', () => {
  const rows = comparisonRowsCsv(result).trimEnd().split('\n')
  expect(rows).toHaveLength(1 + 4)
  expect(rows[0]).toMatch(/^variant,setting,budget,share,accuracy\.mean,/)
  expect(rows[1]).toMatch(/^full,,,full,0\.8,0\.8,0\.8,1000,/)
  expect(rows[4]).toMatch(/^"jwins:wavelet=false,accumulate=false",,0\.2,jwins,/)
  const points = comparisonCurvesCsv(result).trimEnd().split('\n')
  expect(points).toHaveLength(1 + 8)
  expect(points[3]).toBe('jwins,,0.2,10,0.6,0.6,0.6,2100')
})
