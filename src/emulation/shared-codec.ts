import { createFrameCodec, type FrameCodec } from '../learning/index.ts'
import type { Space } from '../sharing/interface.ts'

/**
 * The run's codec for all nodes of one process. A frame that goes to several targets is the same bytes for each, so
 * it is decoded and checked once; receivers only read what they share.
 */
export function createSharedCodec(run: Uint8Array, space: Space): FrameCodec {
  const codec = createFrameCodec(run, space)
  const decoded = new WeakMap<Uint8Array, ReturnType<FrameCodec['decode']>>()
  return {
    encode: codec.encode,
    decode(bytes) {
      const known = decoded.get(bytes)
      if (known !== undefined) return known
      const frame = codec.decode(bytes)
      decoded.set(bytes, frame)
      return frame
    },
  }
}
