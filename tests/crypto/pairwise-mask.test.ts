import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addWords,
  applyMaskAt,
  applyMasks,
  type CipherSuite,
  checksum,
  compareIds,
  dequantise,
  inverse,
  type Mask,
  newWords,
  pairMask,
  pureSuite,
  quantise,
  type Ring,
  type RingWidth,
  selfKey,
  selfMask,
  type Words,
} from '../../crypto/index.ts'
import { AREA, ringKernels } from '../../crypto/kernels/ring-kernels.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { wrap } from '../reference/literal-ring.ts'

const bytes = (fill: number, length = 32) => new Uint8Array(length).fill(fill)
const streamKeyOf = (fill: number) => ({ key: bytes(fill), nonce: bytes(fill, 12) })

/** Milliseconds; it takes two seconds on an idle machine. */
const TEN_THOUSAND = 120_000

/** Senders with sets of coordinates of their own and the words that they hold there. */
interface Neighbourhood {
  readonly width: RingWidth
  readonly coordinates: number
  readonly senders: readonly {
    readonly id: Uint8Array
    readonly words: ReadonlyMap<number, number>
  }[]
}

type Sets = 'random' | 'empty' | 'identical' | 'disjoint'

/** Drawn from one number: ten thousand of them are to be had in seconds. */
function draw(seed: number, count: number, sets: Sets, width: RingWidth): Neighbourhood {
  const random = randomStream(seed, 'neighbourhood')
  const coordinates = 1 + random.integer(24)
  const extremes = [0, 1, -1, 2 ** (width - 1) - 1, -(2 ** (width - 1))]
  const word = () =>
    random.integer(3) === 0
      ? extremes[random.integer(extremes.length)]!
      : wrap(random.integer(2 ** 31) * 2 + random.integer(2), width)
  const holds = (sender: number, coordinate: number) => {
    if (sets === 'empty') return sender > 0 && random.integer(2) === 0
    if (sets === 'disjoint') return coordinate % count === sender
    return sets === 'identical' || random.integer(2) === 0
  }
  const senders = Array.from({ length: count }, (_, sender) => ({
    id: Uint8Array.from({ length: 32 }, () => random.integer(256)),
    words: new Map(
      Array.from({ length: coordinates }, (_, c) => c)
        .filter((c) => holds(sender, c))
        .map((c) => [c, word()]),
    ),
  }))
  return { width, coordinates, senders }
}

/** The key of a pair, of any derivation so long as both ends know it. */
function keyOf(a: Uint8Array, b: Uint8Array) {
  const [low, high] = compareIds(a, b) < 0 ? [a, b] : [b, a]
  const key = low.map((byte, i) => (byte * 31 + high[i]!) & 255)
  return { key, nonce: key.slice(0, 12) }
}

/**
 * One sender's vector over its own coordinates in ascending order, masked with each other sender where both
 * hold one.
 */
function masked(suite: CipherSuite, { width, senders }: Neighbourhood, self: number): Words {
  const { id, words } = senders[self]!
  const vector = newWords(width, words.size)
  vector.set([...words.values()])
  const own = [...words.keys()]
  for (const [other, peer] of senders.entries()) {
    if (other === self) continue
    const mask = pairMask(keyOf(id, peer.id), id, peer.id)
    const shared = own.flatMap((c, place) => (peer.words.has(c) ? [place] : []))
    if (shared.length === own.length) applyMasks(suite, vector, [mask])
    else applyMaskAt(suite, vector, Uint32Array.from(shared), mask)
  }
  return vector
}

describe('the sum of masked vectors', () => {
  test(
    'is the sum of the plain ones, bit for bit, in 10,000 neighbourhoods and any order',
    () => {
      const cases = fc.record({
        seed: fc.nat(),
        senders: fc.integer({ min: 2, max: 8 }),
        sets: fc.constantFrom<Sets>('random', 'empty', 'identical', 'disjoint'),
        width: fc.constantFrom<RingWidth>(32, 16),
      })
      const seen = { sums: 0, changed: 0 }
      fc.assert(
        fc.property(cases, ({ seed, senders: count, sets, width }) => {
          const neighbourhood = draw(seed, count, sets, width)
          // OpenSSL takes ten times as long to begin a stream: it has its turn in every fortieth case.
          const suite = seed % 40 === 0 ? nativeSuite : pureSuite
          const sum = newWords(width, neighbourhood.coordinates)
          const plain = new Array<number>(neighbourhood.coordinates).fill(0)
          const order = Uint32Array.from({ length: count }, (_, sender) => sender)
          for (const sender of randomStream(seed, 'arrivals').shuffle(order)) {
            const { words } = neighbourhood.senders[sender]!
            const vector = masked(suite, neighbourhood, sender)
            let place = 0
            for (const [c, word] of words) {
              if (vector[place] !== word) seen.changed++
              sum[c] = sum[c]! + vector[place++]!
              plain[c] = plain[c]! + word
            }
          }
          seen.sums += plain.length
          expect([...sum]).toEqual(plain.map((word) => wrap(word, width)))
        }),
        { numRuns: 10_000 },
      )
      // The masks were there.
      expect(seen.changed).toBeGreaterThan(seen.sums)
    },
    TEN_THOUSAND,
  )

  test('is that over many pieces of 64 KiB, in either width, with native and pure primitives mixed', () => {
    for (const width of [32, 16] as const) {
      const length = 50_003
      const ids = [bytes(1), bytes(2), bytes(3)]
      const sum = newWords(width, length)
      for (const [sender, id] of ids.entries()) {
        const vector = newWords(width, length).fill(sender + 1)
        const masks = ids
          .filter((peer) => peer !== id)
          .map((peer) => pairMask(keyOf(id, peer), id, peer))
        applyMasks(sender === 0 ? pureSuite : nativeSuite, vector, masks)
        addWords(sum, vector)
      }
      expect(sum.every((word) => word === 6)).toBe(true)
    }
  })
})

describe('masks', () => {
  test('are added word by word, little-endian, by the lower id', () => {
    const pad = nativeSuite.keystream(bytes(1), bytes(1, 12)).next(8)
    const first = new DataView(pad.buffer, pad.byteOffset).getInt32(0, true)
    const words = Int32Array.of(5, 0)
    applyMasks(nativeSuite, words, [pairMask(streamKeyOf(1), bytes(1), bytes(2))])
    expect(words[0]).toBe((5 + first) | 0)
    applyMasks(nativeSuite, words, [pairMask(streamKeyOf(1), bytes(2), bytes(1))])
    expect([...words]).toEqual([5, 0])
  })

  test('order ids by their bytes, as unsigned numbers', () => {
    expect(compareIds(Uint8Array.of(0x80), Uint8Array.of(0x7f))).toBeGreaterThan(0)
    expect(compareIds(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBeLessThan(0)
    expect(compareIds(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0)
    expect(compareIds(bytes(1), bytes(1))).toBe(0)
  })

  test('of a sender’s own are lifted by who knows the seed', () => {
    const mask = selfMask(selfKey(nativeSuite, bytes(9), 'mask'))
    const words = Int16Array.of(1, -2, 3)
    applyMasks(nativeSuite, words, [mask])
    expect([...words]).not.toEqual([1, -2, 3])
    applyMasks(pureSuite, words, [inverse(mask)])
    expect([...words]).toEqual([1, -2, 3])
  })

  test('touch only the places that are named, and give the k-th of them the k-th word', () => {
    const places = fc.uniqueArray(fc.nat({ max: 99 }), { maxLength: 100 })
    const width = fc.constantFrom(32 as const, 16 as const)
    fc.assert(
      fc.property(places, width, fc.boolean(), (places, width, isAdded) => {
        const mask: Mask = { ...streamKeyOf(3), sign: isAdded ? 1 : -1 }
        const dense = newWords(width, places.length)
        applyMasks(nativeSuite, dense, [mask])
        const sparse = newWords(width, 100)
        applyMaskAt(pureSuite, sparse, Uint32Array.from(places), mask)
        expect(places.map((place) => sparse[place])).toEqual([...dense])
        const others = [...sparse.keys()].filter((place) => !places.includes(place))
        expect(others.every((place) => sparse[place] === 0)).toBe(true)
      }),
    )
  })

  test('run on across the pieces of a stream', () => {
    for (const width of [32, 16] as const) {
      const mask: Mask = { ...streamKeyOf(4), sign: -1 }
      const [dense, sparse] = [newWords(width, 70_001), newWords(width, 70_001)]
      applyMasks(nativeSuite, dense, [mask])
      applyMaskAt(nativeSuite, sparse, Uint32Array.from(sparse.keys()), mask)
      expect(Buffer.compare(Buffer.from(dense.buffer), Buffer.from(sparse.buffer))).toBe(0)
    }
  })

  test('leave neither words nor key streams behind in the kernels', () => {
    const memory = new Uint8Array(ringKernels().memory.buffer, AREA.a)
    for (const [width, length] of [
      [32, 3],
      [16, 3],
      [32, 70_000],
      [16, 70_000],
    ] as const) {
      const ring: Ring = { width, fractionBits: 8, clip: 1 }
      const { words } = quantise(ring, new Float32Array(length).fill(0.5))
      applyMasks(nativeSuite, words, [{ ...streamKeyOf(1), sign: 1 }])
      checksum(nativeSuite, words, bytes(2))
      addWords(words, words)
      dequantise(ring, words)
      expect(memory.every((byte) => byte === 0)).toBe(true)
    }
  })

  test('of no partner change nothing', () => {
    const words = Int32Array.of(1, 2)
    applyMasks(nativeSuite, words, [])
    applyMaskAt(nativeSuite, words, new Uint32Array(0), { ...streamKeyOf(1), sign: 1 })
    expect([...words]).toEqual([1, 2])
  })

  test('work on a part of a larger buffer', () => {
    const whole = new Int32Array(10)
    applyMasks(nativeSuite, whole.subarray(3, 6), [{ ...streamKeyOf(1), sign: 1 }])
    expect([...whole].map((word) => word !== 0)).toEqual(
      [...whole.keys()].map((place) => place >= 3 && place < 6),
    )
  })
})
