/** Arithmetic on parameter vectors. Sums are kept in double precision and always run in the same order. */

import { copyIn, inScratch, kernels } from './kernels.ts'

/** Numbers that a kernel gets at a time where it needs no more: a copy that stays in the processor's cache. */
const PART = 2 ** 15

/** Index of the first NaN or infinity; −1 where all values are finite. */
export function firstNonFinite(values: Float32Array): number {
  for (let start = 0; start < values.length; start += PART) {
    const part = values.subarray(start, start + PART)
    const finite = inScratch(() => kernels.allFinite(copyIn(part), part.length))
    if (finite === 0) return start + part.findIndex((value) => !Number.isFinite(value))
  }
  return -1
}

/** Squared Euclidean distance of two vectors of equal length. */
export function squaredDistance(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) {
    const difference = a[i]! - b[i]!
    sum += difference * difference
  }
  return sum
}

/** Element-wise mean of vectors of equal length, at least one. */
export function meanVector(vectors: readonly Float32Array[]): Float64Array {
  const mean = new Float64Array(vectors[0]!.length)
  for (const vector of vectors) {
    for (let i = 0; i < mean.length; i++) mean[i]! += vector[i]!
  }
  for (let i = 0; i < mean.length; i++) mean[i]! /= vectors.length
  return mean
}

/** Root mean square over nodes of the Euclidean distance to the mean model: 0 in consensus. */
export function consensusDistance(models: readonly Float32Array[]): number {
  const mean = meanVector(models)
  let sum = 0
  for (const model of models) {
    for (let i = 0; i < mean.length; i++) {
      const difference = model[i]! - mean[i]!
      sum += difference * difference
    }
  }
  return Math.sqrt(sum / models.length)
}
