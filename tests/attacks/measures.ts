/** How well an attack did. */

/** R²: the share of the truth's energy that an estimate explains. 0 for an estimate of zeros, below it for worse ones. */
export class Explained {
  #missed = 0
  #energy = 0

  add(estimate: number, truth: number): void {
    this.#missed += (estimate - truth) ** 2
    this.#energy += truth ** 2
  }

  get r2(): number {
    return 1 - this.#missed / this.#energy
  }
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/**
 * Area under the ROC curve: how often a positive scores above a negative, ties counting half. 0.5 is chance.
 */
export function auc(positives: readonly number[], negatives: readonly number[]): number {
  const all = [
    ...positives.map((score) => ({ score, isPositive: true })),
    ...negatives.map((score) => ({ score, isPositive: false })),
  ].sort((a, b) => a.score - b.score)
  let wins = 0
  let below = 0
  for (let at = 0; at < all.length; ) {
    const end = all.findIndex(({ score }, i) => i > at && score !== all[at]!.score)
    const tied = all.slice(at, end === -1 ? all.length : end)
    const hits = tied.filter(({ isPositive }) => isPositive).length
    wins += hits * (below + (tied.length - hits) / 2)
    below += tied.length - hits
    at += tied.length
  }
  return wins / (positives.length * negatives.length)
}

/** Peak signal-to-noise ratio of images with values from 0 to 1, decibels. */
export function psnr(image: Float32Array, truth: Float32Array): number {
  const error = mean(Array.from(image, (value, i) => (value - truth[i]!) ** 2))
  return 10 * Math.log10(1 / error)
}

/** Side of the windows of SSIM. */
const WINDOW = 7
const C1 = 0.01 ** 2
const C2 = 0.03 ** 2

/**
 * Structural similarity (Z. Wang et al., IEEE Transactions on Image Processing 2004) of square images with values from 0 to 1,
 * over uniform windows; 1 where they are equal.
 */
export function ssim(image: Float32Array, truth: Float32Array): number {
  const side = Math.sqrt(truth.length)
  const found: number[] = []
  for (let top = 0; top + WINDOW <= side; top++) {
    for (let left = 0; left + WINDOW <= side; left++) {
      const windowOf = (pixels: Float32Array) =>
        Array.from(
          { length: WINDOW ** 2 },
          (_, i) => pixels[(top + Math.floor(i / WINDOW)) * side + left + (i % WINDOW)]!,
        )
      const [a, b] = [windowOf(image), windowOf(truth)]
      const [meanA, meanB] = [mean(a), mean(b)]
      const covariance = (u: number[], v: number[]) =>
        mean(u.map((value, i) => value * v[i]!)) - mean(u) * mean(v)
      const numerator = (2 * meanA * meanB + C1) * (2 * covariance(a, b) + C2)
      const spread = covariance(a, a) + covariance(b, b)
      found.push(numerator / ((meanA ** 2 + meanB ** 2 + C1) * (spread + C2)))
    }
  }
  return mean(found)
}
