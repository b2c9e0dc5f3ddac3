import { reportsLimits } from '../../limits.ts'
import type { Protocol } from '../../protocol.ts'

export const reports: Protocol = { id: '/starling/reports/1.0.0', limits: reportsLimits }

/** Reports of one call: what fits the request's frames besides the head. */
export const MAX_BATCH = reportsLimits.requestFrames - 1

/** Characters of the reason for which a report is refused: four bytes each fit the response. */
export const MAX_REFUSAL_LENGTH = 200
