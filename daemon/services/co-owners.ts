/** The owners that a user names beside the creator of a run. */
import {
  InvalidAddressError,
  type KnownPeer,
  peerOfAddress,
  publicKeyOf,
} from '../network/index.ts'
import { MAX_OWNERS } from './documents/index.ts'
import { UnusableOwnerError } from './errors.ts'

/**
 * Reads peer ids, or addresses that end in one.
 * @param self peer id of the creator, where it is known
 * @throws {UnusableOwnerError}
 */
export function readCoOwners(texts: readonly string[], self?: string): KnownPeer[] {
  const owners: KnownPeer[] = []
  for (const text of texts) {
    const owner = text.startsWith('/') ? ownerAt(text) : { peerId: text, addresses: [] }
    const { peerId } = owner
    if (publicKeyOf(peerId) === undefined) {
      throw new UnusableOwnerError(text, 'that is no peer id with an Ed25519 key')
    }
    if (peerId === self) {
      throw new UnusableOwnerError(text, 'that is this daemon, which owns the run in any case')
    }
    if (owners.some((other) => other.peerId === peerId)) {
      throw new UnusableOwnerError(text, 'it is named twice')
    }
    if (owners.push(owner) >= MAX_OWNERS) {
      throw new UnusableOwnerError(text, `a run has at most ${MAX_OWNERS} owners`)
    }
  }
  return owners
}

function ownerAt(text: string): KnownPeer {
  try {
    return peerOfAddress(text)
  } catch (error) {
    if (!(error instanceof InvalidAddressError)) throw error
    throw new UnusableOwnerError(text, 'that is no address with a peer id at its end')
  }
}
