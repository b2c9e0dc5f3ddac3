/**
 * The roster: who takes part in a run, signed by an owner. Each change is a new epoch; the highest one holds. Ranks
 * are for good: a member that leaves keeps its place until another takes it, so that the graph, a function of the
 * number of places, stays what it was.
 */
import { z } from 'zod'
import {
  type Identity,
  InvalidEnvelopeError,
  open,
  seal,
  sha256,
  toHex,
} from '../../../crypto/index.ts'
import {
  InvalidAddressError,
  MAX_ADDRESS_LENGTH,
  MAX_ADDRESSES,
  MAX_MEMBERS,
  parseAddress,
  publicKeyOf,
} from '../../network/index.ts'
import { InvalidRosterError } from './errors.ts'
import type { Manifest } from './manifest.ts'
import { readSignedJson } from './signed-json.ts'

const CONTEXT = 'starling/roster/1'

const memberSchema = z.strictObject({
  peerId: z.string().max(128),
  rank: z.number().int().min(0),
  addresses: z.array(z.string().max(MAX_ADDRESS_LENGTH)).max(MAX_ADDRESSES),
  /** Trains on a part of its own instead of its share of the job's data set. */
  ownData: z.boolean(),
  /** Gone, for now or for good; nobody waits for it. */
  left: z.boolean(),
})

const rosterSchema = z.strictObject({
  version: z.literal(1),
  run: z.string().regex(/^[0-9a-f]{32}$/),
  epoch: z.number().int().min(1),
  /** First round whose graph has this many places. */
  fromRound: z.number().int().min(0),
  /** Whether training has begun. */
  started: z.boolean(),
  members: z.array(memberSchema).min(1).max(MAX_MEMBERS),
})

export type Member = Readonly<z.output<typeof memberSchema>>
export type Roster = Readonly<Omit<z.output<typeof rosterSchema>, 'members'>> & {
  readonly members: readonly Member[]
}

/** A roster that was checked, with the bytes that travel. */
export interface SignedRoster {
  readonly roster: Roster
  readonly bytes: Uint8Array
  /** Decides between two owners' rosters of the same epoch: the smaller holds. */
  readonly digest: string
}

export function signRoster(identity: Identity, roster: Roster): SignedRoster {
  const payload = new TextEncoder().encode(JSON.stringify(roster))
  const bytes = seal(identity, CONTEXT, payload)
  return { roster, bytes, digest: toHex(sha256(payload)) }
}

/**
 * Reads a roster and checks that an owner of the run signed it.
 * @throws {InvalidRosterError}
 */
export function readRoster(bytes: Uint8Array, run: string, manifest: Manifest): SignedRoster {
  const { payload, publicKey } = openEnvelope(bytes)
  if (!manifest.owners.includes(toHex(publicKey))) {
    throw new InvalidRosterError('it is not signed by an owner of the run')
  }
  const roster: Roster = readSignedJson(payload, rosterSchema, 'roster', InvalidRosterError)
  if (roster.run !== run) throw new InvalidRosterError('it belongs to another run')
  checkMembers(roster.members)
  return { roster, bytes, digest: toHex(sha256(payload)) }
}

function checkMembers(members: readonly Member[]): void {
  for (const [rank, member] of members.entries()) {
    if (member.rank !== rank) throw new InvalidRosterError('its ranks are not 0, 1, 2, …')
    if (publicKeyOf(member.peerId) === undefined) {
      throw new InvalidRosterError(`member ${rank} has no valid peer id`)
    }
    try {
      for (const address of member.addresses) parseAddress(address)
    } catch (error) {
      if (!(error instanceof InvalidAddressError)) throw error
      throw new InvalidRosterError(`member ${rank} has an invalid address`)
    }
  }
  const peers = new Set(members.map(({ peerId }) => peerId))
  if (peers.size < members.length) throw new InvalidRosterError('a peer has two places')
}

function openEnvelope(bytes: Uint8Array) {
  try {
    return open(bytes, CONTEXT)
  } catch (error) {
    if (!(error instanceof InvalidEnvelopeError)) throw error
    throw new InvalidRosterError(error.message)
  }
}
