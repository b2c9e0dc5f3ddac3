import { TruncatedFrameError } from './errors.ts'

/** The only frame, read together with the end of the stream. How many there may be is the framing's limit. */
export async function single(frames: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let first: Uint8Array | undefined
  for await (const frame of frames) first ??= frame
  if (first === undefined) throw new TruncatedFrameError()
  return first
}
