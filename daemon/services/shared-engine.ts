import { createEngine } from '../../src/engine/index.ts'
import type { Engine, EngineInfo, EngineOptions } from '../../src/engine/interface.ts'

/** The one engine of the process: its workers serve all runs. Started when it is first needed. */
export class SharedEngine {
  readonly #options: EngineOptions
  #starting: Promise<Engine> | undefined
  #info: EngineInfo | null = null

  constructor(options: EngineOptions) {
    this.#options = options
  }

  /** What computes; null until anything has been computed. */
  get info(): EngineInfo | null {
    return this.#info
  }

  async get(): Promise<Engine> {
    this.#starting ??= createEngine(this.#options)
    try {
      const engine = await this.#starting
      this.#info = engine.info
      return engine
    } catch (error) {
      // The next run may find the machine in a better state.
      this.#starting = undefined
      throw error
    }
  }

  async dispose(): Promise<void> {
    const engine = await this.#starting?.catch(() => undefined)
    this.#starting = undefined
    await engine?.dispose()
  }
}
