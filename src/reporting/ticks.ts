/** Round numbers along an axis. */
export interface Scale {
  /** Ends of the axis: the first and the last tick. */
  readonly low: number
  readonly high: number
  readonly ticks: readonly number[]
  /** The ticks as written: all with the same decimals, or as powers of ten where digits would run long. */
  label(tick: number): string
}

/** Differences below are rounding, or as good as none. */
const SMALLEST = 1e-12

/** The scale from `low` to `high`, widened to ticks of 1, 2 or 5 times a power of ten, about `count` of them. */
export function niceScale(low: number, high: number, count = 5): Scale {
  const size = Math.max(Math.abs(low), Math.abs(high))
  if (high - low <= SMALLEST + 1e-9 * size) {
    const half = size > SMALLEST ? size / 2 : 0.5
    return niceScale(low - half, high + half, count)
  }
  const raw = (high - low) / count
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= raw * 0.999) ?? 10)
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9))
  const first = Math.floor(low / step + 1e-9)
  const last = Math.ceil(high / step - 1e-9)
  const ticks = Array.from({ length: last - first + 1 }, (_, i) =>
    Number(((first + i) * step).toFixed(decimals)),
  )
  const isLong = decimals > 4 || size >= 1e6
  const label = (tick: number) => {
    if (tick === 0) return '0'
    if (isLong) return Number(tick.toPrecision(12)).toExponential().replace('e+', 'e')
    return decimals > 0 ? tick.toFixed(decimals) : tick.toLocaleString('en-US')
  }
  return { low: ticks[0]!, high: ticks.at(-1)!, ticks, label }
}
