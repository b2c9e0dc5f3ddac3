/** Which receivers a sender refused in a round, and why. */
import { SumRefusedError } from '../../../crypto/index.ts'

/** Different reasons of one round that are reported. */
const REASONS_SHOWN = 4

export class Refusals {
  readonly #targets: readonly number[]
  readonly #byReceiver = new Map<number, string>()

  /** @param targets all receivers */
  constructor(targets: readonly number[]) {
    this.#targets = targets
  }

  readonly note = (receiver: number, reason: string): void => {
    this.#byReceiver.set(receiver, reason)
  }

  /** How many receivers were refused, or got nothing. */
  count(isServed: (receiver: number) => boolean): number {
    const isRefused = (receiver: number) => this.#byReceiver.has(receiver) || !isServed(receiver)
    return this.#targets.filter(isRefused).length
  }

  /** Each once. */
  get reasons(): readonly string[] {
    return [...new Set(this.#byReceiver.values())].slice(0, REASONS_SHOWN)
  }
}

/** @throws {SumRefusedError} where the receiver is one of `exposing` */
export function expectHidden(exposing: readonly number[], receiver: number): void {
  if (!exposing.includes(receiver)) return
  throw new SumRefusedError(
    'a receiver leaves out a node that others sum, and their difference would show it',
  )
}
