/** How sums begin, whatever is summed: keys, the roster of a receiver's senders, and who joins on which conditions. */
import {
  type ByRank,
  type Joined,
  join,
  type Ring,
  type Sum,
  SumRefusedError,
  sha256,
} from '../../../crypto/index.ts'
import type { PrivatePorts } from './interface.ts'
import type { Roster } from './letter.ts'
import type { Session, Standing } from './session.ts'

export interface OpeningInit {
  readonly ports: PrivatePorts
  readonly session: Session
  readonly standing: Standing | null
  readonly round: number
  readonly self: number
  readonly minMaskers: number
}

/** Why there is no sum for this node. */
export interface NoSum {
  readonly outcome: 'refused' | 'cooling-down'
  readonly reason: string
}

/** In an epoch's first round: the neighbours' mask keys. Whose key is no good is no participant. */
export function takeKeys(init: OpeningInit, heard: ByRank<Uint8Array>): void {
  const { ports, session, standing, self, round } = init
  if (standing === null) return
  for (const sender of ports.roll.sendersTo(self, round)) {
    const envelope = heard.get(sender)
    const party = session.party(sender)
    if (envelope === undefined || party === undefined) continue
    try {
      standing.keys.check(party, envelope)
      standing.announcements.set(sender, envelope)
    } catch (error) {
      if (!(error instanceof SumRefusedError)) throw error
    }
  }
  standing.senders = [...standing.announcements.keys()]
}

/** This node's own sum over those that still take part. */
export function openSum(init: OpeningInit, indices: Uint8Array): { readonly sum: Sum } | NoSum {
  const { ports, session, standing, round, self, minMaskers } = init
  const { roll } = ports
  if (standing === null) {
    return {
      outcome: 'refused',
      reason: 'this node waits for the next epoch, which it can take part in from its first round',
    }
  }
  const { senders, epoch } = standing
  try {
    if (!session.membershipOf(self).open(epoch, round, senders, roll.quorum(self, round))) {
      return {
        outcome: 'cooling-down',
        reason: 'its neighbours have changed; sums are made again when their models have moved on',
      }
    }
  } catch (error) {
    if (!(error instanceof SumRefusedError)) throw error
    return { outcome: 'refused', reason: error.message }
  }
  const participants = senders.map((rank) => session.party(rank)!)
  const receiver = session.party(self)!
  const { runId } = roll
  return { sum: { runId, round, receiver, participants, indices, minMaskers } }
}

/** What the senders are told of each other; also while this node cools down, so that they count its rounds alike. */
export function rosterLetters(init: OpeningInit): Map<number, Roster> {
  const { ports, standing, self, round } = init
  const isEnough = (senders: readonly number[]) => senders.length >= ports.roll.quorum(self, round)
  if (standing === null || !isEnough(standing.senders)) return new Map()
  const { senders, announcements, isOpening } = standing
  const others = (rank: number) =>
    isOpening ? new Map([...announcements].filter(([other]) => other !== rank)) : new Map()
  return new Map(
    senders.map((rank) => [rank, { participants: senders, announcements: others(rank) }]),
  )
}

/**
 * Joins a neighbour's sum if it keeps the rules, by this node's own records; null while the neighbour cools down.
 * @throws {SumRefusedError}
 */
export function joinSum(
  init: OpeningInit & { readonly ring: Ring },
  standing: Standing,
  receiver: number,
  { participants, announcements }: Roster,
  indices: Uint8Array,
): Joined | null {
  const { ports, session, round, self, ring, minMaskers } = init
  const { keys, epoch } = standing
  const party = (rank: number) => {
    const found = session.party(rank)
    if (found === undefined) throw new SumRefusedError(`node ${rank} is not in the roster`)
    return found
  }
  const { roll } = ports
  const admitted = roll.sendersTo(receiver, round)
  const stranger = participants.find((rank) => !admitted.includes(rank))
  if (stranger !== undefined) {
    throw new SumRefusedError(`node ${stranger} does not send to node ${receiver} in this graph`)
  }
  for (const [rank, envelope] of announcements) {
    if (rank !== self && participants.includes(rank)) keys.admit(party(rank), envelope)
  }
  const quorum = roll.quorum(receiver, round)
  if (!session.membershipOf(receiver).open(epoch, round, participants, quorum)) return null
  return join(
    { suite: ports.suite, keys, self: party(self), width: ring.width },
    {
      runId: roll.runId,
      round,
      receiver: party(receiver),
      participants: participants.map(party),
      indices,
      minMaskers,
    },
  )
}

const hashes = new WeakMap<Uint32Array, Uint8Array>()

/** What all senders must agree on about the coordinates of a sum. Remembered for as long as the blocks are. */
export function blocksHash(blocks: Uint32Array): Uint8Array {
  const known = hashes.get(blocks)
  if (known !== undefined) return known
  const bytes = new Uint8Array(4 * blocks.length)
  const view = new DataView(bytes.buffer)
  for (let i = 0; i < blocks.length; i++) view.setUint32(4 * i, blocks[i]!, true)
  const hash = sha256(bytes)
  hashes.set(blocks, hash)
  return hash
}
