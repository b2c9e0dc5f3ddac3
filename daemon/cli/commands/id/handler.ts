import { existsSync } from 'node:fs'
import { createIdentity } from '../../../../crypto/index.ts'
import { connectDaemon } from '../../../api/index.ts'
import { peerIdOf } from '../../../network/index.ts'
import { initialiseDataDirectory } from '../../../store/index.ts'
import type { GlobalOptions } from '../../command.ts'
import { UsageError } from '../../errors.ts'
import { note, print, printJson } from '../../terminal.ts'

interface Identity {
  readonly peerId: string
  /** Empty while no daemon runs. */
  readonly addresses: readonly string[]
}

export async function handle(options: GlobalOptions): Promise<void> {
  const { peerId, addresses } = await identify(options.dir)
  if (options.json) return printJson({ peerId, addresses })
  print(peerId)
  for (const address of addresses) print(address)
  if (addresses.length === 0) note('No daemon is running, so there are no addresses.')
}

async function identify(directory: string): Promise<Identity> {
  if (!existsSync(directory)) {
    throw new UsageError(`${directory} is no data directory. Make one with: starling init`)
  }
  try {
    return await connectDaemon(directory).status()
  } catch (error) {
    if ((error as Error).name !== 'NoDaemonError') throw error
    const { publicKey } = createIdentity(await initialiseDataDirectory(directory))
    return { peerId: peerIdOf(publicKey), addresses: [] }
  }
}
