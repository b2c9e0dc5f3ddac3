import { expect, test } from 'vitest'
import { largestEigenvalue } from '../../src/numeric/lanczos.ts'
import { randomStream } from '../../src/numeric/random.ts'
import { symmetricEigenvalues } from '../reference/mixing-matrix.ts'

test.each([2, 3, 10, 40])('agrees with Jacobi rotations on a random matrix of order %i', (n) => {
  // A symmetric matrix with rows that sum to 0 has the eigenvector of ones.
  const random = randomStream(n, 'matrix')
  const matrix = Array.from({ length: n }, () => new Array<number>(n).fill(0))
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const value = random.normal()
      matrix[i]![j] = matrix[j]![i] = value
      matrix[i]![i]! -= value
      matrix[j]![j]! -= value
    }
  }
  const apply = (x: Float64Array) =>
    x.map((_, i) => matrix[i]!.reduce((sum, value, j) => sum + value * x[j]!, 0))
  const eigenvalues = symmetricEigenvalues(matrix)
  const ones = eigenvalues.findIndex((value) => Math.abs(value) < 1e-9)
  const expected = eigenvalues.toSpliced(ones, 1)[0]!
  expect(largestEigenvalue(n, apply, new Float64Array(n).fill(1))).toBeCloseTo(expected, 8)
})

test('stops at once in an invariant subspace', () => {
  let products = 0
  const identity = (x: Float64Array) => {
    products++
    return x.slice()
  }
  expect(largestEigenvalue(500, identity, new Float64Array(500).fill(1))).toBeCloseTo(1, 12)
  expect(products).toBe(1)
})
