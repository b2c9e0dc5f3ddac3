/** The rectifier. Work is dealt to threads in chunks of 4096 floats, of which `count` are there in all. */
import { FLOAT, loadLanes, storeLanes } from './lanes'

export const CHUNK: i32 = 4096

/** x = max(x, 0), in place. */
export function relu(begin: i32, end: i32, scratch: usize, count: i32, x: usize): void {
  const zero = f32x4.splat(0)
  for (let i = begin * CHUNK; i < min(count, end * CHUNK); i += 4) {
    const at = x + <usize>i * FLOAT
    storeLanes(at, f32x4.max(loadLanes(at, count - i), zero), count - i)
  }
}

/** dx = dy where y > 0, else 0. */
export function reluGradient(
  begin: i32, end: i32, scratch: usize, count: i32, dy: usize, y: usize, dx: usize,
): void {
  const zero = f32x4.splat(0)
  for (let i = begin * CHUNK; i < min(count, end * CHUNK); i += 4) {
    const at = <usize>i * FLOAT
    const passes = f32x4.gt(loadLanes(y + at, count - i), zero)
    storeLanes(dx + at, v128.and(loadLanes(dy + at, count - i), passes), count - i)
  }
}
