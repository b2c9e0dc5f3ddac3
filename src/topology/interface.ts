/**
 * Who talks to whom. Nodes are ranks 0 … n−1 of the run's roster. A topology is a pure function of its options, the
 * number of nodes and the run's seed, so that every node derives the same graphs by itself.
 */
export interface Graph {
  readonly nodes: number
  /** `targets[i]`: to whom node i sends, ascending. */
  readonly targets: readonly (readonly number[])[]
  /** `sources[i]`: from whom node i receives, ascending. Equal to `targets` in an undirected graph. */
  readonly sources: readonly (readonly number[])[]
  /** Where each fragment of the model has neighbours of its own: their graphs, of which this one is the union. */
  readonly fragments?: readonly Graph[]
}

export interface Topology {
  readonly name: string
  /** Whether the graph differs from round to round. */
  readonly dynamic: boolean
  /** Whether i sends to j exactly when j sends to i. */
  readonly undirected: boolean
  graph(round: number): Graph
}
