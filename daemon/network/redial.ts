/**
 * Keeps connections to chosen peers: dials those that are not connected, again and again with growing pauses, in
 * the background. A peer that comes back is found by whichever side dials first.
 */
import { peerIdFromString } from '@libp2p/peer-id'
import { parseAddress } from './addresses.ts'
import type { StarlingLibp2p } from './create-libp2p.ts'
import { redialBackOff } from './limits.ts'

export interface KnownPeer {
  readonly peerId: string
  readonly addresses: readonly string[]
}

export interface Redialler {
  /** Replaces the peers that `owner`, say a run, wants to be connected with. */
  want(owner: string, peers: readonly KnownPeer[]): Promise<void>
  stop(): void
}

interface Attempt {
  timer: NodeJS.Timeout | undefined
  pause: number
}

export function createRedialler(libp2p: StarlingLibp2p, signal: AbortSignal): Redialler {
  const wanted = new Map<string, ReadonlySet<string>>()
  const attempts = new Map<string, Attempt>()
  const self = libp2p.peerId.toString()

  const isWanted = (peerId: string) => [...wanted.values()].some((peers) => peers.has(peerId))
  const isConnected = (peerId: string) => libp2p.getConnections(peerIdFromString(peerId)).length > 0

  function schedule(peerId: string, pause: number): void {
    clearTimeout(attempts.get(peerId)?.timer)
    const timer = setTimeout(() => void dial(peerId), pause * 1000)
    timer.unref()
    attempts.set(peerId, { timer, pause })
  }

  async function dial(peerId: string): Promise<void> {
    if (signal.aborted || !isWanted(peerId) || isConnected(peerId)) {
      attempts.delete(peerId)
      return
    }
    const pause = attempts.get(peerId)?.pause ?? redialBackOff.first
    try {
      await libp2p.dial(peerIdFromString(peerId), { signal })
      attempts.delete(peerId)
    } catch {
      if (signal.aborted) return
      const next = Math.max(redialBackOff.first, pause * redialBackOff.factor)
      schedule(peerId, Math.min(next, redialBackOff.longest))
    }
  }

  const onDisconnect = (event: CustomEvent<{ toString(): string }>) => {
    const peerId = event.detail.toString()
    if (isWanted(peerId)) schedule(peerId, redialBackOff.first)
  }
  libp2p.addEventListener('peer:disconnect', onDisconnect)

  return {
    async want(owner, peers) {
      const others = peers.filter((peer) => peer.peerId !== self)
      wanted.set(owner, new Set(others.map((peer) => peer.peerId)))
      for (const peer of others) {
        if (peer.addresses.length > 0) {
          await libp2p.peerStore.merge(peerIdFromString(peer.peerId), {
            multiaddrs: peer.addresses.map((address) => parseAddress(address)),
          })
        }
        if (isConnected(peer.peerId) || attempts.has(peer.peerId)) continue
        // One side begins at once, the other a little later: two dials at the same time make two connections.
        schedule(peer.peerId, self < peer.peerId ? 0 : redialBackOff.first)
      }
    },
    stop() {
      libp2p.removeEventListener('peer:disconnect', onDisconnect)
      for (const { timer } of attempts.values()) clearTimeout(timer)
      attempts.clear()
      wanted.clear()
    },
  }
}
