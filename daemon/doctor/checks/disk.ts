import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { formatBytes } from '../../../src/reporting/format.ts'
import type { Check } from '../check.ts'

/** A checkpoint of the largest model in the zoo with Adam's moments is about 32 MB, and a few are kept a run. */
const ENOUGH = 2 ** 30
const LEAST = 100 * 2 ** 20

export const disk: Check = async ({ directory }) => {
  const free = await freeBytes(directory)
  const detail = `${formatBytes(free)} free`
  if (free >= ENOUGH) return { name: 'disk', status: 'ok', detail }
  const fix = 'Make room, or keep the data directory on another disk with --dir.'
  return { name: 'disk', status: free < LEAST ? 'fail' : 'warn', detail, fix }
}

/** Of the file system that holds the directory, or will hold it once it is made. */
async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  } catch (error) {
    const parent = dirname(directory)
    if (parent === directory) throw error
    return freeBytes(parent)
  }
}
