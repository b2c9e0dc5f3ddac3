import { expect, test } from 'vitest'
import { roundLine } from '../../src/reporting/index.ts'
import { roundReport } from './runs.ts'

test('one line says what a round did', () => {
  expect(roundLine(roundReport({ accuracy: 0.812 }), { rounds: 100 }).replace(/ +/g, ' ')).toBe(
    'round 12/100 loss 0.482 accuracy 81.2 % sent 154 kB received 116 kB heard 4/4 train 1.20 s wait 310 ms mix 3.0 ms',
  )
})

test('columns stay in place', () => {
  const accuracy = { mean: 0.812, min: 0.78, max: 0.841 }
  const lines = [
    roundLine(roundReport(), { rounds: 100 }),
    roundLine(roundReport({ round: 99, trainLoss: 12.4, accuracy: 1 }), { rounds: 100 }),
    roundLine(roundReport({ round: 0, trainLoss: null }), { rounds: 100, accuracy }),
    roundLine(roundReport({ bytes: { ...roundReport().bytes, sent: 7 } }), { rounds: 100 }),
  ]
  for (const word of ['loss', 'sent', 'received', 'heard', 'train', 'wait', 'mix']) {
    expect(new Set(lines.map((line) => line.indexOf(` ${word} `))).size).toBe(1)
  }
  expect(lines[2]).toContain('accuracy  81.2 % (78.0–84.1)')
})

test('names who is missing and why, and from whom the node caught up', () => {
  const missing = [
    { rank: 5, reason: 'late' as const },
    { rank: 7, reason: 'unreachable' as const },
  ]
  const report = roundReport({ neighbours: { expected: 4, heard: 2, missing }, caughtUpFrom: 1 })
  expect(roundLine(report)).toMatch(
    /heard 2\/4 .* missing: node 5 late, node 7 unreachable {2}caught up from node 1$/,
  )
  expect(roundLine(report, { nameOf: (rank) => `peer-${rank}` })).toContain('peer-5 late')
})

test('the time of an evaluation is shown when there was one', () => {
  const { seconds } = roundReport()
  expect(roundLine(roundReport())).not.toContain('test')
  const evaluated = roundReport({ seconds: { ...seconds, evaluate: 0.12 } })
  expect(roundLine(evaluated)).toContain('test  120 ms')
})
