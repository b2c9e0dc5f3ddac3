/**
 * Time in an emulation: a queue of events, ordered by time and, at the same time, by when they were put there. Time
 * moves only in `advance`, which the emulator calls when every process waits; so an hour of network delays takes
 * none, and equal runs see equal times.
 */
import type { Clock } from '../runtime/clock.ts'

interface Event {
  readonly time: number
  readonly sequence: number
  /** Null once cancelled. */
  action: (() => void) | null
}

/**
 * Events of one step. Thousands at the same time go in several: what the first ones lead to, such as work for the
 * engine, begins while the others are still to come.
 */
const MOST_AT_ONCE = 128

export class VirtualClock implements Clock {
  #now = 0
  #sequence = 0
  /** Binary heap: the earliest event first. */
  readonly #events: Event[] = []

  now(): number {
    return this.#now
  }

  /** Calls `action` at `time`, or at the next `advance` where that has passed. Returns how to cancel it. */
  at(time: number, action: () => void): () => void {
    const event: Event = { time: Math.max(time, this.#now), sequence: this.#sequence++, action }
    push(this.#events, event)
    return () => {
      event.action = null
    }
  }

  sleep(seconds: number, { signal }: { signal?: AbortSignal | undefined } = {}): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason)
        return
      }
      const cancel = this.at(this.#now + seconds, () => {
        signal?.removeEventListener('abort', abort)
        resolve()
      })
      const abort = () => {
        cancel()
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', abort, { once: true })
    })
  }

  /**
   * Moves to the next event's time and calls what is due then, as much of it as goes in one step. False where nothing is
   * left to happen.
   */
  advance(): boolean {
    while (this.#events[0]?.action === null) pop(this.#events)
    const first = this.#events[0]
    if (first === undefined) return false
    this.#now = first.time
    // What these events put at the same time belongs to the next call: their processes have yet to run.
    const last = this.#sequence
    let calls = 0
    for (let next = first; next?.time === first.time && next.sequence < last; ) {
      if (calls++ === MOST_AT_ONCE) break
      pop(this.#events)
      next.action?.()
      next = this.#events[0]!
    }
    return true
  }
}

function isEarlier(a: Event, b: Event): boolean {
  return a.time < b.time || (a.time === b.time && a.sequence < b.sequence)
}

function push(heap: Event[], event: Event): void {
  let child = heap.length
  heap.push(event)
  while (child > 0) {
    const parent = (child - 1) >> 1
    if (!isEarlier(event, heap[parent]!)) break
    heap[child] = heap[parent]!
    child = parent
  }
  heap[child] = event
}

function pop(heap: Event[]): void {
  const last = heap.pop()!
  if (heap.length === 0) return
  let parent = 0
  for (;;) {
    let child = 2 * parent + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && isEarlier(heap[child + 1]!, heap[child]!)) child++
    if (!isEarlier(heap[child]!, last)) break
    heap[parent] = heap[child]!
    parent = child
  }
  heap[parent] = last
}
