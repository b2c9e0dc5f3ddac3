/** Nodes of a private run side by side, without exchange or clock; every letter can be looked at and tampered with. */
import { createIdentity, type Identity, quorum, sha256 } from '../../crypto/index.ts'
import { nativeSuite } from '../../daemon/crypto/index.ts'
import { createLayout } from '../../src/model/parameters.ts'
import { randomStream } from '../../src/numeric/random.ts'
import {
  createPrivateStrategy,
  type PrivacyOptions,
  type PrivatePorts,
  privacySchema,
  type Roll,
  type ShareOptions,
  shareSchema,
} from '../../src/sharing/index.ts'
import type { Inbox, Payload, PrivacyReport, SharingStrategy } from '../../src/sharing/interface.ts'
import { exposingReceivers } from '../../src/topology/index.ts'

export const SIZE = 100
export const layout = createLayout([{ name: 'w', shape: [SIZE], initialiser: { kind: 'zeros' } }])

/** What becomes of a letter on its way: itself, another one, or nothing. */
export type Wire = (letter: {
  readonly round: number
  readonly phase: number
  readonly from: number
  readonly to: number
  readonly bytes: Uint8Array
}) => Uint8Array | null

export interface NodeResult {
  readonly parameters: Float32Array
  readonly privacy: PrivacyReport
}

export interface PrivateWorld {
  readonly roll: Roll
  readonly strategies: SharingStrategy[]
  /** By node, every secret that it has drawn so far, copied before it was wiped. */
  readonly secrets: readonly Uint8Array[][]
  /** Slots claimed so far, as "round:sender:receiver". */
  readonly claims: string[]
  model(rank: number, round: number): Float32Array
  /** One round of all nodes, or of those that are there; of so many phases, before the round is broken off. */
  run(
    round: number,
    wire?: Wire,
    there?: (rank: number) => boolean,
    phases?: number,
  ): (NodeResult | null)[]
  /** The node's process starts anew: same identity and journal, nothing else. */
  restart(rank: number): void
}

export interface WorldInit {
  readonly neighbours: readonly (readonly number[])[]
  readonly privacy?: Partial<PrivacyOptions>
  readonly share?: ShareOptions
  /** Replaces parts of a node's ports: how a test makes a node lie. */
  ports?(rank: number, honest: PrivatePorts): PrivatePorts
}

/** Every node the neighbour of every other. */
export function complete(nodes: number): number[][] {
  const ranks = Array.from({ length: nodes }, (_, rank) => rank)
  return ranks.map((rank) => ranks.filter((other) => other !== rank))
}

export function privateWorld({ neighbours, privacy, share, ports }: WorldInit): PrivateWorld {
  const options = privacySchema.parse({ secureAggregation: 'cesar', ...privacy })
  const identities = neighbours.map((_, rank) => identityOf(rank))
  const roll: Roll = {
    runId: label('run', 0),
    keyOf: (rank) => identities[rank]?.publicKey,
    sendersTo: (receiver) => neighbours[receiver] ?? [],
    mostSenders: () => Math.max(...neighbours.map(({ length }) => length)),
    weight: (receiver, sender) =>
      1 / (1 + Math.max(neighbours[receiver]!.length, neighbours[sender]!.length)),
    quorum: (receiver) => quorum(neighbours[receiver]!.length, options.minMaskers),
    exposing: (lists) =>
      exposingReceivers(
        { nodes: neighbours.length, sources: neighbours, targets: neighbours },
        'metropolis-hastings',
        options.minMaskers,
        lists,
      ),
  }
  const claims: string[] = []
  const newest = neighbours.map(() => -1)
  const secrets = neighbours.map((): Uint8Array[] => [])
  const portsOf = (rank: number): PrivatePorts => {
    const honest: PrivatePorts = {
      suite: nativeSuite,
      identity: identities[rank]!,
      roll,
      journal: {
        get lastRound() {
          return newest[rank]!
        },
        claim(round, receivers) {
          newest[rank] = round
          claims.push(...receivers.map((receiver) => `${round}:${rank}:${receiver}`))
        },
      },
      secret(length) {
        const secret = label(`secret of ${rank}`, secrets[rank]!.length).subarray(0, length)
        secrets[rank]!.push(secret.slice())
        return secret
      },
      rounding: (round, receiver) => label(`rounding of ${rank} for ${receiver}`, round),
    }
    return ports?.(rank, honest) ?? honest
  }
  const create = (rank: number) =>
    createPrivateStrategy(
      {
        share: share ?? shareSchema.parse({ method: 'random-subsampling', budget: 0.5 }),
        privacy: options,
        seed: 7,
      },
      portsOf(rank),
    )
  const strategies = neighbours.map((_, rank) => create(rank))
  // As after a round that ended in zeros: everything has changed since.
  const states = strategies.map((strategy) => strategy.init(new Float32Array(SIZE), layout))
  return {
    roll,
    strategies,
    secrets,
    claims,
    model: modelOf,
    restart(rank) {
      strategies[rank] = create(rank)
    },
    run(round, wire = ({ bytes }) => bytes, there = () => true, most = Infinity) {
      const runs = neighbours.map((near, self) =>
        there(self)
          ? strategies[self]!.round(modelOf(self, round), states[self], {
              round,
              self,
              targets: near,
              sources: near,
              weightOf: (source) => roll.weight(self, source, round),
              layout,
              random: (name) => randomStream(1, name, self, round),
            })
          : null,
      )
      let steps = runs.map((node) => node?.next())
      for (let phase = 0; phase < most && steps.some((step) => step && !step.done); phase++) {
        const phases = steps.map((step) => (step && !step.done ? step.value : undefined))
        steps = runs.map((node, self) => {
          const inbox = new Map<number, Payload>()
          for (const from of phases[self]?.expects ?? []) {
            const letter = phases[from]?.outbox.get(self)
            if (letter?.domain !== 'letter') continue
            const bytes = wire({ round, phase, from, to: self, bytes: letter.bytes })
            if (bytes !== null) inbox.set(from, { domain: 'letter', bytes })
          }
          return node?.next(inbox satisfies Inbox)
        })
      }
      return steps.map((step, self) => {
        if (!step?.done) {
          runs[self]?.return(undefined as never)
          return null
        }
        states[self] = step.value.state
        return step.value as NodeResult
      })
    },
  }
}

const models = new Map<string, Float32Array>()

/** The same in all worlds. Whoever compares whole rounds with it asks often. */
function modelOf(rank: number, round: number): Float32Array {
  const known = models.get(`${rank} ${round}`)
  if (known !== undefined) return known
  const random = randomStream(3, 'model', rank, round)
  const model = Float32Array.from({ length: SIZE }, () => random.normal())
  models.set(`${rank} ${round}`, model)
  return model
}

const identities = new Map<number, Identity>()

/** Making one takes milliseconds, so that all worlds share them. */
function identityOf(rank: number): Identity {
  const identity = identities.get(rank) ?? createIdentity(label('identity', rank))
  identities.set(rank, identity)
  return identity
}

function label(what: string, number: number): Uint8Array {
  return sha256(new TextEncoder().encode(`${what} ${number}`))
}
