import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROGRAM } from '../../daemon/background.ts'
import type { ComparisonResult } from '../../src/comparison/index.ts'
import { starling, temporaryFolder, writeJob } from './starling.ts'

/** The names that docs/json.md gives to a comparison's document. */
const documented = new Set(
  /^## A comparison[\s\S]*?(?=^## )/m
    .exec(readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8'))![0]
    .match(/[A-Za-z]+/g),
)

test('compare: Ctrl-C shows what is there; the same folder goes on from it', async () => {
  const folder = temporaryFolder()
  const job = writeJob(folder, { nodes: 4, rounds: 4 })
  const out = join(folder, 'out')
  const common = [job, '--workers', '1', '--out', out]

  // The second way would take for hours.
  const words = ['compare', ...common, '--vary', 'train.rounds=4,1000000']
  const env = { ...process.env, STARLING_DIR: folder, NO_COLOR: '1' }
  const child = spawn(process.execPath, [PROGRAM, ...words], { env })
  let table = ''
  child.stdout.on('data', (chunk: Buffer) => {
    table += chunk.toString()
  })
  child.stderr.on('data', (chunk: Buffer) => {
    if (chunk.includes('[1/2] full, train.rounds=4, seed 1: accuracy')) child.kill('SIGINT')
  })
  const [code] = await once(child, 'close')
  expect(code).toBe(130)
  expect(table).toMatch(/^full +train\.rounds=4 +\d\d\.\d\d /m)
  expect(table).toContain('1 of 2 runs are missing.')
  const [kept] = readdirSync(join(out, 'runs'))
  const before = readFileSync(join(out, 'runs', kept!), 'utf8')

  const ways = ['--share', 'full,jwins', '--budget', '10', '--vary', 'train.lr=0.05,1e30']
  const outcome = await starling(folder, 'compare', ...common, ...ways, '--json')
  expect(outcome.code).toBe(0)
  expect(outcome.stderr).toMatch(/^\[1\/4\] full, train\.lr=0\.05, seed 1: .*; kept$/m)
  expect(outcome.stderr).toMatch(/^\[2\/4\] jwins, 10 %, train\.lr=0\.05, seed 1: .* left/m)
  expect(readFileSync(join(out, 'runs', kept!), 'utf8')).toBe(before)

  expect(outcome.stdout.trimEnd().split('\n')).toHaveLength(1)
  const result: ComparisonResult = JSON.parse(outcome.stdout)
  expect(result).toMatchObject({ name: 'tiny', seeds: [1], planned: 4 })
  expect(result.runs.map(({ share, seed }) => [share, seed])).toEqual([
    ['full', 1],
    ['jwins', 1],
  ])
  // A learning rate that leaves all numbers behind is a result of its own, not the end of the comparison.
  expect(result.failures.map(({ variant, reason }) => [variant, reason])).toEqual([
    ['full', expect.stringContaining('diverged')],
    ['jwins', expect.stringContaining('diverged')],
  ])
  expect(result.rows[1]).toMatchObject({ variant: 'jwins', share: 'jwins', budget: 0.1 })
  expect(result.rows[1]!.accuracy!.mean).toBe(result.runs[1]!.accuracy)
  expect(result.rows[1]!.bytes.ratioToFull).toBeLessThan(0.5)

  const [row] = result.rows
  const parts = [result, result.failures[0], row, row!.accuracy, row!.bytes, row!.curve[0]]
  for (const name of parts.flatMap((part) => Object.keys(part!))) {
    expect(documented, name).toContain(name)
  }

  expect(readdirSync(out).sort()).toEqual([
    'curves.csv',
    'report.html',
    'result.json',
    'rows.csv',
    'runs',
  ])
  expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))).toEqual(result)
  expect(readdirSync(join(out, 'runs'))).toHaveLength(2)
}, 60_000)
