/**
 * Which receivers could, by pooling what they learn, single out one neighbour's vector although each of them only learns a
 * sum. Receiver j of a coalition K knows Σ_i w_ij x_i over its senders and its own vector, so K knows the rows of K in
 * the mixing matrix, without the columns of K itself. The vector of an honest node i is exposed exactly where the unit
 * vector e_i lies in the span of these rows, that is, where their reduced row echelon form has a row with one entry.
 *
 * Coalitions are tried from small to large. Only those need be that hang together, each member within two steps of
 * another: rows of members further apart share no column, so whatever they expose together one part exposes alone.
 *
 * In a round some receivers sum fewer than all of their neighbours, because letters were lost or because they say so. The
 * same question is then asked of the rows as they are (`exposingReceivers`).
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

/** Of those that a single receiver is in, tried in a round: some 50 ms. */
const MOST_IN_A_ROUND = 5_000

/** By receiver, whom it sums. */
type Rows = readonly (readonly number[])[]

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
  const nearTo = (node: number) => near[node]!
  let tried = 0
  for (let members = 1; members <= size; members++) {
    for (const node of near.keys()) {
      for (const coalition of connectedSets(nearTo, node, members, node)) {
        if (++tried > MOST_COALITIONS) return undefined
        if (isolates(graph, weights, graph.sources, coalition)) return coalition
      }
    }
  }
  return undefined
}

/**
 * The receivers that must not get their sums: those that sum only some of their neighbours and are in a coalition of at
 * most `size` that could isolate a node by it. Where there are more coalitions than can be tried in a moment, all
 * that sum only some.
 * @param graph undirected, without isolating coalitions of its own
 * @param lists by receiver, whom it sums; any other is taken to sum all of its neighbours
 */
export function exposingReceivers(
  graph: Graph,
  weights: MixingKind,
  size: number,
  lists: ReadonlyMap<number, readonly number[]>,
): readonly number[] {
  const rows = graph.sources.map((sources, node) => {
    const list = lists.get(node)
    return list === undefined ? sources : sources.filter((sender) => list.includes(sender))
  })
  const near = new Map<number, ReadonlySet<number>>()
  const nearTo = (node: number) => {
    const found = near.get(node) ?? withinTwoSteps(graph, node)
    near.set(node, found)
    return found
  }
  return [...lists.keys()].filter((receiver) => {
    if (rows[receiver]!.length === graph.sources[receiver]!.length) return false
    let tried = 0
    for (let members = 1; members <= size; members++) {
      for (const coalition of connectedSets(nearTo, receiver, members)) {
        if (++tried > MOST_IN_A_ROUND) return true
        if (isolates(graph, weights, rows, coalition)) return true
      }
    }
    return false
  })
}

function isolates(
  graph: Graph,
  weights: MixingKind,
  rows: Rows,
  coalition: readonly number[],
): boolean {
  const outside = coalition.map((receiver) => ({
    receiver,
    senders: rows[receiver]!.filter((sender) => !coalition.includes(sender)),
  }))
  const entangled = withoutPrivateColumns(outside)
  if (entangled.length === 0) return false
  const honest = [...new Set(entangled.flatMap(({ senders }) => senders))]
  const matrix = entangled.map(({ receiver, senders }) =>
    honest.map((sender) =>
      senders.includes(sender) ? entry(graph, weights, receiver, sender) : 0,
    ),
  )
  return reduced(matrix).some((row) => row.filter((value) => value !== 0).length === 1)
}

/**
 * The rows that a combination with a single entry can be made of, which spares most coalitions the arithmetic: one that
 * alone holds two columns, among those that are left, has no part in any.
 */
function withoutPrivateColumns<R extends { readonly senders: readonly number[] }>(
  rows: readonly R[],
): readonly R[] {
  const holders = new Map<number, number>()
  for (const { senders } of rows) {
    for (const sender of senders) holders.set(sender, (holders.get(sender) ?? 0) + 1)
  }
  const left = rows.filter(
    ({ senders }) => senders.filter((sender) => holders.get(sender) === 1).length < 2,
  )
  return left.length === rows.length ? left : withoutPrivateColumns(left)
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

/** By node, those near it. */
type Near = (node: number) => ReadonlySet<number>

/**
 * All sets of `size` nodes with `first` that hang together by `near`, each once; their other members are greater than
 * `least` (Wernicke 2006, algorithm ESU).
 */
function connectedSets(
  near: Near,
  first: number,
  size: number,
  least = -1,
): Generator<readonly number[]> {
  const candidates = [...near(first)].filter((other) => other > least)
  return extended(near, size, least, [first], candidates, new Set([first, ...near(first)]))
}

/** @param reach the members and everything near them */
function* extended(
  near: Near,
  size: number,
  least: number,
  members: readonly number[],
  candidates: readonly number[],
  reach: ReadonlySet<number>,
): Generator<readonly number[]> {
  if (members.length === size) {
    yield members
    return
  }
  for (const [i, next] of candidates.entries()) {
    const fresh = [...near(next)].filter((node) => node > least && !reach.has(node))
    yield* extended(
      near,
      size,
      least,
      [...members, next],
      [...candidates.slice(i + 1), ...fresh],
      new Set([...reach, ...near(next)]),
    )
  }
}
