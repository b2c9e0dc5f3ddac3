/**
 * Consensus distance of nodes that finish a round one after the other, without keeping their models:
 * mean ‖x_i − x̄‖² = mean ‖x_i‖² − ‖x̄‖², in double precision.
 */
export class ConsensusTally {
  readonly #sum: Float64Array
  #squares = 0
  #models = 0

  constructor(size: number) {
    this.#sum = new Float64Array(size)
  }

  add(model: Float32Array): void {
    const sum = this.#sum
    let squares = 0
    for (let i = 0; i < sum.length; i++) {
      const value = model[i]!
      sum[i]! += value
      squares += value * value
    }
    this.#squares += squares
    this.#models++
  }

  /** Root mean square distance to the mean model. */
  distance(): number {
    let mean = 0
    for (const sum of this.#sum) mean += (sum / this.#models) ** 2
    return Math.sqrt(Math.max(0, this.#squares / this.#models - mean))
  }
}
