import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type AnnouncementExpectation,
  acceptAnnouncement,
  announce,
  createIdentity,
  type KeyAnnouncement,
  pureSuite,
  type Ring,
  readAnnouncement,
  type SignedAnnouncement,
  seal,
} from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'

const bytes = (fill: number, length = 32) => new Uint8Array(length).fill(fill)
const named = (name: string) => expect.objectContaining({ name })
const [alice, bob, carol] = [1, 2, 3].map((fill) => createIdentity(bytes(fill)))

const ring: Ring = { width: 32, fractionBits: 23, clip: 16 }
const plain: KeyAnnouncement = {
  runId: bytes(0xaa),
  epoch: 7,
  bootNonce: bytes(0xbb, 16),
  publicKey: nativeSuite.agreementKey(bytes(0xcc)).publicKey,
  ring,
  minMaskers: 2,
}
const fromAlice = announce(alice!, plain)
const expected: AnnouncementExpectation = { ...plain, signer: alice!.publicKey }

const accept = (
  announcement: SignedAnnouncement,
  change: Partial<AnnouncementExpectation> = {},
  seen: readonly SignedAnnouncement[] = [],
) => acceptAnnouncement(nativeSuite, announcement.envelope, { ...expected, ...change }, seen)

test('an announcement gives back what was signed, and by whom', () => {
  const announcements = fc.record({
    runId: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    epoch: fc.nat({ max: 2 ** 32 - 1 }),
    bootNonce: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    publicKey: fc.uint8Array({ minLength: 32, maxLength: 32 }),
    ring: fc.constantFrom<Ring>(
      ring,
      { width: 16, fractionBits: 13, clip: 0.5 },
      { width: 32, fractionBits: 0, clip: 1.1 },
    ),
    minMaskers: fc.integer({ min: 1, max: 255 }),
  })
  fc.assert(
    fc.property(announcements, (announcement) => {
      const { envelope, signer, ...read } = announce(alice!, announcement)
      expect(read).toEqual(announcement)
      expect(readAnnouncement(nativeSuite, envelope)).toEqual({ ...announcement, envelope, signer })
      expect(signer).toEqual(alice!.publicKey)
    }),
    { numRuns: 30 },
  )
})

test.each([nativeSuite, pureSuite])('$name: every changed bit is noticed', (suite) => {
  const { envelope } = fromAlice
  // Verifying in JavaScript takes milliseconds: there, every seventh byte.
  const step = suite.name === 'native' ? 1 : 7
  for (let position = 0; position < envelope.length; position += step) {
    const altered = envelope.slice()
    altered[position]! ^= 1 << (position % 8)
    expect(() => readAnnouncement(suite, altered), `byte ${position}`).toThrow(
      named('InvalidAnnouncementError'),
    )
  }
})

test('what is cut, prolonged, of another domain or out of range is refused, though well signed', () => {
  const payload = fromAlice.envelope.slice(-96)
  const resealed = (change: (payload: Uint8Array) => Uint8Array, context = 'starling/mask-key/1') =>
    seal(alice!, context, change(payload.slice()))
  const set = (at: number, value: number) => (copy: Uint8Array) => copy.fill(value, at, at + 1)
  expect(
    readAnnouncement(
      nativeSuite,
      resealed((copy) => copy),
    ).epoch,
  ).toBe(7)
  for (const envelope of [
    resealed((copy) => copy.subarray(1)),
    resealed((copy) => Uint8Array.of(...copy, 0)),
    resealed(() => new Uint8Array(0)),
    resealed((copy) => copy, 'starling/roster/1'),
    resealed(set(0, 2)),
    resealed(set(85, 31)),
    resealed(set(86, 31)),
    resealed((copy) => copy.fill(0xff, 87, 95)),
    resealed((copy) => copy.fill(0, 87, 95)),
    resealed(set(95, 0)),
  ]) {
    expect(() => readAnnouncement(nativeSuite, envelope)).toThrow(named('InvalidAnnouncementError'))
  }
})

test.each<[string, Partial<AnnouncementExpectation>, string, RegExp]>([
  ['signed by another', { signer: bob!.publicKey }, 'WrongSignerError', /8a88e3dd7409/],
  ['of another run', { runId: bytes(1) }, 'WrongRunError', /another run/],
  ['of an earlier epoch', { epoch: 8 }, 'StaleEpochError', /epoch 7.*epoch 8/],
  ['of a later epoch', { epoch: 6 }, 'StaleEpochError', /epoch 7.*epoch 6/],
  ['with another width', { ring: { ...ring, width: 16 } }, 'MismatchedParametersError', /width/],
  [
    'with another step',
    { ring: { ...ring, fractionBits: 22 } },
    'MismatchedParametersError',
    /bits/,
  ],
  ['with another clip', { ring: { ...ring, clip: 8 } }, 'MismatchedParametersError', /clip/],
  ['with another s', { minMaskers: 3 }, 'MismatchedParametersError', /threshold/],
])('a key %s is refused', (_, change, name, message) => {
  expect(() => accept(fromAlice, change)).toThrow(named(name))
  expect(() => accept(fromAlice, change)).toThrow(message)
})

test('the same announcement may come again, and a restarted node may replace its own', () => {
  const restarted = announce(alice!, {
    ...plain,
    bootNonce: bytes(0xbc, 16),
    publicKey: nativeSuite.agreementKey(bytes(0xcd)).publicKey,
  })
  expect(accept(fromAlice, {}, [fromAlice])).toEqual(fromAlice)
  expect(accept(restarted, {}, [fromAlice])).toEqual(restarted)
  expect(accept(restarted, {}, [fromAlice, restarted])).toEqual(restarted)
  // From before the restart: replayed.
  expect(() => accept(fromAlice, {}, [fromAlice, restarted])).toThrow(named('RepeatedKeyError'))
})

test('no key serves twice, and no boot nonce of one node', () => {
  const fromBob = (change: Partial<KeyAnnouncement>) =>
    announce(bob!, { ...plain, bootNonce: bytes(1, 16), publicKey: bytes(9), ...change })
  const signer = { signer: bob!.publicKey }
  expect(accept(fromBob({}), signer, [fromAlice]).signer).toEqual(bob!.publicKey)
  const copied = fromBob({ publicKey: plain.publicKey })
  expect(() => accept(copied, signer, [fromAlice])).toThrow(named('RepeatedKeyError'))
  // Who copies another's boot nonce, and is heard first, does not keep the other out.
  const sameNonce = fromBob({ bootNonce: plain.bootNonce })
  expect(accept(fromAlice, {}, [sameNonce])).toEqual(fromAlice)
  const sameStart = announce(alice!, { ...plain, publicKey: bytes(9) })
  expect(() => accept(sameStart, {}, [fromAlice])).toThrow(named('RepeatedKeyError'))
  const carols = announce(carol!, { ...plain, bootNonce: bytes(2, 16) })
  expect(() => accept(carols, { signer: carol!.publicKey }, [fromBob({}), fromAlice])).toThrow(
    named('RepeatedKeyError'),
  )
})

test('announcing refuses what no reader would accept', () => {
  for (const change of [
    { runId: bytes(1, 31) },
    { bootNonce: bytes(1, 15) },
    { publicKey: bytes(1, 33) },
    { ring: { ...ring, clip: 0 } },
    { minMaskers: 0 },
    { minMaskers: 256 },
    { epoch: -1 },
    { epoch: 2 ** 32 },
    { epoch: 0.5 },
  ]) {
    expect(() => announce(alice!, { ...plain, ...change }), JSON.stringify(change)).toThrow()
  }
})
