/**
 * What private sharing needs of an emulated node. Its keys follow from the job's seed, so that a run can be repeated: they
 * protect nothing, nor need they, where all nodes live in one process.
 */
import { type CipherSuite, createIdentity, type Identity, sha256 } from '../../crypto/index.ts'
import { type Job, rollOf } from '../learning/index.ts'
import type { PrivatePorts, SlotJournal } from '../sharing/index.ts'
import type { Topology } from '../topology/interface.ts'

/** Secrets are taken from a key stream in whole blocks. */
const BLOCK_BYTES = 64
const NO_NONCE = new Uint8Array(12)

/** The ports of each node, the same ones however often it comes back. */
export function emulatedPorts(
  job: Job,
  suite: CipherSuite,
  run: Uint8Array,
  topology: Topology,
): (rank: number) => PrivatePorts {
  const identities = new Map<number, Identity>()
  const identityOf = (rank: number): Identity => {
    const identity = identities.get(rank) ?? createIdentity(named(job, 'identity', rank))
    identities.set(rank, identity)
    return identity
  }
  const roll = rollOf(
    job,
    sha256(run),
    () => topology,
    (rank) => (rank < job.nodes ? identityOf(rank).publicKey : undefined),
  )
  const known = new Map<number, PrivatePorts>()
  const portsOf = (rank: number): PrivatePorts => {
    const stream = suite.keystream(named(job, 'secrets', rank), NO_NONCE)
    const secret = (length: number) => stream.next(BLOCK_BYTES).slice(0, length)
    const rounding = (round: number, receiver: number) =>
      named(job, `rounding ${round} ${receiver}`, rank)
    return { suite, identity: identityOf(rank), roll, journal: memoryJournal(), secret, rounding }
  }
  return (rank) => {
    const ports = known.get(rank) ?? portsOf(rank)
    known.set(rank, ports)
    return ports
  }
}

function memoryJournal(): SlotJournal {
  let lastRound = -1
  return {
    get lastRound() {
      return lastRound
    },
    claim(round) {
      lastRound = Math.max(lastRound, round)
    },
  }
}

function named({ seed }: Job, what: string, rank: number): Uint8Array {
  return sha256(new TextEncoder().encode(`emulated ${what} ${seed} ${rank}`))
}
