import { describe, expect, it } from 'vitest'
import { createPresence } from '../../src/emulation/churn.ts'
import { stepSeconds } from '../../src/emulation/pace.ts'
import { smallJob } from '../support/small-job.ts'

const traced = smallJob({ 'emulation.churn': { trace: 'away.csv' } })

describe('churn', () => {
  it('leaves everybody in where nothing is said', () => {
    const presence = createPresence(smallJob())
    expect(presence.isPresent(3, 9)).toBe(true)
    expect(presence.nextPresent(3, 9)).toBe(9)
    expect(presence.nextPresent(3, 10)).toBeNull()
  })

  it('follows a trace', () => {
    const presence = createPresence(
      traced,
      'round,node,event\n# night\n2,1,leave\n5, 1, join\n7,4,leave\n',
    )
    const present = (rank: number) =>
      Array.from({ length: 10 }, (_, round) => (presence.isPresent(rank, round) ? 1 : 0)).join('')
    expect(present(0)).toBe('1111111111')
    expect(present(1)).toBe('1100011111')
    expect(present(4)).toBe('1111111000')
    expect(presence.nextPresent(1, 3)).toBe(5)
    expect(presence.nextPresent(4, 8)).toBeNull()
  })

  it.each([
    ['1,99,leave', 'line 1: node 99 is none of 0 … 7'],
    ['1,2,leave\n1,2,join', 'line 2: rounds of node 2 must ascend'],
    ['1,2,join', 'line 1: node 2 is already there'],
    ['1,2,leave\n3,2,leave', 'line 2: node 2 is already away'],
    ['x,2,leave', 'line 1: "x,2,leave" is no event'],
  ])('refuses the trace %j', (trace, problem) => {
    expect(() => createPresence(traced, trace)).toThrow(problem)
  })

  it('draws departures and returns at the rates given', () => {
    const job = smallJob({
      nodes: 200,
      'train.rounds': 200,
      'topology.degree': 4,
      'emulation.churn': { leave: 0.1, rejoin: 0.3 },
    })
    const presence = createPresence(job)
    let there = 0
    for (let rank = 0; rank < 200; rank++) {
      expect(presence.isPresent(rank, 0)).toBe(true)
      for (let round = 50; round < 200; round++) if (presence.isPresent(rank, round)) there++
    }
    // The chain's stationary share is rejoin / (leave + rejoin).
    expect(there / (200 * 150)).toBeCloseTo(0.75, 1)
  })
})

describe('stragglers', () => {
  it('are the given share of nodes, slower by the given factor', () => {
    const job = smallJob({
      'emulation.stepSeconds': 0.5,
      'emulation.stragglers': { share: 0.25, slowdown: 4 },
    })
    expect([...stepSeconds(job)].sort()).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 2, 2])
  })
})
