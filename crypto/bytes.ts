/** Byte strings: the few conversions that everything signed, hashed or compared here needs. */

/** Text that does not spell a byte string in the expected alphabet. */
export class InvalidEncodingError extends Error {
  override name = 'InvalidEncodingError'
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

/**
 * Whether two byte strings are equal, in a time that depends on their length only and not on where they differ.
 * As constant as JavaScript can be: no branch and no memory access depends on the content.
 */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!
  return difference === 0
}

/** Overwrites secrets that are no longer needed. Copies that the JavaScript engine made are out of reach. */
export function wipe(...secrets: readonly Uint8Array[]): void {
  for (const secret of secrets) secret.fill(0)
}

export function toHex(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += byte.toString(16).padStart(2, '0')
  return text
}

/** @throws {InvalidEncodingError} unless the text is an even number of lower-case hexadecimal digits. */
export function fromHex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/.test(text)) {
    throw new InvalidEncodingError('not an even number of lower-case hexadecimal digits')
  }
  return Uint8Array.from({ length: text.length / 2 }, (_, i) =>
    Number.parseInt(text.slice(2 * i, 2 * i + 2), 16),
  )
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** RFC 4648 §5, without padding. */
export function toBase64url(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const byte of bytes) {
    held = ((held << 8) | byte) & 0x3fff
    bits += 8
    while (bits >= 6) {
      bits -= 6
      text += ALPHABET[(held >>> bits) & 63]
    }
  }
  if (bits > 0) text += ALPHABET[(held << (6 - bits)) & 63]
  return text
}

/**
 * Strict: every byte string has exactly one spelling, so that a token cannot be altered and still mean the same.
 * @throws {InvalidEncodingError} on a foreign character, padding, a stray sixth of a byte or non-zero spare bits.
 */
export function fromBase64url(text: string): Uint8Array {
  if (text.length % 4 === 1) throw new InvalidEncodingError('not a whole number of bytes')
  const bytes = new Uint8Array(Math.floor((text.length * 6) / 8))
  let bits = 0
  let held = 0
  let at = 0
  for (const character of text) {
    const value = ALPHABET.indexOf(character)
    if (value < 0) throw new InvalidEncodingError(`"${character}" is not a base64url digit`)
    held = ((held << 6) | value) & 0x3fff
    bits += 6
    if (bits >= 8) {
      bits -= 8
      bytes[at++] = (held >>> bits) & 255
    }
  }
  if ((held & ((1 << bits) - 1)) !== 0) throw new InvalidEncodingError('spare bits are not zero')
  return bytes
}
