/** Tables that a hospital might have. Who comes back depends on the ward, so a ward never seen cannot be guessed. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type RandomStream, randomStream } from '../../src/numeric/random.ts'

const returns: Record<string, (age: number, pressure: number) => boolean> = {
  surgery: (age) => age > 60,
  medicine: (_, pressure) => pressure > 130,
  emergency: (age) => age < 60,
}

/** Writes a hospital's own visits and the test patients that all hospitals know; returns the folder. */
export function writeHospital(parent: string, name: string, wards: readonly string[]): string {
  const folder = join(parent, `${name}-data`)
  mkdirSync(folder)
  const write = (file: string, visits: string) => writeFileSync(join(folder, file), visits)
  write('visits.csv', table(randomStream(1, name), wards, 400))
  write('test.csv', table(randomStream(1, 'test'), Object.keys(returns), 300))
  return folder
}

function table(random: RandomStream, wards: readonly string[], rows: number): string {
  const visits = Array.from({ length: rows }, (_, i) => {
    const ward = wards[i % wards.length]!
    const age = Math.round(60 + 15 * random.normal())
    const pressure = Math.round(130 + 20 * random.normal())
    return `${age},${pressure},${ward},${returns[ward]!(age, pressure) ? 'yes' : 'no'}\n`
  })
  return `age,pressure,ward,readmitted\n${visits.join('')}`
}
