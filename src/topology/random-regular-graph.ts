/**
 * Random d-regular graphs by the pairing model with switchings.
 *
 * B. Bollobás, "A probabilistic proof of an asymptotic formula for the number of labelled regular graphs" (1980), for
 * the pairing; B. D. McKay and N. C. Wormald, "Uniform generation of random regular graphs of moderate degree" (1990),
 * for removing loops and double edges by switchings.
 *
 * Deviations: switchings are accepted without McKay and Wormald's rejection step, which makes the graph close to
 * uniform instead of exactly uniform, at expected time O(n d) for every d.
 */
import type { RandomStream } from '../numeric/random.ts'
import { ImpossibleTopologyError } from './errors.ts'
import { type Edge, undirectedGraph } from './graph.ts'
import type { Graph } from './interface.ts'

/**
 * Refuses degrees that no graph has.
 * @throws {ImpossibleTopologyError}
 */
export function checkDegree(topology: string, nodes: number, degree: number): void {
  if (degree >= nodes) {
    throw new ImpossibleTopologyError(
      topology,
      nodes,
      `a node has at most ${nodes - 1} neighbours; set degree to ${nodes - 1} or less, or take at least ${degree + 1} nodes`,
    )
  }
  if ((nodes * degree) % 2 === 1) {
    throw new ImpossibleTopologyError(
      topology,
      nodes,
      `nodes × degree must be even; set degree to ${degree + 1 < nodes ? degree + 1 : degree - 1} or nodes to ${nodes + 1}`,
    )
  }
}

/** A random graph in which every node has `degree` neighbours; not always connected. Call `checkDegree` first. */
export function randomRegularGraph(nodes: number, degree: number, random: RandomStream): Graph {
  // The complement of a random regular graph is one too, and the sparse half is the easy half.
  if (degree > (nodes - 1) / 2) {
    const absent = randomRegularGraph(nodes, nodes - 1 - degree, random)
    return complement(absent)
  }
  return undirectedGraph(nodes, pair(nodes, degree, random))
}

/** A random Hamiltonian cycle: uniform over the connected 2-regular graphs, which pairings hardly ever are. */
export function randomCycle(nodes: number, random: RandomStream): Graph {
  const order = random.shuffle(Int32Array.from({ length: nodes }, (_, i) => i))
  return undirectedGraph(
    nodes,
    Array.from(order, (node, i): Edge => [node, order[(i + 1) % nodes]!]),
  )
}

function pair(nodes: number, degree: number, random: RandomStream): Edge[] {
  // Every node holds `degree` points; a random perfect matching of all points is an edge list with flaws.
  const points = random.shuffle(Int32Array.from({ length: nodes * degree }, (_, i) => i % nodes))
  const pairs = Array.from(
    { length: points.length / 2 },
    (_, i): Edge => [points[2 * i]!, points[2 * i + 1]!],
  )
  const key = (a: number, b: number) => Math.min(a, b) * nodes + Math.max(a, b)
  const present = new Map<number, number>()
  const count = (a: number, b: number) => present.get(key(a, b)) ?? 0
  const change = (a: number, b: number, by: number) => present.set(key(a, b), count(a, b) + by)
  for (const [a, b] of pairs) change(a, b, 1)

  // A switching replaces a flawed pair (a, b) and a random pair (c, d) by (a, c) and (b, d); no degree changes.
  const isFlawed = ([a, b]: Edge) => a === b || count(a, b) > 1
  for (let i = 0; i < pairs.length; i++) {
    while (isFlawed(pairs[i]!)) {
      const j = random.integer(pairs.length)
      const [a, b] = pairs[i]!
      const [c, d] = random.uniform() < 0.5 ? pairs[j]! : ([pairs[j]![1], pairs[j]![0]] as const)
      const simple = a !== c && b !== d && count(a, c) === 0 && count(b, d) === 0
      if (j === i || !simple || key(a, c) === key(b, d)) continue
      change(a, b, -1)
      change(c, d, -1)
      change(a, c, 1)
      change(b, d, 1)
      pairs[i] = [a, c]
      pairs[j] = [b, d]
    }
  }
  return pairs
}

function complement(graph: Graph): Graph {
  const neighbours = graph.targets.map((list, self) => {
    const absent = new Set(list)
    const present: number[] = []
    for (let rank = 0; rank < graph.nodes; rank++) {
      if (rank !== self && !absent.has(rank)) present.push(rank)
    }
    return present
  })
  return { nodes: graph.nodes, targets: neighbours, sources: neighbours }
}
