/** Finding secrets in whatever a process leaves behind, however they are spelt there. */

/** Bytes in a row that are taken for a find: what a megabyte of other things holds by a chance of 2^−44. */
const RUN = 8

/** All runs of a secret that begin at a multiple of four; but not those of zeros, which anything may hold. */
export function needlesOf(secrets: readonly Uint8Array[]): Set<bigint> {
  const needles = new Set<bigint>()
  for (const secret of secrets) {
    const view = new DataView(secret.buffer, secret.byteOffset, secret.length)
    for (let at = 0; at + RUN <= secret.length; at += 4) {
      if (view.getInt32(at) !== 0 && view.getInt32(at + 4) !== 0) needles.add(view.getBigUint64(at))
    }
  }
  return needles
}

/** How many of them lie in these bytes, as they are or in any spelling. */
export function finds(bytes: Buffer, needles: ReadonlySet<bigint>): number {
  let found = 0
  for (const view of [bytes, ...readings(bytes.toString('latin1'))]) {
    for (let at = 0; at + RUN <= view.length; at++) {
      if (needles.has(view.readBigUInt64BE(at))) found++
    }
  }
  return found
}

/** What a text says in hexadecimal, in either base64, and in decimal: as bytes, as words and as floats in a row. */
function readings(text: string): Buffer[] {
  const hex = [...text.matchAll(/[0-9a-f]{16,}/gi)].flatMap(([run]) =>
    [0, 1].map((skip) => Buffer.from(run.slice(skip), 'hex')),
  )
  const base64 = [...text.matchAll(/[\w+/-]{11,}/g)].flatMap(([run]) =>
    [0, 1, 2, 3].map((skip) => Buffer.from(run.slice(skip), 'base64')),
  )
  // JSON spells a typed array with the place before each number: {"0":17,"1":4}.
  const numbers = text.replace(/"\d+":/g, '').match(/-?\d+(\.\d+)?(e[-+]?\d+)?/gi) ?? []
  const values = numbers.map(Number)
  const decimal = [Uint8Array.from(values), Int32Array.from(values), Float32Array.from(values)]
  return [...hex, ...base64, ...decimal.map(({ buffer }) => Buffer.from(buffer))]
}
