import { describe, expect, it } from 'vitest'
import { murmur3 } from '../../src/numeric/murmur3.ts'
import { randomStream } from '../../src/numeric/random.ts'

const hex = (text: string) =>
  murmur3(new TextEncoder().encode(text))
    .map((word) => (word >>> 0).toString(16).padStart(8, '0'))
    .join('')

const draw = <T>(count: number, next: () => T) => Array.from({ length: count }, next)
const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length

describe('murmur3', () => {
  it.each([
    ['', '00000000000000000000000000000000'],
    ['a', 'a794933c5556b01b5556b01b5556b01b'],
    ['The quick brown fox jumps over the lazy dog', '2f1583c3ecee2c675d7bf66ce5e91d2c'],
  ])('hashes %j as published', (text, expected) => {
    expect(hex(text)).toBe(expected)
  })
})

describe('randomStream', () => {
  it('is the same for equal names and another for any other', () => {
    const first = (...labels: (string | number)[]) => {
      const stream = randomStream(1, ...labels)
      return draw(4, () => stream.uint32()).join()
    }
    expect(first('batches', 1, 23)).toBe(first('batches', 1, 23))
    const names = [['a', 1, 23], ['a', 12, 3], ['a', '1', 23], ['a1', 23], ['a'], []] as const
    expect(new Set(names.map((labels) => first(...labels))).size).toBe(names.length)
  })

  it('fills with what it would have drawn one by one, and goes on behind that', () => {
    const [many, single] = [randomStream(3, 'fill'), randomStream(3, 'fill')]
    const drawn = draw(101, () => single.uint32())
    expect([...many.fill(new Uint32Array(100)), many.uint32()]).toEqual(drawn)
  })

  it('draws uniform, normal and gamma values with the right moments', () => {
    const stream = randomStream(7, 'moments')
    const uniform = draw(20_000, () => stream.uniform())
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0)
    expect(Math.max(...uniform)).toBeLessThan(1)
    expect(mean(uniform)).toBeCloseTo(0.5, 1)
    const normal = draw(20_000, () => stream.normal())
    expect(mean(normal)).toBeCloseTo(0, 1)
    expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1)
    for (const shape of [0.3, 1, 4.5]) {
      const gamma = draw(20_000, () => stream.gamma(shape))
      expect(Math.abs(mean(gamma) - shape)).toBeLessThan(0.05 * shape + 0.02)
    }
  })

  it('draws each integer below a bound equally often', () => {
    const stream = randomStream(7, 'integers')
    const counts = new Int32Array(7)
    for (let i = 0; i < 70_000; i++) counts[stream.integer(7)]!++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500)
  })

  it('draws unrelated first values from neighbouring names', () => {
    const firsts = draw(5000, () => 0).map((_, i) => randomStream(90, 'batches', i, 0).uniform())
    const lagged = firsts.slice(1).map((x, i) => (x - 0.5) * (firsts[i]! - 0.5))
    expect(Math.abs(mean(lagged))).toBeLessThan(0.005)
    expect(mean(firsts)).toBeCloseTo(0.5, 1)
  })

  it('shuffles to every order', () => {
    const stream = randomStream(3, 'orders')
    const seen = new Set(draw(500, () => stream.shuffle([1, 2, 3, 4]).join('')))
    expect(seen.size).toBe(24)
  })
})
