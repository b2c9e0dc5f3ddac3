/** Everything that `src/numeric/kernels.ts` calls. */
export { decodeBitmap, encodeBitmap } from './bitmap'
export { decodeGaps, encodeGamma, encodeRice, sumGaps } from './gaps'
export { allFinite } from './finite'
export { gather } from './gather'
export { difference, sum } from './lanes'
export { roundToSteps, scaleSteps } from './steps'
export { findThreshold, writePositions } from './top-k'
export { pull } from './pull'
export { countBytes, readCodes, writeCodes } from './codes'
export { exponentsOf, joinWords, writeOthers } from './packing'
export { transpose, transposeOnto } from './transpose'
export { averageNews } from './voices'
export { forwardWavelet, inverseWavelet } from './wavelet'

/** The first address that no kernel uses for itself. */
export function heapStart(): usize {
  return __heap_base
}
