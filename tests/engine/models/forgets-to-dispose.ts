/** Run as a program: trains once, prints so, and leaves the engine open. */
import { createEngine } from '../../../src/engine/index.ts'
import { jobFor, TASKS } from '../tasks.ts'

const engine = await createEngine({ backend: 'wasm' })
const model = await engine.load(TASKS.mlp.source, { kind: 'sgd' }, TASKS.mlp.data)
const results = await model.train([jobFor(model, { seed: 1 })])
console.log(`trained ${results.length}`)
