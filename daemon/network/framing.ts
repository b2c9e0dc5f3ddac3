/**
 * Frames on a stream of bytes: four bytes of length, big-endian, then so many bytes. Written as transforms of async
 * iterables for `it-pipe`.
 */
import { concat } from '../../crypto/index.ts'
import { FrameTooLargeError, TruncatedFrameError, WireTimeoutError } from './errors.ts'

const LENGTH_BYTES = 4

export interface FrameLimits {
  /** Bytes of one frame, without its length. */
  readonly frame: number
  /** Frames of one stream. */
  readonly frames: number
  /** Seconds from a frame's first byte to its last: what a trickling sender cannot stretch. */
  readonly seconds: number
}

/** The frame's bytes on the wire. */
export function encodeFrame(frame: Uint8Array): Uint8Array {
  const whole = new Uint8Array(LENGTH_BYTES + frame.length)
  new DataView(whole.buffer).setUint32(0, frame.length)
  whole.set(frame, LENGTH_BYTES)
  return whole
}

export async function* encodeFrames(
  frames: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  for await (const frame of frames) yield encodeFrame(frame)
}

/**
 * Cuts frames out of pieces of any size. A length is checked before the frame's bytes are waited for or kept.
 * @throws {FrameTooLargeError | TruncatedFrameError | WireTimeoutError}
 */
export function decodeFrames(limits: FrameLimits) {
  return async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const input = pieces[Symbol.asyncIterator]()
    let parts: Uint8Array[] = []
    let held = 0
    let count = 0
    let deadline: AbortSignal | undefined
    try {
      for (;;) {
        // Take as many whole frames as are held before waiting for more.
        const wanted = held < LENGTH_BYTES ? LENGTH_BYTES : LENGTH_BYTES + lengthOf(parts)
        if (held >= LENGTH_BYTES && wanted - LENGTH_BYTES > limits.frame) {
          throw new FrameTooLargeError('a frame', wanted - LENGTH_BYTES, limits.frame)
        }
        if (held >= LENGTH_BYTES && held >= wanted) {
          if (++count > limits.frames) {
            throw new FrameTooLargeError('a number of frames', count, limits.frames)
          }
          const all = parts.length === 1 ? parts[0]! : concat(...parts)
          yield all.slice(LENGTH_BYTES, wanted)
          parts = held === wanted ? [] : [all.subarray(wanted)]
          held -= wanted
          deadline = undefined
          continue
        }
        if (held > 0) deadline ??= AbortSignal.timeout(limits.seconds * 1000)
        const next = await within(input.next(), deadline, limits.seconds)
        if (next.done === true) {
          if (held > 0) throw new TruncatedFrameError()
          return
        }
        parts.push(next.value)
        held += next.value.length
      }
    } finally {
      // Not awaited: a pending read ends only when the stream does, and whoever catches our error ends that.
      input.return?.().catch(() => {})
    }
  }
}

/** The length that the first four bytes of `parts` announce. */
function lengthOf(parts: Uint8Array[]): number {
  if (parts[0]!.length < LENGTH_BYTES) parts.splice(0, parts.length, concat(...parts))
  const first = parts[0]!
  return new DataView(first.buffer, first.byteOffset).getUint32(0)
}

function within<T>(
  result: Promise<T>,
  deadline: AbortSignal | undefined,
  seconds: number,
): Promise<T> {
  if (deadline === undefined) return result
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(new WireTimeoutError('A frame', seconds))
    deadline.addEventListener('abort', onAbort, { once: true })
    result.then(resolve, reject).finally(() => deadline.removeEventListener('abort', onAbort))
  })
}
