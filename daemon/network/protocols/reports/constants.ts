import { reportsLimits } from '../../limits.ts'
import type { Protocol } from '../../protocol.ts'

export const reports: Protocol = { id: '/starling/reports/1.0.0', limits: reportsLimits }

/** Reports of one call: what fits the request's frames besides the head. */
export const MAX_BATCH = reportsLimits.requestFrames - 1
