import { shareExamples } from '../data/index.ts'
import type { Engine, EngineOptions } from './interface.ts'
import { createLoadedModel } from './loaded-model.ts'
import { WorkerPool } from './pool.ts'

/**
 * Starts an engine: opens the backend in every worker and proves that it computes right.
 *
 * @throws an error named `BackendUnavailableError` when the backend asked for cannot be had.
 */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const workers = options.workers ?? 1
  const pool = new WorkerPool(workers)
  let models = 0
  try {
    const [info] = await pool.callAll('open', { options })
    return {
      info: info!,
      async load(source, optimiser, examples) {
        const model = models++
        const data = { train: shareExamples(examples.train), test: shareExamples(examples.test) }
        const answers = await pool.callAll('load', { model, source, optimiser, ...data })
        return createLoadedModel({ pool, workers, model, loaded: answers[0]!, data })
      },
      dispose: () => pool.dispose(),
    }
  } catch (error) {
    await pool.dispose()
    throw error
  }
}
