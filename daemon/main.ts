#!/usr/bin/env node
/** The program `starling`. */
import { main } from './cli/main.ts'

// Not process.exit: what is still being written to a pipe must get there.
process.exitCode = (await main(process.argv.slice(2))) || process.exitCode
