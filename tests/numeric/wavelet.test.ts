import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { randomStream } from '../../src/numeric/random.ts'
import {
  forwardWavelet,
  inverseWavelet,
  waveletBands,
  waveletSize,
} from '../../src/numeric/wavelet.ts'
import { literalForward, literalInverse } from '../reference/literal-wavelet.ts'

const signals = fc
  .array(fc.float({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 120 })
  .map((values) => Float32Array.from(values))
const levels = fc.nat(6)

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number) {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) {
    const allowed = tolerance * Math.max(1, Math.abs(expected[i]!))
    expect(Math.abs(actual[i]! - expected[i]!), `value ${i}`).toBeLessThanOrEqual(allowed)
  }
}

describe('agrees with PyWavelets ("sym2", symmetric extension)', () => {
  test('one level of 1 … 16', () => {
    const samples = Float32Array.from({ length: 16 }, (_, i) => i + 1)
    const averages = [1.767767, 2.310789, 5.1392164, 7.9676433, 10.79607, 13.624497]
    averages.push(16.452925, 19.281353, 22.273863)
    const details = [-0.6123724, 0, 0, 0, 0, 0, 0, 0, 0.6123724]
    expectClose(forwardWavelet(samples, 1), [...averages, ...details], 1e-6)
  })

  test('four levels of 40 samples', () => {
    const samples = Float32Array.of(
      ...[3, -1, 4, 1, -5, 9, 2, -6, 5, 3, 5, -8, 9, 7, 9, -3, 2, 3, 8, 4],
      ...[-6, 2, 6, 4, 3, -3, 8, 3, 2, 7, 9, 5, 0, 2, 8, 8, -4, 1, 9, 7],
    )
    expect(waveletBands(40, 4)).toEqual([5, 5, 7, 12, 21])
    const coefficients = forwardWavelet(samples, 4)
    expectClose(
      coefficients.subarray(0, 10),
      [
        ...[5.948568, 5.066608, 10.46475, 14.680919, 22.268505],
        ...[0.323979, -2.219346, -2.854492, 1.950084, 1.156079],
      ],
      1e-6,
    )
    expectClose(coefficients.subarray(-5), [-3.251331, 2.38014, -6.657456, 4.4414, -1.224745], 1e-6)
    expectClose(inverseWavelet(coefficients, 40, 4), samples, 2e-6)
  })

  test('lengths of the bands', () => {
    expect(waveletBands(89_834, 4)).toEqual([5617, 5617, 11_231, 22_460, 44_918])
    expect(waveletBands(1_000_000, 4)).toEqual([62_502, 62_502, 125_002, 250_002, 500_001])
    expect(waveletSize(89_834, 4)).toBe(89_843)
  })
})

test('agrees with the definition, both ways, for every length and depth', () => {
  fc.assert(
    fc.property(signals, levels, (samples, depth) => {
      const bands = literalForward([...samples], depth)
      const coefficients = forwardWavelet(samples, depth)
      expect(waveletBands(samples.length, depth)).toEqual(bands.map((band) => band.length))
      expectClose(coefficients, bands.flat(), 2e-5)
      expectClose(inverseWavelet(coefficients, samples.length, depth), samples, 2e-5)
    }),
  )
})

/** One level in float32, one coefficient at a time, in the order in which the kernel adds. */
function literalLevel(x: Float32Array): { averages: number[]; details: number[] } {
  const n = x.length
  const at = (i: number): number => (i < 0 ? at(-1 - i) : i >= n ? at(2 * n - 1 - i) : x[i]!)
  const root = Math.sqrt(3)
  const taps = [1 - root, 3 - root, 3 + root, 1 + root].map((tap) => tap / (4 * Math.SQRT2))
  const f = Math.fround
  const [h0, h1, h2, h3] = taps.map(f) as [number, number, number, number]
  const all = Array.from({ length: (n + 3) >> 1 }, (_, k) => {
    const [x0, x1, x2, x3] = [at(2 * k + 1), at(2 * k), at(2 * k - 1), at(2 * k - 2)]
    const [low, high] = [f(f(h0 * x0) + f(h1 * x1)), f(f(h2 * x2) + f(h3 * x3))]
    const [plus, minus] = [f(f(h2 * x1) - f(h3 * x0)), f(f(h1 * x2) - f(h0 * x3))]
    return { average: f(low + high), detail: f(plus - minus) }
  })
  return { averages: all.map(({ average }) => average), details: all.map(({ detail }) => detail) }
}

test('every coefficient is the same bits, at the ends and in the middle, for every length', () => {
  const random = randomStream(3, 'samples')
  for (let n = 1; n <= 70; n++) {
    const samples = Float32Array.from({ length: n }, () => random.normal())
    const { averages, details } = literalLevel(samples)
    expect([...forwardWavelet(samples, 1)]).toEqual([...averages, ...details])
  }
})

test('the way back agrees with the definition for coefficients that no signal has', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 90 }), levels, fc.nat(), (n, depth, seed) => {
      const random = randomStream(seed, 'coefficients')
      const coefficients = Float32Array.from({ length: waveletSize(n, depth) }, () =>
        random.normal(),
      )
      let start = 0
      const bands = waveletBands(n, depth).map((length) => [
        ...coefficients.subarray(start, (start += length)),
      ])
      expectClose(inverseWavelet(coefficients, n, depth), literalInverse(bands, n), 1e-5)
    }),
  )
})

test('inputs are never mutated', () => {
  const samples = Float32Array.of(1, 2, 3, 4, 5)
  const coefficients = forwardWavelet(samples, 2)
  const copy = coefficients.slice()
  expect([...samples]).toEqual([1, 2, 3, 4, 5])
  inverseWavelet(coefficients, 5, 2)
  expect(coefficients).toEqual(copy)
  expect(forwardWavelet(samples, 0).buffer).not.toBe(samples.buffer)
})
