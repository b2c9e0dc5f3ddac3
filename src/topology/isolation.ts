/**
 * Which receivers could, by pooling what they learn, single out one neighbour's vector although each of them only learns a
 * sum. Receiver j of a coalition K knows Σ_i w_ij x_i over its senders and its own vector, so K knows the rows of K in
 * the mixing matrix, without the columns of K itself. The vector of an honest node i is exposed exactly where the unit
 * vector e_i lies in the span of these rows, that is, where their reduced row echelon form has a row with one entry.
 *
 * Coalitions are tried from small to large. Only those need be that hang together, each member within two steps of
 * another: rows of members further apart share no column, so whatever they expose together one part exposes alone.
 *
 * Arithmetic is exact modulo a prime: a determinant of a few small fractions is 0 modulo it only if it is 0, but for a
 * chance of 10^−8.
 */
import type { Graph } from './interface.ts'
import type { MixingKind } from './mixing.ts'

/** The largest prime below 2^26: products of residues are exact in a double. */
const PRIME = 67_108_859

/** Coalitions tried at most, which takes about a second: up to the size at which there are more, the check is complete. */
const MOST_COALITIONS = 200_000

/**
 * The smallest coalition of at most `size` receivers that could isolate a node, or undefined where there is none.
 * @param graph undirected
 */
export function isolatingCoalition(
  graph: Graph,
  weights: MixingKind,
  size: number,
): readonly number[] | undefined {
  const near = graph.sources.map((_, node) => withinTwoSteps(graph, node))
  let tried = 0
  for (let members = 1; members <= size; members++) {
    for (const coalition of connectedSets(near, members)) {
      if (++tried > MOST_COALITIONS) return undefined
      if (isolates(graph, weights, coalition)) return coalition
    }
  }
  return undefined
}

function isolates(graph: Graph, weights: MixingKind, coalition: readonly number[]): boolean {
  const honest = [...new Set(coalition.flatMap((member) => graph.sources[member]!))].filter(
    (node) => !coalition.includes(node),
  )
  const rows = coalition.map((receiver) =>
    honest.map((sender) =>
      graph.sources[receiver]!.includes(sender) ? entry(graph, weights, receiver, sender) : 0,
    ),
  )
  return reduced(rows).some((row) => row.filter((value) => value !== 0).length === 1)
}

/** w_ij modulo the prime, up to a factor of the row. */
function entry(graph: Graph, weights: MixingKind, receiver: number, sender: number): number {
  if (weights === 'uniform') return 1
  const degrees = [receiver, sender].map((node) => graph.sources[node]!.length)
  return inverse(1 + Math.max(...degrees))
}

/** The rows in reduced row echelon form. */
function reduced(rows: readonly (readonly number[])[]): number[][] {
  const matrix = rows.map((row) => [...row])
  let top = 0
  for (let column = 0; column < (matrix[0]?.length ?? 0) && top < matrix.length; column++) {
    const pivot = matrix.findIndex((row, i) => i >= top && row[column] !== 0)
    if (pivot === -1) continue
    const row = matrix[pivot]!
    matrix[pivot] = matrix[top]!
    const scale = inverse(row[column]!)
    matrix[top] = row.map((value) => (value * scale) % PRIME)
    for (const [i, other] of matrix.entries()) {
      const factor = other[column]!
      if (i === top || factor === 0) continue
      matrix[i] = other.map((value, k) => (value + (PRIME - factor) * matrix[top]![k]!) % PRIME)
    }
    top++
  }
  return matrix
}

/** 1/a, as a^(p−2). */
function inverse(a: number): number {
  let result = 1
  let square = a % PRIME
  for (let exponent = PRIME - 2; exponent > 0; exponent = Math.floor(exponent / 2)) {
    if (exponent % 2 === 1) result = (result * square) % PRIME
    square = (square * square) % PRIME
  }
  return result
}

function withinTwoSteps({ sources }: Graph, node: number): ReadonlySet<number> {
  const near = new Set(sources[node]!.flatMap((neighbour) => [neighbour, ...sources[neighbour]!]))
  near.delete(node)
  return near
}

/** All sets of `size` nodes that hang together by `near`, each once (Wernicke 2006, algorithm ESU). */
function* connectedSets(
  near: readonly ReadonlySet<number>[],
  size: number,
): Generator<readonly number[]> {
  for (const node of near.keys()) {
    const later = [...near[node]!].filter((other) => other > node)
    yield* extended(near, size, [node], later, new Set([node, ...near[node]!]))
  }
}

/** @param reach the members and everything near them */
function* extended(
  near: readonly ReadonlySet<number>[],
  size: number,
  members: readonly number[],
  candidates: readonly number[],
  reach: ReadonlySet<number>,
): Generator<readonly number[]> {
  if (members.length === size) {
    yield members
    return
  }
  for (const [i, next] of candidates.entries()) {
    const fresh = [...near[next]!].filter((node) => node > members[0]! && !reach.has(node))
    yield* extended(
      near,
      size,
      [...members, next],
      [...candidates.slice(i + 1), ...fresh],
      new Set([...reach, ...near[next]!]),
    )
  }
}
