/** The update rules of PyTorch's documentation, one number at a time, in double precision. */

export interface SgdState {
  w: number
  v: number
}

export function sgdStep(
  { w, v }: SgdState,
  gradient: number,
  options: { rate: number; momentum: number; weightDecay: number },
): SgdState {
  const g = gradient + options.weightDecay * w
  const velocity = options.momentum * v + g
  return { w: w - options.rate * velocity, v: velocity }
}

export interface AdamState {
  w: number
  m: number
  v: number
}

export function adamStep(
  { w, m, v }: AdamState,
  gradient: number,
  step: number,
  options: { rate: number; beta1: number; beta2: number; epsilon: number; weightDecay: number },
): AdamState {
  const { rate, beta1, beta2, epsilon, weightDecay } = options
  const g = gradient + weightDecay * w
  const first = beta1 * m + (1 - beta1) * g
  const second = beta2 * v + (1 - beta2) * g * g
  const corrected = first / (1 - beta1 ** step)
  const deviation = Math.sqrt(second / (1 - beta2 ** step)) + epsilon
  return { w: w - (rate * corrected) / deviation, m: first, v: second }
}
