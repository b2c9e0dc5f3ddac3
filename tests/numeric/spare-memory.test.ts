import { beforeEach, expect, test } from 'vitest'
import { borrowFloats, borrowIntegers, giveBack } from '../../src/numeric/spare-memory.ts'

/** Long enough to be kept. */
const LENGTH = 2 ** 16
const MOST = 16

/** Nothing is spare that is as long as what tests ask for. */
beforeEach(() => {
  for (let i = 0; i < MOST; i++) borrowFloats(LENGTH)
})

const memoryOf = ({ buffer }: { readonly buffer: ArrayBufferLike }) => buffer

test('what was given back is lent again, to one borrower at a time', () => {
  const first = borrowFloats(LENGTH)
  giveBack(first)
  const second = borrowIntegers(LENGTH)
  const third = borrowFloats(LENGTH)
  expect(memoryOf(second)).toBe(memoryOf(first))
  expect(memoryOf(third)).not.toBe(memoryOf(first))
  expect(third).toHaveLength(LENGTH)
})

test('the smallest that is long enough is lent, as long as it was asked for', () => {
  const [long, longer, longest] = [2, 4, 3].map((times) => borrowFloats(times * LENGTH))
  for (const array of [longer!, long!, longest!]) giveBack(array)
  const again = borrowFloats(LENGTH + 1)
  expect(again).toHaveLength(LENGTH + 1)
  expect(memoryOf(again)).toBe(memoryOf(long!))
  expect(memoryOf(borrowFloats(5 * LENGTH))).not.toBe(memoryOf(longer!))
})

test('what was not borrowed, was given back before or is short is not kept', () => {
  const own = new Float32Array(LENGTH)
  giveBack(own)
  expect(memoryOf(borrowFloats(LENGTH))).not.toBe(memoryOf(own))
  const once = borrowFloats(LENGTH)
  giveBack(once)
  giveBack(once)
  expect(memoryOf(borrowFloats(LENGTH))).toBe(memoryOf(once))
  expect(memoryOf(borrowFloats(LENGTH))).not.toBe(memoryOf(once))
  const short = borrowFloats(10)
  giveBack(short)
  expect(memoryOf(borrowFloats(10))).not.toBe(memoryOf(short))
})

test.each([
  ['arrays', LENGTH, 20, MOST],
  ['bytes', 2 ** 24, 6, 4],
])('the last ones are kept, up to so many %s', (_, length, count, kept) => {
  const all = Array.from({ length: count }, () => borrowFloats(length))
  for (const array of all) giveBack(array)
  const again = all.map(() => memoryOf(borrowFloats(length)))
  const known = all.map(memoryOf)
  expect(again.filter((memory) => known.includes(memory))).toHaveLength(kept)
  for (const array of all.slice(-kept)) expect(again).toContain(memoryOf(array))
})
