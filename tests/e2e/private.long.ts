/**
 * Private JWINS between five daemons over TCP, four of them processes, of which one is killed when its vector has arrived and
 * nothing of it is opened. Connections are encrypted, so the receiver's inbox is read where its daemon, in
 * this process, takes the frames from them.
 */
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { wordsOf } from '../../crypto/index.ts'
import { connectDaemon } from '../../daemon/api/index.ts'
import { createEngine } from '../../src/engine/index.ts'
import type { Job, RoundReport } from '../../src/learning/index.ts'
import { readProtobuf } from '../../src/runtime/protobuf.ts'
import { decodeFrame } from '../../src/sharing/index.ts'
import { TestNodes, tinyJob } from '../node/nodes.ts'
import { emulateJob } from '../support/emulation.ts'
import type { TappedFrame } from '../support/tap.ts'
import { foreground, temporaryFolder, untilFinished } from './starling.ts'

const wire = vi.hoisted(() => {
  process.env['STARLING_ENGINE_BACKEND'] = 'cpu'
  return { see: (_: TappedFrame): void => {} }
})
vi.mock(import('../../src/learning/exchange.ts'), async (original) => {
  const [exchange, { tapped }] = await Promise.all([original(), import('../support/tap.ts')])
  const create = tapped(exchange.createExchange, (frame) => wire.see(frame))
  return { ...exchange, createExchange: create }
})

const NODES = 5
const RECEIVER = 0
const VICTIM = NODES - 1
const EPOCH = 5
/** In the middle of an epoch. */
const LAST_ROUND_OF_VICTIM = 7

const job = tinyJob({
  nodes: NODES,
  model: { name: 'mlp', hidden: [16] },
  data: { name: 'clusters', classes: 3, dim: 48, train: 200, test: 60 },
  share: { method: 'jwins' },
  privacy: {
    secureAggregation: 'cesar',
    indices: 'summed-energy',
    epochRounds: EPOCH,
    cooldown: 0,
  },
  train: { rounds: 40, localSteps: 8, batch: 8, lr: 0.05 },
  eval: { every: 40 },
  limits: { maxDeadline: 2 },
})

/** A letter to the receiver. */
interface Seen {
  readonly round: number
  readonly from: number
  readonly bytes: Uint8Array
  readonly phase: number
  /** Of a vector or of scores. */
  readonly words: Uint8Array | undefined
}

function letterOf({ source, bytes }: TappedFrame): Seen {
  const { round, phase, payload } = decodeFrame(bytes, {
    space: { domain: 'letter', size: 2 ** 24 },
  })
  if (payload.domain !== 'letter') throw new Error('a private run sends letters only')
  const { words } = readProtobuf(payload.bytes, LETTER)
  return { round, phase, from: source, bytes: payload.bytes, words }
}

const entry = {
  rank: { field: 1, kind: 'uint' },
  content: { field: 2, kind: 'bytes', max: 512 },
} as const
const LETTER = {
  announcement: { field: 1, kind: 'bytes', max: 512, optional: true },
  ranks: { field: 2, kind: 'uint', repeated: NODES },
  entries: { field: 3, kind: 'message', repeated: NODES, fields: entry },
  words: { field: 4, kind: 'bytes', max: 2 ** 24, optional: true },
  sums: { field: 5, kind: 'bytes', max: 8, optional: true },
  seed: { field: 6, kind: 'bytes', max: 32, optional: true },
  blocks: { field: 7, kind: 'bytes', max: 2 ** 20, optional: true },
} as const

/** Phases of crypto/cesar/README.md; without masks there are fewer. */
const isMaskedVector = ({ round, phase }: Seen) => phase === (round % EPOCH === 0 ? 4 : 3)
const isOpenVector = ({ phase }: Seen) => phase === 2

/** What the receiver gets in the same run without masks: the vectors themselves. */
async function inClear(): Promise<Seen[]> {
  const open: Job = { ...job, privacy: { ...job.privacy, secureAggregation: 'off-same-ring' } }
  const seen: Seen[] = []
  wire.see = (frame) => {
    if (!frame.sources.includes(RECEIVER)) seen.push(letterOf(frame))
  }
  const engine = await createEngine({ backend: 'cpu' })
  try {
    await emulateJob(open, { engine })
  } finally {
    await engine.dispose()
  }
  return seen
}

/** Every two words in a row, but of coefficients that are zero: eight bytes that masked letters hold by a chance of 2^−64. */
function pairsOf(vectors: readonly Seen[]): Set<bigint> {
  const pairs = new Set<bigint>()
  for (const { words } of vectors) {
    if (words === undefined) continue
    const view = viewOf(words)
    for (let at = 0; at + 8 <= view.byteLength; at += 4) {
      if (view.getInt32(at) !== 0 && view.getInt32(at + 4) !== 0) pairs.add(view.getBigUint64(at))
    }
  }
  return pairs
}

/** How often a letter holds one of them, wherever it begins. */
function findIn({ bytes }: Seen, pairs: ReadonlySet<bigint>): number {
  const view = viewOf(bytes)
  let found = 0
  for (let at = 0; at + 8 <= view.byteLength; at++) if (pairs.has(view.getBigUint64(at))) found++
  return found
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** The share of the words that could be a coefficient: those of a plain vector all, of 32 random bits one in sixteen. */
function smallShare({ words }: Seen): number {
  const all = wordsOf(32, words!)
  return all.filter((word) => Math.abs(word) <= 16 * 2 ** 23).length / all.length
}

const nodes = new TestNodes()
afterAll(() => nodes.close())

test('the run finishes, and the receiver was never sent a coefficient that it could read', async () => {
  const plain = await inClear()
  const pairs = pairsOf(plain)
  // The check finds what it looks for: without masks every vector is there to be read.
  const openVectors = plain.filter(isOpenVector)
  expect(openVectors.every((letter) => findIn(letter, pairs) > 0)).toBe(true)
  expect(openVectors.every((letter) => smallShare(letter) === 1)).toBe(true)

  const received: Seen[] = []
  const folder = temporaryFolder()
  const directories = ['b', 'c', 'd', 'e'].map((name) => join(folder, name))
  const processes = directories.map(foreground)
  const [owner] = await Promise.all([nodes.start(), ...processes.map(({ ready }) => ready)])
  const { run, token } = await owner.createRun({ job })
  const daemons = directories.map(connectDaemon)
  // One after the other, so that ranks follow names.
  for (const daemon of daemons) await daemon.joinRun({ token })
  const victim = processes.at(-1)!
  wire.see = (frame) => {
    const letter = letterOf(frame)
    received.push(letter)
    const isLast = letter.from === VICTIM && letter.round === LAST_ROUND_OF_VICTIM
    if (isLast && isMaskedVector(letter)) victim.child.kill('SIGKILL')
  }
  await victim.ended
  await foreground(directories.at(-1)!).ready
  await Promise.all([owner, ...daemons].map((daemon) => untilFinished(daemon, run.id, 90)))

  const vectors = received.filter((letter) => isMaskedVector(letter) && letter.words !== undefined)
  expect(vectors.length).toBeGreaterThan(3 * LAST_ROUND_OF_VICTIM)
  const undisturbed = plain.filter(({ round }) => round <= LAST_ROUND_OF_VICTIM)
  expect(undisturbed.filter(isOpenVector)).toHaveLength((NODES - 1) * (LAST_ROUND_OF_VICTIM + 1))
  for (const letter of received) expect(findIn(letter, pairs), `round ${letter.round}`).toBe(0)
  for (const letter of vectors)
    expect(smallShare(letter), `round ${letter.round}`).toBeLessThan(0.5)

  const reports: RoundReport[] = []
  for await (const event of owner.events(run.id, { follow: false })) {
    if (event.type === 'round' && event.report.rank === RECEIVER) reports.push(event.report)
  }
  const outcome = (round: number) =>
    reports.find((report) => report.round === round)!.privacy!.outcome
  expect(reports).toHaveLength(job.train.rounds)
  for (let round = 0; round < LAST_ROUND_OF_VICTIM; round++) expect(outcome(round)).toBe('adopted')
  // All vectors had come, and one of their masks was never opened.
  expect(outcome(LAST_ROUND_OF_VICTIM)).toBe('refused')
  const afterwards = reports.filter(({ round }) => round > LAST_ROUND_OF_VICTIM + 1)
  expect(afterwards.some(({ privacy }) => privacy!.outcome === 'adopted')).toBe(true)
  const later = received.filter(
    ({ from, round }) => from === VICTIM && round > LAST_ROUND_OF_VICTIM,
  )
  const said = later.filter(({ bytes }) => bytes.length > 0)
  expect(said.every(({ round }) => round >= 2 * EPOCH)).toBe(true)
}, 180_000)
