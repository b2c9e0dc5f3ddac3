import type { Graph } from '../../src/topology/interface.ts'

/** The dense mixing matrix W, entry by entry from the definition. */
export function mixingMatrix(graph: Graph, kind: 'metropolis-hastings' | 'uniform'): number[][] {
  const n = graph.nodes
  const degree = (i: number) => graph.sources[i]!.length
  const hears = (i: number, j: number) => graph.sources[i]!.includes(j)
  const w = Array.from({ length: n }, () => new Array<number>(n).fill(0))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (i === j || !hears(i, j)) continue
      w[i]![j] = 1 / (1 + (kind === 'uniform' ? degree(i) : Math.max(degree(i), degree(j))))
    }
    w[i]![i] = 1 - w[i]!.reduce((sum, value) => sum + value, 0)
  }
  return w
}

/** W X, where row i of X is node i's model. */
export function matrixProduct(w: number[][], x: readonly ArrayLike<number>[]): number[][] {
  return w.map((row) =>
    Array.from({ length: x[0]!.length }, (_, k) =>
      row.reduce((sum, weight, j) => sum + weight * x[j]![k]!, 0),
    ),
  )
}

/** All eigenvalues of a symmetric matrix by cyclic Jacobi rotations, descending. */
export function symmetricEigenvalues(matrix: number[][]): number[] {
  const a = matrix.map((row) => [...row])
  const n = a.length
  for (let sweep = 0; sweep < 30; sweep++) {
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(a[p]![q]!) < 1e-15) continue
        const angle = 0.5 * Math.atan2(2 * a[p]![q]!, a[q]![q]! - a[p]![p]!)
        const [c, s] = [Math.cos(angle), Math.sin(angle)]
        for (let k = 0; k < n; k++) {
          const [kp, kq] = [a[k]![p]!, a[k]![q]!]
          a[k]![p] = c * kp - s * kq
          a[k]![q] = s * kp + c * kq
        }
        for (let k = 0; k < n; k++) {
          const [pk, qk] = [a[p]![k]!, a[q]![k]!]
          a[p]![k] = c * pk - s * qk
          a[q]![k] = s * pk + c * qk
        }
      }
    }
  }
  return a.map((row, i) => row[i]!).sort((x, y) => y - x)
}
