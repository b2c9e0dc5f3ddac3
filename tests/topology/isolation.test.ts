import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Edge, undirectedGraph } from '../../src/topology/graph.ts'
import { auditIsolation, createTopology, exposingReceivers } from '../../src/topology/index.ts'
import type { Graph } from '../../src/topology/interface.ts'

/** By the definition: some combination of the coalition's rows, tried by rank, is a unit vector on the honest. */
function literallyIsolates(graph: Graph, coalition: readonly number[]): boolean {
  const honest = [...graph.sources.keys()].filter((node) => !coalition.includes(node))
  const rows = coalition.map((member) =>
    honest.map((node) => (graph.sources[member]!.includes(node) ? 1 : 0)),
  )
  return honest.some((_, k) => {
    const unit = honest.map((_, i) => (i === k ? 1 : 0))
    return rank([...rows, unit]) === rank(rows) && rank(rows) > 0
  })
}

function rank(rows: readonly (readonly number[])[]): number {
  const matrix = rows.map((row) => [...row])
  let top = 0
  for (let column = 0; column < (matrix[0]?.length ?? 0); column++) {
    const pivot = matrix.findIndex((row, i) => i >= top && Math.abs(row[column]!) > 1e-9)
    if (pivot === -1) continue
    const row = matrix[pivot]!
    matrix[pivot] = matrix[top]!
    matrix[top] = row
    for (let i = top + 1; i < matrix.length; i++) {
      const factor = matrix[i]![column]! / row[column]!
      matrix[i] = matrix[i]!.map((value, k) => value - factor * row[k]!)
    }
    top++
  }
  return top
}

function* subsets(items: readonly number[], size: number): Generator<number[]> {
  if (size === 0) yield []
  else
    for (const [i, item] of items.entries())
      for (const rest of subsets(items.slice(i + 1), size - 1)) yield [item, ...rest]
}

describe('isolating coalitions', () => {
  test('agree with the definition on any small graph', () => {
    const edge = fc.tuple(fc.nat(7), fc.nat(7)).filter(([a, b]) => a !== b)
    fc.assert(
      fc.property(fc.array(edge, { minLength: 4, maxLength: 20 }), (edges) => {
        const graph = undirectedGraph(8, edges)
        const nodes = [...graph.sources.keys()]
        const { coalition: found } = auditIsolation(graph, 'uniform', 3)
        const literal = [1, 2, 3].find((size) =>
          [...subsets(nodes, size)].some((coalition) => literallyIsolates(graph, coalition)),
        )
        expect(found?.length).toBe(literal)
        if (found !== undefined) expect(literallyIsolates(graph, found)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  test('a leaf’s neighbour is exposed by the leaf alone, two paths to one node by their ends', () => {
    const leaf = undirectedGraph(4, [
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 1],
    ])
    expect(auditIsolation(leaf, 'metropolis-hastings', 1).coalition).toEqual([0])
    // 0 hears 2 and 3, 1 hears 2, 3 and 4.
    const difference = undirectedGraph(6, [
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [1, 4],
      [4, 5],
      [5, 2],
    ])
    expect(auditIsolation(difference, 'uniform', 1).coalition).toBeUndefined()
    const pair = auditIsolation(difference, 'uniform', 2).coalition!
    expect(pair).toHaveLength(2)
    expect(literallyIsolates(difference, pair)).toBe(true)
    expect(literallyIsolates(difference, [0, 1])).toBe(true)
  })

  test('a coalition of three is found among three hundred nodes, whatever their numbers', () => {
    const regular = createTopology({ kind: 'regular', degree: 8 }, { nodes: 300, seed: 1 }).graph(0)
    const edges = regular.sources.flatMap((sources, node) =>
      sources.filter((other) => node < other).map((other) => [node, other] as const),
    )
    // The last of the three hears all that the others hear, and node 250.
    const heard = [10, 40, 70, 100, 130, 160, 190, 220]
    const planted = heard.map((node, i): Edge => [i < 4 ? 300 : 301, node])
    planted.push(...[...heard, 250].map((node): Edge => [302, node]))
    const all = [...edges, ...planted]
    const isFound = (first: number) => {
      const renamed = (node: number) => (node + first) % 303
      const graph = undirectedGraph(
        303,
        all.map(([a, b]) => [renamed(a), renamed(b)]),
      )
      const { coalition, checked } = auditIsolation(graph, 'uniform', 3)
      expect(checked).toBe(3)
      expect([...coalition!].sort((a, b) => a - b)).toEqual(
        [300, 301, 302].map(renamed).sort((a, b) => a - b),
      )
    }
    isFound(0)
    isFound(3)
  })

  test('where there are too many to look at, it says up to which size it has', () => {
    const dense = createTopology({ kind: 'regular', degree: 10 }, { nodes: 30, seed: 1 }).graph(0)
    const { coalition, checked } = auditIsolation(dense, 'uniform', 8)
    expect(coalition).toBeUndefined()
    expect(checked).toBeGreaterThan(3)
    expect(checked).toBeLessThan(8)
    // But for each other all have the same neighbours: of these coalitions one of each size is enough.
    const full = createTopology({ kind: 'full' }, { nodes: 24, seed: 1 }).graph(0)
    expect(auditIsolation(full, 'uniform', 22)).toEqual({ coalition: undefined, checked: 22 })
  }, 60_000)

  test('no pair isolates anybody in regular graphs', () => {
    for (const degree of [3, 4, 6]) {
      const graph = createTopology({ kind: 'regular', degree }, { nodes: 48, seed: degree }).graph(
        0,
      )
      expect(auditIsolation(graph, 'metropolis-hastings', 2)).toEqual({
        coalition: undefined,
        checked: 2,
      })
    }
  })
})

describe('receivers that sum only some of their neighbours', () => {
  test('are named where the definition says so, on any small graph', () => {
    const edge = fc.tuple(fc.nat(6), fc.nat(6)).filter(([a, b]) => a !== b)
    const left = fc.dictionary(fc.constantFrom('0', '1', '2', '3'), fc.nat(6), { maxKeys: 3 })
    fc.assert(
      fc.property(fc.array(edge, { minLength: 6, maxLength: 18 }), left, (edges, leftOut) => {
        const graph = undirectedGraph(7, edges)
        const nodes = [...graph.sources.keys()]
        const sources = graph.sources.map((all, node) =>
          all.filter((sender) => sender !== leftOut[node]),
        )
        const partial = nodes.filter((node) => sources[node]!.length < graph.sources[node]!.length)
        const lists = new Map(Object.keys(leftOut).map((node) => [+node, sources[+node]!]))
        const expected = partial.filter((receiver) =>
          [1, 2, 3].some((size) =>
            [...subsets(nodes, size)].some(
              (coalition) =>
                coalition.includes(receiver) && literallyIsolates({ ...graph, sources }, coalition),
            ),
          ),
        )
        const found = exposingReceivers(graph, 'uniform', 3, lists)
        expect(expected).toEqual(expect.arrayContaining([...found]))
        // Coalitions of which it is an idle member are none of its business.
        for (const receiver of expected) {
          if (!found.includes(receiver)) expect(isExposedWithout(receiver)).toBe(true)
        }

        /** Whether others expose somebody whatever this receiver sums. */
        function isExposedWithout(receiver: number) {
          return [1, 2].some((size) =>
            [...subsets(nodes, size)].some(
              (coalition) =>
                !coalition.includes(receiver) &&
                literallyIsolates({ ...graph, sources }, coalition),
            ),
          )
        }
      }),
      { numRuns: 60 },
    )
  })

  test('in a complete graph one is, in a large sparse one hardly any, and beyond what can be tried all', () => {
    const lists = (graph: Graph) => new Map([[0, graph.sources[0]!.slice(1)]])
    const full = createTopology({ kind: 'full' }, { nodes: 6, seed: 1 }).graph(0)
    expect(exposingReceivers(full, 'uniform', 2, lists(full))).toEqual([0])
    expect(exposingReceivers(full, 'uniform', 1, lists(full))).toEqual([])
    const sparse = createTopology({ kind: 'regular', degree: 6 }, { nodes: 48, seed: 1 }).graph(0)
    expect(exposingReceivers(sparse, 'uniform', 2, lists(sparse))).toEqual([])
    expect(exposingReceivers(sparse, 'uniform', 6, lists(sparse))).toEqual([0])
    expect(exposingReceivers(sparse, 'uniform', 6, new Map([[0, sparse.sources[0]!]]))).toEqual([])
  })
})
