import { expect, test } from 'vitest'
import { borrowVector, returnVector } from '../../src/numeric/spare-vectors.ts'

/** Long enough to be kept. */
const LENGTH = 2 ** 16

test('a long vector that was returned is lent again, to one borrower at a time', () => {
  const first = borrowVector(LENGTH)
  returnVector(first)
  const second = borrowVector(LENGTH)
  const third = borrowVector(LENGTH)
  expect(second).toBe(first)
  expect(third).not.toBe(first)
  expect(third).toHaveLength(LENGTH)
})

test('only vectors of the length asked for are lent, and short ones are never kept', () => {
  const long = borrowVector(LENGTH + 1)
  returnVector(long)
  expect(borrowVector(LENGTH)).toHaveLength(LENGTH)
  expect(borrowVector(LENGTH + 1)).toBe(long)
  const short = borrowVector(10)
  returnVector(short)
  expect(borrowVector(10)).not.toBe(short)
})

test('of many only the two returned last are kept', () => {
  const all = Array.from({ length: 5 }, () => borrowVector(LENGTH + 2))
  for (const vector of all) returnVector(vector)
  const again = all.map(() => borrowVector(LENGTH + 2))
  expect(again[0]).toBe(all[4])
  expect(again[1]).toBe(all[3])
  for (const vector of again.slice(2)) expect(all).not.toContain(vector)
})
