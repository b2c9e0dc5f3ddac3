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

test('(18) no cool-down comes before the sum of the survivors in the very round in which a vector is lost', async () => {
  const { gap, r2 } = await leave({ cooldown: 3, isMidRound: true })
  expect(gap).toBe(1)
  expect(r2).toBeGreaterThan(0.4)
})
