/** Peer ids and multiaddrs as text: the only form in which they leave `daemon/network`. */
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey, peerIdFromString } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { InvalidAddressError } from './errors.ts'
import { MAX_ADDRESS_LENGTH } from './limits.ts'

/**
 * Reads a multiaddr.
 * @throws {InvalidAddressError} when it is none, is too long, or lacks its `/p2p/` part where one is needed.
 */
export function parseAddress(text: string, options: { withPeer?: boolean } = {}): Multiaddr {
  if (text.length > MAX_ADDRESS_LENGTH) throw new InvalidAddressError(`${text.slice(0, 64)}…`)
  let address: Multiaddr
  try {
    address = multiaddr(text)
  } catch {
    throw new InvalidAddressError(text)
  }
  const hasPeer = address.getComponents().some((component) => component.name === 'p2p')
  if (options.withPeer === true && !hasPeer) throw new InvalidAddressError(text)
  return address
}

/** The peer that an address with a `/p2p/` part leads to. */
export function peerOfAddress(text: string): { peerId: string; addresses: readonly string[] } {
  const part = parseAddress(text, { withPeer: true })
    .getComponents()
    .findLast((component) => component.name === 'p2p')
  return { peerId: part!.value!, addresses: [text] }
}

/** The Ed25519 public key inside a peer id; undefined for other text and other kinds of key. */
export function publicKeyOf(peerId: string): Uint8Array | undefined {
  try {
    const key = peerIdFromString(peerId).publicKey
    return key?.type === 'Ed25519' ? key.raw : undefined
  } catch {
    return undefined
  }
}

/** The peer id of an Ed25519 public key. */
export function peerIdOf(publicKey: Uint8Array): string {
  return peerIdFromPublicKey(publicKeyFromRaw(publicKey)).toString()
}
