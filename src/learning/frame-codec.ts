import { StarlingError } from '../runtime/errors.ts'
import { decodeFrame, type EncodedFrame, encodeFrame, type Frame } from '../sharing/index.ts'
import type { Payload } from '../sharing/interface.ts'

/** A run's frames to bytes and back. The emulator decodes a frame once for all its receivers through this port. */
export interface FrameCodec {
  encode(round: number, phase: number, payload: Payload): EncodedFrame
  /** Null for anything that is not a valid frame of this run and model. */
  decode(bytes: Uint8Array): Frame | null
}

/**
 * @param run identity of the run, 16 bytes
 * @param values parameters of the run's model; a payload of any other size is refused
 */
export function createFrameCodec(run: Uint8Array, values: number): FrameCodec {
  return {
    encode: (round, phase, payload) => encodeFrame({ run, round, phase, payload }),
    decode(bytes) {
      try {
        const frame = decodeFrame(bytes, { run, maxValues: values })
        return frame.payload.values.length === values ? frame : null
      } catch (error) {
        if (error instanceof StarlingError) return null
        throw error
      }
    },
  }
}
