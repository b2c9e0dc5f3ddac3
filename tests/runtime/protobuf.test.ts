import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { MalformedMessageError, ProtobufWriter, readProtobuf } from '../../src/runtime/protobuf.ts'

const spec = {
  id: { field: 1, kind: 'bytes', max: 32 },
  size: { field: 2, kind: 'uint' },
  name: { field: 3, kind: 'string', max: 40 },
  note: { field: 4, kind: 'string', max: 10, optional: true },
  members: {
    field: 16,
    kind: 'message',
    repeated: 3,
    fields: { rank: { field: 1, kind: 'uint', max: 99 } },
  },
} as const

const Peer = protobuf
  .parse(`syntax = "proto3";
    message Member { optional uint32 rank = 1; }
    message Peer {
      optional bytes id = 1;
      optional uint64 size = 2;
      optional string name = 3;
      optional string note = 4;
      repeated Member members = 16;
    }`)
  .root.lookupType('Peer')

interface PeerMessage {
  id: Uint8Array
  size: number
  name: string
  note?: string | undefined
  members: { rank: number }[]
}

const messages: fc.Arbitrary<PeerMessage> = fc.record({
  id: fc.uint8Array({ maxLength: 32 }),
  size: fc.maxSafeNat(),
  name: fc
    .string({ maxLength: 10, unit: 'grapheme' })
    .filter((text) => Buffer.byteLength(text) <= 40),
  note: fc
    .option(fc.string({ maxLength: 10 }), { nil: undefined })
    .filter((text) => Buffer.byteLength(text ?? '') <= 10),
  members: fc.array(fc.record({ rank: fc.nat(99) }), { maxLength: 3 }),
})

function write(message: PeerMessage): Uint8Array {
  const writer = new ProtobufWriter()
    .bytes(1, message.id)
    .uint(2, message.size)
    .string(3, message.name)
  if (message.note !== undefined) writer.string(4, message.note)
  for (const { rank } of message.members) writer.message(16, (member) => member.uint(1, rank))
  return writer.finish()
}

test('what is written is read again', () => {
  fc.assert(
    fc.property(messages, (message) => {
      expect(readProtobuf(write(message), spec)).toEqual(message)
    }),
  )
})

test('the bytes are those of protobufjs', () => {
  fc.assert(
    fc.property(messages, (message) => {
      const theirs = Peer.encode({
        ...message,
        size: protobuf.util.LongBits.fromNumber(message.size).toLong(true),
      }).finish()
      expect(Buffer.from(write(message))).toEqual(Buffer.from(theirs))
    }),
  )
})

test('aligned bytes are the same message, and lie where they can be read in place', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), fc.uint8Array({ maxLength: 40 }), (id, name) => {
      const plain = new ProtobufWriter().bytes(1, id).bytes(3, name).uint(4, 7).finish()
      const writer = new ProtobufWriter().bytes(1, id).alignedBytes(3, name, 4).uint(4, 7)
      const aligned = writer.finish()
      expect(aligned).toEqual(plain)
      const content = aligned.byteOffset + aligned.length - 2 - name.length
      expect(content % 4).toBe(0)
    }),
  )
})

describe('refused, with the reason', () => {
  const good: PeerMessage = { id: Uint8Array.of(1), size: 0, name: 'a', members: [] }
  const read = (bytes: Uint8Array) => () => readProtobuf(bytes, spec)
  const build = (fill: (writer: ProtobufWriter) => ProtobufWriter) =>
    fill(new ProtobufWriter()).finish()
  const raw = (...bytes: number[]) => Uint8Array.from(bytes)

  test.each<[string, Uint8Array, RegExp]>([
    ['missing field', build((w) => w.bytes(1, raw()).uint(2, 0)), /name is missing/],
    ['unknown field', build((w) => w.uint(9, 1)), /unknown field 9/],
    ['field zero', raw(0, 1), /unknown field 0/],
    ['double field', build((w) => w.bytes(1, raw()).bytes(1, raw())), /id stands twice/],
    ['descending fields', raw(0x10, 1, 0x0a, 0), /id stands out of order/],
    ['wrong wire type', raw(0x08, 1), /id has wire type 0/],
    ['group wire type', raw(0x13), /size has wire type 3/],
    ['bytes too long', build((w) => w.bytes(1, new Uint8Array(33))), /33 bytes, more than 32/],
    ['length past the end', raw(0x0a, 5, 1), /longer than the message/],
    ['length of 2^50', raw(0x0a, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1), /longer than/],
    ['cut varint', raw(0x0a, 0, 0x10, 0x80), /cut off/],
    ['varint above 2^53', raw(0x10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1), /too large/],
    ['long form', raw(0x10, 0x80, 0), /shortest form/],
    ['text that is not UTF-8', raw(0x0a, 0, 0x10, 0, 0x1a, 1, 0xff), /not UTF-8/],
    [
      'too many elements',
      write({ ...good, members: [{ rank: 1 }, { rank: 2 }, { rank: 3 }, { rank: 4 }] }),
      /more than 3 elements/,
    ],
    ['inner value too large', write({ ...good, members: [{ rank: 100 }] }), /rank is 100/],
  ])('%s', (_, bytes, message) => {
    expect(read(bytes)).toThrow(MalformedMessageError)
    expect(read(bytes)).toThrow(message)
  })

  test('an inner message may not reach past its own end', () => {
    const bytes = raw(0x0a, 0, 0x10, 0, 0x1a, 0, 0x82, 1, 1, 0x08)
    expect(read(bytes)).toThrow(/cut off/)
  })

  test('arbitrary and mutated bytes: one encoding each, or a named error', () => {
    const sample = write({
      id: Uint8Array.of(1, 2),
      size: 12345,
      name: 'ab',
      members: [{ rank: 7 }],
    })
    const mutated = fc.tuple(fc.nat(sample.length - 1), fc.nat(255)).map(([at, value]) => {
      const bytes = sample.slice()
      bytes[at] = value
      return bytes
    })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 40 })), (bytes) => {
        try {
          expect(write(readProtobuf(bytes, spec))).toEqual(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessageError)
        }
      }),
      { numRuns: 3000 },
    )
  })
})

test('the writer refuses what no reader would take', () => {
  expect(() => new ProtobufWriter().uint(1, -1)).toThrow(RangeError)
  expect(() => new ProtobufWriter().uint(1, 2 ** 53)).toThrow(RangeError)
  expect(() => new ProtobufWriter().uint(2, 1).uint(1, 1)).toThrow(/ascending/)
})
