import type { RandomStream } from '../../numeric/random.ts'

/** Values as bytes, some of them rounded on the way. */
export interface ValueCodec {
  /** Its number in `round.proto`. */
  readonly code: number
  /**
   * At least one value, all of them finite. `random` is called at most once, and only by codecs that round at random.
   *
   * @returns the bytes, and the values that they stand for: the same array where nothing is rounded
   */
  encode(values: Float32Array, random: () => RandomStream): Encoded
  /**
   * At least one value; they may be infinite. Allocates in proportion to `count`, where it can in borrowed memory
   * (`spare-memory`).
   *
   * @throws {MalformedFrameError} on anything but what `encode` writes for so many values
   */
  decode(bytes: Uint8Array, count: number): Float32Array
  /** Whether bytes that could be decoded say that all their values are finite. @default values have to be looked at */
  areFinite?(bytes: Uint8Array): boolean
}

export interface Encoded {
  readonly values: Float32Array
  readonly bytes: Uint8Array
}
