/** Values as IEEE 754 binary32, little-endian: 4 bytes each. */

const LITTLE_ENDIAN = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** The bytes of `values`: a view where the machine is little-endian, else a copy. */
export function encodeFloat32(values: Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
  return LITTLE_ENDIAN ? bytes : swapped(bytes)
}

/** The values of `bytes`, whose length is a multiple of 4: a view where aligned and little-endian, else a copy. */
export function decodeFloat32(bytes: Uint8Array): Float32Array {
  const native = LITTLE_ENDIAN ? bytes : swapped(bytes)
  // Not `slice`: on a Buffer, which is a Uint8Array too, that is another view.
  const aligned = native.byteOffset % 4 === 0 ? native : new Uint8Array(native)
  return new Float32Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 4)
}

/** A copy with the bytes of each 4-byte word reversed. */
export function swapped(bytes: Uint8Array): Uint8Array {
  const result = new Uint8Array(bytes.length)
  for (let i = 0; i < bytes.length; i++) result[i] = bytes[i ^ 3]!
  return result
}
