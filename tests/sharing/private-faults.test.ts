/** Whatever happens to a letter, a node has the exact sum of those who were heard, or keeps its own model. */
import { describe, expect, test } from 'vitest'
import { shareSchema } from '../../src/sharing/index.ts'
import { goLetter } from '../../src/sharing/private/letter.ts'
import { literalMixes } from '../reference/literal-private-round.ts'
import {
  complete,
  type NodeResult,
  type PrivateWorld,
  privateWorld,
  type Wire,
} from '../support/private-world.ts'

const PHASES = [
  'keys',
  'roster',
  'confirm',
  'relay',
  'vector',
  'survivors',
  'vote',
  'votes',
  'reveal',
] as const

const faults: Record<string, (bytes: Uint8Array) => Uint8Array | null> = {
  dropped: () => null,
  emptied: () => new Uint8Array(0),
  truncated: (bytes) => bytes.subarray(0, bytes.length - 1),
  'with the last bit flipped': (bytes) => flipped(bytes, bytes.length - 1),
  'with a bit flipped in its middle': (bytes) => flipped(bytes, bytes.length >> 1),
}

function flipped(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice()
  if (at >= 0 && at < copy.length) copy[at]! ^= 1
  return copy
}

/** Every node's result is the literal mix of a set of its neighbours, as large as reported, or its own model. */
function expectExactOrUnchanged(
  world: PrivateWorld,
  round: number,
  results: ReturnType<PrivateWorld['run']>,
  epochRounds?: number,
) {
  for (const [rank, result] of results.entries()) {
    if (result === null) continue
    const { parameters, privacy } = result
    if (privacy.outcome !== 'adopted') {
      expect(parameters, `node ${rank}`).toEqual(world.model(rank, round))
      expect(privacy.reason).not.toBeNull()
      continue
    }
    const candidates = literalMixes(world, rank, round, privacy.survivors, epochRounds)
    expect(
      candidates.some((mix) => mix.every((value, k) => value === parameters[k])),
      `node ${rank}`,
    ).toBe(true)
  }
}

const adopted = (results: ReturnType<PrivateWorld['run']>) =>
  results.flatMap((result, rank) => (result?.privacy.outcome === 'adopted' ? [rank] : []))

test('undisturbed, every node has the exact sum of all its neighbours, in every round', () => {
  const world = privateWorld({ neighbours: complete(4), privacy: { epochRounds: 3 } })
  for (let round = 0; round < 7; round++) {
    const results = world.run(round)
    expectExactOrUnchanged(world, round, results, 3)
    expect(results.map((result) => result?.privacy.survivors)).toEqual([3, 3, 3, 3])
    expect(results.map((result) => result?.privacy.maskers?.min)).toEqual([2, 2, 2, 2])
  }
  expect(new Set(world.claims).size).toBe(7 * 4 * 3)
})

describe.each(PHASES.map((name, phase) => [name, phase] as const))(
  'a letter of the phase %s',
  (_, phase) => {
    test.each(Object.keys(faults))('%s', (fault) => {
      const ways =
        fault === 'dropped'
          ? ([
              [0, 1],
              [3, 2],
            ] as const)
          : ([[1, 0]] as const)
      for (const [from, to] of ways) {
        const world = privateWorld({
          neighbours: complete(4),
          privacy: { minMaskers: 1, cooldown: 0 },
        })
        const wire: Wire = (letter) =>
          letter.round === 0 && letter.phase === phase && letter.from === from && letter.to === to
            ? faults[fault]!(letter.bytes)
            : letter.bytes
        const first = world.run(0, wire)
        expectExactOrUnchanged(world, 0, first)
        // The letter concerns one sum: that of its receiver or that of its sender.
        expect(adopted(first).length).toBeGreaterThanOrEqual(2)
        const second = world.run(1, wire)
        expectExactOrUnchanged(world, 1, second)
        expect(adopted(second).length).toBeGreaterThanOrEqual(3)
        expect(new Set(world.claims).size).toBe(world.claims.length)
      }
    })
  },
)

describe('letters from one node to another that come at the wrong time', () => {
  const create = () =>
    privateWorld({ neighbours: complete(4), privacy: { minMaskers: 1, cooldown: 0 } })
  const [from, to] = [1, 0]

  /** The letters of this way in an undisturbed first round, by phase. */
  const letters: Uint8Array[] = []
  create().run(0, (letter) => {
    if (letter.from === from && letter.to === to) letters.push(letter.bytes)
    return letter.bytes
  })

  /** What arrives in a phase when something happens to the letter of the phase `at`. */
  const courses: Record<string, (phase: number, at: number) => Uint8Array | null> = {
    'a phase late, and with it all that follow': (phase, at) =>
      phase === at ? null : letters[phase - 1]!,
    'twice, and what follows after it': (phase, at) => letters[phase === at ? phase : phase - 1]!,
    'again in place of the next': (phase, at) => letters[phase === at + 1 ? at : phase]!,
    'after the next': (phase, at) =>
      letters[phase === at ? at + 1 : phase === at + 1 ? at : phase] ?? null,
  }

  test.each(Object.keys(courses))('%s', (course) => {
    for (const at of PHASES.keys()) {
      const world = create()
      const wire: Wire = (letter) => {
        const isHit = letter.from === from && letter.to === to && letter.round === 0
        return isHit && letter.phase >= at ? courses[course]!(letter.phase, at) : letter.bytes
      }
      const first = world.run(0, wire)
      expectExactOrUnchanged(world, 0, first)
      expect(adopted(first).length).toBeGreaterThanOrEqual(2)
      const second = world.run(1)
      expectExactOrUnchanged(world, 1, second)
      expect(adopted(second).length).toBeGreaterThanOrEqual(3)
      expect(new Set(world.claims).size).toBe(world.claims.length)
    }
  })
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
    for (const fault of ['emptied', 'with a bit flipped in its middle']) {
      const world = create()
      const [result] = world.run(0, ({ phase, from, to, bytes }) =>
        phase === 2 && from === 1 && to === 0 ? faults[fault]!(bytes) : bytes,
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

  test.each([0, 1, 2, 3, 4, 5, 6, 7, 8])(
    'a letter of phase %d lost: an exact sum or none',
    (lost) => {
      const world = create()
      const [result] = world.run(0, ({ phase, from, to, bytes }) =>
        phase === lost && (to === 0 ? from === 2 : from === 0 && to === 2) ? null : bytes,
      )
      if (result!.privacy.outcome === 'adopted') expect(mixedBy(world, 0, result!).isMix).toBe(true)
      else expect(result!.parameters).toEqual(world.model(0, 0))
    },
  )
})
