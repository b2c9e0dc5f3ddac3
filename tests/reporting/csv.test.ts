import { expect, test } from 'vitest'
import { curveCsv, roundsCsv } from '../../src/reporting/index.ts'
import { curvePoint, roundReport, runResult } from './runs.ts'

/** Rows as records, by the header line. */
function read(csv: string): Record<string, string>[] {
  expect(csv.endsWith('\n')).toBe(true)
  const [header, ...rows] = csv.trimEnd().split('\n')
  const names = header!.split(',')
  return rows.map((row) => {
    const cells = row.split(',')
    expect(cells).toHaveLength(names.length)
    return Object.fromEntries(names.map((name, i) => [name, cells[i]!]))
  })
}

test('a curve has one line an evaluation and every field of it', () => {
  const point = curvePoint(10)
  const rows = read(curveCsv(runResult({ curve: [curvePoint(0), point] })))
  expect(rows).toHaveLength(2)
  expect(Object.keys(rows[1]!)).toEqual(Object.keys(point))
  for (const [name, value] of Object.entries(point)) expect(Number(rows[1]![name])).toBe(value)
  expect(rows[0]!['trainLoss']).toBe('')
})

test('round reports have one line each and every field of them', () => {
  const missing = [
    { rank: 5, reason: 'late' as const },
    { rank: 7, reason: 'invalid' as const },
  ]
  const report = roundReport({ neighbours: { expected: 4, heard: 2, missing } })
  const [row] = read(roundsCsv([report]))
  const flat = Object.entries(report).flatMap(([key, value]) =>
    value !== null && typeof value === 'object'
      ? Object.keys(value).map((inner) => `${key}.${inner}`)
      : [key],
  )
  expect(Object.keys(row!).sort()).toEqual(flat.sort())
  expect(row).toMatchObject({
    round: '11',
    rank: '2',
    accuracy: '',
    'bytes.sent': '154321',
    'neighbours.missing': '5:late 7:invalid',
    'seconds.train': '1.203',
  })
})

test('nothing but the header where there is nothing', () => {
  expect(read(roundsCsv([]))).toEqual([])
})
