import { largestEigenvalue } from '../numeric/lanczos.ts'
import { isUndirected } from './graph.ts'
import type { Graph } from './interface.ts'
import { type MixingKind, mixingWeights } from './mixing.ts'

/**
 * How fast repeated mixing agrees: 1 − max(|λ₂|, |λ_n|) of the mixing matrix W, from 0 (some nodes never agree) to 1
 * (one round gives the mean). After t rounds the distance to consensus has shrunk like (1 − gap)^t.
 *
 * The eigenvalues of a directed graph's W do not bound its progress. There the gap is 1 − σ, σ the largest singular
 * value of W on vectors of mean 0, mean removed: the factor by which one round shrinks the disagreement at worst. It
 * is negative where a round can increase it.
 *
 * Both are 1 − ‖S‖ for a matrix S = D^½ W D^−½ on the complement of √π, D = diag(π). Undirected, W is reversible,
 * π_i w_ij = π_j w_ji, with π constant (Metropolis–Hastings) or d_i + 1 (uniform): S is symmetric and has W's
 * eigenvalues. Directed, π is constant.
 */
export function spectralGap(graph: Graph, kind: MixingKind): number {
  if (graph.nodes === 1) return 1
  const byDegree = kind === 'uniform' && isUndirected(graph)
  const root = Float64Array.from(graph.sources, (sources) =>
    byDegree ? Math.sqrt(sources.length + 1) : 1,
  )
  const rows = sparseRows(graph, kind, root)
  const applied = (x: Float64Array) => {
    const y = transposedProduct(rows, without(root, product(rows, x)))
    return without(root, y)
  }
  return 1 - Math.sqrt(Math.max(0, largestEigenvalue(graph.nodes, applied, root)))
}

/** Row i of S, diagonal included. */
interface Row {
  readonly columns: Int32Array
  readonly values: Float64Array
}

function sparseRows(graph: Graph, kind: MixingKind, root: Float64Array): Row[] {
  return mixingWeights(graph, kind).map((weights, i) => {
    let own = 1
    for (const weight of weights.values()) own -= weight
    return {
      columns: Int32Array.from([i, ...weights.keys()]),
      values: Float64Array.from([
        own,
        ...Array.from(weights, ([j, weight]) => (weight * root[i]!) / root[j]!),
      ]),
    }
  })
}

function product(rows: readonly Row[], x: Float64Array): Float64Array {
  return Float64Array.from(rows, ({ columns, values }) => {
    let sum = 0
    for (let k = 0; k < columns.length; k++) sum += values[k]! * x[columns[k]!]!
    return sum
  })
}

function transposedProduct(rows: readonly Row[], x: Float64Array): Float64Array {
  const result = new Float64Array(x.length)
  for (const [i, { columns, values }] of rows.entries()) {
    for (let k = 0; k < columns.length; k++) result[columns[k]!]! += values[k]! * x[i]!
  }
  return result
}

/** `x` without its component along `direction`. */
function without(direction: Float64Array, x: Float64Array): Float64Array {
  let along = 0
  let square = 0
  for (let i = 0; i < x.length; i++) {
    along += direction[i]! * x[i]!
    square += direction[i]! ** 2
  }
  return x.map((value, i) => value - (along / square) * direction[i]!)
}
