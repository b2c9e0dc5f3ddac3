/** All messages of the wire: they come back, agree with their .proto files, and garbage is only ever refused. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { InvalidReportError } from '../../daemon/network/index.ts'
import * as catchUp from '../../daemon/network/protocols/catch-up/message.ts'
import * as membership from '../../daemon/network/protocols/membership/message.ts'
import * as reports from '../../daemon/network/protocols/reports/message.ts'
import { decodeReport, encodeReport } from '../../daemon/network/protocols/reports/report.ts'
import * as rounds from '../../daemon/network/protocols/rounds/message.ts'
import { MalformedMessageError } from '../../src/runtime/protobuf.ts'

const run = Uint8Array.from({ length: 16 }, (_, i) => i)
const secret = new Uint8Array(16).fill(9)
const digest = (byte: number) => new Uint8Array(32).fill(byte)
const roster = Uint8Array.of(1, 2, 3)
const join = {
  run,
  secret,
  layout: digest(1),
  shape: digest(2),
  model: digest(3),
  ownData: 1,
  addresses: ['/ip4/192.0.2.1/tcp/4001', '/dns4/example.org/tcp/1'],
}

const storedExamples = [{ count: 3 }, { refused: { count: 0, reason: 'no' } }]

/** One entry a message: where its contract is, how it is written and read, and examples. */
const messages = [
  ['rounds', 'Hello', rounds.encodeHello, rounds.decodeHello, [{ run }]],
  ['rounds', 'Head', rounds.encodeHead, rounds.decodeHead, [{ length: 0 }, { length: 2 ** 40 }]],
  ['catch-up', 'Request', catchUp.encodeRequest, catchUp.decodeRequest, [{ run, round: 7 }]],
  ['catch-up', 'Head', catchUp.encodeHead, catchUp.decodeHead, [{ round: 0, length: 0 }]],
  ['reports', 'Head', reports.encodeHead, reports.decodeHead, [{ run }]],
  ['reports', 'Stored', reports.encodeStored, reports.decodeStored, storedExamples],
  [
    'membership',
    'Request',
    membership.encodeRequest,
    membership.decodeRequest,
    [
      { fetch: { run, secret } },
      { join },
      { join: { ...join, model: undefined, addresses: [], ownData: 0 } },
      { announce: { run, roster } },
      { presence: { run, present: 0 } },
      { poll: { run } },
    ],
  ],
  [
    'membership',
    'Response',
    membership.encodeResponse,
    membership.decodeResponse,
    [
      { documents: { manifest: roster } },
      { accepted: { roster } },
      { current: { roster } },
      { current: { roster: undefined } },
      { refused: { reason: 'no' } },
    ],
  ],
] as unknown as [
  string,
  string,
  (value: object) => Uint8Array,
  (bytes: Uint8Array) => object,
  object[],
][]

describe.each(messages)('%s: %s', (protocol, name, encode, decode, examples) => {
  const folder = new URL(`../../daemon/network/protocols/${protocol}/`, import.meta.url)
  const contract = protobuf.parse(readFileSync(new URL('message.proto', folder), 'utf8'))
  const type = contract.root.lookupType(name)

  test('comes back', () => {
    for (const value of examples) {
      expect(withoutGaps(decode(encode(value)))).toEqual(withoutGaps(value))
    }
  })

  test('is what an independent reader of its .proto understands', () => {
    for (const value of examples) {
      const read = type.toObject(type.decode(encode(value)), { longs: Number, arrays: false })
      expect(withoutGaps(plain(read))).toEqual(withoutGaps(plain(value)))
    }
  })

  test('any cut or added byte is refused', () => {
    for (const value of examples) {
      const bytes = encode(value)
      for (let length = 0; length < bytes.length; length++) {
        expect(() => decode(bytes.subarray(0, length))).toThrow(MalformedMessageError)
      }
      expect(() => decode(Uint8Array.of(...bytes, 0))).toThrow(MalformedMessageError)
    }
  })

  test('garbage and altered messages are refused or read, nothing else', () => {
    const altered = fc
      .tuple(fc.constantFrom(...examples), fc.nat(1000), fc.nat(255))
      .map(([value, position, byte]) => {
        const bytes = encode(value)
        bytes[position % bytes.length] = byte
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 80 }), altered), (bytes) => {
        let value: object
        try {
          value = decode(bytes)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedMessageError)
          return
        }
        // What was read is the only spelling of what it says.
        expect(encode(value)).toEqual(bytes.slice())
      }),
    )
  })
})

test('a request holds exactly one alternative', () => {
  const two = membership.encodeRequest({ fetch: { run, secret }, poll: { run } })
  expect(() => membership.decodeRequest(two)).toThrow(/2 alternatives/)
})

describe('a report', () => {
  const report = {
    type: 'round',
    report: {
      round: 3,
      rank: 1,
      trainLoss: 0.5,
      accuracy: null,
      testLoss: null,
      bytes: { sent: 1, received: 2, values: 3, indices: 0, overhead: 4 },
      neighbours: { expected: 2, heard: 1, missing: [{ rank: 0, reason: 'late' }] },
      seconds: { train: 1, encode: 0, wait: 0.5, mix: 0, evaluate: 0 },
      elapsed: 1.5,
      neighbourDistance: null,
      caughtUpFrom: null,
    },
  } as const
  const changed = (change: object) =>
    new TextEncoder().encode(JSON.stringify({ ...report, report: { ...report.report, ...change } }))

  test('comes back', () => {
    expect(decodeReport(encodeReport(report))).toEqual(report)
  })

  test.each([
    ['no JSON', new TextEncoder().encode('{')],
    ['no UTF-8', Uint8Array.of(0xff)],
    ['an unknown field', changed({ extra: 1 })],
    ['an accuracy above 1', changed({ accuracy: 1.01 })],
    ['a negative round', changed({ round: -1 })],
    ['a fraction of a byte', changed({ bytes: { ...report.report.bytes, sent: 0.5 } })],
    [
      'a reason of its own',
      changed({ neighbours: { expected: 1, heard: 0, missing: [{ rank: 0, reason: 'x' }] } }),
    ],
    ['another type', new TextEncoder().encode('{"type":"other"}')],
  ])('with %s is refused', (_, bytes) => {
    expect(() => decodeReport(bytes)).toThrow(InvalidReportError)
  })

  test('from anywhere is refused without a crash', () => {
    fc.assert(
      fc.property(fc.json(), (json) => {
        expect(() => decodeReport(new TextEncoder().encode(json))).toThrow(InvalidReportError)
      }),
    )
  })
})

/** Byte strings as lists of numbers, keys in camel case, so that two readers' results compare. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value]
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
}

/** Without absent fields and empty lists, which protobuf does not tell apart. */
function withoutGaps(value: unknown): unknown {
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutGaps)
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined && !(Array.isArray(item) && item.length === 0))
      .map(([key, item]) => [key, withoutGaps(item)]),
  )
}
