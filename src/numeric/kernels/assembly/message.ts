/**
 * Messages as the kernels read them, 24 bytes each: address of the indices, 0 where all coordinates are held; address of
 * the values; how many there are; how many were read; the weight, a double.
 */

export const MESSAGE: usize = 24

@inline
export function indicesOf(message: usize): usize {
  return load<u32>(message)
}

@inline
export function valuesOf(message: usize): usize {
  return load<u32>(message, 4)
}

@inline
export function heldBy(message: usize): i32 {
  return load<i32>(message, 8)
}

@inline
export function readOf(message: usize): i32 {
  return load<i32>(message, 12)
}

@inline
export function readOn(message: usize, read: i32): void {
  store<i32>(message, read, 12)
}

@inline
export function weightOf(message: usize): f64 {
  return load<f64>(message, 16)
}
