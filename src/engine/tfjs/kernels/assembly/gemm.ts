/**
 * Matrix products: C = start + op(A) · op(B), row-major, any leading dimensions.
 *
 * Blocked as in Goto & van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (ACM TOMS 34(3), 2008):
 * a block of B is packed into panels of eight columns, a block of A into tiles of rows, and the tiles of tile.ts
 * run over both. `start` is where C begins: nothing (address 0), one row repeated for all rows (a bias), or C
 * itself (accumulation).
 */
import { copyRun, FLOAT, zeroRun } from './lanes'
import { packA, packB } from './pack'
import { COLUMNS, TALL, TILE_BYTES, tile, tileHeight } from './tile'

/** Sizes of the blocks: of A 128 × 256 values (128 KiB, second-level cache), of B 256 × 1024 (1 MiB). */
const BLOCK_ROWS: i32 = 128
const BLOCK_DEPTH: i32 = 256
const BLOCK_COLUMNS: i32 = 1024

/** Up to so many rows, packing B costs more than reading it where it lies. */
const FEW_ROWS: i32 = 24

const ZEROS_BYTES: usize = <usize>COLUMNS * FLOAT
const PACKED_A_BYTES: usize = <usize>(BLOCK_DEPTH * (BLOCK_ROWS + TALL)) * FLOAT
const PACKED_B_BYTES: usize = <usize>(BLOCK_DEPTH * (BLOCK_COLUMNS + COLUMNS)) * FLOAT

/** What `multiply` needs at `scratch`. */
export const MULTIPLY_SCRATCH: usize = ZEROS_BYTES + TILE_BYTES + PACKED_A_BYTES + PACKED_B_BYTES

export function multiplyScratchBytes(): usize {
  return MULTIPLY_SCRATCH
}

/** A linked BLAS: C = beta · C + op(A) · op(B). */
@external('env', 'sgemm')
declare function sgemm(
  ta: bool, tb: bool, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, beta: f32,
  c: usize, ldc: i32,
): void

let linked: bool = false

/** From now on this instance multiplies by the imported `sgemm`. */
export function useLinkedBlas(): void {
  linked = true
}

/**
 * `ta`, `tb`: A is stored as k × m, B as n × k. Leading dimensions and `startRow` count floats; `startRow` is 0 for
 * one row repeated. `scratch`: MULTIPLY_SCRATCH bytes.
 */
export function multiply(
  ta: bool, tb: bool, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, start: usize,
  startRow: i32, c: usize, ldc: i32, scratch: usize,
): void {
  if (linked) {
    multiplyLinked(ta, tb, m, n, k, a, lda, b, ldb, start, startRow, c, ldc)
    return
  }
  const zeros = scratch
  const packedA = zeros + ZEROS_BYTES + TILE_BYTES
  const packedB = packedA + PACKED_A_BYTES
  zeroRun(zeros, COLUMNS)
  const inPlace = !tb && m <= FEW_ROWS
  for (let n0 = 0; n0 < n; n0 += BLOCK_COLUMNS) {
    const columns = min(BLOCK_COLUMNS, n - n0)
    // An empty sum still has to write `start`, hence do-while.
    let k0 = 0
    do {
      const depth = min(BLOCK_DEPTH, k - k0)
      const blockB = b + (tb ? <usize>n0 * ldb + k0 : <usize>k0 * ldb + n0) * FLOAT
      if (!inPlace) packPanels(tb, blockB, ldb, columns, depth, packedB)
      else if (columns % COLUMNS != 0) packLastPanel(blockB, ldb, columns, depth, packedB)
      for (let m0 = 0; m0 < m; m0 += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - m0)
        packA(
          ta, a + (ta ? <usize>k0 * lda + m0 : <usize>m0 * lda + k0) * FLOAT, lda, rows, depth,
          packedA,
        )
        const blockC = c + (<usize>m0 * ldc + n0) * FLOAT
        // Where the tiles of this block start from: what earlier depths gave, `start`, or zeros.
        let from = zeros, fromRow: usize = 0, fromColumn: usize = 0
        if (k0 > 0 || start != 0) {
          from = k0 > 0 ? blockC : start + (<usize>m0 * startRow + n0) * FLOAT
          fromRow = <usize>(k0 > 0 ? ldc : startRow) * FLOAT
          fromColumn = FLOAT
        }
        multiplyBlock(
          rows, columns, depth, packedA, packedB, inPlace ? blockB : 0, ldb, from, fromRow,
          fromColumn, blockC, ldc, scratch,
        )
      }
      k0 += BLOCK_DEPTH
    } while (k0 < k)
  }
}

/**
 * `multiply` with a B packed before by `packWhole`, for few rows of ever new A and the same B. A
 * linked BLAS would pack a transposed B anew each time, which takes longer than the product itself.
 */
export function multiplyPacked(
  m: i32, n: i32, k: i32, a: usize, lda: i32, tb: bool, b: usize, ldb: i32, packed: usize,
  start: usize, startRow: i32, c: usize, ldc: i32, scratch: usize,
): void {
  if (linked && !tb) {
    multiplyLinked(false, tb, m, n, k, a, lda, b, ldb, start, startRow, c, ldc)
    return
  }
  const packedA = scratch + ZEROS_BYTES + TILE_BYTES
  for (let k0 = 0; k0 < k; k0 += BLOCK_DEPTH) {
    const depth = min(BLOCK_DEPTH, k - k0)
    for (let m0 = 0; m0 < m; m0 += BLOCK_ROWS) {
      const rows = min(BLOCK_ROWS, m - m0)
      packA(false, a + (<usize>m0 * lda + k0) * FLOAT, lda, rows, depth, packedA)
      const blockC = c + <usize>m0 * ldc * FLOAT
      const from = k0 > 0 ? blockC : start + <usize>m0 * startRow * FLOAT
      const fromRow = <usize>(k0 > 0 ? ldc : startRow) * FLOAT
      multiplyBlock(
        rows, n, depth, packedA, packed, 0, 0, from, fromRow, FLOAT, blockC, ldc, scratch,
      )
    }
    packed += <usize>(roundUp(n) * depth) * FLOAT
  }
}

export function packWhole(tb: bool, n: i32, k: i32, b: usize, ldb: i32, to: usize): void {
  if (linked && !tb) return
  for (let k0 = 0; k0 < k; k0 += BLOCK_DEPTH) {
    const depth = min(BLOCK_DEPTH, k - k0)
    packPanels(tb, b + (tb ? <usize>k0 : <usize>k0 * ldb) * FLOAT, ldb, n, depth, to)
    to += <usize>(roundUp(n) * depth) * FLOAT
  }
}

@inline
export function packedBytes(n: i32, k: i32): usize {
  return <usize>roundUp(n) * k * FLOAT
}

function multiplyBlock(
  rows: i32, columns: i32, depth: i32, packedA: usize, packedB: usize, b: usize, ldb: i32,
  start: usize, startRow: usize, startColumn: usize, c: usize, ldc: i32, scratch: usize,
): void {
  const cRow = <usize>ldc * FLOAT
  for (let j = 0; j < columns; j += COLUMNS) {
    const width = min(COLUMNS, columns - j)
    const direct = b != 0 && width == COLUMNS
    const panel = direct
      ? b + <usize>j * FLOAT
      : b != 0
        ? packedB
        : packedB + <usize>(j * depth) * FLOAT
    const panelStep = <usize>(direct ? ldb : COLUMNS) * FLOAT
    for (let i = 0; i < rows; ) {
      const height = tileHeight(rows - i)
      tile(
        rows - i, width, 1, depth, packedA + <usize>(i * depth) * FLOAT, FLOAT,
        <usize>height * FLOAT, 0, panel, panelStep,
        start + <usize>i * startRow + <usize>j * startColumn, startRow,
        c + <usize>i * cRow + <usize>j * FLOAT, cRow, scratch + ZEROS_BYTES,
      )
      i += height
    }
  }
}

/** All of op(B), or what is given of it, as panels of eight columns one after the other. */
export function packPanels(
  tb: bool, b: usize, ldb: i32, columns: i32, depth: i32, to: usize,
): void {
  for (let j = 0; j < columns; j += COLUMNS) {
    packB(
      tb, b + (tb ? <usize>j * ldb : <usize>j) * FLOAT, ldb, min(COLUMNS, columns - j), depth, to,
    )
    to += <usize>(COLUMNS * depth) * FLOAT
  }
}

/** The last panel alone, if it has fewer than eight columns. */
export function packLastPanel(b: usize, ldb: i32, columns: i32, depth: i32, to: usize): void {
  const width = columns % COLUMNS
  packB(false, b + <usize>(columns - width) * FLOAT, ldb, width, depth, to)
}

function multiplyLinked(
  ta: bool, tb: bool, m: i32, n: i32, k: i32, a: usize, lda: i32, b: usize, ldb: i32, start: usize,
  startRow: i32, c: usize, ldc: i32,
): void {
  if (start != 0 && start != c)
    for (let i = 0; i < m; i++)
      copyRun(c + <usize>i * ldc * FLOAT, start + <usize>i * startRow * FLOAT, n)
  sgemm(ta, tb, m, n, k, a, lda, b, ldb, start == 0 ? 0 : 1, c, ldc)
}

@inline
function roundUp(n: i32): i32 {
  return ((n + COLUMNS - 1) / COLUMNS) * COLUMNS
}
