import fc from 'fast-check'
import { pipe } from 'it-pipe'
import { describe, expect, test } from 'vitest'
import { concat } from '../../crypto/index.ts'
import { cut, join } from '../../daemon/network/chunks.ts'
import {
  FrameTooLargeError,
  TruncatedFrameError,
  WireTimeoutError,
} from '../../daemon/network/errors.ts'
import { decodeFrames, encodeFrame } from '../../daemon/network/framing.ts'
import { CHUNK_BYTES } from '../../daemon/network/limits.ts'
import { all, inPieces } from './pieces.ts'

const limits = { frame: 64, frames: 10, seconds: 5 }

describe('frames', () => {
  test('come out as they went in, however the bytes are cut', async () => {
    const frames = fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 10 })
    const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 })
    await fc.assert(
      fc.asyncProperty(frames, sizes, async (sent, cuts) => {
        const bytes = concat(...sent.map(encodeFrame))
        expect(await all(pipe(inPieces(bytes, cuts), decodeFrames(limits)))).toEqual(sent)
      }),
    )
  })

  test('a length above the limit is refused before a byte of the frame is waited for', async () => {
    let asked = 0
    async function* endless() {
      for (;;) {
        asked++
        yield asked === 1 ? Uint8Array.of(0xff, 0xff, 0xff, 0xff) : new Uint8Array(1024)
      }
    }
    await expect(all(decodeFrames(limits)(endless()))).rejects.toThrow(FrameTooLargeError)
    expect(asked).toBe(1)
  })

  test('one frame more than allowed is refused', async () => {
    const bytes = concat(...Array.from({ length: 11 }, () => encodeFrame(Uint8Array.of(1))))
    const seen: Uint8Array[] = []
    const reading = (async () => {
      for await (const frame of decodeFrames(limits)(inPieces(bytes, [7]))) seen.push(frame)
    })()
    await expect(reading).rejects.toThrow(FrameTooLargeError)
    expect(seen).toHaveLength(10)
  })

  test('a stream that ends inside a frame, or inside a length, is refused', async () => {
    const bytes = encodeFrame(Uint8Array.of(1, 2, 3))
    for (let length = 1; length < bytes.length; length++) {
      const reading = all(decodeFrames(limits)(inPieces(bytes.subarray(0, length))))
      await expect(reading).rejects.toThrow(TruncatedFrameError)
    }
  })

  test('a sender that trickles is given up after the frame’s time, however often it sends', async () => {
    async function* trickle() {
      yield Uint8Array.of(0, 0, 0, 60)
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 10))
        yield Uint8Array.of(1)
      }
    }
    const start = performance.now()
    const reading = all(decodeFrames({ ...limits, seconds: 0.1 })(trickle()))
    await expect(reading).rejects.toThrow(WireTimeoutError)
    expect(performance.now() - start).toBeLessThan(1000)
  })

  test('between two frames a sender may take its time', async () => {
    async function* slow() {
      yield encodeFrame(Uint8Array.of(1))
      await new Promise((resolve) => setTimeout(resolve, 150))
      yield encodeFrame(Uint8Array.of(2))
    }
    expect(await all(decodeFrames({ ...limits, seconds: 0.05 })(slow()))).toHaveLength(2)
  })
})

describe('pieces of a long message', () => {
  const take = (pieces: Iterable<Uint8Array>, length: number) => {
    async function* frames() {
      yield* pieces
    }
    return join(frames(), length, 5)
  }

  test('make the whole', async () => {
    for (const length of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, 2 * CHUNK_BYTES + 1]) {
      const bytes = Uint8Array.from({ length }, (_, i) => i % 251)
      expect(await take(cut(bytes), length)).toEqual(bytes)
    }
  })

  test('that miss the announced length are refused', async () => {
    const pieces = [...cut(new Uint8Array(CHUNK_BYTES + 5))]
    await expect(take(pieces, CHUNK_BYTES + 4)).rejects.toThrow(FrameTooLargeError)
    await expect(take(pieces, CHUNK_BYTES + 6)).rejects.toThrow(TruncatedFrameError)
    await expect(take([new Uint8Array()], 1)).rejects.toThrow(FrameTooLargeError)
  })
})
