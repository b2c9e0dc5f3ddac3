import { z } from 'zod'

/** Option of the strategies that send part of a vector. */
export const budgetSchema = z.number().positive().max(1)

/** How many of `size` coordinates a share of them is: at least one. */
export function coordinatesOf(share: number, size: number): number {
  return Math.max(1, Math.round(share * size))
}
