import { expect, test } from 'vitest'
import { roundLine } from '../../src/reporting/index.ts'
import { roundReport } from './runs.ts'

const accuracy = { mean: 0.812, min: 0.78, max: 0.841 }

test('one line says what a round did', () => {
  expect(roundLine(roundReport(), { rounds: 100, accuracy })).toBe(
    'round  12/100  loss 0.482  acc  81.2 % (78–84)    sent  154 kB  heard 4/4  in 1.52 s, 20 % wait',
  )
  expect(roundLine(roundReport({ accuracy: 0.9 }))).toContain('  acc  90.0 %  ')
})

test('columns stay in place', () => {
  const lines = [
    roundLine(roundReport(), { rounds: 100 }),
    roundLine(roundReport({ round: 99, trainLoss: 12.4, accuracy: 1 }), { rounds: 100 }),
    roundLine(roundReport({ round: 0, trainLoss: null }), { rounds: 100, accuracy }),
    roundLine(roundReport({ bytes: { ...roundReport().bytes, sent: 7 } }), { rounds: 100 }),
  ]
  for (const word of ['loss', 'sent', 'heard', 'in']) {
    expect(new Set(lines.map((line) => line.indexOf(` ${word} `))).size).toBe(1)
  }
})

test('fits in 100 columns at its widest', () => {
  const widest = roundReport({
    ...{ round: 999, trainLoss: 123.456 },
    bytes: { ...roundReport().bytes, sent: 10_700_000 },
    neighbours: { expected: 15, heard: 15, missing: [] },
    seconds: { train: 0, encode: 0, wait: 59.4, mix: 0, evaluate: 0 },
  })
  const line = roundLine(widest, { rounds: 1000, accuracy: { mean: 1, min: 1, max: 1 } })
  expect(line).toMatch(/100\.0 % \(100–100\).*59\.4 s, 100 % wait$/)
  expect(line.length).toBeLessThanOrEqual(100)
})

test('names who is missing and why, and from whom the node caught up', () => {
  const missing = [
    { rank: 5, reason: 'late' as const },
    { rank: 7, reason: 'unreachable' as const },
  ]
  const report = roundReport({ neighbours: { expected: 4, heard: 2, missing }, caughtUpFrom: 1 })
  expect(roundLine(report)).toMatch(
    /heard 2\/4 .* {2}missing: node 5 late, node 7 unreachable {2}caught up from node 1$/,
  )
  expect(roundLine(report, { nameOf: (rank) => `peer-${rank}` })).toContain('peer-5 late')
})

test('the time is that of the whole round', () => {
  const { seconds } = roundReport()
  const evaluated = roundReport({ seconds: { ...seconds, evaluate: 1.5 } })
  expect(roundLine(evaluated)).toContain('in 3.02 s, 10 % wait')
  const nothing = { train: 0, encode: 0, wait: 0, mix: 0, evaluate: 0 }
  expect(roundLine(roundReport({ seconds: nothing }))).toContain('0 ms, 0 % wait')
})
