/**
 * Codes of which each begins where the one before it ends. Many of them are cut into four runs, each with bytes of its
 * own: a receiver reads one of each in turn, and does not wait for any.
 *
 * Layout: of each run but the last how many bytes it has, 32 bits, the least significant byte first; then the runs, each
 * filled up with zeros to whole bytes.
 */
import { type Address, copyIn, kernels } from '../numeric/kernels.ts'
import { MalformedFrameError } from './errors.ts'

/** From so many codes on there are four runs. */
const LONG = 2 ** 17
const RUNS = 4
const LENGTH = 4

/** Where in the sequence the runs begin, and where the last of them ends. */
export function runBounds(count: number): readonly number[] {
  if (count < LONG) return [0, count]
  const each = Math.ceil(count / RUNS)
  return [0, each, 2 * each, 3 * each, count]
}

/** Most bytes that runs take beyond those of the same codes in one. */
export function runMargin(count: number): number {
  return (runBounds(count).length - 2) * (LENGTH + 1)
}

/**
 * Writes all runs, where there is room, and returns their bytes.
 *
 * @param write writes the codes from one place in the sequence to another, and returns their bytes
 */
export function writeRuns(
  count: number,
  to: Address,
  write: (first: number, end: number, to: Address) => number,
): number {
  const bounds = runBounds(count)
  const runs = bounds.length - 1
  const lengths = new DataView(kernels.memory.buffer, to)
  let at = to + LENGTH * (runs - 1)
  for (let run = 0; run < runs; run++) {
    const bytes = write(bounds[run]!, bounds[run + 1]!, at)
    if (run < runs - 1) lengths.setUint32(LENGTH * run, bytes, true)
    at += bytes
  }
  return at - to
}

/** Runs in the kernels' memory, and how the kernels are told where they are. */
export interface RunsRead {
  readonly body: Address
  readonly length: number
  readonly told: Address
  readonly runs: number
}

/** @throws {MalformedFrameError} where the runs have more bytes than there are */
export function readRuns(body: Uint8Array, count: number): RunsRead {
  const bounds = runBounds(count)
  const runs = bounds.length - 1
  let at = LENGTH * (runs - 1)
  if (body.length < at) throw new MalformedFrameError('codes are cut off')
  const view = new DataView(body.buffer, body.byteOffset)
  const told: number[] = []
  for (let run = 0; run < runs; run++) {
    const end = run === runs - 1 ? body.length : at + view.getUint32(LENGTH * run, true)
    if (end < at || end > body.length) throw new MalformedFrameError('codes are cut off')
    told.push(at, end, bounds[run + 1]! - bounds[run]!)
    at = end
  }
  return { body: copyIn(body), length: body.length, told: copyIn(Uint32Array.from(told)), runs }
}
