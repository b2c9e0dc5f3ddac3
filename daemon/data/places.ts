/** Where data lie. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a search for data depends on. */
export interface DataPlaces {
  /** The daemon's data directory; its `datasets/` is the first place. */
  readonly dataDirectory?: string | undefined
  /** `STARLING_DATA` names the second. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Folders that hold data sets, in the order in which they are tried. The last lies beside this checkout. */
export function dataPlaces({ dataDirectory, env }: DataPlaces): string[] {
  const named = env['STARLING_DATA']
  return [
    ...(dataDirectory === undefined ? [] : [join(dataDirectory, 'datasets')]),
    ...(named ? [named] : []),
    join(packageRoot(), '..', 'shared', 'data'),
  ]
}

/** The folder with this program's package.json: one place whether run from source or from `dist/`. */
function packageRoot(): string {
  const start = dirname(fileURLToPath(import.meta.url))
  let folder = start
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) return start
    folder = parent
  }
  return folder
}
