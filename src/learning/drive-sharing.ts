import type { Inbox, PrivacyReport, RoundContext, SharingStrategy } from '../sharing/interface.ts'
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
  /** Targets that got no values in some phase because a limit was reached. */
  readonly skipped: ReadonlySet<number>
  readonly seconds: { readonly encode: number; readonly wait: number }
  readonly privacy?: PrivacyReport
}

/** Runs a strategy's generator against an exchange: one exchange for each phase it yields. */
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
  const skipped = new Set<number>()
  let quorumMissed = false
  let inbox: Inbox = new Map()

  const phases = strategy.round(own.parameters, own.state, context)
  let step = phases.next()
  try {
    for (let phase = 0; !step.done; phase++) {
      const { outbox, expects = context.sources } = step.value
      const outcome = await exchange.exchange(context.round, phase, outbox, expects, options)
      for (const target of outcome.skipped) skipped.add(target)
      for (const each of outcome.missing) missing.set(each.rank, each)
      for (const kind of Object.keys(bytes) as (keyof RoundBytes)[])
        bytes[kind] += outcome.bytes[kind]
      seconds.encode += outcome.seconds.encode
      seconds.wait += outcome.seconds.wait
      quorumMissed ||= outcome.quorumMissed
      inbox = outcome.inbox
      step = phases.next(inbox)
    }
  } finally {
    // Broken off, a round of secrets has something to wipe; one that is over does not mind.
    phases.return(undefined as never)
  }
  return {
    ...step.value,
    inbox,
    missing: [...missing.values()],
    skipped,
    quorumMissed,
    bytes,
    seconds,
  }
}
