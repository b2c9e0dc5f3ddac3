import type { TopologyOptions } from '../../src/topology/index.ts'

export interface TopologyCase {
  readonly options: TopologyOptions
  readonly nodes: number
  /** Degree of every node, where all have the same. */
  readonly degree?: number
  /** Whether each round's graph is promised to be connected. */
  readonly connected: boolean
}

const chain = Array.from({ length: 6 }, (_, i): [number, number] => [i, i + 1])

/** At least one case of every kind; the contract suite fails when one is missing. */
export const topologyCases: readonly TopologyCase[] = [
  { options: { kind: 'ring' }, nodes: 2, degree: 1, connected: true },
  { options: { kind: 'ring' }, nodes: 9, degree: 2, connected: true },
  { options: { kind: 'full' }, nodes: 7, degree: 6, connected: true },
  { options: { kind: 'star' }, nodes: 6, connected: true },
  { options: { kind: 'regular', degree: 1 }, nodes: 2, degree: 1, connected: true },
  { options: { kind: 'regular', degree: 2 }, nodes: 50, degree: 2, connected: true },
  { options: { kind: 'regular', degree: 3 }, nodes: 4, degree: 3, connected: true },
  { options: { kind: 'regular', degree: 3 }, nodes: 8, degree: 3, connected: true },
  { options: { kind: 'regular', degree: 4 }, nodes: 5, degree: 4, connected: true },
  { options: { kind: 'regular', degree: 20 }, nodes: 31, degree: 20, connected: true },
  { options: { kind: 'torus' }, nodes: 12, degree: 4, connected: true },
  { options: { kind: 'torus', rows: 2 }, nodes: 12, degree: 3, connected: true },
  { options: { kind: 'torus', rows: 5 }, nodes: 25, degree: 4, connected: true },
  { options: { kind: 'small-world', k: 4, beta: 0.3 }, nodes: 30, connected: true },
  { options: { kind: 'small-world', k: 2, beta: 0 }, nodes: 10, degree: 2, connected: true },
  { options: { kind: 'small-world', k: 4, beta: 1 }, nodes: 5, degree: 4, connected: true },
  { options: { kind: 'erdos-renyi', p: 0.3 }, nodes: 24, connected: true },
  { options: { kind: 'erdos-renyi', p: 1 }, nodes: 6, degree: 5, connected: true },
  { options: { kind: 'edges', edges: chain }, nodes: 7, connected: true },
  { options: { kind: 'random-regular', degree: 3 }, nodes: 16, degree: 3, connected: true },
  { options: { kind: 'random-regular', degree: 2 }, nodes: 9, degree: 2, connected: true },
  { options: { kind: 'el-oracle', degree: 1 }, nodes: 10, degree: 1, connected: false },
  { options: { kind: 'el-oracle', degree: 5 }, nodes: 14, degree: 5, connected: false },
  { options: { kind: 'el-local', degree: 3 }, nodes: 12, connected: false },
]

export const nameOf = ({ options, nodes }: TopologyCase): string =>
  `${JSON.stringify(options).slice(0, 60)} × ${nodes}`
