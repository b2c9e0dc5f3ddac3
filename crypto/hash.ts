/** SHA-256 (FIPS 180-4), the only hash of Starling's formats. */
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'

/** The 32-byte digest of `bytes`. */
export function sha256(bytes: Uint8Array): Uint8Array {
  return nobleSha256(bytes)
}
