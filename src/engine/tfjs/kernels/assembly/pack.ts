/**
 * Rearranges blocks of A and B into the order in which the tiles read them. Rows and columns that a tile has beyond
 * the edge of its matrix are packed as zeros.
 */
import { FLOAT, VECTOR } from './lanes'
import { COLUMNS, SHORT, TALL, tileHeight } from './tile'

const ROW_OF_B: usize = <usize>COLUMNS * FLOAT

/** Packs `rows` × `depth` of op(A), whose first element is at `a`, as tiles one after the other. */
export function packA(
  transposed: bool, a: usize, lda: i32, rows: i32, depth: i32, to: usize,
): void {
  const row = <usize>lda * FLOAT
  for (let i = 0; i < rows; ) {
    const height = tileHeight(rows - i)
    const from = a + <usize>i * (transposed ? FLOAT : row)
    const used = min(height, rows - i)
    if (used < height)
      packEdge(from, transposed ? FLOAT : row, transposed ? row : FLOAT, used, height, depth, to)
    else if (transposed) packColumns(from, row, height, depth, to)
    else packRows(from, row, height, depth, to)
    to += <usize>(height * depth) * FLOAT
    i += height
  }
}

/** One panel of eight columns of op(B), of which `columns` exist. */
export function packB(
  transposed: bool, b: usize, ldb: i32, columns: i32, depth: i32, to: usize,
): void {
  const row = <usize>ldb * FLOAT
  if (columns < COLUMNS)
    packEdge(b, transposed ? row : FLOAT, transposed ? FLOAT : row, columns, COLUMNS, depth, to)
  else if (transposed) {
    interleaveFour(b, row, depth, to, ROW_OF_B)
    interleaveFour(b + 4 * row, row, depth, to + VECTOR, ROW_OF_B)
  } else
    for (let k = 0; k < depth; k++, b += row, to += ROW_OF_B) {
      v128.store(to, v128.load(b))
      v128.store(to, v128.load(b, 16), 16)
    }
}

/** Any panel, value by value: `across` and `along` are the byte steps from lane to lane and from k to k. */
function packEdge(
  from: usize, across: usize, along: usize, used: i32, width: i32, depth: i32, to: usize,
): void {
  for (let k = 0; k < depth; k++, from += along)
    for (let lane = 0; lane < width; lane++, to += FLOAT)
      store<f32>(to, lane < used ? load<f32>(from + <usize>lane * across) : 0)
}

/** A stored as [K, M]: the tile's values of one k lie together. */
@inline
function packColumns(from: usize, row: usize, height: i32, depth: i32, to: usize): void {
  for (let k = 0; k < depth; k++, from += row, to += <usize>height * FLOAT) {
    v128.store(to, v128.load(from))
    if (TALL > SHORT && height == TALL) store<u64>(to, load<u64>(from, 16), 16)
  }
}

/** A stored as [M, K]: four (and two) rows are interleaved. */
@inline
function packRows(from: usize, row: usize, height: i32, depth: i32, to: usize): void {
  const step = <usize>height * FLOAT
  interleaveFour(from, row, depth, to, step)
  if (TALL > SHORT && height == TALL) interleaveTwo(from + 4 * row, row, depth, to + VECTOR, step)
}

/** to[k] = the k-th values of four rows, by transposing squares of 4 × 4. */
@inline
function interleaveFour(from: usize, row: usize, depth: i32, to: usize, step: usize): void {
  let k = 0
  for (; k + 4 <= depth; k += 4, from += VECTOR, to += 4 * step) {
    const r0 = v128.load(from),
      r1 = v128.load(from + row)
    const r2 = v128.load(from + 2 * row),
      r3 = v128.load(from + 3 * row)
    const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5),
      low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5)
    const high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7),
      high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7)
    v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5))
    v128.store(to + step, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7))
    v128.store(to + 2 * step, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5))
    v128.store(to + 3 * step, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7))
  }
  for (; k < depth; k++, from += FLOAT, to += step) {
    store<f32>(to, load<f32>(from))
    store<f32>(to, load<f32>(from + row), 4)
    store<f32>(to, load<f32>(from + 2 * row), 8)
    store<f32>(to, load<f32>(from + 3 * row), 12)
  }
}

@inline
function interleaveTwo(from: usize, row: usize, depth: i32, to: usize, step: usize): void {
  let k = 0
  for (; k + 4 <= depth; k += 4, from += VECTOR, to += 4 * step) {
    const r0 = v128.load(from),
      r1 = v128.load(from + row)
    const low = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5),
      high = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7)
    v128.store64_lane(to, low, 0)
    v128.store64_lane(to + step, low, 1)
    v128.store64_lane(to + 2 * step, high, 0)
    v128.store64_lane(to + 3 * step, high, 1)
  }
  for (; k < depth; k++, from += FLOAT, to += step) {
    store<f32>(to, load<f32>(from))
    store<f32>(to, load<f32>(from + row), 4)
  }
}
