import { describe, expect, test } from 'vitest'
import {
  announce,
  confirmationTag,
  createIdentity,
  type KeyAnnouncement,
  type MaskContext,
  pairKey,
  participantsHash,
  pureSuite,
  ratchet,
  selfKey,
  sha256,
  streamKey,
  toHex,
} from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'

const bytes = (fill: number, length = 32) => new Uint8Array(length).fill(fill)
const named = (name: string) => expect.objectContaining({ name })
const suite = nativeSuite

function node(fill: number, change: Partial<KeyAnnouncement> = {}) {
  const key = suite.agreementKey(bytes(100 + fill))
  const announcement = announce(createIdentity(bytes(fill)), {
    runId: bytes(0xaa),
    epoch: 7,
    bootNonce: bytes(fill, 16),
    publicKey: key.publicKey,
    ring: { width: 32, fractionBits: 23, clip: 16 },
    minMaskers: 2,
    ...change,
  })
  return { key, announcement }
}

const [alice, bob, carol] = [node(1), node(2), node(3)]

describe('the key of a pair', () => {
  const found = (own: typeof alice, peer: typeof alice) =>
    toHex(pairKey(suite, own.key, own.announcement, peer.announcement))

  test('is the same at both ends and another for each pair', () => {
    expect(found(alice, bob)).toBe(found(bob, alice))
    expect(new Set([found(alice, bob), found(alice, carol), found(bob, carol)]).size).toBe(3)
  })

  test('differs when the two have not seen the same announcements, though the secret is the same', () => {
    const other = node(2, { bootNonce: bytes(9, 16) })
    expect(other.announcement.publicKey).toEqual(bob.announcement.publicKey)
    expect(found(alice, other)).not.toBe(found(bob, alice))
  })

  test('is refused for two of different epochs or runs, for one node, and for a foreign secret', () => {
    for (const pair of [
      [alice, node(2, { epoch: 8 })],
      [alice, node(2, { runId: bytes(1) })],
      [alice, alice],
      [{ ...alice, key: bob.key }, carol],
    ] as const) {
      expect(() => found(pair[0], pair[1])).toThrow(named('InvalidPairError'))
    }
  })

  test('is refused for a low-order point', () => {
    const broken = node(2, { publicKey: bytes(0) })
    for (const each of [nativeSuite, pureSuite]) {
      expect(() => pairKey(each, alice.key, alice.announcement, broken.announcement)).toThrow(
        named('LowOrderPointError'),
      )
    }
  })
})

test('the ratchet wipes the key that it leaves', () => {
  const first = bytes(5)
  const second = ratchet(suite, first)
  expect(first).toEqual(bytes(0))
  expect(second).toEqual(ratchet(pureSuite, bytes(5)))
  expect(toHex(second)).not.toBe(toHex(bytes(5)))
})

const context: MaskContext = {
  round: 4,
  receiver: bytes(0x11),
  pair: [bytes(0x21), bytes(0x22)],
  participants: participantsHash([bytes(0x21), bytes(0x22), bytes(0x23)]),
  classTag: new Uint8Array(0),
  indices: sha256(bytes(1)),
  width: 32,
  attempt: 0,
}

/** Every fact alone, and twice the same bytes cut into fields at another place. */
const changes: readonly Partial<MaskContext>[] = [
  { round: 5 },
  { round: 2 ** 40 + 4 },
  { receiver: bytes(0x12) },
  { receiver: bytes(0x11, 31) },
  { pair: [bytes(0x21), bytes(0x23)] },
  { pair: [bytes(0x20), bytes(0x22)] },
  { participants: participantsHash([bytes(0x21), bytes(0x22)]) },
  { classTag: Uint8Array.of(0) },
  { classTag: Uint8Array.of(0, 0) },
  { indices: sha256(bytes(2)) },
  { width: 16 },
  { attempt: 1 },
]

test('every fact of the context makes another key, for every purpose', () => {
  const chain = bytes(5)
  const contexts = [context, ...changes.map((change) => ({ ...context, ...change }))]
  const keys = contexts.flatMap((each) => [
    ...(['mask', 'share', 'checksum'] as const).map((purpose) =>
      toHex(streamKey(suite, chain, purpose, each).key),
    ),
    toHex(confirmationTag(suite, chain, each, each.pair[0])),
    toHex(confirmationTag(suite, chain, each, each.pair[1])),
  ])
  expect(new Set(keys).size).toBe(5 * contexts.length)
})

test('the order in which a pair or the participants are named makes no difference', () => {
  const chain = bytes(5)
  const turned = { ...context, pair: [context.pair[1], context.pair[0]] as const }
  expect(streamKey(suite, chain, 'mask', turned)).toEqual(streamKey(suite, chain, 'mask', context))
  const ids = [bytes(3), bytes(1), bytes(2)]
  expect(participantsHash(ids)).toEqual(participantsHash(ids.toReversed()))
  expect(ids[0]).toEqual(bytes(3))
})

test('numbers that are no whole numbers bind nothing', () => {
  for (const change of [{ round: 0.5 }, { round: -1 }, { round: Number.NaN }, { attempt: -1 }]) {
    expect(() => streamKey(suite, bytes(5), 'mask', { ...context, ...change })).toThrow(RangeError)
  }
  for (const change of [{ participants: bytes(1, 31) }, { indices: bytes(1, 33) }]) {
    expect(() => streamKey(suite, bytes(5), 'mask', { ...context, ...change })).toThrow(
      named('InvalidKeyLengthError'),
    )
  }
})

test("a self mask's vector and checksum have keys of their own", () => {
  const [mask, sums] = (['mask', 'checksum'] as const).map((use) => selfKey(suite, bytes(6), use))
  expect(toHex(mask!.key)).not.toBe(toHex(sums!.key))
  expect(mask).toEqual(selfKey(pureSuite, bytes(6), 'mask'))
  expect(() => selfKey(suite, bytes(6, 31), 'mask')).toThrow(named('InvalidKeyLengthError'))
})
