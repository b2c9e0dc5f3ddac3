/**
 * The tensor engine: typed arrays in and out, computed in worker threads.
 *
 * ```ts
 * const engine = await createEngine({ backend: 'auto', workers: 2 })
 * const model = await engine.load(source, { kind: 'sgd', momentum: 0.9 }, dataset)
 * const [result] = await model.train([job])
 * await engine.dispose()
 * ```
 */
export { createEngine } from './create-engine.ts'
export {
  DivergedError,
  EngineCrashedError,
  EngineDisposedError,
  EngineInputError,
  UnsupportedModelError,
} from './errors.ts'
export * from './interface.ts'
export type { UserModel } from './tfjs/user-model.ts'
