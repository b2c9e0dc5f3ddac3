import { emulation } from './tests/bench/emulation.ts'
console.table(await emulation((line) => console.error(line)))
