/**
 * Whatever happens to a letter, a node has the exact sum of those who were heard, or keeps its own model. A sample of
 * `private-faults.long.ts`, which tries everything.
 */
import { describe, expect, test } from 'vitest'
import { SEED_BYTES } from '../../crypto/index.ts'
import { shareSchema } from '../../src/sharing/index.ts'
import { goLetter } from '../../src/sharing/private/letter.ts'
import { literalMixes } from '../reference/literal-private-round.ts'
import { casesOf, type ModeName, modes, nameOf, troublesOf } from '../support/private-matrix.ts'
import {
  complete,
  type NodeResult,
  type PrivateWorld,
  privateWorld,
} from '../support/private-world.ts'

test('undisturbed, every node has the exact sum of all its neighbours, in every round', () => {
  const world = privateWorld({ neighbours: complete(4), privacy: { epochRounds: 3 } })
  for (let round = 0; round < 7; round++) {
    const results = world.run(round)
    for (const [rank, result] of results.entries()) {
      expect(literalMixes(world, rank, round, 3, 3)).toEqual([result?.parameters])
    }
    expect(results.map((result) => result?.privacy.survivors)).toEqual([3, 3, 3, 3])
    expect(results.map((result) => result?.privacy.maskers?.min)).toEqual([2, 2, 2, 2])
  }
  expect(new Set(world.claims).size).toBe(7 * 4 * 3)
})

test.each([
  ['public-coin', [1, 2, 3, 4, 5, 6, 7, 8]],
  ['own', [1, 2, 3, 4]],
] as const)('%s: a round that is broken off leaves nothing that opens it', (indices, phases) => {
  for (const most of phases) {
    const drawn: Uint8Array[] = []
    const world = privateWorld({
      neighbours: complete(4),
      privacy: { indices },
      ports: (_, honest) => ({
        ...honest,
        secret(length) {
          const secret = honest.secret(length)
          if (length === SEED_BYTES) drawn.push(secret)
          return secret
        },
      }),
    })
    const results = world.run(0, undefined, undefined, most)
    expect(results, `${most} phases`).toEqual([null, null, null, null])
    // Every node's key for masks; of common coordinates its vectors' own masks, too, once they are sent.
    expect(drawn.length).toBeGreaterThanOrEqual(4)
    for (const secret of drawn) expect(secret, `${most} phases`).toEqual(secret.map(() => 0))
  }
})

/** One of so many cases is looked at: primes, so that every fault, phase and way has its turn. */
const SAMPLES = [
  [1, 53],
  [2, 107],
] as const

describe.each(Object.keys(modes) as ModeName[])('%s', (mode) => {
  test.each(SAMPLES)(
    'with s = %d, one case of %d',
    (minMaskers, every) => {
      const cases = casesOf(mode).filter((_, i) => i % every === 0)
      const seen = (of: 'phase' | 'from' | 'to') => new Set(cases.map((each) => each[of])).size
      expect([seen('phase'), seen('from'), seen('to')]).toEqual([modes[mode].phases.length, 4, 4])
      for (const each of cases) {
        expect(troublesOf(mode, minMaskers, each), nameOf(mode, each)).toEqual([])
      }
    },
    60_000,
  )
})

describe('where blocks are chosen by summed scores', () => {
  const privacy = { indices: 'summed-energy', scoreBlock: 8, minMaskers: 1, cooldown: 0 } as const
  const jwins = shareSchema.parse({ method: 'jwins', alphas: [0.4], wavelet: false })
  const full = shareSchema.parse({ method: 'full' })
  const create = () => privateWorld({ neighbours: complete(4), privacy, share: jwins })

  /** Coordinates that were mixed: each by the same neighbours, as many as reported. */
  function mixedBy(
    world: PrivateWorld,
    round: number,
    { parameters, privacy: { survivors } }: NodeResult,
  ) {
    const own = world.model(0, round)
    const changed = [...own.keys()].filter((k) => own[k] !== parameters[k])
    const mixes = literalMixes(world, 0, round, survivors, 25, full)
    const isMix = mixes.some((mix) => changed.every((k) => mix[k] === parameters[k]))
    return { changed: changed.length, isMix }
  }

  test('those are mixed where the senders have changed most, exactly', () => {
    const world = create()
    const [result] = world.run(0)
    // Five of thirteen blocks, the last of them of four coordinates.
    expect(mixedBy(world, 0, result!)).toEqual({
      changed: expect.toSatisfy((n) => n === 40 || n === 36),
      isMix: true,
    })
  })

  test('a score that is missing, or spoilt, leaves the choice to the public coin', () => {
    const spoil = (bytes: Uint8Array) =>
      bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte))
    for (const fault of [() => new Uint8Array(0), spoil]) {
      const world = create()
      const [result] = world.run(0, ({ phase, from, to, bytes }) =>
        phase === 2 && from === 1 && to === 0 ? fault(bytes) : bytes,
      )
      if (result!.privacy.outcome === 'adopted') expect(mixedBy(world, 0, result!).isMix).toBe(true)
      else expect(result!.parameters).toEqual(world.model(0, 0))
    }
  })

  test('a receiver that asks for other blocks than it may gets nothing', () => {
    const world = create()
    let vectors = 0
    const [result] = world.run(0, ({ phase, from, to, bytes }) => {
      if (phase === 4 && to === 0 && bytes.length > 0) vectors++
      if (phase !== 3 || from !== 0) return bytes
      const { tags, blocks } = goLetter(13).decode(bytes)
      return goLetter(13).encode({ tags, blocks: blocks!.subarray(1) })
    })
    expect(result!.privacy.outcome).toBe('refused')
    expect(vectors).toBe(0)
  })

  test('blocks that differ from sender to sender give no sum', () => {
    const world = create()
    const [result] = world.run(0, ({ phase, from, to, bytes }) => {
      if (phase !== 3 || from !== 0 || to !== 1) return bytes
      const { tags, blocks } = goLetter(13).decode(bytes)
      const others = Array.from({ length: 13 }, (_, block) => block).filter(
        (block) => !blocks!.includes(block),
      )
      return goLetter(13).encode({ tags, blocks: Uint32Array.from(others.slice(0, 5)) })
    })
    expect(result!.privacy.outcome).toBe('refused')
  })
})
