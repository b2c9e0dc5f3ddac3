/**
 * How long a round waits for its neighbours. A pure function of what was observed, so that the daemon and the
 * emulator wait alike and tests need no time.
 *
 *     D = clamp(max(slack × own work, median + k × MAD), floor, ceiling) × 2^misses, at most the ceiling
 *     deadline of phase p = D × (1 + p / 4)
 *
 * Median and MAD (median absolute deviation) of the delays of recent arrivals ignore a minority of slow or lying
 * neighbours, however extreme; the own work of recent rounds (training, evaluating, mixing) is what an equal machine
 * may take longer than this one. Until enough arrivals have been seen, only the ceiling holds: the first rounds
 * include other machines' start-up.
 *
 * In rounds of several phases a neighbour may itself be waiting for somebody who will never be heard, and goes on when its
 * deadline passes. Were all deadlines the same, it would be given up just before, and those who wait for it with it, one
 * lost frame through the whole network. Whoever waits in a later phase therefore waits a little longer.
 */
export interface ArrivalHistory {
  /** Seconds from the start of a wait to each arrival; 0 for those that were there before. Late ones count too. */
  readonly delays: readonly number[]
  /** Seconds this node itself was busy before each of the last waits. */
  readonly work: readonly number[]
  /** Waits in a row that ended without a quorum, or with nobody heard. */
  readonly misses: number
}

export interface DeadlineOptions {
  /** A fixed number of seconds instead of the adaptive rule. @default 'adaptive' */
  readonly deadline?: 'adaptive' | number
  /** No wait of a round's first phase is longer, seconds. @default 60 */
  readonly maxDeadline?: number
}

/** Arrivals and waits remembered: about ten rounds of a 6-regular graph. */
export const DELAYS_REMEMBERED = 64
export const WORK_REMEMBERED = 8

/** Fewer arrivals say too little about the spread. */
const DELAYS_NEEDED = 8
/** MAD × 1.4826 estimates a standard deviation; six of them leave out what hardly ever happens. */
const DEVIATIONS = 6 * 1.4826
/** A neighbour may take so many times as long as this node. */
const SLACK = 3
/** A pause for garbage collection or a re-sent TCP segment must not cost a neighbour its round. */
const FLOOR_SECONDS = 2

/** Of the deadline, for each phase before: what frames and computing take from one node to the next, many times over. */
const PHASE_SHARE = 0.25

/**
 * Seconds to wait from now on; positive.
 * @param phase of the round, counted from 0: the first is never waited for longer than `maxDeadline`
 */
export function waitingTime(
  history: ArrivalHistory,
  options: DeadlineOptions = {},
  phase = 0,
): number {
  return firstPhase(history, options) * (1 + PHASE_SHARE * phase)
}

function firstPhase(history: ArrivalHistory, options: DeadlineOptions): number {
  const { deadline = 'adaptive', maxDeadline = 60 } = options
  if (deadline !== 'adaptive') return Math.min(deadline, maxDeadline)
  if (history.delays.length < DELAYS_NEEDED) return maxDeadline
  const typical = median(history.delays)
  const spread = median(history.delays.map((delay) => Math.abs(delay - typical)))
  const ownPace = SLACK * Math.max(0, ...history.work)
  const wanted = Math.max(FLOOR_SECONDS, ownPace, typical + DEVIATIONS * spread)
  return Math.min(maxDeadline, wanted * 2 ** history.misses)
}

/** Seconds that every wait lasts at least, of a node that is busy for `work` seconds before it. */
export function shortestWait(work: number, options: DeadlineOptions = {}): number {
  const { deadline = 'adaptive', maxDeadline = 60 } = options
  const wanted = deadline === 'adaptive' ? Math.max(FLOOR_SECONDS, SLACK * work) : deadline
  return Math.min(wanted, maxDeadline)
}

function median(values: readonly number[]): number {
  const sorted = new Float64Array(values).sort()
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}
