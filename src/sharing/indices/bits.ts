/** Bits, the most significant of each byte first. */
import { MalformedFrameError } from '../errors.ts'

/** Writes into a buffer whose length is known beforehand. */
export class BitWriter {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0
  #word = 0
  #free = 32

  /** @param length bytes that will be written, the last one filled up with zeros */
  constructor(length: number) {
    this.#bytes = new Uint8Array((length + 7) & ~3)
    this.#view = new DataView(this.#bytes.buffer)
  }

  /** The lowest `width` bits, 1 to 32, of a `value` that has no others. */
  put(value: number, width: number): void {
    if (width < this.#free) {
      this.#free -= width
      this.#word |= value << this.#free
      return
    }
    const rest = width - this.#free
    this.#view.setInt32(this.#at, this.#word | (value >>> rest))
    this.#at += 4
    this.#free = 32 - rest
    this.#word = rest === 0 ? 0 : value << this.#free
  }

  zeros(count: number): void {
    let left = count
    for (; left > 32; left -= 32) this.put(0, 32)
    if (left > 0) this.put(0, left)
  }

  /** The first `length` bytes. */
  finish(length: number): Uint8Array {
    if (this.#free < 32) this.#view.setInt32(this.#at, this.#word)
    return this.#bytes.subarray(0, length)
  }
}

/** @throws {MalformedFrameError} from each method on reading past the end */
export class BitReader {
  readonly #view: DataView
  readonly #end: number
  #at = 0

  constructor(bytes: Uint8Array) {
    const padded = new Uint8Array(bytes.length + 8)
    padded.set(bytes)
    this.#view = new DataView(padded.buffer)
    this.#end = 8 * bytes.length
  }

  /** Skips zeros and stops before the next one. */
  zeros(): number {
    let count = 0
    for (;;) {
      const run = Math.clz32(this.#peek())
      count += run
      this.#at += run
      if (this.#at >= this.#end) throw new MalformedFrameError('indices are cut off')
      if (run < 32) return count
    }
  }

  /** The next `width` bits, 0 to 32, as a number. */
  take(width: number): number {
    if (width === 0) return 0
    const value = this.#peek() >>> (32 - width)
    this.#at += width
    if (this.#at > this.#end) throw new MalformedFrameError('indices are cut off')
    return value
  }

  /** Less than a byte may be left, and only zeros. */
  end(): void {
    if (this.#end - this.#at >= 8 || this.#peek() !== 0) {
      throw new MalformedFrameError('something stands behind the indices')
    }
  }

  #peek(): number {
    const byte = this.#at >>> 3
    const shift = this.#at & 7
    return (this.#view.getInt32(byte) << shift) | (this.#view.getUint8(byte + 4) >>> (8 - shift))
  }
}
