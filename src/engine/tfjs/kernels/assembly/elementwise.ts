/** The rectifier. Work is dealt to threads in chunks of 4096 floats, of which `count` are there in all. */
import { FLOAT, loadLanes, storeLanes } from './lanes'

export const CHUNK: i32 = 4096

/** x = max(x, 0), in place. */
export function relu(begin: i32, end: i32, scratch: usize, count: i32, x: usize): void {
  const last = min(count, end * CHUNK)
  let i = begin * CHUNK
  // A constant number of lanes spares the loop the question of how many are left.
  for (; i + 4 <= last; i += 4) reluLanes(x + <usize>i * FLOAT, 4)
  if (i < last) reluLanes(x + <usize>i * FLOAT, last - i)
}

@inline
function reluLanes(at: usize, left: i32): void {
  storeLanes(at, f32x4.max(loadLanes(at, left), f32x4.splat(0)), left)
}

/** dx = dy where y > 0, else 0. */
export function reluGradient(
  begin: i32, end: i32, scratch: usize, count: i32, dy: usize, y: usize, dx: usize,
): void {
  const last = min(count, end * CHUNK)
  let i = begin * CHUNK
  for (; i + 4 <= last; i += 4) reluGradientLanes(<usize>i * FLOAT, 4, dy, y, dx)
  if (i < last) reluGradientLanes(<usize>i * FLOAT, last - i, dy, y, dx)
}

@inline
function reluGradientLanes(at: usize, left: i32, dy: usize, y: usize, dx: usize): void {
  const passes = f32x4.gt(loadLanes(y + at, left), f32x4.splat(0))
  storeLanes(dx + at, v128.and(loadLanes(dy + at, left), passes), left)
}
