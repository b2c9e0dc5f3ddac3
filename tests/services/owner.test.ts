import { expect, test } from 'vitest'
import { createIdentity, sha256, toHex } from '../../crypto/index.ts'
import { peerIdOf } from '../../daemon/network/index.ts'
import {
  type Manifest,
  RosterBook,
  readRoster,
  type SignedRoster,
} from '../../daemon/services/documents/index.ts'
import { Owner } from '../../daemon/services/owner.ts'
import type { RunContext } from '../../daemon/services/run-context.ts'
import { tinyJob } from '../node/nodes.ts'

const run = '0'.repeat(32)
const digest = '0'.repeat(64)
const secret = new Uint8Array(16)
const identities = [1, 2, 3, 4].map((byte) => createIdentity(new Uint8Array(32).fill(byte)))
const peerIds = identities.map(({ publicKey }) => peerIdOf(publicKey))

const manifest: Manifest = {
  version: 1,
  job: tinyJob({ nodes: 8 }),
  layoutSha256: digest,
  shapeSha256: digest,
  modelSha256: null,
  owners: identities.slice(0, 2).map(({ publicKey }) => toHex(publicKey)),
  secretSha256: toHex(sha256(secret)),
  joinUntil: '2030-01-01T00:00:00.000Z',
  createdAt: '2029-12-31T00:00:00.000Z',
}

/** An owner whose announcements are lost, so that the test says what the other one hears. */
function ownerAlone(which: 0 | 1) {
  const book = new RosterBook()
  const context = {
    identity: identities[which],
    network: { peerId: peerIds[which], peers: () => [] },
    wire: { membership: { announce: () => Promise.reject(new Error('nobody hears it')) } },
    now: () => new Date('2029-12-31T12:00:00.000Z'),
    log: () => {},
  } as unknown as RunContext
  const accept = async (signed: SignedRoster) => void book.accept(signed)
  const pace = () => ({ round: 0, secondsPerRound: 0 })
  return { book, owner: new Owner({ run, manifest, book, context, pace, accept }) }
}

const claim = {
  secret,
  layout: new Uint8Array(32),
  shape: new Uint8Array(32),
  model: undefined,
  addresses: [],
  ownData: false,
}

test('nodes that two owners let in at the same moment both have a place in the end', async () => {
  const [one, two] = [ownerAlone(0), ownerAlone(1)]
  const hear = async ({ book, owner }: typeof one, bytes: Uint8Array) => {
    book.accept(readRoster(bytes, run, manifest))
    await owner.restore()
  }
  await one.owner.found({ addresses: [], ownData: false })
  await hear(two, one.book.newest!.bytes)

  // Neither has heard of the other's roster when it signs its own of the same epoch.
  const [ofOne, ofTwo] = [
    await one.owner.join(peerIds[2]!, claim),
    await two.owner.join(peerIds[3]!, claim),
  ]
  await hear(one, ofTwo)
  await hear(two, ofOne)
  await hear(one, two.book.newest!.bytes)
  await hear(two, one.book.newest!.bytes)

  expect(one.book.newest!.digest).toBe(two.book.newest!.digest)
  expect(one.book.roster!.members.map(({ peerId }) => peerId).sort()).toEqual(
    [peerIds[0], peerIds[2], peerIds[3]].sort(),
  )
  // Whose place went to somebody else since does not get it back.
  await two.owner.presence(peerIds[3]!, false)
  await hear(one, two.book.newest!.bytes)
  expect(one.book.memberOf(peerIds[3]!)).toMatchObject({ left: true })
  await one.owner.join(peerIdOf(createIdentity(new Uint8Array(32).fill(9)).publicKey), claim)
  await hear(two, one.book.newest!.bytes)
  expect(two.book.memberOf(peerIds[3]!)).toBeUndefined()
})
