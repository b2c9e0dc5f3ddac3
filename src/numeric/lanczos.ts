/**
 * The largest eigenvalue of a large symmetric operator.
 *
 * C. Lanczos, "An iteration method for the solution of the eigenvalue problem" (1950), with full
 * reorthogonalisation; the eigenvalue of the tridiagonal matrix T by bisection on Sturm sequences (W. Givens, 1954).
 */
import { randomStream } from './random.ts'

/** Steps between two looks at convergence. */
const STRIDE = 10

/**
 * The largest eigenvalue of the symmetric `apply` on the complement of `deflated`, which must be an eigenvector. Takes
 * at most `steps` products and stops when ten more have changed the result by less than `tolerance`.
 *
 * @param n dimension, at least 2
 */
export function largestEigenvalue(
  n: number,
  apply: (x: Float64Array) => Float64Array,
  deflated: Float64Array,
  { tolerance = 1e-9, steps = 1000 } = {},
): number {
  const away = normalised(deflated)
  const random = randomStream(0, 'lanczos')
  let q = normalised(
    orthogonal(
      Float64Array.from({ length: n }, () => random.normal()),
      [away],
    ),
  )
  const basis = [away]
  const diagonal: number[] = []
  const off: number[] = []
  let found = Number.NEGATIVE_INFINITY
  for (let step = 1; ; step++) {
    basis.push(q)
    const product = apply(q)
    diagonal.push(dot(q, product))
    const next = orthogonal(product, basis)
    const beta = Math.sqrt(dot(next, next))
    // The complement is exhausted, or the start lies in an invariant subspace that has been explored.
    const exhausted = step === Math.min(steps, n - 1) || beta < 1e-13
    if (exhausted || step % STRIDE === 0) {
      const before = found
      found = largestOfTridiagonal(diagonal, off)
      if (exhausted || found - before < tolerance) return found
    }
    off.push(beta)
    q = next.map((value) => value / beta)
  }
}

function largestOfTridiagonal(diagonal: readonly number[], off: readonly number[]): number {
  // Gershgorin's circles hold all eigenvalues.
  const reach = diagonal.map((_, i) => Math.abs(off[i - 1] ?? 0) + Math.abs(off[i] ?? 0))
  let low = Math.min(...diagonal.map((value, i) => value - reach[i]!))
  let high = Math.max(...diagonal.map((value, i) => value + reach[i]!))
  for (let halving = 0; halving < 60; halving++) {
    const middle = (low + high) / 2
    if (countBelow(diagonal, off, middle) === diagonal.length) high = middle
    else low = middle
  }
  return (low + high) / 2
}

/** How many eigenvalues of T lie below x: the negative pivots of T − x I. */
function countBelow(diagonal: readonly number[], off: readonly number[], x: number): number {
  let count = 0
  let pivot = 1
  for (let i = 0; i < diagonal.length; i++) {
    const coupling = i === 0 ? 0 : off[i - 1]! ** 2
    pivot = diagonal[i]! - x - coupling / (pivot === 0 ? Number.MIN_VALUE : pivot)
    if (pivot < 0) count++
  }
  return count
}

/** `x` without its components along the orthonormal `basis`; twice, because once leaves rounding errors behind. */
function orthogonal(x: Float64Array, basis: readonly Float64Array[]): Float64Array {
  const result = x.slice()
  for (let pass = 0; pass < 2; pass++) {
    for (const direction of basis) {
      const along = dot(direction, result)
      for (let i = 0; i < result.length; i++) result[i]! -= along * direction[i]!
    }
  }
  return result
}

function normalised(x: Float64Array): Float64Array {
  const length = Math.sqrt(dot(x, x))
  return x.map((value) => value / length)
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}
