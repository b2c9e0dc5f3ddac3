/** One measurement. */
export interface Row {
  readonly case: string
  readonly value: number
  readonly unit: string
  /** What the value is held against, in the same unit: a reference's time, or a promised rate. */
  readonly floor?: number
  /** value / floor; where both were measured in turns, the median of the pairs' ratios. */
  readonly ratio?: number
}

/** Measures and returns its rows; tells on the way what it is doing. */
export type Bench = (say: (line: string) => void) => Promise<readonly Row[]>

export function row(
  name: string,
  value: number,
  unit: string,
  floor?: number,
  ratio = value / (floor ?? value),
): Row {
  const rounded = (number: number) => Number(number.toPrecision(4))
  const measured = { case: name, value: rounded(value), unit }
  if (floor === undefined) return measured
  return { ...measured, floor: rounded(floor), ratio: rounded(ratio) }
}
