/**
 * A neighbour that leaves shows itself in the difference of two sums. With Σ_P before and Σ_{P∖l} after, x̄ the mean model,
 *
 *   δ_l ≈ (Σ_P(t) − |P| x̄(t)) − (Σ_{P∖l}(t′) − (|P| − 1) x̄(t′)),
 *
 * wrong by as much as the others have deviated otherwise in between. A cool-down lengthens what is in between. The attacker
 * is given x̄, averages as many sums on either side as serves it best, and is judged by the direction it finds.
 */
import { maskedJob } from './jobs.ts'
import { mean } from './measures.ts'
import { record, type Trace } from './record.ts'
import { meanModels } from './sums.ts'

const LEAVER = 0
/** The round that it goes in. */
const LEAVES = 5
/** In a round that opens no epoch: the phase in which vectors are sent. */
const VECTOR = 3

/** Sums averaged on either side. */
const WINDOWS = [1, 2, 4]

export interface Difference {
  /** Rounds from the last sum with the leaver to the first without. */
  readonly gap: number
  /** Squared correlation of the estimate with the leaver's true deviation: 1 where it is found but for a factor. */
  readonly r2: number
  /** The same for the last sum alone, without any difference. */
  readonly sumAlone: number
}

export interface Leaving {
  /** K. */
  readonly cooldown: number
  /** Between two rounds, or when it has promised its vector and all the others send theirs. @default false */
  readonly isMidRound?: boolean
  readonly seed?: number
}

/**
 * One node goes for good from a run of the protocol itself, on whole models. With s = 1: where receivers might collude, this
 * small graph without it would have no sums at all. Without slow momentum, which would make it harder for the attacker.
 */
export async function leave({ cooldown, isMidRound = false, seed = 5 }: Leaving) {
  const rounds = LEAVES + cooldown + 6
  const job = maskedJob({
    seed,
    'train.rounds': rounds,
    'train.slowMomentum': 0,
    'privacy.cooldown': cooldown,
    'privacy.minMaskers': 1,
  })
  const speaks = (rank: number, round: number, phase: number) =>
    rank !== LEAVER || round < LEAVES || (isMidRound && round === LEAVES && phase < VECTOR)
  return differenceOf(await record('masked', job, { speaks }), LEAVER)
}

/** What the receivers of `leaver` make of its going, on average. */
function differenceOf(trace: Trace, leaver: number): Difference {
  const deviations = deviationsOf(trace)
  const sumOf = (round: number, ranks: readonly number[]) =>
    added(ranks.map((rank) => deviations[round]![rank]!))
  const found = trace.senders[leaver]!.map((receiver) => {
    const senders = trace.senders[receiver]!
    const others = senders.filter((sender) => sender !== leaver)
    const before = adopted(trace, receiver, senders.length)
    const after = adopted(trace, receiver, others.length)
    const last = before.at(-1)!
    const truth = deviations[last]![leaver]!
    const estimates = WINDOWS.map((window) => {
      const early = before.slice(-window).map((round) => sumOf(round, senders))
      const late = after.slice(0, window).map((round) => sumOf(round, others))
      return difference(
        scaled(added(early), 1 / early.length),
        scaled(added(late), 1 / late.length),
      )
    })
    return {
      gap: after[0]! - last,
      r2: Math.max(...estimates.map((estimate) => correlation(estimate, truth) ** 2)),
      sumAlone: correlation(sumOf(last, senders), truth) ** 2,
    }
  })
  const meanOf = (figure: keyof Difference) => mean(found.map((one) => one[figure]))
  return { gap: meanOf('gap'), r2: meanOf('r2'), sumAlone: meanOf('sumAlone') }
}

/** Rounds in which a receiver has mixed in the sum of so many. */
function adopted({ reports }: Trace, receiver: number, survivors: number): number[] {
  return [...reports.keys()].filter((round) => {
    const report = reports[round]![receiver]
    return report?.outcome === 'adopted' && report.survivors === survivors
  })
}

/** By round and node. */
function deviationsOf(trace: Trace): Float64Array[][] {
  const means = meanModels(trace)
  return trace.coefficients.map((models, round) =>
    models.map((model) => difference(model, means[round]!)),
  )
}

function difference(a: ArrayLike<number>, b: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: a.length }, (_, k) => a[k]! - b[k]!)
}

function added(vectors: readonly Float64Array[]): Float64Array {
  return vectors[0]!.map((_, k) => vectors.reduce((sum, vector) => sum + vector[k]!, 0))
}

function scaled(vector: Float64Array, factor: number): Float64Array {
  return vector.map((value) => value * factor)
}

function correlation(a: Float64Array, b: Float64Array): number {
  const dot = (u: Float64Array, v: Float64Array) => u.reduce((sum, x, k) => sum + x * v[k]!, 0)
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
}
