/**
 * What the node has sent and received: at the sockets and by protocol from the network, by run from the exchanges, and
 * both from earlier processes of the same data directory.
 */
import { z } from 'zod'
import type { DayCount, FrameTally } from '../../src/learning/index.ts'
import type { FrameParts } from '../../src/sharing/index.ts'
import type { ByteStats, Flow, RunFlow } from '../api/interface.ts'
import type { Traffic } from '../network/index.ts'

const bytes = z.number().min(0)
const flowSchema = z.strictObject({ sent: bytes, received: bytes })
const parts = { values: bytes, indices: bytes, overhead: bytes }
const runFlowSchema = flowSchema
  .extend({
    ...parts,
    /** Absent in what earlier versions have stored. */
    receivedParts: z.strictObject({ ...parts, unsplit: bytes }).optional(),
  })
  .transform(({ receivedParts, ...flow }) => ({
    ...flow,
    receivedParts: receivedParts ?? { ...NO_PARTS, unsplit: flow.received },
  }))

/** The form in which the ledger is kept between processes. */
const storedSchema = z.strictObject({
  version: z.literal(1),
  /** When counting began, ISO. */
  since: z.string(),
  /** The day, UTC, that `today` is about. */
  day: z.string(),
  today: flowSchema,
  socket: flowSchema,
  /** By peer id. */
  peers: z.record(
    z.string(),
    z.strictObject({ socket: flowSchema, protocols: z.record(z.string(), flowSchema) }),
  ),
  /** By run and peer id. */
  runs: z.record(z.string(), z.record(z.string(), runFlowSchema)),
})

export type StoredLedger = z.output<typeof storedSchema>

/** @throws {z.ZodError} on anything that no ledger has stored */
export const parseLedger = (json: unknown): StoredLedger => storedSchema.parse(json)

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type CountedFlow = StoredLedger['runs'][string][string]

export interface ByteLedgerInit {
  readonly traffic: Traffic
  /** What an earlier process has stored; null for none. */
  readonly stored: StoredLedger | null
  /** The time of day. */
  now(): Date
}

export class ByteLedger {
  readonly #init: ByteLedgerInit
  /** What was counted before this process. */
  readonly #past: StoredLedger
  /** The network's count at the beginning of the day, negative where some of today was counted before. */
  #dayStart: Flow
  #day: string
  readonly #runs: Record<string, Record<string, CountedFlow>>

  constructor(init: ByteLedgerInit) {
    this.#init = init
    const now = init.now()
    this.#past = init.stored ?? emptyLedger(now)
    this.#runs = structuredClone(this.#past.runs)
    this.#day = dayOf(now)
    const { day, today } = this.#past
    this.#dayStart = difference(init.traffic.socket, day === this.#day ? today : NOTHING)
  }

  /** Bytes at the sockets since midnight, UTC. */
  get today(): Flow {
    const day = dayOf(this.#init.now())
    if (day !== this.#day) {
      this.#day = day
      this.#dayStart = { ...this.#init.traffic.socket }
    }
    return difference(this.#init.traffic.socket, this.#dayStart)
  }

  /** Today's bytes in both directions, and how much of the day is left. */
  get dayCount(): DayCount {
    const { sent, received } = this.today
    const secondsLeft = DAY_SECONDS - ((this.#init.now().getTime() / 1000) % DAY_SECONDS)
    return { spent: sent + received, secondsLeft }
  }

  /** Counts the frames of one run. @param peerOf the peer id of a rank */
  tallyOf(run: string, peerOf: (rank: number) => string): FrameTally {
    const flowOf = (rank: number) => {
      const peers = (this.#runs[run] ??= {})
      return (peers[peerOf(rank)] ??= noFrames())
    }
    return {
      sent(target, frame) {
        const flow = flowOf(target)
        flow.sent += frame.bytes.length
        flow.values += frame.values
        flow.indices += frame.indices
        flow.overhead += frame.overhead
      },
      received(source, length, frameParts) {
        const flow = flowOf(source)
        const { values, indices, overhead } = frameParts ?? NO_PARTS
        const { receivedParts } = flow
        flow.received += length
        receivedParts.values += values
        receivedParts.indices += indices
        receivedParts.overhead += overhead
        receivedParts.unsplit += length - values - indices - overhead
      },
    }
  }

  stats(): ByteStats {
    const { since, socket, peers, runs } = this.stored()
    const protocols: Record<string, Mutable<Flow>> = {}
    const byPeer = Object.entries(peers).map(([peerId, count]) => {
      const rows = withRest(count)
      for (const { protocol, sent, received } of rows) {
        const flow = (protocols[protocol] ??= { ...NOTHING })
        flow.sent += sent
        flow.received += received
      }
      return { peerId, ...count.socket, protocols: rows }
    })
    return {
      since,
      ...socket,
      today: this.today,
      protocols: Object.entries(protocols).map(([protocol, flow]) => ({ protocol, ...flow })),
      peers: byPeer,
      runs: Object.entries(runs).map(([run, flows]) => ({
        run,
        ...total(Object.values(flows)),
        peers: Object.entries(flows).map(([peerId, flow]) => ({ peerId, ...flow })),
      })),
    }
  }

  /** Plain JSON from which a later process goes on. */
  stored(): StoredLedger {
    const { traffic } = this.#init
    const peers = structuredClone(this.#past.peers)
    for (const { peerId, socket, protocols } of traffic.peers()) {
      const known = (peers[peerId] ??= { socket: { ...NOTHING }, protocols: {} })
      known.socket = sum(known.socket, socket)
      for (const [protocol, flow] of protocols) {
        known.protocols[protocol] = sum(known.protocols[protocol] ?? NOTHING, flow)
      }
    }
    return {
      version: 1,
      since: this.#past.since,
      today: this.today,
      day: this.#day,
      socket: sum(this.#past.socket, traffic.socket),
      peers,
      runs: structuredClone(this.#runs),
    }
  }
}

/** What a peer's sockets carried beyond the streams: encryption, multiplexing, pings, identification. */
const REST = 'transport'

function withRest({ socket, protocols }: StoredLedger['peers'][string]) {
  const rows = Object.entries(protocols).map(([protocol, flow]) => ({ protocol, ...flow }))
  const rest = rows.reduce<Flow>(difference, socket)
  return [...rows, { protocol: REST, ...rest }]
}

const DAY_SECONDS = 86_400

const NOTHING: Flow = { sent: 0, received: 0 }

const NO_PARTS: FrameParts = { values: 0, indices: 0, overhead: 0 }

function emptyLedger(now: Date): StoredLedger {
  return {
    version: 1,
    since: now.toISOString(),
    day: dayOf(now),
    today: { ...NOTHING },
    socket: { ...NOTHING },
    peers: {},
    runs: {},
  }
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10)
}

function sum(a: Flow, b: Flow): Mutable<Flow> {
  return { sent: a.sent + b.sent, received: a.received + b.received }
}

function difference(a: Flow, b: Flow): Mutable<Flow> {
  return { sent: a.sent - b.sent, received: a.received - b.received }
}

function total(flows: readonly RunFlow[]): RunFlow {
  const { receivedParts, ...result } = noFrames()
  for (const flow of flows) {
    addTo(result, flow)
    addTo(receivedParts, flow.receivedParts)
  }
  return { ...result, receivedParts }
}

function addTo<K extends string>(
  sums: Record<K, number>,
  more: Readonly<Record<NoInfer<K>, number>>,
): void {
  for (const part of Object.keys(sums) as K[]) sums[part] += more[part]
}

function noFrames(): CountedFlow {
  return { ...NOTHING, ...NO_PARTS, receivedParts: { ...NO_PARTS, unsplit: 0 } }
}
