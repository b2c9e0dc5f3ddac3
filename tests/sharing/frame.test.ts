import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { swapped } from '../../src/sharing/float32-codec.ts'
import {
  decodeFrame,
  encodeFrame,
  MalformedFrameError,
  NonFiniteValueError,
  WrongRunError,
} from '../../src/sharing/index.ts'

const contract = new URL('../../src/sharing/round.proto', import.meta.url)
const RoundFrame = protobuf
  .parse(readFileSync(contract, 'utf8'), { keepCase: true })
  .root.lookupType('starling.round.RoundFrame')

const run = Uint8Array.from({ length: 16 }, (_, i) => i * 3)
const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
const frames = fc.record({
  run: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  round: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  phase: fc.integer({ min: 0, max: 255 }),
  payload: fc.record({
    domain: fc.constant('parameters' as const),
    values: fc.array(finite, { maxLength: 200 }).map((values) => Float32Array.from(values)),
  }),
})
const small = () =>
  encodeFrame({
    run,
    round: 300,
    phase: 1,
    payload: { domain: 'parameters', values: Float32Array.from([1, -2, 0.5]) },
  })

describe('a frame', () => {
  test('decodes to what was encoded, wherever it lies in a buffer', () => {
    fc.assert(
      fc.property(frames, fc.nat(7), (frame, shift) => {
        const { bytes } = encodeFrame(frame)
        const moved = new Uint8Array(bytes.length + shift)
        moved.set(bytes, shift)
        expect(decodeFrame(moved.subarray(shift), { maxValues: 200 })).toEqual(frame)
      }),
    )
  })

  test('is what protobufjs writes and reads from the .proto', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const { values } = frame.payload
        const message = {
          run: frame.run,
          round: frame.round,
          phase: frame.phase,
          domain: 1,
          codec: 1,
          count: values.length,
          values: new Uint8Array(values.buffer),
        }
        const { bytes } = encodeFrame(frame)
        expect(Buffer.from(RoundFrame.encode(message).finish())).toEqual(Buffer.from(bytes))
        const read = RoundFrame.toObject(RoundFrame.decode(bytes), { bytes: Array })
        expect(read).toEqual({
          ...message,
          run: Array.from(message.run),
          values: Array.from(message.values),
        })
      }),
    )
  })

  test('says how its bytes divide', () => {
    const { bytes, values, indices, overhead } = small()
    expect({ values, indices }).toEqual({ values: 12, indices: 0 })
    expect(values + indices + overhead).toBe(bytes.length)
    expect(overhead).toBeLessThan(48)
  })

  test('needs a run id of 16 bytes', () => {
    const payload = { domain: 'parameters' as const, values: new Float32Array(1) }
    expect(() => encodeFrame({ run: new Uint8Array(4), round: 0, phase: 0, payload })).toThrow(
      /16 bytes/,
    )
  })
})

describe('decoding refuses', () => {
  const decode = (bytes: Uint8Array, maxValues = 100) => decodeFrame(bytes, { run, maxValues })

  test('frames of another run', () => {
    const other = Uint8Array.from(run, (byte) => byte ^ 1)
    expect(() => decodeFrame(small().bytes, { run: other, maxValues: 100 })).toThrow(WrongRunError)
  })

  test('more values than the model has', () => {
    expect(() => decode(small().bytes, 2)).toThrow(MalformedFrameError)
    expect(decode(small().bytes, 3).payload.values).toHaveLength(3)
  })

  test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d', (value) => {
    const values = new Float32Array(50).fill(3)
    values[41] = value
    const { bytes } = encodeFrame({
      run,
      round: 0,
      phase: 0,
      payload: { domain: 'parameters', values },
    })
    expect(() => decode(bytes)).toThrow(NonFiniteValueError)
    expect(() => decode(bytes)).toThrow(expect.objectContaining({ index: 41 }))
  })

  test('every other form of the same message', () => {
    const good = {
      run,
      round: 1,
      phase: 0,
      domain: 1,
      codec: 1,
      count: 1,
      values: new Uint8Array(4),
    }
    const encode = (message: object) => RoundFrame.encode(message).finish()
    expect(decode(encode(good)).round).toBe(1)
    for (const wrong of [
      { ...good, run: run.subarray(1) },
      { ...good, phase: 256 },
      { ...good, domain: 2 },
      { ...good, codec: 7 },
      { ...good, count: 2 },
      { ...good, values: new Uint8Array(5) },
      { ...good, round: undefined },
    ]) {
      expect(() => decode(encode(wrong))).toThrow(MalformedFrameError)
    }
    const bytes = encode(good)
    const twice = Uint8Array.from([...bytes, ...bytes])
    const unknown = Uint8Array.from([...bytes, 0x40, 1])
    const longVarint = Uint8Array.from([
      ...bytes.subarray(0, 18),
      0x10,
      0x81,
      0,
      ...bytes.subarray(20),
    ])
    for (const wrong of [twice, unknown, longVarint, new Uint8Array()]) {
      expect(() => decode(wrong)).toThrow(MalformedFrameError)
    }
  })

  test('every truncation', () => {
    const { bytes } = small()
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decode(bytes.subarray(0, length))).toThrow(MalformedFrameError)
    }
  })

  test('mutated bytes with a named error, or takes them as another valid frame', () => {
    const { bytes } = small()
    const mutation = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
        const mutated = bytes.slice()
        for (const [at, value] of mutations) mutated[at] = value
        expectStrict(mutated)
      }),
      { numRuns: 2000 },
    )
  })

  test('arbitrary bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), expectStrict), { numRuns: 2000 })
  })

  /** A named error, or a frame of which `bytes` are the one encoding. */
  function expectStrict(bytes: Uint8Array): void {
    try {
      const frame = decodeFrame(bytes, { maxValues: 100 })
      expect(encodeFrame(frame).bytes).toEqual(bytes)
    } catch (error) {
      expect(['MalformedFrameError', 'NonFiniteValueError']).toContain((error as Error).name)
    }
  }
})

test('on a big-endian machine words are swapped both ways', () => {
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8])
  expect(swapped(bytes)).toEqual(Uint8Array.from([4, 3, 2, 1, 8, 7, 6, 5]))
  expect(swapped(swapped(bytes))).toEqual(bytes)
})
