import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Debian's interpreter, where `python3-torch` is found if it is installed at all. */
const PYTHON = '/usr/bin/python3'

/** Milliseconds of a training step on one PyTorch thread, by model; empty where there is no PyTorch. */
export async function torchFloor(models: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const script = fileURLToPath(new URL('./torch-reference.py', import.meta.url))
  try {
    const { stdout } = await promisify(execFile)(PYTHON, [script, '--models', models.join()])
    const { rows } = JSON.parse(stdout) as { rows: { case: string; value: number }[] }
    return new Map(rows.map((row) => [row.case, row.value]))
  } catch {
    return new Map()
  }
}
