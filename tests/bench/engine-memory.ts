/** What 10,000 training steps of each model leave behind: tensors, their bytes, and memory of the process. */
import { createEngine, type LoadedModel } from '../../src/engine/index.ts'
import { jobFor, TASKS } from '../engine/tasks.ts'
import { type Bench, type Row, row } from './bench.ts'

const STEPS = 10_000
const STEPS_A_CALL = 100

/** After so many steps everything that is kept (scratch memory, compiled code) has been made. */
const WARM_UP = 1_000

const MEBIBYTE = 2 ** 20

export const engineMemory: Bench = async (say) => {
  const engine = await createEngine({ backend: 'wasm' })
  const rows: Row[] = []
  for (const [name, { source, data }] of Object.entries(TASKS)) {
    say(name)
    const model = await engine.load(source, { kind: 'adam' }, data)
    await trainFor(model, WARM_UP)
    const before = { ...(await model.memory()), process: process.memoryUsage.rss() }
    await trainFor(model, STEPS - WARM_UP)
    const after = await model.memory()
    rows.push(
      row(`${name}, tensors`, after.tensors - before.tensors, 'more after 10,000 steps'),
      row(`${name}, tensor memory`, after.bytes - before.bytes, 'bytes more'),
      row(`${name}, process`, (process.memoryUsage.rss() - before.process) / MEBIBYTE, 'MiB more'),
    )
    await model.dispose()
  }
  await engine.dispose()
  return rows
}

async function trainFor(model: LoadedModel, steps: number): Promise<void> {
  const job = jobFor(model, { seed: 1, steps: STEPS_A_CALL })
  for (let done = 0; done < steps; done += STEPS_A_CALL) await model.train([job])
}
