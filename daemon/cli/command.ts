/** What every command has in common: global options, and a handler that is loaded only when it runs. */
import { type Stats, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { UsageError } from './errors.ts'

export interface GlobalOptions {
  /** The data directory, absolute. */
  readonly dir: string
  readonly json: boolean
  readonly verbose: boolean
}

/** The part of a command that does something: `commands/NAME/handler.ts`. */
export interface Handler {
  // biome-ignore lint/suspicious/noExplicitAny: each handler states its own options, as its options.ts adds them
  handle(options: any, ...operands: any[]): Promise<void>
}

/**
 * Turns a lazily loaded handler into commander's action. Lazy, because `starling status` should not pay for loading
 * libp2p and an engine.
 */
export function run(load: () => Promise<Handler>) {
  return async (...operands: unknown[]): Promise<void> => {
    const command = operands.pop() as Command
    operands.pop() // the command's own options; they are among the global ones as well
    const options = command.optsWithGlobals<Record<string, unknown>>()
    const globals: GlobalOptions = {
      dir: dataDirectory(options['dir'] as string | undefined),
      json: options['json'] === true,
      verbose: options['verbose'] === true,
    }
    const { handle } = await load()
    await handle({ ...options, ...globals }, ...operands)
  }
}

/**
 * --dir, else $STARLING_DIR, else ~/.starling.
 * @throws {UsageError} where a file is in its place; every command would stumble over it in a way of its own
 */
function dataDirectory(flag: string | undefined): string {
  const path = resolve(flag ?? process.env['STARLING_DIR'] ?? join(homedir(), '.starling'))
  for (let part = path; part !== dirname(part); part = dirname(part)) {
    const entry = lookAt(part)
    if (entry?.isDirectory()) break
    if (entry === undefined) continue
    throw new UsageError(
      `The data directory cannot be ${path}: ${part} is a file. Give another one with --dir.`,
    )
  }
  return path
}

/** Undefined also where it cannot be looked at: whoever uses it says why. */
function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

/** The examples that close a help text. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}\n`
}

/** Collects an option that may be given several times. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}
