import { arch, platform } from 'node:os'
import { VERSION } from '../../../version.ts'
import type { GlobalOptions } from '../../command.ts'
import { print, printJson } from '../../terminal.ts'

export async function handle(options: GlobalOptions): Promise<void> {
  const document = {
    starling: VERSION,
    node: process.versions.node,
    platform: `${platform()}-${arch()}`,
  }
  if (options.json) printJson(document)
  else print(`starling ${document.starling}, Node ${document.node}, ${document.platform}`)
}
