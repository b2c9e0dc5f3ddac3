import { concat, sha256, toHex } from '../../crypto/index.ts'

/** SHA-256 of one node's parameters as little-endian float32: what two machines compare. */
export function parametersDigest(parameters: Float32Array): Uint8Array {
  return sha256(littleEndian(parameters))
}

/** `RunResult.parametersSha256`: SHA-256, in hex, over all nodes' digests in rank order. */
export function runDigest(digests: readonly Uint8Array[]): string {
  return toHex(sha256(concat(...digests)))
}

/** A view where the machine is little-endian, else a copy. */
function littleEndian(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  if (new Uint8Array(new Uint32Array([1]).buffer)[0] === 1) return bytes
  const view = new DataView(new ArrayBuffer(values.byteLength))
  for (const [i, value] of values.entries()) view.setFloat32(4 * i, value, true)
  return new Uint8Array(view.buffer)
}
