/**
 * Keeps frames that arrived before they were asked for. What may be kept is bounded by the topology: one frame per
 * source, round and phase, and only from ranks that are sources in that round.
 */
import type { Payload } from '../sharing/interface.ts'

/** What became of a delivered frame. Everything but `accepted` was dropped. */
export type Delivery = 'accepted' | 'late' | 'early' | 'duplicate' | 'unexpected' | 'invalid'

/**
 * A neighbour needs this node's frame of round r to end it, so it is at most one round ahead unless it went on without
 * us; one more lets a node that has just noticed use what is there. Beyond that it must catch up anyway.
 */
const ROUNDS_AHEAD = 2

/** More phases than any strategy has; bounds what one round can make us keep. */
const PHASES = 16

export class FrameBuffer {
  readonly #sourcesOf: (round: number) => readonly number[]
  readonly #boxes = new Map<number, Map<number, Payload>>()
  /** By source, the key of the newest frame. */
  readonly #newest = new Map<number, number>()
  #rejected = new Set<number>()
  #position = 0

  /** @param sourcesOf from whom this node receives in a round */
  constructor(sourcesOf: (round: number) => readonly number[], round: number) {
    this.#sourcesOf = sourcesOf
    this.#position = keyOf(round, 0)
  }

  /** Files a decoded frame under its round and phase, or says why not. */
  put(source: number, frame: { round: number; phase: number; payload: Payload }): Delivery {
    const { round, phase, payload } = frame
    if (phase >= PHASES) return this.reject(source)
    const key = keyOf(round, phase)
    if (key < this.#position) return 'late'
    if (round > roundOf(this.#position) + ROUNDS_AHEAD) {
      this.#note(source, key)
      return 'early'
    }
    if (!this.#sourcesOf(round).includes(source)) return 'unexpected'
    this.#note(source, key)
    const box = this.#boxes.get(key)
    if (box === undefined) this.#boxes.set(key, new Map([[source, payload]]))
    else if (box.has(source)) return 'duplicate'
    else box.set(source, payload)
    return 'accepted'
  }

  /** Notes that `source` sent something unusable: it is not waited for in the exchange that is open or opens next. */
  reject(source: number): Delivery {
    this.#rejected.add(source)
    return 'invalid'
  }

  isRejected(source: number): boolean {
    return this.#rejected.has(source)
  }

  /** Whether the open phase has this source's frame. */
  hasArrived(source: number): boolean {
    return this.#boxes.get(this.#position)?.has(source) ?? false
  }

  /** Whether this source, among those heard last, has sent a frame of a later phase or round than the open one. */
  isAhead(source: number): boolean {
    return (this.#newest.get(source) ?? 0) > this.#position
  }

  /** What has arrived for this phase; the same map as it fills. Forgets everything that belongs before it. */
  open(round: number, phase: number): ReadonlyMap<number, Payload> {
    this.#position = keyOf(round, phase)
    for (const key of this.#boxes.keys()) if (key < this.#position) this.#boxes.delete(key)
    const box = this.#boxes.get(this.#position) ?? new Map<number, Payload>()
    this.#boxes.set(this.#position, box)
    return box
  }

  /** Ends the open phase: from now on its frames are late. */
  close(): void {
    this.#boxes.delete(this.#position)
    this.#position++
    this.#rejected = new Set()
  }

  /**
   * The round that more than half of the neighbours heard last have reached, as many of them as this node has
   * sources; null while too few have been heard. A minority that claims to be far ahead does not move it.
   */
  majorityRound(): number | null {
    const needed = (this.#sourceCount() >> 1) + 1
    const newest = [...this.#newest.values()].sort((a, b) => b - a)[needed - 1]
    return newest === undefined ? null : roundOf(newest)
  }

  /** Remembers how far the sources heard last have come. */
  #note(source: number, key: number): void {
    const newest = Math.max(key, this.#newest.get(source) ?? 0)
    this.#newest.delete(source)
    this.#newest.set(source, newest)
    if (this.#newest.size <= this.#sourceCount()) return
    for (const oldest of this.#newest.keys()) {
      this.#newest.delete(oldest)
      break
    }
  }

  #sourceCount(): number {
    return this.#sourcesOf(roundOf(this.#position)).length
  }
}

function keyOf(round: number, phase: number): number {
  return round * PHASES + phase
}

function roundOf(key: number): number {
  return Math.floor(key / PHASES)
}
