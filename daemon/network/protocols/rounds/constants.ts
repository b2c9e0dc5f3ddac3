import { roundsLimits } from '../../limits.ts'
import type { Protocol } from '../../protocol.ts'

export const rounds: Protocol = { id: '/starling/rounds/1.0.0', limits: roundsLimits }
