/**
 * A sender of masked vectors as one might write it first: pairwise masks that cancel in the sum, one of its own that it
 * opens later, and trust in its receiver. It asks nobody whether the others were told the same, checks neither who
 * is shown to it nor whose keys these are, and counts nothing. Every attack that succeeds on it and fails on
 * `crypto/cesar` shows what a check there is worth. Slow, a word at a time.
 */
import {
  type AgreementKey,
  concat,
  LowOrderPointError,
  pureSuite,
  sha256,
  wordsOf,
} from '../../crypto/index.ts'

export type Words = Int32Array<ArrayBuffer>

/** What lifts its masks, where the receiver says who survived. */
export interface Opening {
  /** Its own mask, as laid on. */
  readonly own: Words
  /** By partner that is no survivor, the mask shared with it, as laid on. */
  readonly shared: ReadonlyMap<number, Words>
}

export class NaiveSender {
  readonly rank: number
  readonly #key: AgreementKey
  readonly #secret: Uint8Array
  #sent = 0
  #own: Words = new Int32Array(0)
  #shared: ReadonlyMap<number, Words> = new Map()

  /** @param secret 32 bytes, which it keeps for as long as it likes */
  constructor(rank: number, secret: Uint8Array) {
    this.rank = rank
    this.#secret = secret
    this.#key = pureSuite.agreementKey(secret)
  }

  get publicKey(): Uint8Array {
    return this.#key.publicKey
  }

  /** Its vector of whatever round it is asked for. @param partners their keys, as the receiver shows them */
  send(round: number, plain: Words, partners: ReadonlyMap<number, Uint8Array>): Words {
    const seed = concat(this.#secret, Uint8Array.of(this.#sent++))
    this.#own = stream(seed, round, plain.length)
    this.#shared = new Map(
      [...partners].map(([rank, key]) => {
        const mask = this.maskWith(key, round, plain.length)
        return [rank, this.rank < rank ? mask : mask.map((word) => -word)]
      }),
    )
    return plus(plain, this.#own, ...this.#shared.values())
  }

  /** Opens what the receiver needs for the sum of these. */
  open(survivors: readonly number[]): Opening {
    const gone = [...this.#shared].filter(([rank]) => !survivors.includes(rank))
    return { own: this.#own, shared: new Map(gone) }
  }

  /** The mask of the pair with whoever has this key, as the lower rank lays it on. */
  maskWith(key: Uint8Array, round: number, length: number): Words {
    return stream(agreed(this.#key, key), round, length)
  }
}

/** From a secret to a mask. */
export function stream(secret: Uint8Array, round: number, length: number): Words {
  const key = sha256(concat(secret, Uint8Array.of(round)))
  const pad = pureSuite.keystream(key, new Uint8Array(12))
  return wordsOf(32, pad.next(4 * length)) as Words
}

export function plus(first: Words, ...others: readonly Words[]): Words {
  return first.map((word, k) => others.reduce((sum, other) => (sum + other[k]!) | 0, word))
}

export function minus(first: Words, ...others: readonly Words[]): Words {
  return plus(first, ...others.map((other) => other.map((word) => -word)))
}

/** Of a point of low order X25519 makes zeros, whatever the secret. */
function agreed(own: AgreementKey, key: Uint8Array): Uint8Array {
  try {
    return own.agree(key)
  } catch (error) {
    if (error instanceof LowOrderPointError) return new Uint8Array(32)
    throw error
  }
}
