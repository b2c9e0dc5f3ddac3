/** The whole of what can befall one letter of a private round; `private-faults.test.ts` looks at a sample of it. */
import { describe, expect, test } from 'vitest'
import { casesOf, type ModeName, modes, nameOf, troublesOf } from '../support/private-matrix.ts'

describe.each(Object.keys(modes) as ModeName[])('%s', (mode) => {
  describe.each([1, 2])('with s = %d', (minMaskers) => {
    test.each([...modes[mode].phases.entries()])(
      'phase %d, %s: whatever happens to one letter',
      (phase) => {
        const cases = casesOf(mode).filter((each) => each.phase === phase)
        const troubles = cases.flatMap((each) =>
          troublesOf(mode, minMaskers, each).map((trouble) => `${nameOf(mode, each)}: ${trouble}`),
        )
        expect(cases.length).toBeGreaterThan(150)
        expect(troubles).toEqual([])
      },
      300_000,
    )
  })
})
