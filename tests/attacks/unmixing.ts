/**
 * Telling neighbours apart over rounds. A receiver that knows who is in each coordinate's sum takes
 *
 *   y_t[k] = Σ_{i∈C_t(k)} δ_i[k],   δ_i the deviation of neighbour i from the mean model,
 *
 * for equations in unknowns that hardly move, and solves them by ridge least squares, recent rounds weighing more. Where
 * contributors vary from round to round the equations have full rank; where they are always the same d nodes there is but one
 * equation, and the best estimate of each is the mean, which explains 1/d of nodes that deviate independently.
 *
 * The attacker is given more than it would have: the true mean of all models, and the ridge and the forgetting that serve it
 * best.
 */
import { Explained } from './measures.ts'
import type { Trace } from './record.ts'
import { bitCount, meanModels, type SumSeen, sumsSeen } from './sums.ts'

const RIDGES = [1e-3, 0.3]
const MEMORIES = [1, 0.8, 0.5]

export interface Unmixed {
  /** R² of the neighbours' deviations in the last round, over all receivers and coordinates. */
  readonly r2: number
  /** By receiver and, in the order of its senders, by sender: the coefficients that the attacker believes it has. */
  readonly models: readonly (readonly Float64Array[])[]
}

/** With the ridge and the forgetting that serve the attacker best. */
export function unmixed(trace: Trace): Unmixed {
  const views = trace.senders.map((_, receiver) => sumsSeen(trace, receiver))
  const tunings = MEMORIES.flatMap((memory) => RIDGES.map((ridge) => ({ memory, ridge })))
  const attempts = tunings.map((tuning) => attempt(trace, views, tuning))
  return attempts.reduce((best, one) => (one.r2 > best.r2 ? one : best))
}

interface Tuning {
  readonly memory: number
  readonly ridge: number
}

function attempt(trace: Trace, views: readonly (readonly SumSeen[])[], tuning: Tuning): Unmixed {
  const { senders, coefficients } = trace
  const means = meanModels(trace)
  const [models, mean] = [coefficients.at(-1)!, means.at(-1)!]
  const explained = new Explained()
  const found = senders.map((neighbours, receiver) => {
    const estimates = unmix(views[receiver]!, neighbours.length, means, tuning)
    return estimates.map((estimate, i) => {
      const truth = models[neighbours[i]!]!
      for (const [k, value] of estimate.entries()) explained.add(value, truth[k]! - mean[k]!)
      return estimate.map((value, k) => mean[k]! + value)
    })
  })
  return { r2: explained.r2, models: found }
}

/** By neighbour: its deviation at each coordinate. */
function unmix(
  view: readonly SumSeen[],
  degree: number,
  means: readonly Float64Array[],
  { memory, ridge }: Tuning,
): Float64Array[] {
  const size = means[0]!.length
  // Normal equations of each coordinate, row by row; the last column is the right-hand side.
  const width = degree + 1
  const equations = new Float64Array(size * degree * width)
  let round = 0
  for (const seen of view) {
    const forgetting = memory ** (seen.round - round)
    round = seen.round
    for (let k = 0; k < size; k++) {
      const at = equations.subarray(k * degree * width, (k + 1) * degree * width)
      if (forgetting !== 1) for (let e = 0; e < at.length; e++) at[e]! *= forgetting
      const bits = seen.members[k]!
      if (bits === 0) continue
      const y = seen.values[k]! - bitCount(bits) * means[seen.round]![k]!
      for (let row = 0; row < degree; row++) {
        if (((bits >> row) & 1) === 0) continue
        for (let column = 0; column < degree; column++) {
          at[row * width + column]! += (bits >> column) & 1
        }
        at[row * width + degree]! += y
      }
    }
  }
  const estimates = Array.from({ length: degree }, () => new Float64Array(size))
  for (let k = 0; k < size; k++) {
    const at = equations.subarray(k * degree * width, (k + 1) * degree * width)
    for (let row = 0; row < degree; row++) at[row * width + row]! += ridge
    for (const [i, value] of solved(at, degree).entries()) estimates[i]![k] = value
  }
  return estimates
}

/** x of a positive definite system A x = b, given and overwritten as rows (A | b). */
function solved(rows: Float64Array, order: number): Float64Array {
  const width = order + 1
  for (let pivot = 0; pivot < order; pivot++) {
    for (let row = 0; row < order; row++) {
      if (row === pivot) continue
      const factor = rows[row * width + pivot]! / rows[pivot * width + pivot]!
      for (let column = pivot; column < width; column++) {
        rows[row * width + column]! -= factor * rows[pivot * width + column]!
      }
    }
  }
  return Float64Array.from(
    { length: order },
    (_, i) => rows[i * width + order]! / rows[i * width + i]!,
  )
}
