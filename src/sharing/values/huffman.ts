/**
 * Prefix codes: D. A. Huffman, "A Method for the Construction of Minimum-Redundancy Codes", Proc. IRE 1952, with codes
 * of at most eight bits, which a table of 256 entries decodes. Only their lengths have to be known: codes count up from
 * short to long, and among equals in the order of their symbols.
 */

/** Bits of the longest code: just enough for 256 symbols. */
export const LONGEST = 8

/** In place of the length of a symbol that does not occur. The only one that occurs has a code of length 0. */
export const UNUSED = 15

/** Length of each symbol's code, by how often it occurs. */
export function codeLengths(counts: Uint32Array): Uint8Array {
  const symbols = Array.from(counts.keys()).filter((symbol) => counts[symbol]! > 0)
  const weights = symbols.map((symbol) => counts[symbol]!)
  let depths = treeDepths(weights)
  // Rare symbols are taken for less rare, until no code is too long: with equal weights none is.
  let least = weights.reduce((sum, weight) => sum + weight, 0) / 2 ** LONGEST
  for (; depths.some((depth) => depth > LONGEST); least *= 1.5) {
    depths = treeDepths(weights.map((weight) => Math.max(weight, least)))
  }
  // Among those taken for equally rare, the rarer has the longer code.
  const order = Array.from(weights.keys()).sort(
    (a, b) => weights[b]! - weights[a]! || depths[a]! - depths[b]!,
  )
  const ascending = depths.toSorted((a, b) => a - b)
  const lengths = new Uint8Array(counts.length).fill(UNUSED)
  for (const [place, i] of order.entries()) lengths[symbols[i]!] = ascending[place]!
  return lengths
}

/** How deep each leaf lies in the tree that comes of merging the two lightest, again and again. */
function treeDepths(leaves: readonly number[]): number[] {
  const order = Array.from(leaves.keys()).sort((a, b) => leaves[a]! - leaves[b]! || a - b)
  // Merged ones come in ascending order, so that the lightest left is the first leaf left or the first of them.
  const weights = order.map((leaf) => leaves[leaf]!)
  const parents: number[] = []
  let leaf = 0
  let merged = order.length
  const lightest = () => {
    const isLeaf = merged === weights.length || weights[leaf]! <= weights[merged]!
    return leaf < order.length && isLeaf ? leaf++ : merged++
  }
  while (weights.length < 2 * order.length - 1) {
    const [a, b] = [lightest(), lightest()]
    parents[a] = weights.length
    parents[b] = weights.length
    weights.push(weights[a]! + weights[b]!)
  }
  const depths = weights.map(() => 0)
  for (let node = weights.length - 2; node >= 0; node--) depths[node] = depths[parents[node]!]! + 1
  const result = leaves.map(() => 0)
  for (const [i, place] of order.entries()) result[place] = depths[i]!
  return result
}

/**
 * For each of the 256 values that the next eight bits may have, whose code they begin with: 16 symbol + length. Null
 * where codes of such lengths leave some values to nobody, or give some to two.
 */
export function decodingTable(lengths: Uint8Array): Uint16Array | null {
  const table = new Uint16Array(2 ** LONGEST)
  let end = 0
  for (let length = 0; length <= LONGEST; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue
      const start = end
      end += 2 ** (LONGEST - length)
      table.fill(16 * symbol + length, start, end)
    }
  }
  return end === table.length ? table : null
}

/** Each symbol's code, as 16 code + length. */
export function codesOf(lengths: Uint8Array): Uint16Array {
  const codes = new Uint16Array(lengths.length)
  let next = 0
  for (let length = 0; length <= LONGEST; length++) {
    next *= 2
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] === length) codes[symbol] = 16 * next++ + length
    }
  }
  return codes
}
