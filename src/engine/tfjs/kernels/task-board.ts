/**
 * The memory through which the training thread and its helpers share a task. One task at a time: the training thread
 * posts it in as many shares as there are threads, everybody claims shares until none is left, and the training
 * thread waits until all are finished. A helper that wakes late finds its share done by another: on a busy machine
 * threads cost nothing but their wake-up.
 *
 * Shares are consecutive runs of the task's units. Kernels compute every unit the same way whoever does it, so the
 * number of threads never shows in a result.
 */
import { type Kernels, TASKS, type Task } from './kernels.ts'

const MAXIMUM_ARGUMENTS = 24

/** Where things lie among the 32-bit words. */
const CLAIM = 0
const FINISHED = 1
const FAILED = 2
const TASK = 3
const UNITS = 4
const ARGUMENTS = 5

const ARGUMENTS_OFFSET = 32

/** The claim word: the number of the next free share below, the generation of the task above. */
const SHARE_BITS = 8
const SHARE_MASK = (1 << SHARE_BITS) - 1

/**
 * How often a waiting thread looks before it goes to sleep: some 60 microseconds, longer than most gaps between the
 * tasks of a step. Waking a sleeper takes as long as a tenth of a convolution.
 */
const LOOKS = 10_000

export interface Work {
  readonly task: Task
  readonly units: number
  /** Address of the first thread's scratch memory, and the bytes that each thread has. */
  readonly scratch: number
  readonly scratchBytes: number
  readonly rest: readonly number[]
}

export class TaskBoard {
  readonly buffer: SharedArrayBuffer
  readonly #threads: number
  readonly #words: Int32Array
  readonly #arguments: Float64Array

  constructor(
    threads: number,
    buffer = new SharedArrayBuffer(
      ARGUMENTS_OFFSET + MAXIMUM_ARGUMENTS * Float64Array.BYTES_PER_ELEMENT,
    ),
  ) {
    this.buffer = buffer
    this.#threads = threads
    this.#words = new Int32Array(buffer, 0, ARGUMENTS_OFFSET / Int32Array.BYTES_PER_ELEMENT)
    this.#arguments = new Float64Array(buffer, ARGUMENTS_OFFSET)
  }

  /** The training thread's part: returns when all shares are finished. */
  complete(kernels: Kernels, { task, units, scratch, scratchBytes, rest }: Work): void {
    const words = this.#words
    words[TASK] = TASKS.indexOf(task)
    words[UNITS] = units
    words[ARGUMENTS] = rest.length + 2
    this.#arguments.set([scratch, scratchBytes, ...rest])
    Atomics.store(words, FINISHED, 0)
    const generation = (Atomics.load(words, CLAIM) >> SHARE_BITS) + 1
    Atomics.store(words, CLAIM, generation << SHARE_BITS)
    Atomics.notify(words, CLAIM)
    this.#claimShares(kernels, 0)
    for (let finished: number; (finished = Atomics.load(words, FINISHED)) < this.#threads; )
      this.#awaitChange(FINISHED, finished)
    if (Atomics.load(words, FAILED) !== 0) throw new Error('a compute thread failed')
  }

  /** A helper's part: never returns. `thread` says which scratch memory is its own. */
  serve(kernels: Kernels, thread: number): never {
    for (;;) this.#awaitChange(CLAIM, this.#claimShares(kernels, thread))
  }

  /** Does shares until none is free; returns the claim word that said so. */
  #claimShares(kernels: Kernels, thread: number): number {
    const words = this.#words
    for (;;) {
      const claim = Atomics.load(words, CLAIM)
      const share = claim & SHARE_MASK
      if (share >= this.#threads) return claim
      // Read before the claim: if the task has changed meanwhile, so has the word, and the claim fails.
      const work = this.#read()
      if (Atomics.compareExchange(words, CLAIM, claim, claim + 1) !== claim) continue
      try {
        doShare(kernels, work, share, this.#threads, thread)
      } catch {
        Atomics.store(words, FAILED, 1)
      }
      if (Atomics.add(words, FINISHED, 1) === this.#threads - 1) Atomics.notify(words, FINISHED)
    }
  }

  #read(): Work {
    const task = TASKS[this.#words[TASK]!]!
    const values = this.#arguments.subarray(0, this.#words[ARGUMENTS]!)
    const [scratch, scratchBytes, ...rest] = values as unknown as [number, number, ...number[]]
    return { task, units: this.#words[UNITS]!, scratch, scratchBytes, rest }
  }

  #awaitChange(word: number, from: number): void {
    for (let look = 0; look < LOOKS; look++) if (Atomics.load(this.#words, word) !== from) return
    Atomics.wait(this.#words, word, from)
  }
}

/** Share number `share` of `shares`, in the scratch memory of `thread`. */
export function doShare(
  kernels: Kernels,
  { task, units, scratch, scratchBytes, rest }: Work,
  share: number,
  shares: number,
  thread: number,
): void {
  const begin = Math.floor((units * share) / shares)
  const end = Math.floor((units * (share + 1)) / shares)
  if (end > begin) kernels[task](begin, end, scratch + thread * scratchBytes, ...rest)
}
