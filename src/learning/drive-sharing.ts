import type { Inbox, RoundContext, SharingStrategy } from '../sharing/interface.ts'
import type { Exchange, ExchangeOutcome, RoundBytes } from './interface.ts'

/** What one round of sharing ended with: the strategy's result, and what all its phases cost together. */
export interface SharingOutcome {
  readonly parameters: Float32Array
  readonly state: unknown
  /** The last phase's messages. */
  readonly inbox: Inbox
  readonly missing: ExchangeOutcome['missing']
  readonly quorumMissed: boolean
  readonly bytes: RoundBytes
  readonly seconds: { readonly encode: number; readonly wait: number }
}

/**
 * Runs a strategy's generator against an exchange: one exchange for each Outbox it yields. A strategy that sends its
 * targets nothing in a phase expects nothing in it either, since every node runs the same strategy.
 */
export async function driveSharing(
  strategy: SharingStrategy,
  own: { readonly parameters: Float32Array; readonly state: unknown },
  context: RoundContext,
  exchange: Exchange,
  options: { signal?: AbortSignal },
): Promise<SharingOutcome> {
  const missing = new Map<number, ExchangeOutcome['missing'][number]>()
  const bytes = { sent: 0, received: 0, values: 0, indices: 0, overhead: 0 }
  const seconds = { encode: 0, wait: 0 }
  let quorumMissed = false
  let inbox: Inbox = new Map()

  const phases = strategy.round(own.parameters, own.state, context)
  let step = phases.next()
  for (let phase = 0; !step.done; phase++) {
    const silent = step.value.size === 0 && context.targets.length > 0
    const sources = silent ? [] : context.sources
    const outcome = await exchange.exchange(context.round, phase, step.value, sources, options)
    for (const each of outcome.missing) missing.set(each.rank, each)
    for (const kind of Object.keys(bytes) as (keyof RoundBytes)[])
      bytes[kind] += outcome.bytes[kind]
    seconds.encode += outcome.seconds.encode
    seconds.wait += outcome.seconds.wait
    quorumMissed ||= outcome.quorumMissed
    inbox = outcome.inbox
    step = phases.next(inbox)
  }
  const { parameters, state } = step.value
  return { parameters, state, inbox, missing: [...missing.values()], quorumMissed, bytes, seconds }
}
