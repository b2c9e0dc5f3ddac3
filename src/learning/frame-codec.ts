import { StarlingError } from '../runtime/errors.ts'
import {
  type DecodedFrame,
  decodeFrame,
  type EncodedFrame,
  encodeFrame,
  releasePayload,
} from '../sharing/index.ts'
import type { Payload, Space } from '../sharing/interface.ts'

/** A run's frames to bytes and back. The emulator decodes a frame once for all its receivers through this port. */
export interface FrameCodec {
  encode(round: number, phase: number, payload: Payload): EncodedFrame
  /** Null for anything that is not a valid frame of this run and model. */
  decode(bytes: Uint8Array): DecodedFrame | null
  /** Takes back the memory of a decoded payload that nobody reads any more. @default it is collected */
  release?(payload: Payload): void
}

/**
 * @param run identity of the run, 16 bytes
 * @param space what the run's payloads are made of; any other is refused
 */
export function createFrameCodec(run: Uint8Array, { domain, size }: Space): FrameCodec {
  return {
    encode: (round, phase, payload) => encodeFrame({ run, round, phase, payload }),
    decode(bytes) {
      try {
        const frame = decodeFrame(bytes, { run, space: { domain, size } })
        return fits(frame.payload, { domain, size }) ? frame : null
      } catch (error) {
        if (error instanceof StarlingError) return null
        throw error
      }
    },
    release: releasePayload,
  }
}

function fits(payload: Payload, { domain, size }: Space): boolean {
  if (payload.domain !== domain) return false
  if (payload.domain === 'letter') return true
  return size === (payload.selection?.size ?? payload.values.length)
}
