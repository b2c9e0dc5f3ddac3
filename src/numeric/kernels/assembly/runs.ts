/**
 * Codes of which each begins where the one before it ends, so that reading one waits for the last. Long messages have
 * several runs of them, and taking a step of each in turn waits for none. Bits come the most significant of each byte
 * first.
 */
import { NUMBER, swapWords } from './lanes'

/** How reading ended. */
export const DONE: i32 = 0
export const CUT_OFF: i32 = 1
export const LEFT_OVER: i32 = 2

/** Where reading stands in a run. */
@unmanaged
export class Run {
  /** The next bit, and the one behind the last. */
  bit: u64
  end: u64
  /** What the codes read so far add up to. */
  total: i64
  /** Where the next result goes. */
  to: usize
  /** How many codes are left. */
  left: i32
}

/** As many as are read at once. */
const runs: usize = memory.data(4 * 32, 16)
const RUN: usize = 32
/** A run as it is told: its first byte, the byte behind its last, and how many codes it has, in 32 bits each. */
const TOLD: usize = 12

/** Bytes of all runs, the words of which are swapped. */
let bytes: usize = 0

@inline
export function runAt(place: i32): Run {
  return changetype<Run>(runs + <usize>place * RUN)
}

/**
 * Before `count` runs of `length` bytes are read, and behind these 16 that may be overwritten. Each result is of `width`
 * bytes.
 */
export function open(body: usize, length: i32, told: usize, count: i32, to: usize, width: usize): void {
  swapWords(body, length)
  bytes = body
  for (let place = 0; place < count; place++, told += TOLD) {
    const run = runAt(place)
    run.bit = 8 * <u64>load<u32>(told)
    run.end = 8 * <u64>load<u32>(told, 4)
    run.total = 0
    run.to = to
    run.left = load<i32>(told, 8)
    to += <usize>run.left * width
  }
}

/** The bits from this one on, the first of them the highest; at least 33 of them. */
@inline
export function bitsFrom(bit: u64): u64 {
  return rotl<u64>(load<u64>(bytes + <usize>(bit >> 5) * NUMBER), 32) << (bit & 31)
}

/** Bits that are looked up at once in a table, and most codes that are found within them. */
export const LOOK: i32 = 10
export const MOST: i32 = 8

/** How often each ten bits were looked up. */
const lookups: usize = memory.data(1024 * 4, 16)

export function forgetLookups(): void {
  memory.fill(lookups, 0, (1 << LOOK) * NUMBER)
}

@inline
export function noteLookup(pattern: i32): void {
  const at = lookups + <usize>pattern * NUMBER
  store<i32>(at, load<i32>(at) + 1)
}

@inline
export function timesLookedUp(pattern: i32): i32 {
  return load<i32>(lookups + <usize>pattern * NUMBER)
}

/** Whether each run ends with its bytes, less than one of zeros aside. */
export function ending(count: i32): i32 {
  for (let place = 0; place < count; place++) {
    const run = runAt(place)
    if (run.bit > run.end) return CUT_OFF
    const unread = run.end - run.bit
    if (unread >= 8) return LEFT_OVER
    if (unread > 0 && bitsFrom(run.bit) >> (64 - unread) != 0) return LEFT_OVER
  }
  return DONE
}
