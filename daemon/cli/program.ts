/** All commands of `starling`. A new command is one folder under `commands/` and one line here. */
import { Command } from 'commander'
import { nearest } from '../../src/learning/nearest.ts'
import { VERSION } from '../version.ts'
import { examples } from './command.ts'
import { compare } from './commands/compare/index.ts'
import { data } from './commands/data/index.ts'
import { demo } from './commands/demo/index.ts'
import { doctor } from './commands/doctor/index.ts'
import { down } from './commands/down/index.ts'
import { emulate } from './commands/emulate/index.ts'
import { engine } from './commands/engine/index.ts'
import { id } from './commands/id/index.ts'
import { init } from './commands/init/index.ts'
import { job } from './commands/job/index.ts'
import { join } from './commands/join/index.ts'
import { logs } from './commands/logs/index.ts'
import { peers } from './commands/peers/index.ts'
import { runs } from './commands/runs/index.ts'
import { stats } from './commands/stats/index.ts'
import { status } from './commands/status/index.ts'
import { train } from './commands/train/index.ts'
import { up } from './commands/up/index.ts'
import { version } from './commands/version/index.ts'

const COMMANDS = {
  'Learn together': [train, join, runs],
  'Try things on this machine': [demo, emulate, compare, job, data],
  'The daemon': [init, up, down, status, id, peers, stats, logs],
  'This machine': [doctor, engine, version],
}

export function createProgram(): Command {
  const program = new Command('starling')
    .description('Machines train models together, with no server, on data that never leaves them.')
    .version(VERSION, '-V, --version', 'print the version')
    .option('--dir <path>', 'data directory (default: $STARLING_DIR, else ~/.starling)')
    .option('--json', 'print JSON on standard output, nothing else')
    .option('--verbose', 'show where an error came from')
    .exitOverride()
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText(
      'after',
      examples('starling demo', 'starling train job.toml', 'starling join TOKEN'),
    )
  for (const [heading, commands] of Object.entries(COMMANDS)) {
    program.commandsGroup(heading)
    for (const create of commands) program.addCommand(create())
  }
  inherit(program)
  return program
}

/** Settings of the program that commander does not hand down to commands made elsewhere. */
function inherit(parent: Command): void {
  for (const child of parent.commands) {
    child.copyInheritedSettings(parent).helpCommand(false)
    if (child.commands.length > 0) refuseUnknownCommands(child)
    inherit(child)
  }
}

/**
 * Where a command also does something by itself, as `starling runs` does, commander takes a misspelt sub-command for
 * one argument too many. It is answered here as it is elsewhere, with the nearest.
 */
function refuseUnknownCommands(command: Command): void {
  command.allowExcessArguments().hook('preAction', (_, acting) => {
    const [word] = acting.args
    if (acting !== command || word === undefined) return
    const names = command.commands.map((child) => child.name())
    const suggestion = nearest(word, names)
    const hint = suggestion === undefined ? '' : `\n(Did you mean ${suggestion}?)`
    command.error(`error: unknown command '${word}'${hint}`)
  })
}
