/**
 * The innermost loops of products and convolutions: a tile of C, 6 × 8 or 4 × 8, held in vector registers.
 *
 *   C[r, 0..8) = start[r, 0..8) + Σ_k a[k, r] · b[k, 0..8)
 *
 * Where `a` lies is told by three byte steps: `aRow` from r to r + 1, `aStep` from k to k + 1, and `aJump` more after
 * every `length` of the `runs` · `length` values of k, so that a convolution can walk over its image as it lies
 * there. `b` has eight neighbouring values a step, `bStep` bytes apart. Every element of C is one chain over k in the
 * same order whatever the tile, so that the bits of a result depend neither on where in a matrix it lies nor on how
 * rows were dealt to threads. The loops end without a branch: V8 spills accumulators inside the loop when one
 * follows it.
 *
 * 6 × 8 needs 12 accumulators, 2 values of b and 1 of a: all 15 vector registers that V8 has on x64. Without fused
 * multiply-add the product needs a register of its own, so that build uses 4 × 8 only.
 */
import { copyRun, FLOAT, multiplyAdd, zeroRun } from './lanes'

export const COLUMNS: i32 = 8
export const TALL: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4
export const SHORT: i32 = 4

/** The height of the next tile when `rows` are left: the one that wastes less. */
@inline
export function tileHeight(rows: i32): i32 {
  return rows <= SHORT || rows == SHORT + 3 || rows == 2 * SHORT ? SHORT : TALL
}

/**
 * The first `rows` × `columns` of the tile that tileHeight(rows) chooses. A tile that reaches beyond C is computed
 * at `whole` (TILE_BYTES) and copied, by the same arithmetic as any other.
 */
@inline
export function tile(
  rows: i32, columns: i32, runs: i32, length: i32, a: usize, aRow: usize, aStep: usize,
  aJump: usize, b: usize, bStep: usize, start: usize, startRow: usize, c: usize, cRow: usize,
  whole: usize,
): void {
  const height = tileHeight(rows)
  if (rows >= height && columns == COLUMNS)
    wholeTile(height, runs, length, a, aRow, aStep, aJump, b, bStep, start, startRow, c, cRow)
  else
    partialTile(
      rows, columns, runs, length, a, aRow, aStep, aJump, b, bStep, start, startRow, c, cRow, whole,
    )
}

export const TILE_BYTES: usize = <usize>(TALL * COLUMNS) * FLOAT

function partialTile(
  rows: i32, columns: i32, runs: i32, length: i32, a: usize, aRow: usize, aStep: usize,
  aJump: usize, b: usize, bStep: usize, start: usize, startRow: usize, c: usize, cRow: usize,
  whole: usize,
): void {
  const height = tileHeight(rows)
  const used: usize = min(height, rows)
  const row = <usize>COLUMNS * FLOAT
  zeroRun(whole, height * COLUMNS)
  for (let r: usize = 0; r < used; r++) copyRun(whole + r * row, start + r * startRow, columns)
  wholeTile(height, runs, length, a, aRow, aStep, aJump, b, bStep, whole, row, whole, row)
  for (let r: usize = 0; r < used; r++) copyRun(c + r * cRow, whole + r * row, columns)
}

@inline
export function wholeTile(
  height: i32, runs: i32, length: i32, a: usize, aRow: usize, aStep: usize, aJump: usize,
  b: usize, bStep: usize, start: usize, startRow: usize, c: usize, cRow: usize,
): void {
  if (TALL == SHORT || height == SHORT)
    shortTile(runs, length, a, aRow, aStep, aJump, b, bStep, start, startRow, c, cRow)
  else tallTile(runs, length, a, aRow, aStep, aJump, b, bStep, start, startRow, c, cRow)
}

function shortTile(
  runs: i32, length: i32, a: usize, aRow: usize, aStep: usize, aJump: usize, b: usize,
  bStep: usize, start: usize, startRow: usize, c: usize, cRow: usize,
): void {
  let c00 = v128.load(start),
    c01 = v128.load(start, 16)
  start += startRow
  let c10 = v128.load(start),
    c11 = v128.load(start, 16)
  start += startRow
  let c20 = v128.load(start),
    c21 = v128.load(start, 16)
  start += startRow
  let c30 = v128.load(start),
    c31 = v128.load(start, 16)
  for (; runs > 0; runs--) {
    for (let k = 0; k < length; k++) {
      const b0 = v128.load(b),
        b1 = v128.load(b, 16)
      let x = v128.load32_splat(a)
      c00 = multiplyAdd(x, b0, c00)
      c01 = multiplyAdd(x, b1, c01)
      let below = a + aRow
      x = v128.load32_splat(below)
      c10 = multiplyAdd(x, b0, c10)
      c11 = multiplyAdd(x, b1, c11)
      below += aRow
      x = v128.load32_splat(below)
      c20 = multiplyAdd(x, b0, c20)
      c21 = multiplyAdd(x, b1, c21)
      below += aRow
      x = v128.load32_splat(below)
      c30 = multiplyAdd(x, b0, c30)
      c31 = multiplyAdd(x, b1, c31)
      a += aStep
      b += bStep
    }
    a += aJump
  }
  v128.store(c, c00)
  v128.store(c, c01, 16)
  c += cRow
  v128.store(c, c10)
  v128.store(c, c11, 16)
  c += cRow
  v128.store(c, c20)
  v128.store(c, c21, 16)
  c += cRow
  v128.store(c, c30)
  v128.store(c, c31, 16)
}

function tallTile(
  runs: i32, length: i32, a: usize, aRow: usize, aStep: usize, aJump: usize, b: usize,
  bStep: usize, start: usize, startRow: usize, c: usize, cRow: usize,
): void {
  let c00 = v128.load(start),
    c01 = v128.load(start, 16)
  start += startRow
  let c10 = v128.load(start),
    c11 = v128.load(start, 16)
  start += startRow
  let c20 = v128.load(start),
    c21 = v128.load(start, 16)
  start += startRow
  let c30 = v128.load(start),
    c31 = v128.load(start, 16)
  start += startRow
  let c40 = v128.load(start),
    c41 = v128.load(start, 16)
  start += startRow
  let c50 = v128.load(start),
    c51 = v128.load(start, 16)
  for (; runs > 0; runs--) {
    for (let k = 0; k < length; k++) {
      const b0 = v128.load(b),
        b1 = v128.load(b, 16)
      let x = v128.load32_splat(a)
      c00 = multiplyAdd(x, b0, c00)
      c01 = multiplyAdd(x, b1, c01)
      let below = a + aRow
      x = v128.load32_splat(below)
      c10 = multiplyAdd(x, b0, c10)
      c11 = multiplyAdd(x, b1, c11)
      below += aRow
      x = v128.load32_splat(below)
      c20 = multiplyAdd(x, b0, c20)
      c21 = multiplyAdd(x, b1, c21)
      below += aRow
      x = v128.load32_splat(below)
      c30 = multiplyAdd(x, b0, c30)
      c31 = multiplyAdd(x, b1, c31)
      below += aRow
      x = v128.load32_splat(below)
      c40 = multiplyAdd(x, b0, c40)
      c41 = multiplyAdd(x, b1, c41)
      below += aRow
      x = v128.load32_splat(below)
      c50 = multiplyAdd(x, b0, c50)
      c51 = multiplyAdd(x, b1, c51)
      a += aStep
      b += bStep
    }
    a += aJump
  }
  v128.store(c, c00)
  v128.store(c, c01, 16)
  c += cRow
  v128.store(c, c10)
  v128.store(c, c11, 16)
  c += cRow
  v128.store(c, c20)
  v128.store(c, c21, 16)
  c += cRow
  v128.store(c, c30)
  v128.store(c, c31, 16)
  c += cRow
  v128.store(c, c40)
  v128.store(c, c41, 16)
  c += cRow
  v128.store(c, c50)
  v128.store(c, c51, 16)
}
