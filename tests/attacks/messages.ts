/** What one node says to another in a round, whatever the way it is shared. */
import { dequantise } from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import { emulatedPorts } from '../../src/emulation/private-ports.ts'
import type { Job } from '../../src/learning/index.ts'
import type { ParameterLayout } from '../../src/model/parameters.ts'
import { createPrivateStrategy, createStrategy, ringOf } from '../../src/sharing/index.ts'
import type { Payload, Phase, SharingStrategy } from '../../src/sharing/interface.ts'
import { goLetter, vectorLetter } from '../../src/sharing/private/letter.ts'
import { createSelection } from '../../src/sharing/private/selection.ts'
import { sparsityOf } from '../../src/sharing/private/sparsity.ts'
import { unmaskedSharing } from '../../src/sharing/private/unmasked-sharing.ts'
import type { Topology } from '../../src/topology/interface.ts'

/** How what neighbours send reaches a receiver. `plain` and `own` are the same messages: apart, and as CESAR sums them. */
export const MODES = ['plain', 'own', 'public-coin', 'summed-energy'] as const
export type Mode = (typeof MODES)[number]

/** Values at some coordinates, ascending, of the run's basis. */
export interface Content {
  readonly indices: Uint32Array
  readonly values: Float32Array
}

export interface Sharing {
  /** A strategy of each node. */
  readonly strategies: readonly SharingStrategy[]
  /** What `from` has told `to` in a round, from the phases of all nodes; null where that was nothing. */
  read(round: Sighting, from: number): Content | null
}

/** A round as its receiver sees it. */
export interface Sighting {
  readonly round: number
  readonly to: number
  /** The receiver's own model and state when the round began. */
  readonly parameters: Float32Array
  readonly state: unknown
  readonly layout: ParameterLayout
  /** By phase and node; null for one that is away. */
  readonly phases: readonly (readonly (Phase | null)[])[]
}

/** `masked` is the protocol itself, of which nothing can be read. */
export function sharingOf(mode: Mode | 'masked', job: Job, topology: Topology): Sharing {
  switch (mode) {
    case 'plain':
    case 'own':
      return inClear(job)
    case 'masked':
      return masked(job, topology)
    default:
      return inSums(mode, job, topology)
  }
}

function inClear({ share, nodes }: Job): Sharing {
  const strategy = createStrategy(share)
  return {
    strategies: new Array(nodes).fill(strategy),
    read({ phases, to }, from) {
      const payload = lastSaid(phases, from, to)
      if (payload === undefined || payload.domain === 'letter') return null
      const { values, selection } = payload
      return { values, indices: selection?.indices ?? Uint32Array.from(values.keys()) }
    },
  }
}

/** The ring elements that masks would hide. */
function inSums(indices: 'public-coin' | 'summed-energy', job: Job, topology: Topology): Sharing {
  const { nodes, seed } = job
  const sparsity = sparsityOf(job.share)!
  const privacy = { ...job.privacy, indices }
  const portsOf = emulatedPorts(job, nativeSuite, new Uint8Array(32), topology)
  const { roll } = portsOf(0)
  const ring = ringOf(privacy, roll.mostSenders())
  const init = { name: job.share.method, sparsity, privacy, ring, seed }
  const choice = createSelection(init)
  return {
    strategies: Array.from({ length: nodes }, (_, rank) => unmaskedSharing(init, portsOf(rank))),
    read({ round, to, parameters, state, layout, phases }, from) {
      const letter = lastSaid(phases, from, to)
      if (letter?.domain !== 'letter') return null
      const senders = (receiver: number) => roll.sendersTo(receiver, round).length
      const selection = choice.begin(parameters, state, { round, layout }, senders)
      const asked = phases.length === 1 ? undefined : lastSaid(phases.slice(0, -1), to, from)
      const chosen =
        asked?.domain === 'letter'
          ? goLetter(selection.blockCount).decode(asked.bytes).blocks
          : undefined
      const indices = selection.indicesOf(chosen ?? selection.drawn(to))
      const { words } = vectorLetter(ring.width, indices.length).decode(letter.bytes)
      return { indices, values: dequantise(ring, words) }
    },
  }
}

function masked(job: Job, topology: Topology): Sharing {
  const portsOf = emulatedPorts(job, nativeSuite, new Uint8Array(32), topology)
  return {
    strategies: Array.from({ length: job.nodes }, (_, rank) =>
      createPrivateStrategy(job, portsOf(rank)),
    ),
    read: () => null,
  }
}

function lastSaid(phases: Sighting['phases'], from: number, to: number): Payload | undefined {
  return phases.at(-1)![from]?.outbox.get(to)
}
