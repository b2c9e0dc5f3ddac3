import { describe, expect, test } from 'vitest'
import { copyIn, inScratch, integersAt } from '../../src/numeric/kernels.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { MalformedFrameError } from '../../src/sharing/index.ts'
import { decodeEliasGamma, encodeEliasGamma } from '../../src/sharing/indices/elias-gamma.ts'
import { gapCosts } from '../../src/sharing/indices/gaps.ts'
import { decodeRice, encodeRice } from '../../src/sharing/indices/golomb-rice.ts'
import {
  decodeIndices,
  encodeIndices,
  INDEX_CODES,
  maxIndexBytes,
} from '../../src/sharing/indices/index.ts'
import { runBounds } from '../../src/sharing/runs.ts'
import { codeLengths, codesOf } from '../../src/sharing/values/huffman.ts'
import { pack, unpack } from '../../src/sharing/values/packing.ts'
import { literalRuns } from '../reference/literal-runs.ts'

const LONG = 131072
const counts = [LONG - 1, LONG, LONG + 1, LONG + 1000]

test('few codes are one run, many are four of equal length, but for the last', () => {
  expect(runBounds(0)).toEqual([0, 0])
  expect(runBounds(LONG - 1)).toEqual([0, LONG - 1])
  expect(runBounds(LONG)).toEqual([0, 32768, 65536, 98304, LONG])
  expect(runBounds(LONG + 1)).toEqual([0, 32769, 65538, 98307, LONG + 1])
})

/** Gaps of many lengths: most short, some that no table holds, one of each run of millions. */
function longIndices(count: number) {
  const random = randomStream(5, 'gaps')
  let index = -1
  return Uint32Array.from({ length: count }, (_, i) => {
    index += i % 40_000 === 20_000 ? 3_000_000 : 1 + random.integer(i % 100 === 0 ? 500 : 6)
    return index
  })
}

describe.each(counts)('%d indices', (count) => {
  const indices = longIndices(count)
  const size = indices.at(-1)! + 1
  const gaps = Array.from(indices, (index, i) => index - (i === 0 ? -1 : indices[i - 1]!))
  const costs = inScratch(() => gapCosts({ at: copyIn(indices), count }))

  test('in Rice’s code are the bits of its definition, run by run, and read again', () => {
    const k = 5
    const codes = gaps.map((gap) => {
      const low = ((gap - 1) % 2 ** k).toString(2).padStart(k, '0')
      return `${'0'.repeat((gap - 1) >>> k)}1${low}`
    })
    const literal = Uint8Array.from([k, ...Array.from(literalRuns(codes))])
    const bytes = inScratch(() =>
      encodeRice({ at: copyIn(indices), count }, k, literal.length + 8).slice(),
    )
    expect(bytes).toEqual(literal)
    expect(readBack(decodeRice, bytes)).toEqual(indices)
  })

  test('in Elias’ γ, too, within what they are reckoned to take', () => {
    const codes = gaps.map((gap) => `${'0'.repeat(31 - Math.clz32(gap))}${gap.toString(2)}`)
    const literal = literalRuns(codes)
    const bytes = inScratch(() =>
      encodeEliasGamma({ at: copyIn(indices), count }, costs.gammaBytes).slice(),
    )
    expect(bytes).toEqual(literal)
    expect(bytes.length).toBeLessThanOrEqual(costs.gammaBytes)
    expect(readBack(decodeEliasGamma, bytes)).toEqual(indices)
  })

  test('in the smallest code come back', () => {
    const bytes = encodeIndices(indices, size)
    expect(bytes.length).toBeLessThanOrEqual(maxIndexBytes(size))
    expect(bytes.length).toBeLessThanOrEqual(1 + Math.min(costs.gammaBytes, costs.riceBytes))
    expect(decodeIndices(bytes, count, size)).toEqual(indices)
  })

  function readBack(decode: typeof decodeRice, bytes: Uint8Array): Uint32Array {
    return inScratch(() => integersAt(decode(bytes, count, size).at, count).slice())
  }
})

describe.each(counts)('%d packed words', (count) => {
  const format = { sign: 1, exponent: 8, mantissa: 23 } as const
  const random = randomStream(6, 'words')
  const words = new Uint32Array(
    Float32Array.from({ length: count }, () => 0.1 * random.normal()).buffer,
  )

  test('have their codes in runs, and come back', () => {
    const bytes = pack(words, format)
    const exponents = Array.from(words, (word) => (word >>> 23) & 255)
    const counted = new Uint32Array(256)
    for (const exponent of exponents) counted[exponent]!++
    const lengths = codeLengths(counted)
    const codes = codesOf(lengths)
    const written = exponents.map((exponent) =>
      (codes[exponent]! >> 4).toString(2).padStart(lengths[exponent]!, '0'),
    )
    const literal = literalRuns(written)
    const header = bytes.length - literal.length - 3 * count
    expect(bytes.slice(header, header + literal.length)).toEqual(literal)
    expect(unpack(bytes, count, format)).toEqual(words)
  })

  test('of one exponent have empty ones', () => {
    const equal = new Uint32Array(count).fill(0x3fc00000)
    const bytes = pack(equal, format)
    expect(bytes).toHaveLength(2 + (count < LONG ? 0 : 12) + 3 * count)
    expect(unpack(bytes, count, format)).toEqual(equal)
  })

  test('of exponents that say nothing stay as they are', () => {
    const any = Uint32Array.from({ length: count }, () => random.uint32())
    const bytes = pack(any, format)
    expect(bytes).toHaveLength(2 + 4 * count)
    expect(unpack(bytes, count, format)).toEqual(any)
  })
})

describe('refuses', () => {
  const count = LONG + 1
  const indices = longIndices(count)
  const size = indices.at(-1)! + 1
  const bytes = encodeIndices(indices, size)
  const words = Uint32Array.from(indices, (index) => (((index % 11) ** 2) << 20) >>> 0)
  const format = { sign: 0, exponent: 8, mantissa: 20 } as const
  const packed = pack(words, format)
  const readers = {
    indices: {
      bytes,
      lengthsAt: bytes[0] === INDEX_CODES.golombRice ? 2 : 1,
      read: (of: Uint8Array) => decodeIndices(of, count, size),
    },
    values: {
      bytes: packed,
      lengthsAt: 2 + Math.ceil((packed[1]! - packed[0]! + 1) / 2),
      read: (of: Uint8Array) => unpack(of, count, format),
    },
  }

  test('the readers are given what they read', () => {
    expect(readers.indices.read(bytes)).toEqual(indices)
    expect(readers.values.read(packed)).toEqual(words)
  })

  describe.each(Object.entries(readers))('in %s', (_, { bytes, lengthsAt, read }) => {
    test.each([-1000, -1, 1, 1000, 2 ** 31])('lengths that are off by %d', (by) => {
      for (const run of [0, 1, 2]) {
        const changed = bytes.slice()
        const view = new DataView(changed.buffer)
        const at = lengthsAt + 4 * run
        view.setUint32(at, (view.getUint32(at, true) + by) >>> 0, true)
        expect(() => read(changed), `run ${run}`).toThrow(MalformedFrameError)
      }
    })

    test('a cut anywhere, and bytes behind', () => {
      for (let length = 0; length < 24; length++) {
        expect(() => read(bytes.subarray(0, length))).toThrow(MalformedFrameError)
      }
      expect(() => read(bytes.subarray(0, bytes.length - 1))).toThrow(MalformedFrameError)
      const longer = new Uint8Array(bytes.length + 1)
      longer.set(bytes)
      expect(() => read(longer)).toThrow(MalformedFrameError)
    })

    test('noise, or reads what it says', () => {
      const random = randomStream(7, 'noise')
      for (let turn = 0; turn < 40; turn++) {
        const changed = bytes.slice()
        for (let i = 0; i < 3; i++) changed[random.integer(bytes.length)]! ^= 1 << random.integer(8)
        try {
          expect(read(changed)).toHaveLength(count)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedFrameError)
        }
      }
    })
  })

  test('bits between runs', () => {
    // One bit a code, and so seven behind each run.
    const ones = Uint8Array.from([0, ...Array.from(literalRuns(Array(count).fill('1')))])
    const two = Uint32Array.from({ length: count }, (_, i) => (i % 2 === 0 ? 5 : 6))
    const halves = pack(two, { sign: 0, exponent: 8, mantissa: 0 })
    const read = {
      rice: (of: Uint8Array) => inScratch(() => decodeRice(of, count, count)),
      packed: (of: Uint8Array) => unpack(of, count, { sign: 0, exponent: 8, mantissa: 0 }),
    }
    read.rice(ones)
    expect(read.packed(halves)).toEqual(two)
    const each = Math.ceil(Math.ceil(count / 4) / 8)
    for (const run of [1, 2, 3]) {
      const changed = ones.slice()
      changed[1 + 12 + run * each - 1]! |= 1
      expect(() => read.rice(changed)).toThrow(MalformedFrameError)
      const others = halves.slice()
      others[3 + 12 + run * each - 1]! |= 1
      expect(() => read.packed(others)).toThrow(MalformedFrameError)
    }
  })
})
