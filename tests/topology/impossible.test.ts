import { expect, test } from 'vitest'
import {
  createTopology,
  ImpossibleTopologyError,
  type TopologyOptions,
  topologySchema,
} from '../../src/topology/index.ts'

test.each<[TopologyOptions, number, RegExp]>([
  [{ kind: 'regular', degree: 4 }, 4, /set degree to 3 or less, or take at least 5 nodes/],
  [{ kind: 'regular', degree: 3 }, 7, /even; set degree to 4 or nodes to 8/],
  [{ kind: 'regular', degree: 1 }, 4, /pairs; set degree to 2 or more/],
  [{ kind: 'random-regular', degree: 9 }, 9, /set degree to 8 or less/],
  [{ kind: 'el-oracle', degree: 3 }, 5, /even/],
  [{ kind: 'el-local', degree: 5 }, 5, /set degree to 4 or less/],
  [{ kind: 'torus' }, 13, /such as 14/],
  [{ kind: 'torus', rows: 5 }, 12, /take a divisor of 12/],
  [{ kind: 'small-world', k: 6, beta: 0.1 }, 6, /take k below 6/],
  [{ kind: 'erdos-renyi', p: 0.001 }, 100, /take p of at least about 0\.069/],
  [{ kind: 'edges', edges: [[0, 1]] }, 3, /node 2 is not connected/],
  [{ kind: 'edges', edges: [[0, 4]] }, 3, /set nodes to 5 or more/],
  [{ kind: 'edges', edges: [[1, 1]] }, 3, /itself/],
  [{ kind: 'edges', file: 'graph.txt' }, 3, /graph\.txt has not been read/],
])('%j with %i nodes says what to change', (options, nodes, message) => {
  const create = () => createTopology(options, { nodes, seed: 1 })
  expect(create).toThrow(ImpossibleTopologyError)
  expect(create).toThrow(message)
})

test('a lone node has nobody to talk to, whatever the options', () => {
  const topology = createTopology({ kind: 'regular', degree: 3 }, { nodes: 1, seed: 1 })
  expect(topology.graph(4)).toEqual({ nodes: 1, targets: [[]], sources: [[]] })
})

test.each([
  { kind: 'ring', degree: 2 },
  { kind: 'regular' },
  { kind: 'regular', degree: 0 },
  { kind: 'small-world', k: 3, beta: 0.5 },
  { kind: 'erdos-renyi', p: 0 },
  { kind: 'edges' },
  { kind: 'edges', edges: [[0, 1]], file: 'both' },
  { kind: 'moebius' },
])('the schema refuses %j', (options) => {
  expect(topologySchema.safeParse(options).success).toBe(false)
})
