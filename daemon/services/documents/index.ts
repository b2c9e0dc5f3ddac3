/** The signed documents of a run, and the token that invites to it. Pure: bytes in and out. */
export {
  InvalidManifestError,
  InvalidRosterError,
  InvalidTokenError,
} from './errors.ts'
export {
  layoutDigest,
  MAX_OWNERS,
  type Manifest,
  readManifest,
  type SignedManifest,
  shapeDigest,
  signManifest,
} from './manifest.ts'
export { type Member, type Roster, readRoster, type SignedRoster, signRoster } from './roster.ts'
export { memberChanges, RosterBook } from './roster-book.ts'
export { decodeToken, encodeToken, readToken, type Token } from './token.ts'
