import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectDaemon, type RunSummary } from '../../daemon/api/index.ts'
import type { RunResult } from '../../src/learning/run-result.ts'
import { ask, starling, temporaryFolder, until, untilFinished, writeJob } from './starling.ts'

test('four daemons and the emulation of the same job end with the same bits', async () => {
  const folder = temporaryFolder()
  const directories = ['a', 'b', 'c', 'd'].map((name) => join(folder, name))
  const job = writeJob(folder, { nodes: 4, rounds: 6 })
  // In a full graph all would agree after each round, and there were no distance to estimate.
  const options = ['--set', 'topology.kind=ring', '--set', 'train.slowMomentum=0.3']
  const emulated = starling(
    join(folder, 'e'),
    'emulate',
    job,
    ...options,
    '--workers',
    '1',
    '--json',
  )
  const [owner, ...others] = directories
  const { run, token } = await ask<{ run: RunSummary; token: string }>(
    owner!,
    'train',
    job,
    ...options,
  )
  // Whoever joins first gets the next rank; which daemon has which does not matter to the numbers.
  await Promise.all(others.map((directory) => ask(directory, 'join', token)))
  const daemon = connectDaemon(owner!)
  await untilFinished(daemon, run.id)
  const result = await until(async () => {
    const found = await daemon.result(run.id)
    return found.parametersSha256 === null ? null : found
  })

  const emulation = JSON.parse((await emulated).stdout) as RunResult
  expect(result.parametersSha256).toBe(emulation.parametersSha256)
  expect(result.final).toEqual(emulation.final)
  expect(result.curve.map(({ loss }) => loss)).toEqual(emulation.curve.map(({ loss }) => loss))
  expect(result.bytes).toEqual(emulation.bytes)
  // The emulation holds all models; the owner has sums of their values, and is off by three times 4.4 % at most.
  const estimates = [
    ...result.curve.map((point) => point.consensusDistance),
    result.consensusDistance,
  ]
  const exact = [
    ...emulation.curve.map((point) => point.consensusDistance),
    emulation.consensusDistance,
  ]
  for (const [i, estimate] of estimates.entries()) {
    expect(Math.abs(estimate! / exact[i]! - 1), `estimate ${i}`).toBeLessThan(0.14)
  }
  expect(Object.keys(result).sort()).toEqual(Object.keys(emulation).sort())
}, 90_000)
