import { announceReady, parentGone, startInBackground } from '../../../background.ts'
import { loadConfig } from '../../../config/index.ts'
import { runDaemon } from '../../../daemon.ts'
import type { GlobalOptions } from '../../command.ts'
import { note, print, printJson } from '../../terminal.ts'
import { formatStatus } from '../status/handler.ts'
import { settingsOf, type UpOptions, wordsOf } from './options.ts'

export async function handle(options: GlobalOptions & UpOptions): Promise<void> {
  const directory = options.dir
  // Wrong settings are said here, also for a daemon that goes into the background.
  const flags = settingsOf(options)
  const config = loadConfig({ directory, environment: process.env, flags })
  if (options.detach === true) {
    const daemon = await startInBackground(directory, wordsOf(options))
    const status = await daemon.status()
    if (options.json) printJson(status)
    else print(formatStatus(status))
    return
  }
  // Whoever started this in the background reads the log file, not this process's streams.
  const isBackground = process.connected === true
  await runDaemon({
    directory,
    config,
    terminal: !isBackground,
    note,
    until: options.withParent === true ? parentGone() : undefined,
    onReady(status) {
      announceReady(options.withParent)
      if (isBackground) return
      if (options.json) printJson(status)
      else print(`${formatStatus(status)}\n\nStop with Ctrl-C or: starling down`)
    },
  })
}
