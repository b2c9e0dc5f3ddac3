import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { copyIn, inScratch, integersAt } from '../../src/numeric/kernels.ts'
import { MalformedFrameError } from '../../src/sharing/index.ts'
import { decodeBitmap, encodeBitmap } from '../../src/sharing/indices/bitmap.ts'
import { decodeEliasGamma, encodeEliasGamma } from '../../src/sharing/indices/elias-gamma.ts'
import { type Ascending, gapCosts } from '../../src/sharing/indices/gaps.ts'
import { decodeRice, encodeRice } from '../../src/sharing/indices/golomb-rice.ts'
import { decodeIndices, encodeIndices, INDEX_CODES } from '../../src/sharing/indices/index.ts'
import { randomMask } from '../../src/sharing/random-mask.ts'

/** A code as a function of arrays. */
function code(encode: (run: Ascending, size: number) => Uint8Array, decode: typeof decodeBitmap) {
  return {
    encode: (indices: Uint32Array, size: number) =>
      inScratch(() => encode(runOf(indices), size).slice()),
    decode: (bytes: Uint8Array, count: number, size: number) =>
      inScratch(() => integersAt(decode(bytes, count, size).at, count).slice()),
  }
}

function runOf(indices: Uint32Array): Ascending {
  return { at: copyIn(indices), count: indices.length }
}

const codes = {
  bitmap: code(encodeBitmap, decodeBitmap),
  'Elias gamma': code((run) => encodeEliasGamma(run, gapCosts(run).gammaBytes), decodeEliasGamma),
  'Golomb-Rice': code((run) => {
    const { k, riceBytes } = gapCosts(run)
    return encodeRice(run, k, riceBytes)
  }, decodeRice),
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
  const indices = Uint32Array.of(0, 5, 16, 17)
  expect([...codes['Elias gamma'].encode(indices, 18)]).toEqual([148, 92])
})

test('Golomb-Rice with k = 2 writes the gaps 1, 5, 12 as 1 00, 0 1 00, 00 1 11', () => {
  const bytes = inScratch(() => encodeRice(runOf(Uint32Array.of(0, 5, 17)), 2, 3).slice())
  expect([...bytes]).toEqual([2, 0b10001000, 0b01110000])
})

test('the costs of the codes are those of their definitions, with the best of all k', () => {
  fc.assert(
    fc.property(sets, ({ indices }) => {
      const gaps = Array.from(indices, (index, i) => index - (i === 0 ? -1 : indices[i - 1]!))
      const total = (bits: (gap: number) => number) => gaps.reduce((sum, gap) => sum + bits(gap), 0)
      const rice = Array.from({ length: 32 }, (_, k) => total((gap) => ((gap - 1) >>> k) + k + 1))
      const best = rice.indexOf(Math.min(...rice))
      const gamma = total((gap) => 2 * Math.floor(Math.log2(gap)) + 1)
      expect(inScratch(() => gapCosts(runOf(indices)))).toEqual({
        k: best,
        riceBytes: 1 + Math.ceil(rice[best]! / 8),
        gammaBytes: Math.ceil(gamma / 8),
      })
    }),
  )
})

test('what is known of the costs from reading is what measuring says', () => {
  fc.assert(
    fc.property(sets, fc.constantFrom(0, 1, 2, 5, 6, 20, 31), ({ indices, size }, k) => {
      inScratch(() => {
        const gaps = Array.from(indices, (index, i) => index - (i === 0 ? -1 : indices[i - 1]!))
        const bits = gaps.reduce((sum, gap) => sum + Math.floor((gap - 1) / 2 ** k) + k + 1, 0)
        // Long runs of zeros are for another test.
        if (bits > 1e6) return
        const bytes = encodeRice(runOf(indices), k, 1 + Math.ceil(bits / 8)).slice()
        const read = decodeRice(bytes, indices.length, size)
        const sums = [0, 1, 2].map((j) => {
          return gaps.reduce(
            (sum, gap) => sum + Math.floor((gap - 1) / 2 ** (read.known!.first + j)),
            0,
          )
        })
        const logarithms = gaps.reduce((sum, gap) => sum + Math.floor(Math.log2(gap)), 0)
        expect([...read.known!.sums]).toEqual([...sums, logarithms])
        expect(gapCosts(read)).toEqual(gapCosts(runOf(indices)))
      })
    }),
  )
})

test.each([0, 1, 3, 5, 6, 31])(
  'Golomb-Rice with k = %d gives back what was not chosen for it',
  (k) => {
    const gaps = Array.from({ length: 200 }, (_, i) => (i % 50 === 49 ? 3000 : 1 + ((i * 7) % 13)))
    let index = -1
    const indices = Uint32Array.from(gaps, (gap) => (index += gap))
    const bits = gaps.reduce((sum, gap) => sum + Math.floor((gap - 1) / 2 ** k) + k + 1, 0)
    const found = inScratch(() => {
      const bytes = encodeRice(runOf(indices), k, 1 + Math.ceil(bits / 8)).slice()
      return integersAt(decodeRice(bytes, 200, index + 1).at, 200).slice()
    })
    expect(found).toEqual(indices)
  },
)

test('every cut of a code is refused', () => {
  const indices = Uint32Array.from({ length: 40 }, (_, i) => i * i)
  for (const { encode, decode } of Object.values(codes)) {
    const bytes = encode(indices, 1600)
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decode(bytes.subarray(0, length), 40, 1600)).toThrow(MalformedFrameError)
    }
    expect(() => decode(Uint8Array.of(...bytes, 0), 40, 1600)).toThrow(MalformedFrameError)
  }
})

test('the smallest code is chosen: rare, skewed and dense indices', () => {
  const chosen = (indices: Uint32Array, size: number) => encodeIndices(indices, size)[0]
  expect(chosen(randomMask(1, 100, 10_000), 10_000)).toBe(INDEX_CODES.golombRice)
  expect(chosen(randomMask(1, 5000, 10_000), 10_000)).toBe(INDEX_CODES.bitmap)
  const skewed = Uint32Array.from({ length: 200 }, (_, i) => (i < 190 ? i : i * 40))
  expect(chosen(skewed, 10_000)).toBe(INDEX_CODES.eliasGamma)
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
