import { describe, expect, test } from 'vitest'
import {
  createTopology,
  isConnected,
  isUndirected,
  topologies,
  topologySchema,
} from '../../src/topology/index.ts'
import type { Graph } from '../../src/topology/interface.ts'
import { nameOf, topologyCases } from './cases.ts'

test('every kind of the registry has a case', () => {
  const covered = new Set(topologyCases.map(({ options }) => options.kind))
  expect([...covered].sort()).toEqual(Object.keys(topologies).sort())
})

describe.each(topologyCases.map((entry) => ({ name: nameOf(entry), ...entry })))(
  '$name',
  (entry) => {
    const { options, nodes } = entry
    const rounds = [0, 1, 7]
    const create = (seed = 3) => createTopology(options, { nodes, seed })
    const graphs = rounds.map((round) => create().graph(round))

    test('the schema takes its own output', () => {
      expect(topologySchema.parse(options)).toEqual(options)
    })

    test('lists are ascending, within range, without self and without doubles', () => {
      for (const graph of graphs) {
        expect(graph.targets).toHaveLength(nodes)
        expect(graph.sources).toHaveLength(nodes)
        for (const lists of [graph.targets, graph.sources]) {
          for (const [self, list] of lists.entries()) {
            expect(list).toEqual([...new Set(list)].sort((a, b) => a - b))
            expect(list).not.toContain(self)
            expect(list.every((rank) => rank >= 0 && rank < nodes)).toBe(true)
          }
        }
      }
    })

    test('i sends to j exactly when j receives from i', () => {
      for (const graph of graphs) expect(arcs(graph.targets)).toEqual(arcs(graph.sources, true))
    })

    test('is undirected when it says so', () => {
      if (!create().undirected) return
      for (const graph of graphs) expect(graph.targets).toEqual(graph.sources)
      expect(graphs.every(isUndirected)).toBe(true)
    })

    test('has the degrees and the connectedness it promises', () => {
      for (const graph of graphs) {
        if (entry.degree !== undefined) {
          expect(graph.targets.map((list) => list.length)).toEqual(
            new Array(nodes).fill(entry.degree),
          )
        }
        if (entry.connected) expect(isConnected(graph)).toBe(true)
      }
    })

    test('follows from options, nodes and seed alone, in any order of rounds', () => {
      const other = create()
      for (const [i, round] of [...rounds.entries()].reverse()) {
        expect(other.graph(round)).toEqual(graphs[i])
      }
    })

    test('changes with the round exactly when it says so', () => {
      const topology = create()
      const drawn = new Set(Array.from({ length: 6 }, (_, r) => JSON.stringify(topology.graph(r))))
      expect(drawn.size > 1).toBe(topology.dynamic)
    })

    test("a round's graph is drawn once for all nodes that ask", () => {
      const topology = create()
      expect(topology.graph(5)).toBe(topology.graph(5))
    })
  },
)

function arcs(lists: Graph['targets'], reversed = false): string[] {
  return lists.flatMap((list, i) => list.map((j) => (reversed ? `${j}→${i}` : `${i}→${j}`))).sort()
}
