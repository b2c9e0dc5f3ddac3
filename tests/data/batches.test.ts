import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { batchIndices } from '../../src/data/index.ts'

const own = (count: number) => Int32Array.from({ length: count }, (_, i) => 100 + 3 * i)

/** All indices of the first `rounds` rounds, one after the other. */
function sequence(request: {
  count: number
  localSteps: number
  batch: number
  rounds: number
  seed?: number
  rank?: number
}) {
  const { count, localSteps, batch, rounds, seed = 1, rank = 0 } = request
  return Array.from({ length: rounds }, (_, round) => [
    ...batchIndices({ seed, rank, round, localSteps, batch, examples: own(count) }),
  ]).flat()
}

const request = fc.record({
  count: fc.integer({ min: 1, max: 40 }),
  localSteps: fc.integer({ min: 1, max: 5 }),
  batch: fc.integer({ min: 1, max: 9 }),
  rounds: fc.integer({ min: 1, max: 12 }),
  seed: fc.nat(),
  rank: fc.nat(50),
})

describe('batchIndices', () => {
  test('every epoch uses every example once', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const all = sequence(asked)
        expect(all).toHaveLength(asked.rounds * asked.localSteps * asked.batch)
        for (let start = 0; start + asked.count <= all.length; start += asked.count) {
          const epoch = all.slice(start, start + asked.count).sort((a, b) => a - b)
          expect(epoch).toEqual([...own(asked.count)])
        }
      }),
    )
  })

  test('how rounds are cut does not change the sequence', () => {
    const long = sequence({ count: 13, localSteps: 6, batch: 4, rounds: 5 })
    const short = sequence({ count: 13, localSteps: 2, batch: 4, rounds: 15 })
    expect(long).toEqual(short)
  })

  test('ranks, seeds and epochs are shuffled differently', () => {
    const base = { count: 50, localSteps: 1, batch: 50, rounds: 1 }
    const orders = [
      sequence({ ...base, rank: 0 }),
      sequence({ ...base, rank: 1 }),
      sequence({ ...base, seed: 2 }),
      sequence({ ...base, rounds: 2 }).slice(50),
      [...own(50)],
    ]
    expect(new Set(orders.map(String)).size).toBe(orders.length)
  })

  test('each position of an epoch is equally likely to hold any example', () => {
    const hits = new Array<number>(4).fill(0)
    for (let seed = 0; seed < 4000; seed++) {
      const [first] = sequence({ count: 4, localSteps: 1, batch: 1, rounds: 1, seed })
      hits[(first! - 100) / 3]!++
    }
    // Five standard deviations of a binomial(4000, 1/4).
    for (const count of hits) expect(Math.abs(count - 1000)).toBeLessThan(137)
  })

  test('does not touch the list it is given, and refuses an empty one', () => {
    const examples = own(5)
    batchIndices({ seed: 1, rank: 0, round: 3, localSteps: 2, batch: 3, examples })
    expect(examples).toEqual(own(5))
    const empty = new Int32Array(0)
    expect(() =>
      batchIndices({ seed: 1, rank: 0, round: 0, localSteps: 1, batch: 1, examples: empty }),
    ).toThrow(RangeError)
  })

  test('the order is that of the first release', () => {
    expect(sequence({ count: 6, localSteps: 2, batch: 3, rounds: 2, seed: 7, rank: 1 })).toEqual([
      103, 106, 100, 115, 112, 109, 115, 100, 112, 106, 103, 109,
    ])
  })
})
