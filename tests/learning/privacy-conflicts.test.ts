import { expect, test } from 'vitest'
import { InvalidJobError } from '../../src/learning/index.ts'
import { smallJob } from '../support/small-job.ts'

const cesar = { 'privacy.secureAggregation': 'cesar' }

test('a private job with the defaults is fine, and so is any other without masks', () => {
  expect(smallJob(cesar).privacy).toMatchObject({ minMaskers: 2, epochRounds: 25, cooldown: 3 })
  expect(smallJob({ 'topology.kind': 'ring' }).privacy.secureAggregation).toBe('off')
  expect(smallJob({ ...cesar, nodes: 1 }).nodes).toBe(1)
})

test.each([16, 32])('words of %i bits have room for all neighbours', (ringBits) => {
  const many = { 'privacy.ringBits': ringBits, nodes: 20, 'topology.kind': 'full' }
  expect(smallJob({ ...cesar, ...many }).privacy.ringBits).toBe(ringBits)
})

test.each([
  [{ 'share.method': 'choco' }, /share.method: "choco" cannot be summed under masks/],
  [{ 'share.method': 'none' }, /share.method: "none" cannot/],
  [{ 'share.method': 'full', 'share.values': 'int8' }, /share.values: masked words/],
  [{ fragments: 2 }, /fragments: cut models cannot/],
  [{ 'topology.kind': 'random-regular', 'topology.degree': 3 }, /changes its neighbours/],
  [{ 'topology.kind': 'ring' }, /privacy.minMaskers: with 2 each node needs at least 3 neighbours/],
  [{ 'topology.kind': 'star' }, /privacy.minMaskers: with 2 each node needs at least 3/],
  [
    { 'privacy.ringBits': 16, 'privacy.fractionBits': 10, 'topology.kind': 'full' },
    /sums of up to 3 nodes and node 0 has 7/,
  ],
  [{ 'privacy.clip': 1e10 }, /privacy.clip: .* does not fit into 32 bits with 0 behind/],
  [
    { 'privacy.clip': 1000, 'privacy.fractionBits': 23 },
    /privacy.clip: .* does not fit into 32 bits with 23 behind/,
  ],
  [
    { 'privacy.indices': 'own', nodes: 12, 'topology.kind': 'full' },
    /privacy.indices: with "own" .* node 0 has 11/,
  ],
  [
    { 'privacy.cooldown': 0, 'privacy.epochRounds': 1 },
    /privacy.cooldown: with 0 and epochRounds = 1 neighbours may be let in/,
  ],
  [{ 'limits.up': 1000 }, /limits.up: a node that leaves out a letter/],
  [
    { nodes: 30, 'topology.degree': 10, 'privacy.minMaskers': 8 },
    /topology: whether 8 nodes .* can be found out .* minMaskers = [4567], up to which none can/,
  ],
] as const)('%j is refused with a reason', (settings, problem) => {
  const job = () => smallJob({ ...cesar, ...settings })
  expect(job).toThrow(InvalidJobError)
  expect(job).toThrow(problem)
})

test('a graph in which a coalition could isolate a node is refused, naming the coalition', () => {
  // 0 hears 2, 3 and 4; 1 hears these and 5.
  const common = [2, 3, 4].flatMap((node) => [0, 1, 5].map((hearer) => [hearer, node]))
  const job = (edges: readonly (readonly number[])[]) =>
    smallJob({ ...cesar, nodes: 6, topology: { kind: 'edges', edges } })
  expect(job(common).nodes).toBe(6)
  expect(() => job([...common, [1, 5]])).toThrow(
    /the nodes 0, [15] together could tell one neighbour's model from their sums/,
  )
})
