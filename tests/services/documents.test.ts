import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createIdentity, seal, sha256, toHex } from '../../crypto/index.ts'
import { peerIdOf } from '../../daemon/network/index.ts'
import {
  decodeToken,
  encodeToken,
  InvalidManifestError,
  InvalidRosterError,
  InvalidTokenError,
  type Manifest,
  type Roster,
  RosterBook,
  readManifest,
  readRoster,
  readToken,
  signManifest,
  signRoster,
} from '../../daemon/services/documents/index.ts'
import { tinyJob } from '../node/nodes.ts'

const identity = (byte: number) => createIdentity(new Uint8Array(32).fill(byte))
const owner = identity(1)
const coOwner = identity(2)
const stranger = identity(3)
const digest = '0'.repeat(64)

const manifest: Manifest = {
  version: 1,
  job: tinyJob(),
  layoutSha256: digest,
  shapeSha256: digest,
  modelSha256: null,
  owners: [toHex(owner.publicKey), toHex(coOwner.publicKey)],
  secretSha256: digest,
  joinUntil: '2030-01-01T00:00:00.000Z',
  createdAt: '2029-12-31T00:00:00.000Z',
}
const signed = signManifest(owner, manifest)
const encode = (data: unknown) => new TextEncoder().encode(JSON.stringify(data))

describe('a manifest', () => {
  test('comes back, and its id is the first half of its hash', () => {
    expect(readManifest(signed.bytes, signed.run)).toEqual(signed)
    expect(signed.run).toBe(toHex(sha256(encode(manifest))).slice(0, 32))
  })

  test('of another run is refused', () => {
    expect(() => readManifest(signed.bytes, '0'.repeat(32))).toThrow(InvalidManifestError)
  })

  test('that names other owners than its signer is refused', () => {
    const forged = signManifest(stranger, manifest)
    expect(() => readManifest(forged.bytes, forged.run)).toThrow(/none of its owners/)
  })

  test('with any changed byte is refused', () => {
    fc.assert(
      fc.property(fc.nat(signed.bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const altered = signed.bytes.slice()
        altered[at]! ^= flip
        expect(() => readManifest(altered, signed.run)).toThrow(InvalidManifestError)
      }),
      { numRuns: 40 },
    )
  })

  test.each([
    ['an unknown field', { ...manifest, extra: 1 }],
    ['a job that is none', { ...manifest, job: { name: 'x' } }],
    ['no owners', { ...manifest, owners: [] }],
  ])('with %s is refused, even when its owner signed it', (_, content) => {
    const payload = encode(content)
    const run = toHex(sha256(payload)).slice(0, 32)
    const bytes = seal(owner, 'starling/manifest/1', payload)
    expect(() => readManifest(bytes, run)).toThrow(InvalidManifestError)
  })
})

const member = (rank: number, left = false) => ({
  peerId: peerIdOf(identity(10 + rank).publicKey),
  rank,
  addresses: ['/ip4/192.0.2.1/tcp/4001'],
  ownData: false,
  left,
})
const roster = (change: Partial<Roster> = {}): Roster => ({
  version: 1,
  run: signed.run,
  epoch: 1,
  fromRound: 0,
  started: false,
  members: [member(0), member(1)],
  ...change,
})
const read = (bytes: Uint8Array) => readRoster(bytes, signed.run, manifest)

describe('a roster', () => {
  test('signed by any of the owners holds', () => {
    for (const who of [owner, coOwner]) {
      expect(read(signRoster(who, roster()).bytes).roster).toEqual(roster())
    }
  })

  test.each([
    ['signed by a stranger', signRoster(stranger, roster()).bytes],
    ['of another run', signRoster(owner, roster({ run: 'f'.repeat(32) })).bytes],
    ['with a gap in its ranks', signRoster(owner, roster({ members: [member(1)] })).bytes],
    [
      'with a peer twice',
      signRoster(owner, roster({ members: [member(0), { ...member(0), rank: 1 }] })).bytes,
    ],
    [
      'with a peer id that is none',
      signRoster(owner, roster({ members: [{ ...member(0), peerId: 'x' }] })).bytes,
    ],
    [
      'with an address that is none',
      signRoster(owner, roster({ members: [{ ...member(0), addresses: ['http://x'] }] })).bytes,
    ],
    ['with nobody', signRoster(owner, roster({ members: [] })).bytes],
    ['that is a manifest', signed.bytes],
  ])('%s is refused', (_, bytes) => {
    expect(() => read(bytes)).toThrow(InvalidRosterError)
  })
})

describe('the book of rosters', () => {
  const at = (epoch: number, change: Partial<Roster> = {}) =>
    signRoster(owner, roster({ epoch, ...change }))

  test('only a higher epoch replaces; a replayed one does not', () => {
    const book = new RosterBook()
    expect(book.accept(at(2))).toBe(true)
    expect(book.accept(at(2))).toBe(false)
    expect(book.accept(at(1))).toBe(false)
    expect(book.accept(at(3, { started: true }))).toBe(true)
    expect(book.roster).toMatchObject({ epoch: 3, started: true })
  })

  test('two owners’ rosters of one epoch end the same in either order', () => {
    const rivals = [at(4, { fromRound: 1 }), at(4, { fromRound: 2 })]
    const ends = [rivals, rivals.toReversed()].map((order) => {
      const book = new RosterBook()
      for (const one of order) book.accept(one)
      return book.newest?.digest
    })
    expect(ends[0]).toBe(ends[1])
  })

  test('the graph grows in the round from which a new place holds', () => {
    const book = new RosterBook()
    book.accept(at(1, { started: true }))
    book.accept(at(2, { started: true, fromRound: 20, members: [member(0), member(1), member(2)] }))
    expect([0, 19, 20, 99].map((round) => book.placesAt(round))).toEqual([2, 2, 3, 3])
    expect([0, 1, 2].map((rank) => book.firstRoundOf(rank))).toEqual([0, 0, 20])
  })
})

describe('a join token', () => {
  const token = {
    run: new Uint8Array(16).fill(4),
    secret: new Uint8Array(16).fill(5),
    expiresAt: new Date('2030-01-01T00:00:00.000Z'),
    peerId: peerIdOf(owner.publicKey),
    addresses: ['/ip4/192.0.2.1/tcp/4001', '/ip6/::1/tcp/4001'],
    coOwners: [
      { peerId: peerIdOf(coOwner.publicKey), addresses: [] },
      {
        peerId: peerIdOf(stranger.publicKey),
        addresses: [`/dns4/example.org/tcp/4001/p2p/${peerIdOf(stranger.publicKey)}`],
      },
    ],
  }
  const text = encodeToken(token)

  test('comes back, also with blanks around it', () => {
    expect(text).toMatch(/^starling1[A-Za-z0-9_-]+$/)
    expect(decodeToken(` ${text}\n`)).toEqual(token)
    expect(readToken(text, token.expiresAt)).toEqual(token)
    const later = new Date(token.expiresAt.getTime() + 1)
    expect(() => readToken(text, later)).toThrow(/expired at .*--token-valid/)
  })

  test('with any changed, lost or added character is refused, and is not repeated', () => {
    const changes = fc.tuple(fc.nat(text.length - 1), fc.constantFrom('', 'A', 'AA', '_', '%'))
    fc.assert(
      fc.property(changes, ([at, instead]) => {
        const altered = text.slice(0, at) + instead + text.slice(at + 1)
        if (altered === text) return
        let failure: unknown
        try {
          decodeToken(altered)
        } catch (error) {
          failure = error
        }
        expect(failure).toBeInstanceOf(InvalidTokenError)
        expect((failure as Error).message).not.toContain(text.slice(20, 40))
      }),
    )
  })
})
