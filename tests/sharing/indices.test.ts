import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MalformedFrameError } from '../../src/sharing/index.ts'
import { decodeBitmap, encodeBitmap } from '../../src/sharing/indices/bitmap.ts'
import {
  decodeEliasGamma,
  eliasGammaBytes,
  encodeEliasGamma,
} from '../../src/sharing/indices/elias-gamma.ts'
import { gapsOf } from '../../src/sharing/indices/gaps.ts'
import { chooseRice, decodeRice, encodeRice } from '../../src/sharing/indices/golomb-rice.ts'
import { decodeIndices, encodeIndices, INDEX_CODES } from '../../src/sharing/indices/index.ts'
import { randomMask } from '../../src/sharing/random-mask.ts'

const codes = {
  bitmap: { encode: encodeBitmap, decode: decodeBitmap },
  'Elias gamma': {
    encode(indices: Uint32Array) {
      const gaps = gapsOf(indices)
      return encodeEliasGamma(gaps, eliasGammaBytes(gaps))
    },
    decode: decodeEliasGamma,
  },
  'Golomb-Rice': {
    encode(indices: Uint32Array) {
      const gaps = gapsOf(indices)
      const { k, bytes } = chooseRice(gaps)
      return encodeRice(gaps, k, bytes)
    },
    decode: decodeRice,
  },
  'the smallest': { encode: encodeIndices, decode: decodeIndices },
}

/** Sets of indices below a size: even ones, clusters, lone ones far out. */
const sets = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 300 }), fc.nat(24), fc.nat(100))
  .map(([exponents, far, rest]) => {
    let index = -1
    const indices = exponents.map((e) => (index += 1 + Math.floor(2 ** (e / 3) - 1)))
    if (far > 0) indices.push((index += 2 ** far))
    return { indices: Uint32Array.from(indices), size: index + 1 + rest }
  })

describe.each(Object.entries(codes))('%s', (_, { encode, decode }) => {
  test('gives back any ascending indices', () => {
    fc.assert(
      fc.property(sets, ({ indices, size }) => {
        expect(decode(encode(indices, size), indices.length, size)).toEqual(indices)
      }),
    )
  })

  test('refuses every other count, and indices beyond the size', () => {
    const indices = Uint32Array.of(2, 3, 40, 77)
    const bytes = encode(indices, 80)
    for (const count of [0, 3, 5, 80]) {
      expect(() => decode(bytes, count, 80)).toThrow(MalformedFrameError)
    }
    expect(() => decode(bytes, 4, 77)).toThrow(MalformedFrameError)
  })

  test('refuses arbitrary bytes with a named error, or reads ascending indices in range', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 24 }), fc.nat(40), fc.nat(200), (bytes, n, size) => {
        try {
          const indices = decode(bytes, Math.min(n, size), size)
          for (const [i, index] of indices.entries()) {
            expect(index).toBeGreaterThan(i === 0 ? -1 : indices[i - 1]!)
            expect(index).toBeLessThan(size)
          }
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedFrameError)
        }
      }),
      { numRuns: 2000 },
    )
  })
})

test('Elias gamma writes the gaps 1, 5, 11, 1 as 1 00101 0001011 1', () => {
  const gaps = gapsOf(Uint32Array.of(3, 4, 9, 20, 21))
  expect([...gaps]).toEqual([4, 1, 5, 11, 1])
  expect([...encodeEliasGamma(gaps.subarray(1), 2)]).toEqual([148, 92])
})

test('Rice chooses the best of all parameters', () => {
  fc.assert(
    fc.property(sets, ({ indices }) => {
      const gaps = gapsOf(indices)
      const bits = (k: number) => gaps.reduce((sum, gap) => sum + ((gap - 1) >>> k) + k + 1, 0)
      const all = Array.from({ length: 32 }, (_, k) => bits(k))
      const { k, bytes } = chooseRice(gaps)
      expect(bits(k)).toBe(Math.min(...all))
      expect(bytes).toBe(1 + Math.ceil(bits(k) / 8))
    }),
  )
})

test('the smallest code is chosen: rare, skewed and dense indices', () => {
  const code = (indices: Uint32Array, size: number) => encodeIndices(indices, size)[0]
  expect(code(randomMask(1, 100, 10_000), 10_000)).toBe(INDEX_CODES.golombRice)
  expect(code(randomMask(1, 5000, 10_000), 10_000)).toBe(INDEX_CODES.bitmap)
  const skewed = Uint32Array.from({ length: 200 }, (_, i) => (i < 190 ? i : i * 40))
  expect(code(skewed, 10_000)).toBe(INDEX_CODES.eliasGamma)
})

test('within 5 % of the entropy at every density from 0.5 % to 50 %', () => {
  const size = 200_000
  for (let share = 0.005; share <= 0.5; share += share < 0.05 ? 0.005 : 0.015) {
    const indices = randomMask(3, Math.round(share * size), size)
    const entropy = -share * Math.log2(share) - (1 - share) * Math.log2(1 - share)
    const bits = (8 * encodeIndices(indices, size).length) / size
    expect(bits / entropy, `at ${share}`).toBeLessThan(1.05)
  }
})

describe('a random mask', () => {
  test('has exactly so many places, ascending, the same for the same seed', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.nat(300), fc.nat(300), (seed, a, b) => {
        const [count, size] = [Math.min(a, b), Math.max(a, b)]
        const mask = randomMask(seed, count, size)
        expect(mask).toHaveLength(count)
        expect(mask.every((k, i) => k < size && (i === 0 || k > mask[i - 1]!))).toBe(true)
        expect(randomMask(seed, count, size)).toEqual(mask)
      }),
    )
  })

  test('chooses every place equally often', () => {
    const hits = new Float64Array(20)
    for (let seed = 0; seed < 6000; seed++) for (const k of randomMask(seed, 5, 20)) hits[k]!++
    // Expected 1500 with a standard deviation of 34.
    for (const count of hits) expect(Math.abs(count - 1500)).toBeLessThan(150)
  })
})
