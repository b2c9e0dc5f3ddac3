import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decodeSafetensors,
  encodeSafetensors,
  InvalidSafetensorsError,
  type NamedTensor,
} from '../../src/model/safetensors.ts'

const values = fc.oneof(
  fc.float32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 9 }),
  fc.int32Array({ maxLength: 9 }),
  fc.uint32Array({ maxLength: 9 }),
  fc.uint8Array({ maxLength: 9 }),
)
const tensors = fc
  .dictionary(
    fc.string({ minLength: 1 }).filter((name) => !name.startsWith('__')),
    values,
    {
      noNullPrototype: true,
    },
  )
  .map((record): NamedTensor[] =>
    Object.entries(record).map(([name, array]) => ({ name, shape: [array.length], values: array })),
  )

/** A file with the given header text and data. */
function file(header: string, data = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(header)
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

test('what is encoded comes back, in order', () => {
  fc.assert(
    fc.property(
      tensors,
      fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
      (list, metadata) => {
        expect(decodeSafetensors(encodeSafetensors({ tensors: list, metadata }))).toEqual({
          tensors: list,
          metadata,
        })
      },
    ),
  )
})

test('the layout is the format’s: length, padded header, little-endian data', () => {
  const bytes = encodeSafetensors({
    tensors: [{ name: 'w', shape: [1, 2], values: Float32Array.of(1, -2) }],
    metadata: {},
  })
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true))
  expect(length % 8).toBe(0)
  expect(JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)))).toEqual({
    w: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
  })
  expect([...bytes.subarray(8 + length)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0])
})

describe('refused are', () => {
  const entry = (change: object) =>
    JSON.stringify({ w: { dtype: 'F32', shape: [1], data_offsets: [0, 4], ...change } })
  const four = new Uint8Array(4)
  test.each([
    ['nothing', new Uint8Array()],
    ['a length beyond the file', file('{}').subarray(0, 9)],
    ['a huge length', Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 255)],
    ['no JSON', file('{')],
    ['no object', file('[]')],
    ['data that nobody describes', file('{}', four)],
    ['data that is missing', file(entry({}))],
    ['an unknown kind', file(entry({ dtype: 'BF16' }), four)],
    ['a kind from the prototype', file(entry({ dtype: 'constructor' }), four)],
    ['a shape that does not fit', file(entry({ shape: [2] }), four)],
    ['a negative shape', file(entry({ shape: [-1] }), four)],
    ['offsets the wrong way round', file(entry({ data_offsets: [4, 0] }), four)],
    ['a gap', file(entry({ data_offsets: [4, 8] }), new Uint8Array(8))],
    ['an unknown field', file(entry({ extra: 1 }), four)],
    ['metadata that is not text', file('{"__metadata__":{"a":1}}')],
    [
      'overlapping arrays',
      file(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}',
        four,
      ),
    ],
  ])('%s', (_, bytes) => {
    expect(() => decodeSafetensors(bytes)).toThrow(InvalidSafetensorsError)
  })
})

test('bytes from anywhere never do more than be refused', () => {
  const whole = encodeSafetensors({
    tensors: [{ name: 'w', shape: [3], values: Float32Array.of(1, 2, 3) }],
    metadata: { a: 'b' },
  })
  fc.assert(
    fc.property(fc.nat(whole.length - 1), fc.nat(255), (position, byte) => {
      const altered = whole.slice()
      altered[position] = byte
      try {
        decodeSafetensors(altered)
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidSafetensorsError)
      }
    }),
    { numRuns: 300 },
  )
})

test('a shape that does not fit its values is refused when writing too', () => {
  const wrong = [{ name: 'w', shape: [2], values: Float32Array.of(1) }]
  expect(() => encodeSafetensors({ tensors: wrong, metadata: {} })).toThrow(InvalidSafetensorsError)
})
