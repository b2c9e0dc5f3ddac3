import { createIdentity } from '../../../../crypto/index.ts'
import { peerIdOf } from '../../../network/index.ts'
import { initialiseDataDirectory } from '../../../store/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { facts, print, printJson } from '../../terminal.ts'

export async function handle(options: GlobalOptions): Promise<void> {
  const { publicKey } = createIdentity(await initialiseDataDirectory(options.dir))
  const document = { dataDirectory: options.dir, peerId: peerIdOf(publicKey) }
  if (options.json) return printJson(document)
  print(
    facts([
      ['peer', document.peerId],
      ['data directory', document.dataDirectory],
    ]),
  )
}
