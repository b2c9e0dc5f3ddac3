const LONG = 131072

/** Codes, written as zeros and ones, in bytes, by the layout of `src/sharing/runs.ts`. */
export function literalRuns(codes: readonly string[]): Uint8Array {
  if (codes.length < LONG) return toBytes(codes.join(''))
  const each = Math.ceil(codes.length / 4)
  const runs = [0, 1, 2, 3].map((run) =>
    toBytes(codes.slice(run * each, (run + 1) * each).join('')),
  )
  const lengths = runs.slice(0, 3).flatMap(({ length }) => {
    return [0, 8, 16, 24].map((shift) => (length >>> shift) & 255)
  })
  return Uint8Array.from([...lengths, ...runs.flatMap((run) => Array.from(run))])
}

function toBytes(bits: string): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(bits.length / 8))
  for (let i = 0; i < bits.length; i++) if (bits[i] === '1') bytes[i >> 3]! |= 128 >> (i & 7)
  return bytes
}
