import { sha256 } from '../../crypto/index.ts'
import type { Job } from '../learning/index.ts'
import { RUN_ID_BYTES } from '../sharing/index.ts'

/** The identity of an emulated run: that of its job, so that the same job is the same run. */
export function emulatedRunId(job: Job): Uint8Array {
  return sha256(new TextEncoder().encode(JSON.stringify(job))).subarray(0, RUN_ID_BYTES)
}
