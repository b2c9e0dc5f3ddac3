/**
 * Letters of one round, phase by phase. Who misses one letter is out of the round: nobody waits for it again, and
 * nothing of it counts, until the next round begins.
 */
import { SumRefusedError } from '../../../crypto/index.ts'
import type { Inbox, Letter, Phase } from '../interface.ts'
import { MalformedLetterError } from './errors.ts'
import type { LetterKind } from './letter.ts'

const NOTHING = new Uint8Array(0)
const NOTHING_CARRIED = { values: 0, indices: 0 }

export class Phases {
  readonly #targets: readonly number[]
  readonly #present: Set<number>

  constructor(targets: readonly number[], sources: readonly number[]) {
    this.#targets = targets
    this.#present = new Set(sources)
  }

  /** Whether this neighbour has been heard in every phase so far. */
  isPresent(rank: number): boolean {
    return this.#present.has(rank)
  }

  /**
   * Sends each neighbour its letter, one of no bytes to those for which there is none, and returns what those say that
   * take part.
   * @param carried bytes of the letter that are values, and that say which values these are
   */
  *exchange<T>(
    kind: LetterKind<T>,
    letters: ReadonlyMap<number, T>,
    carried: (content: T) => NonNullable<Letter['carries']> = () => NOTHING_CARRIED,
  ): Generator<Phase, Map<number, T>, Inbox> {
    const outbox = new Map<number, Letter>(
      this.#targets.map((target) => {
        const content = letters.get(target)
        if (content === undefined) return [target, { domain: 'letter', bytes: NOTHING }]
        const bytes = kind.encode(content)
        return [target, { domain: 'letter', bytes, carries: carried(content) }]
      }),
    )
    const inbox = yield { outbox, expects: [...this.#present] }
    const heard = new Map<number, T>()
    for (const rank of this.#present) {
      const payload = inbox.get(rank)
      const content = payload?.domain === 'letter' ? read(kind, payload.bytes) : null
      if (content === null) this.#present.delete(rank)
      else if (content !== undefined) heard.set(rank, content)
    }
    return heard
  }
}

/** Undefined for a letter of no bytes, null for bytes that are no letter. */
function read<T>(kind: LetterKind<T>, bytes: Uint8Array): T | undefined | null {
  if (bytes.length === 0) return undefined
  try {
    return kind.decode(bytes)
  } catch (error) {
    if (error instanceof MalformedLetterError) return null
    throw error
  }
}

/**
 * Takes each sum's phase on to its next. A sum whose step refuses, or to which there is no answer, ends there.
 * @param refused is told why a step refused
 */
export function advance<P, M, N>(
  phases: ReadonlyMap<number, P>,
  answers: ReadonlyMap<number, M>,
  step: (phase: P, answer: M, rank: number) => N,
  refused: (rank: number, reason: string) => void = () => {},
): Map<number, N> {
  const next = new Map<number, N>()
  for (const [rank, phase] of phases) {
    const answer = answers.get(rank)
    if (answer === undefined) continue
    try {
      next.set(rank, step(phase, answer, rank))
    } catch (error) {
      if (!(error instanceof SumRefusedError)) throw error
      refused(rank, error.message)
    }
  }
  return next
}

/** The same keys, each value by `map`. */
export function mapped<V, W>(from: ReadonlyMap<number, V>, map: (value: V) => W): Map<number, W> {
  return new Map([...from].map(([key, value]) => [key, map(value)]))
}
