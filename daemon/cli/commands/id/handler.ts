import { createIdentity } from '../../../../crypto/index.ts'
import { connectDaemon } from '../../../api/index.ts'
import { peerIdOf } from '../../../network/index.ts'
import { readIdentity } from '../../../store/index.ts'
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

/** Only looks: whoever asks for an identity does not want a new one. */
async function identify(directory: string): Promise<Identity> {
  const seed = await readIdentity(directory)
  if (seed === undefined) {
    throw new UsageError(
      `There is no identity in ${directory}. Make one with: starling init --dir ${directory}`,
    )
  }
  try {
    return await connectDaemon(directory).status()
  } catch (error) {
    if ((error as Error).name !== 'NoDaemonError') throw error
    return { peerId: peerIdOf(createIdentity(seed).publicKey), addresses: [] }
  }
}
