/** Coefficients in blocks of neighbouring ones, which are chosen together. No block lies in two bands. */
export interface BlockLayout {
  /** By band: how many blocks it has. Blocks are numbered through, band by band. */
  readonly bands: readonly number[]
  readonly count: number
  /** The first coefficient of a block; of the number after the last block's, how many coefficients there are. */
  start(block: number): number
  /** All coefficients of these blocks. @param blocks ascending */
  indicesOf(blocks: Uint32Array): Uint32Array
}

/** @param bands lengths of the bands, in their order @param size coefficients of a block; the last of a band may be shorter */
export function blockLayout(bands: readonly number[], size: number): BlockLayout {
  const list: number[] = []
  let start = 0
  for (const length of bands) {
    for (let at = 0; at < length; at += size) list.push(start + at)
    start += length
  }
  const starts = Uint32Array.from([...list, start])
  return {
    bands: bands.map((length) => Math.ceil(length / size)),
    count: starts.length - 1,
    start: (block) => starts[block]!,
    indicesOf(blocks) {
      let total = 0
      for (let i = 0; i < blocks.length; i++) total += starts[blocks[i]! + 1]! - starts[blocks[i]!]!
      const indices = new Uint32Array(total)
      let at = 0
      for (let i = 0; i < blocks.length; i++) {
        const end = starts[blocks[i]! + 1]!
        for (let k = starts[blocks[i]!]!; k < end; k++) indices[at++] = k
      }
      return indices
    },
  }
}
