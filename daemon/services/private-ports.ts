/** What private sharing needs of this node: its identity, the run's roster, and a record of what was sent. */
import { randomBytes } from 'node:crypto'
import { CIPHER_KEY_LENGTH, fromHex, type Identity, sha256 } from '../../crypto/index.ts'
import { type Job, rollOf } from '../../src/learning/index.ts'
import type { PrivatePorts, SlotJournal } from '../../src/sharing/index.ts'
import type { Topology } from '../../src/topology/interface.ts'
import { nativeSuite } from '../crypto/index.ts'
import { publicKeyOf } from '../network/index.ts'
import type { RosterBook } from './documents/index.ts'

export interface PrivatePortsInit {
  readonly job: Job
  readonly run: string
  readonly identity: Identity
  readonly book: RosterBook
  readonly journal: SlotJournal
  topologyAt(round: number): Topology
}

export function privatePorts(init: PrivatePortsInit): PrivatePorts {
  const { job, run, identity, book, journal, topologyAt } = init
  const keyOf = (rank: number) => {
    const member = book.member(rank)
    return member && publicKeyOf(member.peerId)
  }
  const secret = (length: number) => new Uint8Array(randomBytes(length))
  return {
    suite: nativeSuite,
    identity,
    journal,
    roll: rollOf(job, sha256(fromHex(run)), topologyAt, keyOf),
    secret,
    rounding: () => secret(CIPHER_KEY_LENGTH),
  }
}
