/**
 * Topologies: who talks to whom in each round, and with which mixing weights. A new topology is one file in
 * `static/` or `dynamic/` and one line in `topologies`.
 */
import { z } from 'zod'
import { elLocal } from './dynamic/el-local.ts'
import { elOracle } from './dynamic/el-oracle.ts'
import { randomRegular } from './dynamic/random-regular.ts'
import { fragmentedTopology } from './fragmented.ts'
import type { Topology } from './interface.ts'
import type { TopologyInit, TopologyKind } from './kind.ts'
import { edges } from './static/edges.ts'
import { erdosRenyi } from './static/erdos-renyi.ts'
import { full } from './static/full.ts'
import { regular } from './static/regular.ts'
import { ring } from './static/ring.ts'
import { smallWorld } from './static/small-world.ts'
import { star } from './static/star.ts'
import { torus } from './static/torus.ts'

export * from './errors.ts'
export { isConnected, isUndirected } from './graph.ts'
export { auditIsolation, exposingReceivers } from './isolation.ts'
export type { TopologyInit } from './kind.ts'
export { isDoublyStochastic, type MixingKind, mixingWeights, weightsFor } from './mixing.ts'
export { parseEdges } from './parse-edges.ts'
export { spectralGap } from './spectral-gap.ts'

/** The `[topology]` table of a job file. */
export const topologySchema = z.discriminatedUnion('kind', [
  ring.schema,
  full.schema,
  star.schema,
  regular.schema,
  torus.schema,
  smallWorld.schema,
  erdosRenyi.schema,
  edges.schema,
  randomRegular.schema,
  elOracle.schema,
  elLocal.schema,
])

export type TopologyOptions = z.output<typeof topologySchema>

export const topologies = {
  ring,
  full,
  star,
  regular,
  torus,
  'small-world': smallWorld,
  'erdos-renyi': erdosRenyi,
  edges,
  'random-regular': randomRegular,
  'el-oracle': elOracle,
  'el-local': elLocal,
} satisfies Record<TopologyOptions['kind'], TopologyKind>

/**
 * The topology of a run. A lone node has nobody to talk to, whatever the options say: so the same job file trains
 * centrally when it is given one node.
 *
 * @throws {ImpossibleTopologyError} where the options do not fit the number of nodes
 */
export function createTopology(options: TopologyOptions, init: TopologyInit): Topology {
  const { fragments = 1, ...rest } = init
  if (fragments === 1) return createWhole(options, rest)
  return fragmentedTopology((part) => createWhole(options, part), rest, fragments)
}

function createWhole(options: TopologyOptions, init: TopologyInit): Topology {
  if (init.nodes === 1) {
    const graph = { nodes: 1, targets: [[]], sources: [[]] }
    return { name: options.kind, dynamic: false, undirected: true, graph: () => graph }
  }
  const kind: TopologyKind = topologies[options.kind]
  return kind.create(options, init)
}

/** Whether these options describe a topology whose graphs differ from round to round. */
export function isDynamic({ kind }: TopologyOptions): boolean {
  const entry: TopologyKind = topologies[kind]
  return entry.dynamic
}
