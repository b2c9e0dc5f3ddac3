import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RunEvent, RunSummary } from '../../daemon/api/index.ts'
import { connectDaemon } from '../../daemon/api/index.ts'
import { EXIT } from '../../daemon/cli/exit-codes.ts'
import type { RunResult } from '../../src/learning/run-result.ts'
import { ask, starling, temporaryFolder, untilFinished, writeJob } from './starling.ts'

test('train on one machine, join on another: all that is needed, to the end and out again', async () => {
  const folder = temporaryFolder()
  const [a, b] = [join(folder, 'a'), join(folder, 'b')]
  const job = writeJob(folder, { nodes: 2, rounds: 6 })

  // No daemon runs yet: both commands start one.
  const created = await starling(a, 'train', job, '--json')
  expect(created).toMatchObject({ code: 0, stderr: expect.stringContaining('starting one') })
  const { run, token } = JSON.parse(created.stdout) as { run: RunSummary; token: string }
  const watched = await starling(b, 'join', token, '--watch', '--json')
  expect(watched).toMatchObject({ code: 0, stderr: expect.stringContaining('starting one') })
  const [joined, ...events] = watched.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(joined.id).toBe(run.id)
  const rounds = (events as RunEvent[]).filter((event) => event.type === 'round')
  expect(rounds.map(({ report }) => report.round)).toEqual([0, 1, 2, 3, 4, 5])
  await untilFinished(connectDaemon(a), run.id)

  const prefix = run.id.slice(0, 8)
  const out = join(folder, 'out')
  const [result, shown, list, exported, nobody] = await Promise.all([
    ask<RunResult>(a, 'runs', 'show', prefix),
    starling(a, 'runs', 'show', prefix),
    starling(a, 'runs'),
    ask<{ folder: string }>(a, 'runs', 'export', prefix, '-o', out),
    starling(a, 'runs', 'show', 'ffffffff0'),
  ])
  expect(result).toMatchObject({ run: expect.any(String), nodes: 2, rounds: 6, share: 'full' })
  expect(result.curve.map(({ round }) => round)).toEqual([2, 4, 6])
  expect(result.parametersSha256).toMatch(/^[0-9a-f]{64}$/)
  expect(shown.stdout).toMatch(/round\s+6\/6.*heard 1\/1/)
  expect(list.stdout).toContain(prefix)
  expect(exported.folder).toBe(out)
  expect(readdirSync(out).sort()).toEqual([
    'curve.csv',
    'job.json',
    'manifest',
    'metrics.jsonl',
    'model.safetensors',
    'report.html',
    'result.json',
    'rounds.csv',
  ])
  expect(nobody.code).toBe(EXIT.notFound)

  const report = join(folder, 'compared.html')
  expect((await starling(a, 'runs', 'plot', prefix, out, '-o', report)).code).toBe(0)
  expect(readFileSync(report, 'utf8')).toContain('<svg')

  // The token lets whoever has it in: it must not be in any log.
  for (const directory of [a, b]) {
    expect(existsSync(join(directory, 'daemon.log'))).toBe(true)
    expect(readFileSync(join(directory, 'daemon.log'), 'utf8')).not.toContain(token)
  }
  const refused = await starling(b, 'join', `${token.slice(0, -6)}AAAAAA`)
  expect(refused).toMatchObject({ code: EXIT.usage, stdout: '' })
}, 90_000)
