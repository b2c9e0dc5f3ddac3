/** Single values of a vector. */
import { NUMBER } from './lanes'

/** to[i] = vector[indices[i]]. */
export function gather(vector: usize, indices: usize, count: i32, to: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const k = load<u32>(indices + i * NUMBER)
    store<f32>(to + i * NUMBER, load<f32>(vector + <usize>k * NUMBER))
  }
}
