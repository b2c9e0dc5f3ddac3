import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PROGRAM } from '../../daemon/background.ts'
import { starling, temporaryFolder, writeJob } from './starling.ts'

test('emulate --json: one document on standard output, progress on standard error, files in --out', async () => {
  const folder = temporaryFolder()
  const job = writeJob(folder, { nodes: 4, rounds: 6 })
  const out = join(folder, 'out')
  const words = [
    'emulate',
    job,
    '--nodes',
    '5',
    '--seed',
    '7',
    '--set',
    'train.rounds=4',
    '--workers',
    '1',
  ]
  const outcome = await starling(folder, ...words, '--out', out, '--json')
  expect(outcome.code).toBe(0)
  expect(outcome.stdout.trimEnd().split('\n')).toHaveLength(1)
  const result = JSON.parse(outcome.stdout)
  const number = expect.any(Number)
  expect(result).toEqual({
    run: expect.any(String),
    nodes: 5,
    rounds: 4,
    seed: 7,
    share: 'full',
    model: { name: 'mlp', parameters: number },
    final: {
      accuracy: { mean: number, min: number, max: number },
      loss: { mean: number },
      nodes: 5,
    },
    curve: [expect.objectContaining({ round: 2 }), expect.objectContaining({ round: 4 })],
    bytes: { perNodePerRound: number, values: number, indices: 0, overhead: number },
    consensusDistance: number,
    wallSeconds: number,
    nodeRoundsPerSecond: number,
    peakRssBytes: number,
    parametersSha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  })
  expect(outcome.stderr).toMatch(/round 2\/4.*accuracy/)
  expect(outcome.stderr).toMatch(/round 4\/4.*accuracy/)

  expect(readdirSync(out).sort()).toEqual([
    'curve.csv',
    'job.json',
    'metrics.jsonl',
    'report.html',
    'result.json',
    'rounds.csv',
  ])
  expect(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))).toEqual(result)
  const lines = (name: string) => readFileSync(join(out, name), 'utf8').trimEnd().split('\n')
  expect(lines('metrics.jsonl')).toHaveLength(5 * 4)
  expect(lines('rounds.csv')).toHaveLength(1 + 5 * 4)
  expect(lines('curve.csv')).toHaveLength(1 + 2)
}, 60_000)

test('Ctrl-C: what there is by then is in --out, marked as interrupted', async () => {
  const folder = temporaryFolder()
  const job = writeJob(folder, { nodes: 4, rounds: 1_000_000 })
  const out = join(folder, 'out')
  const words = [PROGRAM, 'emulate', job, '--workers', '1', '--out', out, '--json']
  const child = spawn(process.execPath, words, { env: { ...process.env, STARLING_DIR: folder } })
  const streams = { stdout: '', stderr: '' }
  let isInterrupted = false
  child.stdout.on('data', (chunk) => {
    streams.stdout += chunk
  })
  child.stderr.on('data', (chunk) => {
    streams.stderr += chunk
    if (isInterrupted || !/round +4\//.test(streams.stderr)) return
    isInterrupted = true
    child.kill('SIGINT')
  })
  const [code] = await once(child, 'exit')
  expect(code).toBe(130)
  expect(streams.stdout).toBe('')
  const result = JSON.parse(readFileSync(join(out, 'result.json'), 'utf8'))
  expect(result).toMatchObject({ interrupted: true, parametersSha256: null })
  expect(result.curve.length).toBeGreaterThanOrEqual(2)
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('tiny (interrupted)')
  expect(readdirSync(out)).toEqual(expect.arrayContaining(['curve.csv', 'rounds.csv']))
}, 60_000)
