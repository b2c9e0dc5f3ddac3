import { type Command, Option } from 'commander'
import { BACKENDS } from '../../../../src/engine/interface.ts'
import { type ConfigInput, LOG_LEVELS } from '../../../config/index.ts'
import { collect } from '../../command.ts'
import { processorCount } from '../../parsers.ts'

/** Flags that are settings: they win over the environment and the file. */
export interface SettingsOptions {
  readonly listen?: readonly string[]
  readonly announce?: readonly string[]
  readonly bootstrap?: readonly string[]
  /** `--no-mdns` makes it false; absent otherwise. */
  readonly mdns?: boolean
  readonly backend?: string
  readonly threads?: number
  readonly blas?: string
  readonly logLevel?: string
}

export interface UpOptions extends SettingsOptions {
  readonly detach?: boolean
  /** Not shown: the demo's daemons end with the demo, also when it is killed. */
  readonly withParent?: boolean
}

export const addOptions = (command: Command) =>
  command
    .option('-d, --detach', 'run in the background; return when it answers')
    .option('--listen <address>', 'multiaddress to listen on; may be repeated', collect)
    .option('--announce <address>', 'multiaddress to tell others; may be repeated', collect)
    .option('--bootstrap <address>', 'daemon to dial at start; may be repeated', collect)
    .addOption(new Option('--with-parent', 'end when the parent process does').hideHelp())
    .addOption(new Option('--no-mdns', 'do not find members of runs on the local network'))
    .addOption(new Option('--backend <name>', 'what computes').choices(['auto', ...BACKENDS]))
    .option('--threads <count>', 'threads of one training step', processorCount)
    .addOption(new Option('--blas <when>', 'use OpenBLAS').choices(['auto', 'off', 'on']))
    .addOption(new Option('--log-level <level>', 'least level that is logged').choices(LOG_LEVELS))

/** The settings among the flags, in the shape of `config.toml`; what was not given is absent. */
export function settingsOf(options: SettingsOptions): ConfigInput {
  const { listen, announce, bootstrap, backend, threads, blas } = options
  // Commander gives `mdns: true` where --no-mdns was not said; that must not override the file.
  const mdns = options.mdns === false ? false : undefined
  return withoutGaps({
    network: withoutGaps({ listen, announce, bootstrap, mdns }),
    engine: withoutGaps({ backend, threads, blas }),
    log: withoutGaps({ level: options.logLevel }),
  }) as ConfigInput
}

function withoutGaps(table: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(table).filter(([, value]) => value !== undefined))
}

/** The same flags as words of a command line, for the process that does the work in the background. */
export function wordsOf(options: SettingsOptions): string[] {
  const each = (flag: string, values: readonly (string | number | undefined)[] = []) =>
    values.flatMap((value) => (value === undefined ? [] : [flag, String(value)]))
  return [
    ...each('--listen', options.listen),
    ...each('--announce', options.announce),
    ...each('--bootstrap', options.bootstrap),
    ...(options.mdns === false ? ['--no-mdns'] : []),
    ...each('--backend', [options.backend]),
    ...each('--threads', [options.threads]),
    ...each('--blas', [options.blas]),
    ...each('--log-level', [options.logLevel]),
  ]
}
