/**
 * The 92 symbols of the character models: a fixed alphabet, so that nodes with different texts share one model.
 * Index 0 stands for any other character; 1 is the line break; the rest is printable ASCII without `\ ^ | ~` and the
 * back-tick, which English prose does without.
 */
const OTHER = 0
const SYMBOLS =
  `\n${Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join('')}`.replace(
    /[\\^|~`]/g,
    '',
  )
const INDEX = new Map([...SYMBOLS].map((symbol, i) => [symbol.charCodeAt(0), i + 1]))

export const ALPHABET_SIZE = 1 + SYMBOLS.length

/** One index a UTF-16 unit of `text`. */
export function encodeText(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length }, (_, i) => INDEX.get(text.charCodeAt(i)) ?? OTHER)
}
