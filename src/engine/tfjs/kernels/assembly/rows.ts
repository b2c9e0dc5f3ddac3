/** Rows picked and added by index. Indices out of range give zeros and receive nothing. */
import { addRun, copyRun, FLOAT, zeroRun } from './lanes'

/** to[r] = table[ids[r]] for rows [begin, end). */
export function gatherRows(
  begin: i32, end: i32, scratch: usize, width: i32, count: i32, table: usize, ids: usize, to: usize,
): void {
  const row = <usize>width * FLOAT
  for (let r: usize = begin; r < <usize>end; r++) {
    const id = load<i32>(ids + r * FLOAT)
    if (id >= 0 && id < count) copyRun(to + r * row, table + <usize>id * row, width)
    else zeroRun(to + r * row, width)
  }
}

/** to[s] = Σ of the rows x[r] with ids[r] = s, in the order of r. */
export function segmentSum(
  rows: i32, width: i32, count: i32, x: usize, ids: usize, to: usize,
): void {
  const row = <usize>width * FLOAT
  zeroRun(to, count * width)
  for (let r: usize = 0; r < <usize>rows; r++) {
    const id = load<i32>(ids + r * FLOAT)
    if (id >= 0 && id < count) addRun(to + <usize>id * row, x + r * row, width)
  }
}

/** Sums over the rows of matrices [begin, end), each rows × width: the gradient of a bias. */
export function columnSums(
  begin: i32, end: i32, scratch: usize, rows: i32, width: i32, x: usize, to: usize,
): void {
  const row = <usize>width * FLOAT
  for (let matrix: usize = begin; matrix < <usize>end; matrix++) {
    const sums = to + matrix * row
    let from = x + matrix * <usize>rows * row
    zeroRun(sums, width)
    for (let r = 0; r < rows; r++, from += row) addRun(sums, from, width)
  }
}
