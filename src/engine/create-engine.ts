import { shareExamples } from '../data/index.ts'
import type { Engine, EngineOptions } from './interface.ts'
import { createLoadedModel } from './loaded-model.ts'
import { WorkerPool } from './pool.ts'

/**
 * Starts an engine: opens the backend in every worker and proves that it computes right.
 *
 * @param signal ends the start, not the engine once it is there
 * @throws an error named `BackendUnavailableError` when the backend asked for cannot be had.
 */
export async function createEngine(
  options: EngineOptions = {},
  { signal }: { readonly signal?: AbortSignal } = {},
): Promise<Engine> {
  signal?.throwIfAborted()
  const workers = options.workers ?? 1
  const pool = new WorkerPool(workers)
  const end = () => void pool.dispose()
  signal?.addEventListener('abort', end, { once: true })
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
    signal?.throwIfAborted()
    throw error
  } finally {
    signal?.removeEventListener('abort', end)
  }
}
