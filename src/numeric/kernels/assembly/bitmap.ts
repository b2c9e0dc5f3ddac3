/** Ascending indices as one bit a coordinate, the least significant of each byte first. */
import { NUMBER } from './lanes'

/** `to` holds zeros. */
export function encodeBitmap(indices: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) {
    const index = load<u32>(indices + <usize>i * NUMBER)
    const byte = to + (index >>> 3)
    store<u8>(byte, load<u8>(byte) | (<u8>1 << <u8>(index & 7)))
  }
}

/** Writes at most `count` indices; returns how many there are. Bytes up to the next multiple of eight are zeroed. */
export function decodeBitmap(body: usize, length: i32, count: i32, to: usize): i32 {
  store<u64>(body + length, 0)
  let found = 0
  for (let byte = 0; byte < length; byte += 8) {
    let word = load<u64>(body + byte)
    found += <i32>popcnt(word)
    if (found > count) return found
    for (; word != 0; word &= word - 1, to += NUMBER) store<i32>(to, 8 * byte + <i32>ctz(word))
  }
  return found
}
