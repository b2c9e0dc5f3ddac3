import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'

/** Debian's interpreter, where `python3-torch` is found if it is installed at all. */
const PYTHON = '/usr/bin/python3'

/** A PyTorch process with one thread that stays alive, so that it can be asked between measurements of ours. */
export interface Torch {
  /** Mean milliseconds of a training step, over so many steps made now. */
  stepTime(model: string, steps: number): Promise<number>
  stop(): void
}

/** Null where there is no PyTorch; `models` are built and run once before anything is measured. */
export async function startTorch(models: readonly string[]): Promise<Torch | null> {
  const script = fileURLToPath(new URL('./torch-reference.py', import.meta.url))
  const python = spawn(PYTHON, [script], { stdio: ['pipe', 'pipe', 'ignore'] })
  // A missing interpreter ends the answers, and that says it all.
  for (const source of [python, python.stdin]) source.on('error', () => {})
  const answers = createInterface(python.stdout)[Symbol.asyncIterator]()
  const ask = async (model: string, steps: number): Promise<number | null> => {
    python.stdin.write(`${model} ${steps}\n`)
    const { done, value } = await answers.next()
    return done ? null : Number(value)
  }
  for (const model of models) if ((await ask(model, 1)) === null) return null
  return {
    async stepTime(model, steps) {
      const milliseconds = await ask(model, steps)
      if (milliseconds === null) throw new Error('the PyTorch process ended')
      return milliseconds
    },
    stop: () => python.stdin.end(),
  }
}
