/** The daemon's way to other daemons. The only room that imports libp2p. */
export { parseAddress, peerIdOf, peerOfAddress, publicKeyOf } from './addresses.ts'
export {
  InvalidAddressError,
  PeerUnreachableError,
  WireTimeoutError,
} from './errors.ts'
export {
  FRAME_OVERHEAD,
  MAX_ADDRESS_LENGTH,
  MAX_ADDRESSES,
  MAX_MEMBERS,
} from './limits.ts'
export { type Network, startNetwork } from './network.ts'
export * from './protocols/catch-up/index.ts'
export * from './protocols/membership/index.ts'
export * from './protocols/reports/index.ts'
export * from './protocols/rounds/index.ts'
export type { KnownPeer } from './redial.ts'
export type { Traffic } from './traffic.ts'
