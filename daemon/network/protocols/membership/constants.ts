import { membershipLimits } from '../../limits.ts'
import type { Protocol } from '../../protocol.ts'

export const membership: Protocol = {
  id: '/starling/membership/1.0.0',
  limits: membershipLimits,
}

/** Bytes of a join token's secret: 128 bits cannot be guessed at any rate. */
export const SECRET_BYTES = 16

export const DIGEST_BYTES = 32
