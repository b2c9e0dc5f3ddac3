import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomStream } from '../../src/numeric/random.ts'
import { blockLayout } from '../../src/sharing/private/blocks.ts'
import { goLetter } from '../../src/sharing/private/letter.ts'
import { PublicCoin } from '../../src/sharing/private/public-coin.ts'

const bands = fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 4 })
const size = fc.integer({ min: 1, max: 20 })

test('blocks cover every coefficient once, and none lies in two bands', () => {
  fc.assert(
    fc.property(bands, size, (lengths, blockSize) => {
      const layout = blockLayout(lengths, blockSize)
      const all = Uint32Array.from({ length: layout.count }, (_, block) => block)
      const total = lengths.reduce((a, b) => a + b, 0)
      expect([...layout.indicesOf(all)]).toEqual(Array.from({ length: total }, (_, k) => k))
      expect(layout.bands.reduce((a, b) => a + b, 0)).toBe(layout.count)
      const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b, 0))
      const starts = new Set(all.map((block) => layout.start(block)))
      for (const end of ends.slice(0, -1)) expect(starts.has(end)).toBe(true)
    }),
  )
})

const coinOf = (lengths: readonly number[], shares: readonly number[], epochRounds = 1000) =>
  new PublicCoin({ seed: 5, shares, epochRounds, layout: blockLayout(lengths, 4) })

test('all nodes draw the same, whichever rounds they were there for', () => {
  const always = coinOf([100, 30], [0.1, 0.4, 1], 10)
  const later = coinOf([100, 30], [0.1, 0.4, 1], 10)
  const drawn = Array.from({ length: 35 }, (_, round) => always.blocks(round, 3))
  expect(later.blocks(17, 3)).toEqual(drawn[17])
  expect(later.blocks(17, 3)).toEqual(drawn[17])
  expect(later.blocks(34, 3)).toEqual(drawn[34])
  expect(always.blocks(34, 4)).not.toEqual(drawn[34])
})

test('no block comes twice before all have come once', () => {
  fc.assert(
    fc.property(fc.constantFrom(0.05, 0.1, 0.25, 0.34, 0.5), fc.nat(50), (share, receiver) => {
      const coin = coinOf([400], [share])
      const times = new Uint32Array(100)
      for (let round = 0; round < 60; round++) {
        const blocks = coin.blocks(round, receiver)
        expect(new Set(blocks).size).toBe(blocks.length)
        for (const block of blocks) times[block]!++
        expect(Math.max(...times) - Math.min(...times)).toBeLessThanOrEqual(2)
      }
    }),
    { numRuns: 20 },
  )
})

test('small bands keep the budget over time', () => {
  const coin = coinOf([4, 8, 400], [0.1])
  const times = new Uint32Array(103)
  for (let round = 0; round < 500; round++)
    for (const block of coin.blocks(round, 1)) times[block]!++
  for (const count of times) expect(Math.abs(count - 50)).toBeLessThanOrEqual(2)
})

test('blocks that are asked for travel as they are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (count, seed) => {
      const random = randomStream(seed, 'blocks')
      const blocks = new Uint32Array(count)
        .map((_, block) => block)
        .filter(() => random.uniform() < 0.4)
      const letter = goLetter(count)
      const tags = new Map([[1, new Uint8Array(32)]])
      expect(letter.decode(letter.encode({ tags, blocks }))).toEqual({ tags, blocks })
    }),
  )
})
