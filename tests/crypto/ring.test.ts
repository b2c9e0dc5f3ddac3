import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addWords,
  bytesOf,
  checkCapacity,
  checkRing,
  DEFAULT_RING,
  dequantise,
  finestFraction,
  type Keystream,
  largestSum,
  newWords,
  pureSuite,
  quantise,
  type Ring,
  type RingWidth,
  subtractWords,
  wordsOf,
} from '../../crypto/index.ts'
import { literalQuantise, wrap } from '../reference/literal-ring.ts'

const NARROW: Ring = { width: 16, fractionBits: 13, clip: 0.5 }
const named = (name: string) => expect.objectContaining({ name })
const randomBytes = (fill: number): Keystream =>
  pureSuite.keystream(new Uint8Array(32).fill(fill), new Uint8Array(12))

const rings = fc
  .record({
    width: fc.constantFrom(32 as const, 16 as const),
    fractionBits: fc.nat({ max: 30 }),
    clip: fc.double({ min: 2 ** -20, max: 2 ** 20, noNaN: true }),
  })
  .filter((ring) => largestSum(ring) >= 1 && ring.clip * 2 ** ring.fractionBits >= 1)
const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
const nearTheClip = (ring: Ring) =>
  fc.double({ min: -1.5 * ring.clip, max: 1.5 * ring.clip, noNaN: true }).map(Math.fround)

describe('rings', () => {
  test.each<[Partial<Ring>, RegExp]>([
    [{ width: 8 as 16 }, /32 or 16/],
    [{ fractionBits: 31 }, /0 to 30/],
    [{ fractionBits: -1 }, /0 to 30/],
    [{ fractionBits: 1.5 }, /0 to 30/],
    [{ clip: Number.NaN }, /clip/],
    [{ clip: Number.POSITIVE_INFINITY }, /clip/],
    [{ clip: 0 }, /clip/],
    [{ clip: -1 }, /clip/],
    [{ clip: 256 }, /does not fit/],
    [{ clip: 2 ** -24 }, /does not fit/],
  ])('%o is refused', (change, message) => {
    const attempt = () => checkRing({ ...DEFAULT_RING, ...change })
    expect(attempt).toThrow(message)
    expect(attempt).toThrow(named('InvalidRingError'))
    expect(() => checkRing(DEFAULT_RING)).not.toThrow()
  })

  test.each([
    // B = 16 and f = 23: sixteen would reach 2^31 even without the rounding.
    [DEFAULT_RING, 15],
    [{ width: 16, fractionBits: 14, clip: 0.5 }, 3],
    [NARROW, 7],
  ] as const)('%o sums exactly %i senders', (ring, largest) => {
    expect(largestSum(ring)).toBe(largest)
    expect(() => checkCapacity(ring, largest)).not.toThrow()
    expect(() => checkCapacity(ring, largest + 1)).toThrow(named('RingCapacityError'))
    expect(() => checkCapacity(ring, largest + 1)).toThrow(new RegExp(`room for ${largest}`))
  })

  test('the finest fraction leaves room for so many senders, and one bit more would not', () => {
    const width = fc.constantFrom<RingWidth>(16, 32)
    const clip = fc.double({ min: 2 ** -20, max: 2 ** 20, noNaN: true })
    fc.assert(
      fc.property(width, clip, fc.integer({ min: 1, max: 64 }), (width, clip, senders) => {
        const finest = finestFraction(width, clip, senders)
        const room = (fractionBits: number) => largestSum({ width, fractionBits, clip })
        expect(finest).toBeLessThanOrEqual(30)
        expect(room(finest)).toBeGreaterThanOrEqual(senders)
        if (finest < 30) expect(room(finest + 1)).toBeLessThan(senders)
      }),
    )
    expect([3, 4, 7, 8, 15].map((senders) => finestFraction(16, 8, senders))).toEqual([
      10, 9, 9, 8, 8,
    ])
  })

  test('the bound is |P| (B 2^f + 1) < 2^(w−1), to the sender', () => {
    fc.assert(
      fc.property(rings, (ring) => {
        const term = ring.clip * 2 ** ring.fractionBits + 1
        const largest = largestSum(ring)
        expect(largest * term).toBeLessThan(2 ** (ring.width - 1))
        expect((largest + 1) * term).toBeGreaterThanOrEqual(2 ** (ring.width - 1))
      }),
    )
  })
})

describe('quantising', () => {
  test('is the literal rule, value by value', () => {
    const cases = rings.chain((ring) =>
      fc.tuple(fc.constant(ring), fc.array(fc.oneof(finite, nearTheClip(ring)), { maxLength: 70 })),
    )
    fc.assert(
      fc.property(cases, ([ring, values]) => {
        const { words, clipped } = quantise(ring, Float32Array.from(values))
        expect([...words]).toEqual(values.map((x) => literalQuantise(x, ring)))
        const free = { ...ring, clip: Number.MAX_VALUE }
        const limit = Math.floor(ring.clip * 2 ** ring.fractionBits)
        expect(clipped).toBe(
          values.filter((x) => Math.abs(literalQuantise(x, free)) > limit).length,
        )
      }),
    )
  })

  test('is the same over many pieces of 64 KiB, in either width', () => {
    const values = Float32Array.from({ length: 50_001 }, (_, i) => Math.sin(i) * 0.7)
    for (const ring of [DEFAULT_RING, NARROW]) {
      const { words, clipped } = quantise(ring, values)
      expect(words.every((word, i) => word === literalQuantise(values[i]!, ring))).toBe(true)
      expect(clipped > 0).toBe(ring === NARROW)
    }
  })

  test('halves go to the even integer, so that they have no direction', () => {
    const ring: Ring = { width: 32, fractionBits: 0, clip: 100 }
    const { words } = quantise(ring, Float32Array.of(0.5, 1.5, 2.5, -0.5, -1.5, -2.5))
    expect([...words]).toEqual([0, 2, 2, 0, -2, -2])
  })

  test('the largest floats are cut, not wrapped', () => {
    const { words, clipped } = quantise(DEFAULT_RING, Float32Array.of(3.4e38, -3.4e38, 16, -16, 17))
    expect([...words]).toEqual([2 ** 27, -(2 ** 27), 2 ** 27, -(2 ** 27), 2 ** 27])
    expect(clipped).toBe(3)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    '%s is refused wherever it stands',
    (broken) => {
      for (const at of [0, 3, 16_383, 16_384, 20_000]) {
        const values = new Float32Array(20_001)
        values[at] = broken
        for (const random of [undefined, randomBytes(1)]) {
          expect(() => quantise(DEFAULT_RING, values, random)).toThrow(named('NotFiniteError'))
        }
      }
    },
  )

  test('an error is at most half a step, and back again at most that of float32 more', () => {
    fc.assert(
      fc.property(fc.array(nearTheClip({ ...NARROW, clip: 0.3 })), (values) => {
        const back = dequantise(NARROW, quantise(NARROW, Float32Array.from(values)).words)
        for (const [i, x] of values.entries())
          expect(Math.abs(back[i]! - x)).toBeLessThanOrEqual(2 ** -14)
      }),
    )
  })

  test('writes into a vector that is given, and refuses one that does not fit', () => {
    const values = Float32Array.of(1, -1)
    const words = newWords(32, 2)
    expect(quantise(DEFAULT_RING, values, undefined, words).words).toBe(words)
    expect([...words]).toEqual([2 ** 23, -(2 ** 23)])
    for (const wrong of [newWords(32, 3), newWords(16, 2)]) {
      expect(() => quantise(DEFAULT_RING, values, undefined, wrong)).toThrow(
        named('InvalidWordsError'),
      )
    }
  })
})

describe('stochastic rounding', () => {
  test('gives one of the two neighbours, and the same for the same randomness', () => {
    fc.assert(
      fc.property(
        fc.array(nearTheClip(NARROW), { maxLength: 50 }),
        fc.nat({ max: 255 }),
        (values, fill) => {
          const vector = Float32Array.from(values)
          const { words } = quantise(NARROW, vector, randomBytes(fill))
          expect(quantise(NARROW, vector, randomBytes(fill)).words).toEqual(words)
          for (const [i, x] of values.entries()) {
            const y = Math.max(-4096, Math.min(4096, x * 2 ** 13))
            expect([Math.floor(y), Math.ceil(y)]).toContain(words[i]! + 0)
          }
        },
      ),
    )
  })

  test('is unbiased, with the variance of a coin', () => {
    const n = 200_000
    for (const fraction of [0.1, 0.5, 0.83, -0.25]) {
      const values = new Float32Array(n).fill((20 + fraction) * 2 ** -13)
      const { words } = quantise(NARROW, values, randomBytes(7))
      const mean = [...words].reduce((total, word) => total + word, 0) / n
      const up = fraction - Math.floor(fraction)
      const deviation = Math.sqrt((up * (1 - up)) / n)
      expect(Math.abs(mean - 20 - fraction), `of ${fraction}`).toBeLessThan(5 * deviation)
    }
  })

  test('leaves what needs no rounding as it is', () => {
    const values = Float32Array.from({ length: 1000 }, (_, i) => (i - 500) * 2 ** -13)
    const { words, clipped } = quantise(NARROW, values, randomBytes(2))
    expect([...words]).toEqual(Array.from(values, (_, i) => i - 500))
    expect(clipped).toBe(0)
  })
})

describe('words', () => {
  const width = fc.constantFrom(32 as const, 16 as const)
  const pairs = width.chain((w) => {
    const word = fc.integer({ min: -(2 ** (w - 1)), max: 2 ** (w - 1) - 1 })
    return fc.record({
      width: fc.constant(w),
      pairs: fc.array(fc.tuple(word, word), { maxLength: 40 }),
    })
  })

  test('sums and differences wrap around', () => {
    fc.assert(
      fc.property(pairs, ({ width, pairs }) => {
        const [left, right] = [0, 1].map((side) => {
          const words = newWords(width, pairs.length)
          words.set(pairs.map((pair) => pair[side]!))
          return words
        })
        addWords(left!, right!)
        expect([...left!]).toEqual(pairs.map(([a, b]) => wrap(a + b, width)))
        subtractWords(left!, right!)
        expect([...left!]).toEqual(pairs.map(([a]) => a))
      }),
    )
  })

  test('of different lengths or widths are not summed', () => {
    for (const other of [newWords(32, 2), newWords(16, 3)]) {
      expect(() => addWords(newWords(32, 3), other)).toThrow(named('InvalidWordsError'))
    }
  })

  test('travel little-endian', () => {
    expect([...bytesOf(Int32Array.of(1, -2))]).toEqual([1, 0, 0, 0, 254, 255, 255, 255])
    expect([...bytesOf(Int16Array.of(1, -2))]).toEqual([1, 0, 254, 255])
    expect(wordsOf(32, Uint8Array.of(0, 9, 1, 0, 0, 0).subarray(2))).toEqual(Int32Array.of(1))
    expect(wordsOf(16, Uint8Array.of(0, 254, 255).subarray(1))).toEqual(Int16Array.of(-2))
    expect(() => wordsOf(32, new Uint8Array(6))).toThrow(named('InvalidWordsError'))
    expect(() => wordsOf(16, new Uint8Array(5))).toThrow(named('InvalidWordsError'))
  })

  test('dequantise to q · 2^−f, rounded once', () => {
    const ring: Ring = { width: 32, fractionBits: 23, clip: 16 }
    const words = Int32Array.of(2 ** 31 - 1, -(2 ** 31), 1, 0, -3, 16_777_217)
    expect([...dequantise(ring, words)]).toEqual([...words].map((q) => Math.fround(q * 2 ** -23)))
    expect([...dequantise(NARROW, Int16Array.of(-32_768, 5))]).toEqual([-4, 5 * 2 ** -13])
    const many = Int16Array.from({ length: 40_003 }, (_, i) => i)
    expect(dequantise(NARROW, many)).toEqual(Float32Array.from(many, (q) => q * 2 ** -13))
  })
})
