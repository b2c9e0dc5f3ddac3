import type { Graph } from './interface.ts'

/** Two ranks that send to each other. */
export type Edge = readonly [number, number]

/** The undirected graph of `edges`; an edge may stand twice or in either direction. */
export function undirectedGraph(nodes: number, edges: Iterable<Edge>): Graph {
  const sets = Array.from({ length: nodes }, () => new Set<number>())
  for (const [a, b] of edges) {
    sets[a]!.add(b)
    sets[b]!.add(a)
  }
  const neighbours = sets.map((set) => [...set].sort(ascending))
  return { nodes, targets: neighbours, sources: neighbours }
}

/** The graph in which node i sends to `targets[i]`. */
export function directedGraph(targets: readonly (readonly number[])[]): Graph {
  const sources = targets.map((): number[] => [])
  // Senders in ascending order, so that every list of sources comes out ascending.
  for (const [sender, list] of targets.entries())
    for (const target of list) sources[target]!.push(sender)
  return {
    nodes: targets.length,
    targets: targets.map((list) => list.toSorted(ascending)),
    sources,
  }
}

/** Whether i sends to j exactly when j sends to i. */
export function isUndirected(graph: Graph): boolean {
  return (
    graph.targets === graph.sources ||
    graph.targets.every(
      (targets, i) =>
        targets.length === graph.sources[i]!.length &&
        targets.every((target, k) => target === graph.sources[i]![k]),
    )
  )
}

/** The lowest rank that nothing sent from node 0 ever reaches; undefined in a connected graph. */
export function firstUnreached(graph: Graph): number | undefined {
  const reached = new Uint8Array(graph.nodes)
  const open = [0]
  reached[0] = 1
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    for (const target of graph.targets[node]!) {
      if (reached[target] === 1) continue
      reached[target] = 1
      open.push(target)
    }
  }
  const index = reached.indexOf(0)
  return index === -1 ? undefined : index
}

/** Whether every node of an undirected graph is reached from every other. */
export function isConnected(graph: Graph): boolean {
  return firstUnreached(graph) === undefined
}

function ascending(a: number, b: number): number {
  return a - b
}
