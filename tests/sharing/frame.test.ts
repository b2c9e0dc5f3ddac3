import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { createFrameCodec } from '../../src/learning/index.ts'
import { randomStream } from '../../src/numeric/random.ts'
import {
  decodeFrame,
  encodeFrame,
  MalformedFrameError,
  NonFiniteValueError,
  WrongRunError,
} from '../../src/sharing/index.ts'
import { encodeIndices } from '../../src/sharing/indices/index.ts'
import type { Letter, Payload, Selection } from '../../src/sharing/interface.ts'
import { type Pieces, within } from '../../src/sharing/pieces.ts'
import { randomMask } from '../../src/sharing/random-mask.ts'
import type { ValueCodec } from '../../src/sharing/values/codec.ts'
import { swapped } from '../../src/sharing/values/float32.ts'
import { type CodecName, codecs, encodeValues } from '../../src/sharing/values/index.ts'
import { inClear } from '../support/in-clear.ts'

const codecNames = Object.keys(codecs) as CodecName[]
const contract = new URL('../../src/sharing/round.proto', import.meta.url)
const RoundFrame = protobuf
  .parse(readFileSync(contract, 'utf8'), { keepCase: true })
  .root.lookupType('starling.round.RoundFrame')

const space = { domain: 'parameters', size: 100 } as const
const run = Uint8Array.from({ length: 16 }, (_, i) => i * 3)
const finite = fc.float({ noNaN: true, noDefaultInfinity: true })
const dense = fc.record({
  domain: fc.constantFrom('parameters', 'changes', 'wavelet'),
  values: fc.array(finite, { maxLength: 200 }).map((values) => Float32Array.from(values)),
})
/** Some of at most 200 coordinates, named or drawn from a seed. */
const sparse = fc
  .tuple(
    fc.constantFrom('parameters', 'changes', 'wavelet'),
    fc.uniqueArray(fc.nat(199), { maxLength: 200 }),
    fc.option(fc.nat(2 ** 32 - 1), { nil: undefined }),
    fc.array(finite, { minLength: 200, maxLength: 200 }),
  )
  .map(([domain, chosen, seed, values]): Payload => {
    const size = Math.max(0, ...chosen) + 1
    const drawn = seed !== undefined && { indices: randomMask(seed, chosen.length, size), seed }
    const indices = Uint32Array.from(chosen).sort()
    const selection = { size, indices, ...drawn }
    return { domain, values: Float32Array.from(values.slice(0, chosen.length)), selection }
  })
/** The same with values as one of the codecs rounds them. */
const payloads = fc
  .tuple(fc.oneof(dense, sparse), fc.constantFrom('float32' as const, ...codecNames))
  .map(([payload, precision]): Payload => {
    const { values, ...rest } = inClear(payload as Payload)
    return { ...rest, ...encodeValues(values, precision, (label) => randomStream(1, label)) }
  })
const frames = fc.record({
  run: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  round: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  phase: fc.integer({ min: 0, max: 255 }),
  payload: payloads,
})
const DOMAINS = { parameters: 1, wavelet: 2, changes: 3, letter: 4 }
const small = () =>
  encodeFrame({
    run,
    round: 300,
    phase: 1,
    payload: { domain: 'parameters', values: Float32Array.from([1, -2, 0.5]) },
  })

const sample = (selection: Selection) => {
  const values = new Float32Array(selection.indices.length).fill(1.5)
  return encodeFrame({ run, round: 2, phase: 0, payload: { domain: 'wavelet', values, selection } })
}
/** What a seed draws, cut down to some pieces. */
const partOf = (seed: number, drawn: number, size: number, pieces: Pieces): Selection => ({
  size,
  indices: within(randomMask(seed, drawn, size), pieces, size),
  seed,
  part: { drawn, pieces },
})
const samples = {
  dense: small,
  packed: () => {
    const values = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i))
    const encoded = encodeValues(values, 'lossless', (label) => randomStream(1, label))
    return encodeFrame({ run, round: 2, phase: 0, payload: { domain: 'parameters', ...encoded } })
  },
  sparse: () => sample({ size: 90, indices: Uint32Array.of(3, 4, 9, 20, 21, 60) }),
  masked: () => sample({ size: 90, indices: randomMask(7, 6, 90), seed: 7 }),
  part: () => sample(partOf(7, 20, 90, { count: 10, held: [0, 3, 9] })),
}

describe('a frame', () => {
  test('decodes to what was encoded, wherever it lies in a buffer', () => {
    fc.assert(
      fc.property(frames, fc.nat(7), (frame, shift) => {
        const { bytes, ...parts } = encodeFrame(frame)
        const moved = new Uint8Array(bytes.length + shift)
        moved.set(bytes, shift)
        expect(decodeFrame(moved.subarray(shift), { space: { ...space, size: 200 } })).toEqual({
          ...frame,
          parts,
        })
      }),
    )
  })

  test('is what protobufjs writes and reads from the .proto', () => {
    fc.assert(
      fc.property(frames, (frame) => {
        const { domain, values, coded, selection } = inClear(frame.payload)
        const named = selection !== undefined && selection.seed === undefined
        const message = {
          run: frame.run,
          round: frame.round,
          phase: frame.phase,
          domain: DOMAINS[domain],
          codec: coded === undefined ? 1 : codecs[coded.codec].code,
          count: values.length,
          values: coded?.bytes ?? new Uint8Array(values.buffer),
          ...(selection !== undefined && { size: selection.size }),
          ...(named && { indices: encodeIndices(selection.indices, selection.size) }),
          ...(selection?.seed !== undefined && { seed: selection.seed }),
        }
        const { bytes } = encodeFrame(frame)
        expect(Buffer.from(RoundFrame.encode(message).finish())).toEqual(Buffer.from(bytes))
        const read = RoundFrame.toObject(RoundFrame.decode(bytes), { bytes: Array })
        expect(read).toEqual({
          ...message,
          run: Array.from(message.run),
          values: Array.from(message.values),
          ...(message.indices && { indices: Array.from(message.indices) }),
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

  test('counts the indices it names, and none where they follow from a seed', () => {
    const seed = 4_000_000_000
    const indices = randomMask(seed, 100, 1000)
    const values = new Float32Array(100)
    const encode = (selection: Selection) =>
      encodeFrame({ run, round: 9, phase: 0, payload: { domain: 'parameters', values, selection } })
    const named = encode({ size: 1000, indices })
    expect(named.indices).toBe(encodeIndices(indices, 1000).length)
    expect(named.values + named.indices + named.overhead).toBe(named.bytes.length)
    const drawn = encode({ size: 1000, indices, seed })
    expect(drawn).toMatchObject({ values: 400, indices: 0 })
    expect(drawn.overhead).toBeLessThan(48)
  })

  test('holds a part of what a seed draws without its indices, and only a proper one', () => {
    const pieces = { count: 10, held: [0, 3, 9] }
    const { bytes, indices } = samples.part()
    expect(indices).toBe(0)
    const large = { ...space, domain: 'wavelet' } as const
    const { payload } = decodeFrame(bytes, { space: large })
    expect(inClear(payload).selection).toEqual(partOf(7, 20, 90, pieces))
    const message = RoundFrame.toObject(RoundFrame.decode(bytes))
    expect(message['part']).toEqual({ seed: 7, drawn: 20, pieces: 10, held: expect.anything() })
    for (const wrong of [
      { drawn: 60 },
      { drawn: 0 },
      { drawn: 91 },
      { pieces: 65 },
      { pieces: 9 },
      { held: Uint8Array.of(0, 0) },
      { held: Uint8Array.of(255, 3) },
      { held: Uint8Array.of(9, 6) },
      { held: Uint8Array.of(9) },
      { held: Uint8Array.of(9, 2, 0) },
    ]) {
      const changed = { ...message, part: { ...message['part'], ...wrong } }
      const frame = RoundFrame.encode(changed).finish()
      expect(() => decodeFrame(frame, { space: large }), JSON.stringify(wrong)).toThrow(
        MalformedFrameError,
      )
    }
    for (const extra of [{ seed: 7 }, { indices: encodeIndices(Uint32Array.of(1), 90) }]) {
      const frame = RoundFrame.encode({ ...message, ...extra }).finish()
      expect(() => decodeFrame(frame, { space: large })).toThrow(MalformedFrameError)
    }
  })

  test('needs a run id of 16 bytes', () => {
    const payload = { domain: 'parameters' as const, values: new Float32Array(1) }
    expect(() => encodeFrame({ run: new Uint8Array(4), round: 0, phase: 0, payload })).toThrow(
      /16 bytes/,
    )
  })
})

describe('a letter', () => {
  const letters = { domain: 'letter', size: 40 } as const
  const encode = (payload: Letter) => encodeFrame({ run, round: 7, phase: 3, payload })

  test('comes out as it went in, and says what it carries to the sender alone', () => {
    const letter = { domain: 'letter', bytes: Uint8Array.of(1, 2, 3, 4, 5) } as const
    const { bytes, ...counts } = encode({ ...letter, carries: { values: 3, indices: 1 } })
    const { payload, parts } = decodeFrame(bytes, { run, space: letters })
    expect(payload).toEqual(letter)
    expect(counts).toEqual({ values: 3, indices: 1, overhead: bytes.length - 4 })
    expect(parts).toEqual({ values: 0, indices: 0, overhead: bytes.length - 5 })
  })

  test('is refused where it is too long, or values are expected; and values where letters are', () => {
    const { bytes } = encode({ domain: 'letter', bytes: new Uint8Array(41) })
    expect(() => decodeFrame(bytes, { run, space: letters })).toThrow(MalformedFrameError)
    const short = encode({ domain: 'letter', bytes: new Uint8Array(40) }).bytes
    expect(decodeFrame(short, { run, space: letters }).round).toBe(7)
    expect(createFrameCodec(run, space).decode(short)).toBeNull()
    expect(createFrameCodec(run, letters).decode(small().bytes)).toBeNull()
  })
})

describe('decoding refuses', () => {
  const decode = (bytes: Uint8Array, size = 100) =>
    decodeFrame(bytes, { run, space: { ...space, size } })

  test('frames of another run', () => {
    const other = Uint8Array.from(run, (byte) => byte ^ 1)
    expect(() => decodeFrame(small().bytes, { run: other, space })).toThrow(WrongRunError)
  })

  test('more values than the model has', () => {
    expect(() => decode(small().bytes, 2)).toThrow(MalformedFrameError)
    expect(inClear(decode(small().bytes, 3).payload).values).toHaveLength(3)
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

  test.each(['lossless', 'zstd', 'float16', 'bfloat16'] as const)(
    '%s that is not finite',
    (name) => {
      const codec: ValueCodec = codecs[name]
      for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const values = Float32Array.from({ length: 300 }, (_, i) => 1 + i / 1000)
        values[41] = wrong
        const { bytes } = codec.encode(values, () => randomStream(1))
        // Those that round have none for infinity.
        if (codec.decode(bytes, 300).every(Number.isFinite)) continue
        expect(codec.areFinite?.(bytes) ?? false).toBe(false)
        const payload = { domain: 'parameters', values, coded: { codec: name, bytes } } as const
        const frame = encodeFrame({ run, round: 0, phase: 0, payload })
        expect(() => decode(frame.bytes, 300)).toThrow(expect.objectContaining({ index: 41 }))
      }
    },
  )

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
    const two = encodeIndices(Uint32Array.of(1), 2)
    expect(decode(encode(good)).round).toBe(1)
    const sparse = inClear(decode(encode({ ...good, size: 2, indices: two })).payload)
    expect(sparse.selection?.indices).toEqual(Uint32Array.of(1))
    for (const wrong of [
      { ...good, run: run.subarray(1) },
      { ...good, phase: 256 },
      { ...good, domain: 0 },
      { ...good, domain: 4 },
      { ...good, codec: 200 },
      { ...good, codec: 3 },
      { ...good, codec: 6 },
      { ...good, count: 2 },
      { ...good, values: new Uint8Array(5) },
      { ...good, round: undefined },
      { ...good, size: 2 },
      { ...good, seed: 5 },
      { ...good, indices: two },
      { ...good, size: 2, indices: two, seed: 5 },
      { ...good, size: 0, seed: 5 },
      { ...good, size: 101, seed: 5 },
      { ...good, size: 2, indices: new Uint8Array(100) },
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

  test.each(['sparse', 'masked', 'part'] as const)(
    'every truncation (%s), one that leaves a whole vector because the run has longer ones',
    (kind) => {
      const { bytes } = samples[kind]()
      const codec = createFrameCodec(run, { domain: 'wavelet', size: 90 })
      expect(codec.decode(bytes)).not.toBeNull()
      for (let length = 0; length < bytes.length; length++) {
        expect(codec.decode(bytes.subarray(0, length))).toBeNull()
      }
    },
  )

  test.each(['dense', 'packed', 'sparse', 'masked', 'part'] as const)(
    'mutated bytes with a named error, or takes them as another valid frame (%s)',
    (kind) => {
      const { bytes } = samples[kind]()
      const mutation = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255))
      fc.assert(
        fc.property(fc.array(mutation, { minLength: 1, maxLength: 4 }), (mutations) => {
          const mutated = bytes.slice()
          for (const [at, value] of mutations) mutated[at] = value
          expectStrict(mutated)
        }),
        { numRuns: 2000 },
      )
    },
  )

  test('arbitrary bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), expectStrict), { numRuns: 2000 })
  })

  /** A named error, or a frame of which `bytes` are the one encoding. */
  function expectStrict(bytes: Uint8Array): void {
    try {
      const frame = decodeFrame(bytes, { space })
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
