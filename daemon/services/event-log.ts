import type { RunEvent } from '../api/interface.ts'
import type { JsonLines } from '../store/index.ts'

/** An event as it happens, without its time. */
type Happening = RunEvent extends infer E ? (E extends RunEvent ? Omit<E, 'at'> : never) : never

/** Told of every event and its place in the log. */
type Follower = (event: RunEvent, index: number) => void

/** A run's events: written to its log, and told to whoever follows it. */
export class EventLog {
  readonly #lines: JsonLines<RunEvent>
  readonly #now: () => string
  readonly #followers = new Set<Follower>()
  #count: number

  private constructor(lines: JsonLines<RunEvent>, now: () => string, count: number) {
    this.#lines = lines
    this.#now = now
    this.#count = count
  }

  /** @param now the time of day in ISO form */
  static async open(lines: JsonLines<RunEvent>, now: () => string): Promise<EventLog> {
    return new EventLog(lines, now, (await lines.readAll()).length)
  }

  async add(happening: Happening): Promise<void> {
    const event = { ...happening, at: this.#now() } as RunEvent
    const index = this.#count++
    await this.#lines.append(event)
    for (const tell of this.#followers) tell(event, index)
  }

  /** Past events; with `follow` also new ones, until the run has ended or the signal aborts. */
  async *read(options: { follow: boolean; signal?: AbortSignal }): AsyncGenerator<RunEvent> {
    const fresh: { event: RunEvent; index: number }[] = []
    let wake = () => {}
    const tell: Follower = (event, index) => {
      fresh.push({ event, index })
      wake()
    }
    const onAbort = () => wake()
    // Followed before the past is read, so that nothing falls in between.
    if (options.follow) this.#followers.add(tell)
    options.signal?.addEventListener('abort', onAbort)
    try {
      const past = await this.#lines.readAll()
      yield* past
      if (!options.follow) return
      let isOver = hasEnded(past)
      while (options.signal?.aborted !== true) {
        const next = fresh.shift()
        if (next === undefined) {
          if (isOver) return
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        } else if (next.index >= past.length) {
          yield next.event
          if (next.event.type === 'state') isOver = hasEnded([next.event])
        }
      }
    } finally {
      this.#followers.delete(tell)
      options.signal?.removeEventListener('abort', onAbort)
    }
  }
}

/** Whether the last state among the events is one from which nothing follows by itself. */
function hasEnded(events: readonly RunEvent[]): boolean {
  const last = events.findLast((event) => event.type === 'state')
  return last?.state === 'finished' || last?.state === 'stopped' || last?.state === 'failed'
}
