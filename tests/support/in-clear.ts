import type { Payload, Values } from '../../src/sharing/interface.ts'

/** The payload, which must be one of values in clear. */
export function inClear(payload: Payload | undefined): Values {
  if (payload === undefined || payload.domain === 'letter') {
    throw new Error(`values in clear were expected, not ${payload?.domain ?? 'nothing'}`)
  }
  return payload
}
