/**
 * A long byte string as a row of frames: a head that announces its length, then pieces of at most `CHUNK_BYTES`.
 * The head is a message of the protocol's own, so only the pieces are cut and joined here.
 */
import { FrameTooLargeError, TruncatedFrameError, WireTimeoutError } from './errors.ts'
import { CHUNK_BYTES } from './limits.ts'

export function* cut(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield bytes.subarray(start, start + CHUNK_BYTES)
  }
}

/**
 * Takes frames until `length` bytes are together. Memory grows with what arrives, not with what was announced.
 * @throws {FrameTooLargeError} when the pieces do not end exactly at `length`.
 * @throws {TruncatedFrameError} when the frames end before.
 * @throws {WireTimeoutError} when a piece arrives after `seconds`: a slow sender cannot hold memory for ever.
 */
export async function join(
  frames: AsyncIterator<Uint8Array>,
  length: number,
  seconds: number,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let held = 0
  const deadline = AbortSignal.timeout(seconds * 1000)
  while (held < length) {
    const next = await frames.next()
    if (deadline.aborted) throw new WireTimeoutError('A message', seconds)
    if (next.done === true) throw new TruncatedFrameError()
    held += next.value.length
    if (held > length || next.value.length === 0) {
      throw new FrameTooLargeError('pieces', held, length)
    }
    pieces.push(next.value)
  }
  const whole = new Uint8Array(length)
  let offset = 0
  for (const piece of pieces) {
    whole.set(piece, offset)
    offset += piece.length
  }
  return whole
}
