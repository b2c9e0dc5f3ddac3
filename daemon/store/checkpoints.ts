import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { LearnerState } from '../../src/learning/interface.ts'
import { StarlingError } from '../../src/runtime/errors.ts'
import { writeAtomically } from './atomic-write.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint-codec.ts'

/** Two, so that one that turns out to be damaged costs some rounds and not the run. */
const KEPT = 2
const NAME = /^round-(\d{10})\.safetensors$/

export interface Checkpoints {
  save(state: LearnerState): Promise<void>
  /** The newest whole one, null where there is none. `onDamaged` hears of those passed over. */
  load(onDamaged?: (file: string, error: Error) => void): Promise<LearnerState | null>
}

/** Checkpoints in a folder that exists. */
export function openCheckpoints(folder: string): Checkpoints {
  async function namesFromNewest(): Promise<string[]> {
    return (await readdir(folder))
      .filter((name) => NAME.test(name))
      .sort()
      .reverse()
  }

  return {
    async save(state) {
      const name = `round-${String(state.round).padStart(10, '0')}.safetensors`
      await writeAtomically(join(folder, name), encodeCheckpoint(state))
      // Only those before this one: a node that fell back to an older one must not keep the newer, damaged one.
      const others = (await namesFromNewest()).filter((other) => other !== name)
      const older = others.filter((other) => other < name)
      const spare = [...others.filter((other) => other > name), ...older.slice(KEPT - 1)]
      for (const other of spare) await rm(join(folder, other), { force: true })
    },

    async load(onDamaged) {
      for (const name of await namesFromNewest()) {
        try {
          return decodeCheckpoint(await readFile(join(folder, name)))
        } catch (error) {
          if (!(error instanceof StarlingError)) throw error
          onDamaged?.(name, error)
        }
      }
      return null
    },
  }
}
