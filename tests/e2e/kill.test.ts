import { join } from 'node:path'
import { expect, test } from 'vitest'
import { connectDaemon, type RunEvent, type RunSummary } from '../../daemon/api/index.ts'
import {
  ask,
  killDaemon,
  starling,
  temporaryFolder,
  until,
  untilFinished,
  writeJob,
} from './starling.ts'

test('kill -9 one of three: the others go on; restarted, it resumes and finishes', async () => {
  const folder = temporaryFolder()
  const [a, b, c] = [join(folder, 'a'), join(folder, 'b'), join(folder, 'c')]
  // Long enough that the death of one falls into the middle; the deadline is what its last round may wait for
  // neighbours that have finished.
  const job = writeJob(folder, { nodes: 3, rounds: 250, localSteps: 20, deadline: 3 })
  const { run, token } = await ask<{ run: RunSummary; token: string }>(a, 'train', job)
  await Promise.all([ask(b, 'join', token), ask(c, 'join', token)])
  const [survivor, victim] = [connectDaemon(a), connectDaemon(c)]

  const atDeath = await until(async () => {
    const { round } = await victim.run(run.id)
    return round >= 5 ? round : null
  })
  killDaemon(c)
  const later = await until(async () => {
    const { round } = await survivor.run(run.id)
    return round >= atDeath + 10 ? round : null
  })

  expect((await starling(c, 'up', '--detach')).code).toBe(0)
  await Promise.all([a, b, c].map((directory) => untilFinished(connectDaemon(directory), run.id)))

  const rounds: number[] = []
  let caughtUp = false
  for await (const event of connectDaemon(c).events(run.id, { follow: false })) {
    if (event.type !== 'round') continue
    rounds.push(event.report.round)
    caughtUp ||= event.report.caughtUpFrom !== null
  }
  expect(rounds.at(-1)).toBe(249)
  expect(caughtUp, 'it took a model from a neighbour that was ahead').toBe(true)
  expect(later).toBeGreaterThan(atDeath)

  // The survivors name whom they missed, and why.
  const missed = new Set<string>()
  for await (const event of survivor.events(run.id, { follow: false }))
    collectMissing(event, missed)
  const { rank } = await connectDaemon(c).run(run.id)
  expect([...missed].some((entry) => entry.startsWith(`${rank} `))).toBe(true)
}, 120_000)

function collectMissing(event: RunEvent, into: Set<string>): void {
  if (event.type !== 'round') return
  for (const { rank, reason } of event.report.neighbours.missing) into.add(`${rank} ${reason}`)
}
