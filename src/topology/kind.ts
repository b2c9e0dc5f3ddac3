import type { z } from 'zod'
import type { Graph, Topology } from './interface.ts'

export interface TopologyInit {
  readonly nodes: number
  /** The run's seed: equal seeds give equal graphs. */
  readonly seed: number
  /** Pieces of the model with a graph each. @default 1 */
  readonly fragments?: number
}

/** One entry of the registry: the options as the job file writes them, and how to make the topology. */
export interface TopologyKind<S extends z.ZodType = z.ZodType> {
  readonly schema: S
  /** Whether its graphs differ from round to round. */
  readonly dynamic: boolean
  /** @throws {ImpossibleTopologyError} where the options do not fit the number of nodes */
  create(options: z.output<S>, init: TopologyInit): Topology
}

/** A topology that is the same in every round. The graph is drawn at once, so that errors show at once. */
export function staticTopology<S extends z.ZodType<{ kind: string }>>(
  schema: S,
  draw: (options: z.output<S>, init: TopologyInit) => Graph,
): TopologyKind<S> {
  return {
    schema,
    dynamic: false,
    create(options, init) {
      const graph = draw(options, init)
      return { name: options.kind, dynamic: false, undirected: true, graph: () => graph }
    },
  }
}

/** Rounds whose graphs are kept: the current one, a neighbour's that runs ahead, and those of late messages. */
const ROUNDS_KEPT = 4

/** A topology drawn anew each round. `prepare` checks the options once and returns the drawing of a round. */
export function dynamicTopology<S extends z.ZodType<{ kind: string }>>(
  schema: S,
  traits: { readonly undirected: boolean },
  prepare: (options: z.output<S>, init: TopologyInit) => (round: number) => Graph,
): TopologyKind<S> {
  return {
    schema,
    dynamic: true,
    create(options, init) {
      const graph = remembered(prepare(options, init))
      return { name: options.kind, dynamic: true, undirected: traits.undirected, graph }
    },
  }
}

/** The same drawing, made once for each of the last rounds asked for. */
export function remembered(draw: (round: number) => Graph): (round: number) => Graph {
  const recent = new Map<number, Graph>()
  return (round) => {
    const known = recent.get(round)
    if (known !== undefined) return known
    const drawn = draw(round)
    if (recent.size === ROUNDS_KEPT) recent.delete(recent.keys().next().value!)
    recent.set(round, drawn)
    return drawn
  }
}
