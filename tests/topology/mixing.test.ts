import { describe, expect, test } from 'vitest'
import {
  createTopology,
  isDoublyStochastic,
  type MixingKind,
  mixingWeights,
  spectralGap,
  weightsFor,
} from '../../src/topology/index.ts'
import type { Graph } from '../../src/topology/interface.ts'
import { matrixProduct, mixingMatrix, symmetricEigenvalues } from '../reference/mixing-matrix.ts'
import { nameOf, topologyCases } from './cases.ts'

const kinds: MixingKind[] = ['metropolis-hastings', 'uniform']

describe.each(topologyCases.map((entry) => ({ name: nameOf(entry), ...entry })))(
  '$name',
  (entry) => {
    const topology = createTopology(entry.options, { nodes: entry.nodes, seed: 4 })
    const graph = topology.graph(2)
    const literal = (kind: MixingKind) =>
      mixingMatrix(graph, topology.undirected ? kind : 'uniform')

    test.each(kinds)('%s: weights equal the literal matrix', (kind) => {
      for (const [i, row] of mixingWeights(graph, kind).entries()) {
        const expected = literal(kind)[i]!
        expect([...row.keys()]).toEqual(graph.sources[i])
        for (const [j, weight] of row) expect(weight).toBe(expected[j])
        const sum = [...row.values()].reduce((total, weight) => total + weight, 0)
        expect(sum).toBeLessThanOrEqual(1)
        expect(1 - sum).toBeCloseTo(expected[i]!, 12)
      }
    })

    test('Metropolis–Hastings is doubly stochastic and keeps the mean on undirected graphs', () => {
      if (!topology.undirected) return
      expect(isDoublyStochastic(mixingWeights(graph, 'metropolis-hastings'))).toBe(true)
      const values = graph.targets.map((_, i) => [Math.sin(i), i * i])
      const mixed = matrixProduct(literal('metropolis-hastings'), values)
      for (const k of [0, 1]) expect(mean(mixed, k)).toBeCloseTo(mean(values, k), 10)
    })

    test('uniform is doubly stochastic where all degrees are equal', () => {
      const regular = graph.sources.every((list) => list.length === graph.sources[0]!.length)
      expect(isDoublyStochastic(mixingWeights(graph, 'uniform'))).toBe(
        regular && topology.undirected,
      )
    })

    test.each(kinds)('%s: the spectral gap agrees with a dense eigensolver', (kind) => {
      expect(spectralGap(graph, kind)).toBeCloseTo(
        topology.undirected ? denseGap(graph, kind) : denseGain(literal(kind)),
        7,
      )
    })
  },
)

test('on an irregular graph uniform weights lead to the mean weighted by degree + 1', () => {
  const graph = createTopology({ kind: 'star' }, { nodes: 5, seed: 1 }).graph(0)
  const w = mixingMatrix(graph, 'uniform')
  let values = [[1], [2], [3], [4], [10]]
  for (let round = 0; round < 200; round++) values = matrixProduct(w, values)
  const weights = graph.sources.map((list) => list.length + 1)
  const expected =
    [1, 2, 3, 4, 10].reduce((sum, value, i) => sum + value * weights[i]!, 0) /
    weights.reduce((sum, weight) => sum + weight, 0)
  for (const [value] of values) expect(value).toBeCloseTo(expected, 9)
})

test('the gap of a ring of 1,024 is that of theory, 1 − (1 + 2 cos(2π/n)) / 3', () => {
  const graph = createTopology({ kind: 'ring' }, { nodes: 1024, seed: 1 }).graph(0)
  const exact = 1 - (1 + 2 * Math.cos((2 * Math.PI) / 1024)) / 3
  expect(spectralGap(graph, 'metropolis-hastings') / exact).toBeCloseTo(1, 4)
})

test('a node that hears nobody keeps its model', () => {
  const graph: Graph = { nodes: 3, targets: [[1], [], []], sources: [[], [0], []] }
  expect(weightsFor(graph, 0, 'uniform').size).toBe(0)
  expect(weightsFor(graph, 1, 'metropolis-hastings')).toEqual(new Map([[0, 0.5]]))
})

test('a matrix with a wrong column is not doubly stochastic', () => {
  expect(isDoublyStochastic([new Map([[1, 0.5]]), new Map()])).toBe(false)
  expect(isDoublyStochastic([new Map([[1, 1.5]]), new Map([[0, 1.5]])])).toBe(false)
  expect(isDoublyStochastic([new Map([[1, -0.5]]), new Map([[0, -0.5]])])).toBe(false)
  expect(isDoublyStochastic([new Map([[1, 0.3]]), new Map([[0, 0.3]])])).toBe(true)
})

function mean(values: readonly number[][], k: number): number {
  return values.reduce((sum, row) => sum + row[k]!, 0) / values.length
}

function denseGap(graph: Graph, kind: MixingKind): number {
  const root = graph.sources.map((list) => (kind === 'uniform' ? Math.sqrt(list.length + 1) : 1))
  const symmetric = mixingMatrix(graph, kind).map((row, i) =>
    row.map((value, j) => (value * root[i]!) / root[j]!),
  )
  const eigenvalues = symmetricEigenvalues(symmetric)
  return 1 - Math.max(Math.abs(eigenvalues[1]!), Math.abs(eigenvalues.at(-1)!))
}

/** 1 − the largest singular value of (I − J) W (I − J). */
function denseGain(w: number[][]): number {
  const n = w.length
  const centring = w.map((row, i) => row.map((_, j) => (i === j ? 1 : 0) - 1 / n))
  const centred = matrixProduct(matrixProduct(centring, w), centring)
  const transposed = centred.map((row, i) => row.map((_, j) => centred[j]![i]!))
  return 1 - Math.sqrt(symmetricEigenvalues(matrixProduct(transposed, centred))[0]!)
}
