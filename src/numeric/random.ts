import { murmur3 } from './murmur3.ts'

/**
 * Seeded random streams. Nothing in Starling draws from an unnamed source: a stream is derived from the run's seed
 * and a label such as ('batches', rank, round), so that every node, and the emulator, can re-create any of them
 * and no stream's position has to be saved.
 *
 * Generator: sfc32 (C. Doty-Humphrey, PractRand), 128 bits of state, seeded by a 128-bit hash of the labels
 * (MurmurHash3). Statistical quality only: **never for keys or masks**, which live in `crypto/`.
 */
export interface RandomStream {
  /** Uniform over 0 … 2^32−1. */
  uint32(): number
  /** The same for each of these numbers, in turn. Returns its argument. */
  fill(numbers: Uint32Array): Uint32Array
  /** Uniform over [0, 1) in steps of 2^−53. */
  uniform(): number
  /** Uniform over the integers 0 … `bound`−1, without modulo bias. */
  integer(bound: number): number
  /** Standard normal (Box–Muller, cosine branch). */
  normal(): number
  /** Gamma(shape, 1), shape > 0 (Marsaglia and Tsang 2000). */
  gamma(shape: number): number
  /** Fisher–Yates, in place. Returns its argument. */
  shuffle<T extends Int32Array | Uint32Array | unknown[]>(items: T): T
}

/** The stream named by `labels` under `seed`. Equal arguments give equal streams, on every machine. */
export function randomStream(
  seed: number | string,
  ...labels: readonly (string | number)[]
): RandomStream {
  return new Sfc32([seed, ...labels].map((part) => `${typeof part}:${part}`).join('\u0000'))
}

class Sfc32 implements RandomStream {
  #a: number
  #b: number
  #c: number
  #counter: number

  constructor(name: string) {
    const [a, b, c, counter] = murmur3(new TextEncoder().encode(name))
    this.#a = a
    this.#b = b
    this.#c = c
    this.#counter = counter
    for (let i = 0; i < 12; i++) this.uint32()
  }

  uint32(): number {
    // To V8 a field may be any number: `| 0` says that it is an integer of 32 bits.
    const b = this.#b | 0
    const c = this.#c | 0
    const sum = ((this.#a | 0) + b + (this.#counter | 0)) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = b ^ (b >>> 9)
    this.#b = (c + (c << 3)) | 0
    this.#c = (((c << 21) | (c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  fill(numbers: Uint32Array): Uint32Array {
    // `uint32` on variables instead of fields: more than twice as fast.
    let a = this.#a | 0
    let b = this.#b | 0
    let c = this.#c | 0
    let counter = this.#counter | 0
    for (let i = 0; i < numbers.length; i++) {
      const sum = (a + b + counter) | 0
      counter = (counter + 1) | 0
      a = b ^ (b >>> 9)
      b = (c + (c << 3)) | 0
      c = (((c << 21) | (c >>> 11)) + sum) | 0
      numbers[i] = sum
    }
    this.#a = a
    this.#b = b
    this.#c = c
    this.#counter = counter
    return numbers
  }

  uniform(): number {
    return ((this.uint32() >>> 5) * 67108864 + (this.uint32() >>> 6)) / 9007199254740992
  }

  integer(bound: number): number {
    const limit = 4294967296 - (4294967296 % bound)
    let draw = this.uint32()
    while (draw >= limit) draw = this.uint32()
    return draw % bound
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform())
  }

  gamma(shape: number): number {
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape)
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.normal()
      const v = (1 + c * x) ** 3
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) {
        return d * v
      }
    }
  }

  shuffle<T extends Int32Array | Uint32Array | unknown[]>(items: T): T {
    const list = items as unknown[]
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.integer(i + 1)
      const kept = list[i]
      list[i] = list[j]
      list[j] = kept
    }
    return items
  }
}
