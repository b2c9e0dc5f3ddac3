/** Which Starling this is, and where. The package's root is one folder up from the sources, two from built files. */
import { readFileSync } from 'node:fs'

export const PACKAGE_ROOT = new URL(
  import.meta.url.endsWith('.ts') ? '../' : '../../',
  import.meta.url,
)

export const VERSION: string = readVersion()

function readVersion(): string {
  const text = readFileSync(new URL('package.json', PACKAGE_ROOT), 'utf8')
  return (JSON.parse(text) as { version: string }).version
}
