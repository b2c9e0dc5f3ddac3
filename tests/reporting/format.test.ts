import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPercent,
  formatSeconds,
} from '../../src/reporting/format.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.00 kB'],
  [38_440, '38.4 kB'],
  [153_760, '154 kB'],
  [999_499, '999 kB'],
  [999_600, '1.00 MB'],
  [1_230_000_000, '1.23 GB'],
  [4e15, '4000 TB'],
])('%d bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0, '0 ms'],
  [0.0004, '0.4 ms'],
  [0.0123, '12 ms'],
  [0.9994, '999 ms'],
  [0.9996, '1.00 s'],
  [45.6, '45.6 s'],
  [59.97, '1 min 00 s'],
  [83.4, '1 min 23 s'],
  [185, '3 min 05 s'],
  [3599.7, '1 h 00 min'],
  [7800, '2 h 10 min'],
])('%d seconds read %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text)
})

test.each([
  [0, '0'],
  [0.4821, '0.482'],
  [12.345, '12.3'],
  [999.7, '1,000'],
  [1234.5, '1,235'],
  [-2.5, '-2.50'],
  [1.2549e-5, '1.25e-5'],
  [3.21e7, '3.21e7'],
])('%d reads %s', (value, text) => {
  expect(formatNumber(value)).toBe(text)
})

test('shares and counts', () => {
  expect(formatPercent(0.8123)).toBe('81.2 %')
  expect(formatPercent(1)).toBe('100.0 %')
  expect(formatCount(89834)).toBe('89,834')
  expect(formatCount(1690046)).toBe('1,690,046')
})

test('bytes and seconds keep their size in three digits', () => {
  const units = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, ms: 1e-3, s: 1 }
  const read = (text: string) => {
    const [number, unit] = text.split(' ') as [string, keyof typeof units]
    return Number(number) * units[unit]
  }
  fc.assert(
    fc.property(fc.double({ min: 1, max: 1e14, noNaN: true }), (bytes) => {
      expect(Math.abs(read(formatBytes(bytes)) / bytes - 1)).toBeLessThan(0.51)
      if (bytes > 1000) expect(Math.abs(read(formatBytes(bytes)) / bytes - 1)).toBeLessThan(0.0051)
    }),
  )
  fc.assert(
    fc.property(fc.double({ min: 0.011, max: 59, noNaN: true }), (seconds) => {
      expect(Math.abs(read(formatSeconds(seconds)) / seconds - 1)).toBeLessThan(0.05)
    }),
  )
})
