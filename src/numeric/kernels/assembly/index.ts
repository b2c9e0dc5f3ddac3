/** Everything that `src/numeric/kernels.ts` calls. */
export { decodeBitmap, encodeBitmap } from './bitmap'
export { decodeGaps, encodeGamma, encodeRice, sumGaps } from './gaps'
export { allFinite } from './finite'
export { gather } from './gather'
export { difference, sum } from './lanes'
export { findThreshold, writePositions } from './top-k'
export { averageNews, pull } from './pull'
export { countExponents, joinWords, readCodes, writeCodes, writeOthers } from './packing'
export { transpose, transposeDifference, transposeOnto } from './transpose'
export { forwardWavelet, inverseWavelet } from './wavelet'

/** The first address that no kernel uses for itself. */
export function heapStart(): usize {
  return __heap_base
}
