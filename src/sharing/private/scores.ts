/**
 * Block scores as words of 16 bits: whole numbers small enough that the scores of all senders add up within their bits of
 * the word, carry nothing into their neighbour's and leave the word's sign alone, so that checksums add up, too. Sums
 * of words are then sums of scores, masked or not.
 */
import type { Words } from '../../../crypto/index.ts'

/** Up to so many senders two scores share a word, with at least 18 steps each. */
const MOST_IN_A_BYTE = 7

const bitsFor = (senders: number) => (senders <= MOST_IN_A_BYTE ? 8 : 16)

/** The largest score of one sender: in the sum of all, one bit stays free. */
const stepsFor = (senders: number) => Math.floor((2 ** (bitsFor(senders) - 1) - 1) / senders)

/** Words that so many scores take. */
export function scoreWords(count: number, senders: number): number {
  return Math.ceil((count * bitsFor(senders)) / 16)
}

/** @param scores 0 to 1 @param senders most that are summed, at least 1 */
export function packScores(scores: Float32Array, senders: number): Words {
  const words = new Int16Array(scoreWords(scores.length, senders))
  const fields = fieldsOf(words, senders)
  const steps = stepsFor(senders)
  for (let i = 0; i < scores.length; i++) fields[i] = Math.round(scores[i]! * steps)
  return words
}

/** So many scores, of one sender or summed, in steps. @param senders as they were packed for */
export function unpackScores(words: Words, count: number, senders: number): Float32Array {
  return Float32Array.from(fieldsOf(words, senders).subarray(0, count))
}

function fieldsOf({ buffer, byteOffset, byteLength }: Words, senders: number) {
  return bitsFor(senders) === 8
    ? new Uint8Array(buffer, byteOffset, byteLength)
    : new Uint16Array(buffer, byteOffset, byteLength / 2)
}
