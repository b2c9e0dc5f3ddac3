import { catchUpLimits } from '../../limits.ts'
import type { Protocol } from '../../protocol.ts'

export const catchUp: Protocol = { id: '/starling/catch-up/1.0.0', limits: catchUpLimits }
