/** From the words of a command line to an exit code. */
import { CommanderError } from 'commander'
import { EXIT, exitCodeOf } from './exit-codes.ts'
import { explain, messageOf } from './explain.ts'
import { createProgram } from './program.ts'
import { note } from './terminal.ts'

/**
 * Runs one command. Errors end here: one message on standard error, and the exit code of docs/exit-codes.md.
 * @param words the command line without the program's own name
 */
export async function main(words: readonly string[]): Promise<number> {
  const program = createProgram()
  const isVerbose = () =>
    program.opts()['verbose'] === true || process.env['STARLING_DEBUG'] !== undefined
  // `starling runs | head` closes the pipe early; that is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(EXIT.ok)
  })
  try {
    await program.parseAsync(words, { from: 'user' })
    return EXIT.ok
  } catch (error) {
    // Commander has printed its own message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    note(explain(error, isVerbose()))
    tellParent(error)
    return exitCodeOf(error)
  }
}

/** The command that started this one in the background shows the error as its own. */
function tellParent(error: unknown): void {
  if (process.connected !== true || !(error instanceof Error)) return
  process.send?.({ error: { name: error.name, message: messageOf(error) } })
}
