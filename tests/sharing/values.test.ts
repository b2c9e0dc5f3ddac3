import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type RandomStream, randomStream } from '../../src/numeric/random.ts'
import { MalformedFrameError } from '../../src/sharing/index.ts'
import { codeLengths, decodingTable, UNUSED } from '../../src/sharing/values/huffman.ts'
import { type CodecName, codecs, encodeValues } from '../../src/sharing/values/index.ts'
import { pack, unpack } from '../../src/sharing/values/packing.ts'
import { literalSteps } from '../reference/literal-steps.ts'

const names = Object.keys(codecs) as CodecName[]
const integers = { int8: 127, int6: 31, int4: 7 } as const
const draws = (seed = 1) => randomStream(seed, 'rounding')
const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
/** At least one value: anything, of like size, or equal. */
const vectors = fc
  .oneof(
    fc.array(finite, { minLength: 1, maxLength: 300 }),
    fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 300 }),
    fc
      .tuple(finite, fc.integer({ min: 1, max: 300 }))
      .map(([x, n]) => new Array<number>(n).fill(x)),
  )
  .map((values) => Float32Array.from(values))

/** Values spread as in a trained model. */
function normals(count: number, scale = 0.05): Float32Array {
  const random = randomStream(3, 'weights')
  return Float32Array.from({ length: count }, () => scale * random.normal())
}

function bits(values: Float32Array): Uint32Array {
  return new Uint32Array(values.slice().buffer)
}

describe.each(names)('%s', (name) => {
  const codec = codecs[name]

  test('the receiver has, to the last bit, the values that the sender says it will', () => {
    fc.assert(
      fc.property(vectors, (values) => {
        const before = values.slice()
        const { values: rounded, bytes } = codec.encode(values, draws)
        expect(bits(codec.decode(bytes, values.length))).toEqual(bits(rounded))
        expect(rounded.every(Number.isFinite)).toBe(true)
        expect(bits(values)).toEqual(bits(before))
      }),
    )
  })

  test('refuses every truncation, extension and other count', () => {
    const values = normals(200)
    const { bytes } = codec.encode(values, draws)
    for (let length = 0; length < bytes.length; length++) {
      expect(() => codec.decode(bytes.subarray(0, length), 200)).toThrow(MalformedFrameError)
    }
    expect(() => codec.decode(Uint8Array.of(...bytes, 0), 200)).toThrow(MalformedFrameError)
    for (const count of [1, 100, 400, 1_000_000]) {
      expect(() => codec.decode(bytes, count)).toThrow(MalformedFrameError)
    }
  })

  test('reads mutated and arbitrary bytes as values or refuses them by name', () => {
    const { bytes } = codec.encode(normals(40), draws)
    const mutated = fc
      .array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 4 })
      .map((changes) => {
        const result = bytes.slice()
        for (const [at, value] of changes) result[at] = value
        return result
      })
    const any = fc.oneof(mutated, fc.uint8Array({ maxLength: 60 }))
    fc.assert(
      fc.property(any, fc.constantFrom(1, 7, 40), (hostile, count) => {
        try {
          expect(codec.decode(hostile, count)).toHaveLength(count)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedFrameError)
        }
      }),
      { numRuns: 1500 },
    )
  })

  test('the same draws give the same bytes', () => {
    const values = normals(300)
    expect(codec.encode(values, draws).bytes).toEqual(codec.encode(values, draws).bytes)
  })
})

test('each codec has a number of its own', () => {
  expect(new Set(names.map((name) => codecs[name].code)).size).toBe(names.length)
})

describe('precision', () => {
  test.each(['lossless', 'float16', 'bfloat16'] as const)(
    '%s leaves as it is what it has rounded once',
    (name) => {
      fc.assert(
        fc.property(vectors, (values) => {
          const once = codecs[name].encode(values, draws).values
          expect(bits(codecs[name].encode(once, draws).values)).toEqual(bits(once))
        }),
      )
    },
  )

  test.each(['lossless', 'zstd'] as const)(
    '%s rounds nothing: any bits, also of zeros and the smallest numbers',
    (name) => {
      const values = Float32Array.of(0, -0, 1e-45, -1e-40, 3.4028235e38, 1, -1, 0.1)
      const { bytes } = codecs[name].encode(values, draws)
      expect(bits(codecs[name].decode(bytes, 8))).toEqual(bits(values))
    },
  )

  test('float16 and bfloat16 round to the nearest, of two to the even one, and never to infinity', () => {
    const round = (name: CodecName, ...values: number[]) => [
      ...codecs[name].encode(Float32Array.from(values), draws).values,
    ]
    expect(round('float16', 1 + 2 ** -11, 1 + 3 * 2 ** -11, 70000, -1e30, 1e-9)).toEqual([
      1,
      1 + 2 ** -9,
      65504,
      -65504,
      0,
    ])
    const largest = 2 ** 128 - 2 ** 120
    expect(round('bfloat16', 1 + 2 ** -8, 1 + 3 * 2 ** -8, 3.4e38, -3.4e38)).toEqual([
      1,
      1 + 2 ** -6,
      largest,
      -largest,
    ])
  })

  test.each(Object.entries(integers))(
    '%s errs by less than a step of its block',
    (name, levels) => {
      fc.assert(
        fc.property(vectors, (values) => {
          const rounded = codecs[name as CodecName].encode(values, draws).values
          for (let start = 0; start < values.length; start += 128) {
            const block = values.subarray(start, start + 128)
            const largest = block.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
            // Rounded up to 8 bits of precision; the smallest bfloat16 is 2^−133.
            const step = (largest / levels) * (1 + 2 ** -7) + 2 ** -133
            for (const [i, x] of block.entries()) {
              expect(Math.abs(rounded[start + i]! - x)).toBeLessThanOrEqual(step)
            }
          }
        }),
      )
    },
  )

  test.each(Object.keys(integers) as CodecName[])('%s is right on average', (name) => {
    const values = normals(128)
    const repeats = 3000
    const sums = new Float64Array(values.length)
    const random = draws()
    for (let i = 0; i < repeats; i++) {
      const { values: rounded } = codecs[name].encode(values, () => random)
      for (let k = 0; k < sums.length; k++) sums[k]! += rounded[k]! / repeats
    }
    const step = Math.max(...values.map(Math.abs)) / integers[name as keyof typeof integers]
    // The mean of so many draws has a standard deviation of at most 0.5 / √3000 = 0.009 steps.
    for (let k = 0; k < sums.length; k++) {
      expect(Math.abs(sums[k]! - values[k]!)).toBeLessThan(0.05 * step)
    }
  })

  test('integers of a block of zeros are zero, and beside it others are not', () => {
    const values = new Float32Array(256)
    values.fill(0.7, 128)
    const { values: rounded, bytes } = codecs.int4.encode(values, draws)
    expect(rounded.subarray(0, 128).every((x) => x === 0)).toBe(true)
    expect(codecs.int4.decode(bytes, 256)).toEqual(rounded)
  })
})

test.each(Object.entries(integers))(
  '%s rounds as the equation says, to the last bit',
  (name, levels) => {
    fc.assert(
      fc.property(vectors, fc.nat(), (values, seed) => {
        const { values: rounded } = codecs[name as CodecName].encode(values, () => draws(seed))
        // Where k is 0 the equation leaves the sign open.
        const literal = literalSteps(values, levels, draws(seed)).map((value) => value + 0)
        expect(rounded.map((value) => value + 0)).toEqual(literal)
      }),
    )
  },
)

describe('bits of a value', () => {
  const values = normals(100_000)
  const spent = (name: CodecName) =>
    (8 * codecs[name].encode(values, draws).bytes.length) / values.length

  test.each(
    Object.entries({
      lossless: 26.8,
      zstd: 27.8,
      float16: 13.8,
      bfloat16: 10.8,
      int8: 8.2,
      int6: 6,
      int4: 4,
    }),
  )('%s takes at most %d', (name, most) => {
    expect(spent(name as CodecName)).toBeLessThan(most)
  })

  test('lossless takes less than byte shuffling and zstd', () => {
    expect(spent('lossless')).toBeLessThan(spent('zstd'))
  })

  test('exponents that say nothing cost nothing', () => {
    const equal = new Float32Array(1000).fill(1.5)
    expect(codecs.lossless.encode(equal, draws).bytes).toHaveLength(3000 + 2)
  })

  test('no message is larger than in float32, not even of a few values or of noise', () => {
    const noise = fc.array(finite, { maxLength: 40 }).map((list) => Float32Array.from(list))
    fc.assert(
      fc.property(noise, fc.constantFrom(...names), (few, precision) => {
        const { coded, values: sent } = encodeValues(few, precision, draws as () => RandomStream)
        expect(coded?.bytes.length ?? 0).toBeLessThan(Math.max(1, few.byteLength))
        if (coded === undefined) expect(sent).toBe(few)
        else expect(bits(codecs[coded.codec].decode(coded.bytes, few.length))).toEqual(bits(sent))
      }),
    )
  })
})

describe('packing', () => {
  const formats = fc
    .record({
      sign: fc.constantFrom(0 as const, 1 as const),
      exponent: fc.integer({ min: 1, max: 8 }),
      mantissa: fc.integer({ min: 0, max: 23 }),
    })
    .chain((format) => {
      const width = format.sign + format.exponent + format.mantissa
      const word = fc.oneof(fc.nat(2 ** Math.min(31, width) - 1), fc.constant(2 ** width - 1))
      return fc.tuple(fc.constant(format), fc.array(word, { minLength: 1, maxLength: 400 }))
    })

  test('gives back any words of any format', () => {
    fc.assert(
      fc.property(formats, ([format, list]) => {
        const words = Uint32Array.from(list)
        expect(unpack(pack(words, format), words.length, format)).toEqual(words)
      }),
    )
  })

  test('writes exponents in codes where these save a 32nd, else as they are', () => {
    const format = { sign: 0, exponent: 8, mantissa: 0 } as const
    let coded = 0
    for (let seed = 0; seed < 300; seed++) {
      const random = randomStream(seed, 'exponents')
      const [count, deviation] = [500 + random.integer(5000), 20 + random.integer(60)]
      const words = Uint32Array.from({ length: count }, () =>
        Math.min(255, Math.max(0, Math.round(128 + deviation * random.normal()))),
      )
      const counts = new Uint32Array(256)
      for (const word of words) counts[word]!++
      const lengths = codeLengths(counts)
      const bits = words.reduce((sum, word) => sum + lengths[word]!, 0)
      const listed = counts.findLastIndex((one) => one > 0) - counts.findIndex((one) => one > 0) + 1
      const pays = 8 * (2 + Math.ceil(listed / 2)) + bits < (31 / 32) * 8 * (2 + count)
      const [first, last] = pack(words, format)
      expect(first === 1 && last === 0).toBe(!pays)
      if (pays) coded++
    }
    expect(coded).toBeGreaterThan(30)
    expect(coded).toBeLessThan(270)
  })

  test('accepts no other bytes for the same words', () => {
    const format = { sign: 0, exponent: 8, mantissa: 2 } as const
    const words = Uint32Array.from({ length: 60 }, (_, i) => (i % 7) ** 3)
    const bytes = pack(words, format)
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const other = bytes.slice()
        other[at]! ^= change
        let read: Uint32Array
        try {
          read = unpack(other, words.length, format)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedFrameError)
          return
        }
        expect(pack(read, format)).toEqual(other)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('Huffman lengths', () => {
  test('are the classic example of 45, 13, 12, 16, 9 and 5', () => {
    expect([...codeLengths(Uint32Array.of(45, 13, 12, 16, 9, 5))]).toEqual([1, 3, 3, 3, 4, 4])
  })

  test('are a complete code of at most eight bits, whatever the counts; the more frequent, the shorter', () => {
    const counts = fc.oneof(
      fc.array(fc.nat(1000), { minLength: 1, maxLength: 256 }),
      // Each as frequent as all rarer ones together: without a limit codes would have up to 30 bits.
      fc.integer({ min: 1, max: 31 }).map((n) => Array.from({ length: n }, (_, i) => 2 ** i)),
    )
    fc.assert(
      fc.property(counts, (list) => {
        fc.pre(list.some((count) => count > 0))
        const lengths = codeLengths(Uint32Array.from(list))
        expect(decodingTable(lengths)).not.toBeNull()
        for (const [i, count] of list.entries()) {
          expect(lengths[i] === UNUSED).toBe(count === 0)
          for (const [j, other] of list.entries()) {
            if (count > other && other > 0) expect(lengths[i]).toBeLessThanOrEqual(lengths[j]!)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  test('are longer for the rarer also where a limit makes both rarer than they are', () => {
    const lengths = codeLengths(Uint32Array.of(5, 3, 8, 1, 1, 13, 21, 646, 580, 2))
    expect(lengths[2]).toBeLessThanOrEqual(lengths[1]!)
    expect(lengths[5]).toBeLessThanOrEqual(lengths[2]!)
  })

  test('that leave bits to nobody, or give them to two, are no code', () => {
    expect(decodingTable(Uint8Array.of(1, UNUSED))).toBeNull()
    expect(decodingTable(Uint8Array.of(1, 1, 1))).toBeNull()
    expect(decodingTable(Uint8Array.of(UNUSED, UNUSED))).toBeNull()
    expect(decodingTable(Uint8Array.of(UNUSED, 0))).not.toBeNull()
  })
})
