/** Statistics of the random graphs, on fixed seeds. */
import { expect, test } from 'vitest'
import { createTopology } from '../../src/topology/index.ts'
import type { Graph } from '../../src/topology/interface.ts'

test('random 2-regular and 3-regular graphs on few nodes are close to uniform', () => {
  // 5 nodes, degree 2: 12 Hamiltonian cycles. 6 nodes, degree 3: 60 prisms and 10 K(3,3), all connected.
  for (const [nodes, degree, graphs] of [
    [5, 2, 12],
    [6, 3, 70],
  ] as const) {
    const draws = 70 * graphs
    const topology = createTopology({ kind: 'random-regular', degree }, { nodes, seed: 9 })
    const counts = new Map<string, number>()
    for (let round = 0; round < draws; round++) {
      const key = JSON.stringify(topology.graph(round).targets)
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    expect(counts.size).toBe(graphs)
    // Expected 70 each, standard deviation 8.3; switchings without rejection add a small bias.
    for (const count of counts.values()) expect(count).toBeGreaterThan(30)
    for (const count of counts.values()) expect(count).toBeLessThan(120)
  }
})

test('10,000 nodes are drawn fast enough for every round', () => {
  const topology = createTopology({ kind: 'random-regular', degree: 5 }, { nodes: 10_000, seed: 2 })
  const start = performance.now()
  const graph = topology.graph(1)
  expect(performance.now() - start).toBeLessThan(2_000)
  expect(graph.targets.every((list) => list.length === 5)).toBe(true)
})

test('EL-Local chooses targets evenly and never fewer or more than s', () => {
  const topology = createTopology({ kind: 'el-local', degree: 4 }, { nodes: 20, seed: 5 })
  const chosen = new Int32Array(20)
  for (let round = 0; round < 500; round++) {
    const graph = topology.graph(round)
    expect(graph.targets.every((list) => list.length === 4)).toBe(true)
    for (const target of graph.targets.flat()) chosen[target]!++
  }
  // Binomial: 500 × 19 nodes with chance 4/19, mean 2000, deviation 40.
  for (const count of chosen) expect(Math.abs(count - 2000)).toBeLessThan(200)
})

test('small worlds keep their edges, Erdős–Rényi graphs their density', () => {
  const world = createTopology({ kind: 'small-world', k: 6, beta: 0.5 }, { nodes: 100, seed: 1 })
  expect(edges(world.graph(0))).toBe(300)
  const random = createTopology({ kind: 'erdos-renyi', p: 0.1 }, { nodes: 300, seed: 1 })
  // 44,850 pairs, deviation 64.
  expect(Math.abs(edges(random.graph(0)) - 4485)).toBeLessThan(260)
})

test('another seed gives another graph', () => {
  const draw = (seed: number) =>
    createTopology({ kind: 'regular', degree: 3 }, { nodes: 40, seed }).graph(0)
  expect(draw(1)).not.toEqual(draw(2))
})

function edges(graph: Graph): number {
  return graph.targets.flat().length / 2
}
