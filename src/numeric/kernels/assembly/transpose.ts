/** Matrices whose rows and columns change places: to[column, row] = from[row, column]. */
import { NUMBER } from './lanes'

/** Rows and columns taken at a time: a tile reads and writes whole cache lines. */
const TILE: i32 = 16

export function transpose(from: usize, rows: i32, columns: i32, to: usize): void {
  inTiles(false, from, 0, rows, columns, to)
}

/** to = other + fromᵀ. */
export function transposeOnto(
  from: usize, other: usize, rows: i32, columns: i32, to: usize,
): void {
  inTiles(true, from, other, rows, columns, to)
}

/**
 * Goes along the rows of `from`; or along those of `to`, where `other` lies in the same order: where rows are as far
 * apart as a power of two, few lines of different ones fit into the nearest cache at once.
 */
@inline
function inTiles(
  onto: boolean, from: usize, other: usize, rows: i32, columns: i32, to: usize,
): void {
  const across = onto ? columns : rows
  const along = onto ? rows : columns
  for (let i = 0; i < across; i += TILE) {
    for (let j = 0; j < along; j += TILE) {
      for (let di = i; di < i + TILE; di += 4) {
        for (let dj = j; dj < j + TILE; dj += 4) {
          const row = onto ? dj : di
          const column = onto ? di : dj
          if (row + 4 <= rows && column + 4 <= columns) {
            fourByFour(onto, from, other, rows, columns, row, column, to)
          } else atBorder(onto, from, other, rows, columns, row, column, to)
        }
      }
    }
  }
}

/** Up to four rows and columns. */
function atBorder(
  onto: boolean, from: usize, other: usize, rows: i32, columns: i32, row: i32, column: i32,
  to: usize,
): void {
  for (let r = row; r < min(rows, row + 4); r++) {
    for (let c = column; c < min(columns, column + 4); c++) {
      const source = <usize>(r * columns + c) * NUMBER
      const target = <usize>(c * rows + r) * NUMBER
      let value = load<f32>(from + source)
      if (onto) value = load<f32>(other + target) + value
      store<f32>(to + target, value)
    }
  }
}

@inline
function fourByFour(
  onto: boolean, from: usize, other: usize, rows: i32, columns: i32, row: i32, column: i32,
  to: usize,
): void {
  const across = <usize>columns * NUMBER
  const down = <usize>rows * NUMBER
  const source = <usize>(row * columns + column) * NUMBER
  const target = <usize>(column * rows + row) * NUMBER
  const a = v128.load(from + source)
  const b = v128.load(from + source + across)
  const c = v128.load(from + source + 2 * across)
  const d = v128.load(from + source + 3 * across)
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5)
  const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7)
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5)
  const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7)
  column4(onto, v128.shuffle<f64>(ab, cd, 0, 2), other, target, to)
  column4(onto, v128.shuffle<f64>(ab, cd, 1, 3), other, target + down, to)
  column4(onto, v128.shuffle<f64>(AB, CD, 0, 2), other, target + 2 * down, to)
  column4(onto, v128.shuffle<f64>(AB, CD, 1, 3), other, target + 3 * down, to)
}

@inline
function column4(onto: boolean, column: v128, other: usize, at: usize, to: usize): void {
  v128.store(to + at, onto ? f32x4.add(v128.load(other + at), column) : column)
}
