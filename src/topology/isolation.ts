/**
 * Which receivers could, by pooling what they learn, single out one neighbour's vector although each of them only learns a
 * sum. Receiver j of a coalition K knows Σ_i w_ij x_i over its senders and its own vector, so K knows the rows of K in
 * the mixing matrix, without the columns of K itself. The vector of an honest node i is exposed exactly where the unit
 * vector e_i lies in the span of these rows, that is, where their reduced row echelon form has a row with one entry.
 *
 * A member of a coalition has a part in the combination by its row, or only by its column, which the coalition knows. All
 * other columns of the rows but one must be in two rows or more. So those are tried next who could cover one of two columns that
 * are in one row only, and where so few members as are left could not cover all but one, nobody is: in large sparse graphs
 * that leaves hardly any coalition to try. Where all are covered it may still take another row, which shares a column.
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

/** Coalitions, or beginnings of one, looked at in the search for one of a size: some seconds. */
const MOST_COALITIONS = 50_000

/** The same from a single receiver, in a round: some 50 ms. */
const MOST_IN_A_ROUND = 1_000

/** By receiver, whom it sums. */
type Rows = readonly (readonly number[])[]

export interface IsolationAudit {
  /** The smallest coalition that could isolate a node, or undefined where there is none. */
  readonly coalition: readonly number[] | undefined
  /** Size up to which there is none, or no smaller one: that which was asked for, unless there are too many to look at. */
  readonly checked: number
}

/**
 * Looks for a coalition of at most `size` receivers that could isolate a node.
 * @param graph undirected
 */
export function auditIsolation(graph: Graph, weights: MixingKind, size: number): IsolationAudit {
  const searched = { graph, weights, rows: graph.sources, twins: twinsOf(graph.sources) }
  const roots = [...graph.sources.keys()].filter((node) => searched.twins[node]![0] === node)
  for (let members = 1; members <= size; members++) {
    const budget = { left: MOST_COALITIONS }
    for (const root of roots) {
      const coalition = coalitionFrom(searched, root, members, budget)
      if (coalition !== undefined) return { coalition, checked: members }
    }
    if (budget.left <= 0) return { coalition: undefined, checked: members - 1 }
  }
  return { coalition: undefined, checked: size }
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
  const searched = { graph, weights, rows, twins: rows.map((_, node) => [node]) }
  return [...lists.keys()].filter((receiver) => {
    if (rows[receiver]!.length === graph.sources[receiver]!.length) return false
    const budget = { left: MOST_IN_A_ROUND }
    for (let members = 1; members <= size; members++) {
      if (coalitionFrom(searched, receiver, members, budget) !== undefined) return true
    }
    return budget.left <= 0
  })
}

interface Searched {
  readonly graph: Graph
  readonly weights: MixingKind
  readonly rows: Rows
  /** By receiver, those that could take its place without anything changing, itself included, ascending. */
  readonly twins: readonly (readonly number[])[]
}

/**
 * A coalition of `size` that isolates a node, the row of `root` having a part in it; undefined where there is none of this size,
 * or the budget is spent. Of twins that are no members the lowest stands for all.
 */
function coalitionFrom(
  { graph, weights, rows, twins }: Searched,
  root: number,
  size: number,
  budget: { left: number },
): readonly number[] | undefined {
  const known = new Set<string>()
  return search([root], [])

  function named(nodes: readonly number[]): string {
    return nodes
      .map((node) => twins[node]![0]!)
      .sort((a, b) => a - b)
      .join()
  }

  /** @param byRow members whose rows have a part @param byColumn the other members */
  function search(
    byRow: readonly number[],
    byColumn: readonly number[],
  ): readonly number[] | undefined {
    const name = [byRow, byColumn].map(named).join(' ')
    if (known.has(name) || budget.left-- <= 0) return undefined
    known.add(name)
    const members = [...byRow, ...byColumn]
    const summed = counts(byRow.flatMap((member) => rows[member]!))
    for (const member of members) summed.delete(member)
    const columns = [...summed.keys()]
    const open = columns.filter((column) => summed.get(column) === 1)
    const left = size - members.length
    if (left === 0) {
      return open.length <= 1 && isolates(graph, weights, rows, members) ? members : undefined
    }
    if (mostCovered(open.map(covering), left) < open.length - 1) return undefined
    const next =
      open.length > 1
        ? { rows: open.slice(0, 2).flatMap(covering), columns: open.slice(0, 2) }
        : { rows: byRow.flatMap((member) => [...withinTwoSteps(graph, member)]), columns }
    for (const node of standIns(next.rows)) {
      const found = search([...byRow, node], byColumn)
      if (found !== undefined) return found
    }
    for (const node of standIns(next.columns)) {
      const found = search(byRow, [...byColumn, node])
      if (found !== undefined) return found
    }
    return undefined

    /** Who may cover a column, as a member: itself, and those who sum it. */
    function covering(column: number): readonly number[] {
      const receivers = graph.sources[column]!.filter((node) => rows[node]!.includes(column))
      return [column, ...receivers].filter((node) => !members.includes(node))
    }

    function standIns(nodes: readonly number[]): ReadonlySet<number> {
      const isFree = (node: number) => !members.includes(node)
      return new Set(nodes.filter(isFree).map((node) => twins[node]!.find(isFree)!))
    }
  }
}

/** No more columns than this are covered by so many members. @param covering by column, who covers it */
function mostCovered(covering: readonly (readonly number[])[], members: number): number {
  return [...counts(covering.flat()).values()]
    .sort((a, b) => b - a)
    .slice(0, members)
    .reduce((sum, columns) => sum + columns, 0)
}

function counts(nodes: readonly number[]): Map<number, number> {
  const found = new Map<number, number>()
  for (const node of nodes) found.set(node, (found.get(node) ?? 0) + 1)
  return found
}

/** Nodes with the same neighbours but for each other. */
function twinsOf(sources: Rows): readonly (readonly number[])[] {
  const names = (node: number) => {
    const apart = [...sources[node]!].sort((a, b) => a - b)
    const together = [...sources[node]!, node].sort((a, b) => a - b)
    return [`apart ${apart}`, `together ${together}`]
  }
  const classes = new Map<string, number[]>()
  for (const node of sources.keys()) {
    for (const name of names(node)) classes.set(name, [...(classes.get(name) ?? []), node])
  }
  return sources.map((_, node) => {
    const [apart, together] = names(node).map((name) => classes.get(name)!)
    return apart!.length > 1 ? apart! : together!
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
