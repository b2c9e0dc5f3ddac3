import { expect, test } from 'vitest'
import { leave } from './churn.ts'

test('(18) sums before and after a neighbour has gone differ by its model where they follow each other', async () => {
  const { gap, r2, sumAlone } = await leave({ cooldown: 0 })
  expect(gap).toBe(2)
  expect(r2).toBeGreaterThan(0.5)
  expect(sumAlone).toBeLessThan(0.25)
})

test.each([
  { cooldown: 3, atMost: 0.3 },
  { cooldown: 8, atMost: 0.15 },
])(
  '(18) after $cooldown rounds without a sum they differ by other things',
  async ({ cooldown, atMost }) => {
    const { gap, r2 } = await leave({ cooldown })
    expect(gap).toBe(cooldown + 2)
    expect(r2).toBeLessThan(atMost)
  },
)

test('(18) no sum of survivors is opened so soon after one with the node that was lost in mid-round', async () => {
  const { gap, r2 } = await leave({ cooldown: 3, isMidRound: true })
  expect(gap).toBe(6)
  expect(r2).toBeLessThan(0.4)
})
