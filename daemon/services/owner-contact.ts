/** How a member keeps in touch with the owners of its run. */
import type { RunContext } from './run-context.ts'

export interface OwnerContact {
  readonly run: string
  /** Peer ids of the run's owners. */
  readonly owners: readonly string[]
  readonly context: RunContext
  /** Takes a roster that an owner gave, whatever it is worth. */
  takeRoster(bytes: Uint8Array): Promise<void>
}

/** Seconds between two questions for the newest roster: an announcement may have been missed. */
const POLL_SECONDS = { beforeStart: 3, afterwards: 30 } as const

/** Asks the owners for the newest roster, again and again until the signal aborts. Never rejects. */
export async function watchOwners(
  { run, owners, context, takeRoster }: OwnerContact,
  options: { hasStarted(): boolean; readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = options
  const { clock, network, wire } = context
  while (!signal.aborted) {
    for (const owner of owners.filter((peerId) => network.isConnected(peerId))) {
      const roster = await wire.membership.poll(owner, run, { signal }).catch(() => undefined)
      if (roster !== undefined) await takeRoster(roster).catch(() => {})
    }
    const seconds = options.hasStarted() ? POLL_SECONDS.afterwards : POLL_SECONDS.beforeStart
    await clock.sleep(seconds, { signal }).catch(() => {})
  }
}

/** Tells the first owner that can be reached that this node goes or is back. Perhaps nobody is there to hear it. */
export async function tellPresence(
  { run, owners, context, takeRoster }: OwnerContact,
  isPresent: boolean,
): Promise<void> {
  for (const owner of owners) {
    const answer = await context.wire.membership
      .presence(owner, run, isPresent)
      .catch(() => undefined)
    if (answer !== undefined) return takeRoster(answer)
  }
}
