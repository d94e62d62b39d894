import { checkAmbient } from './ambient.ts'
import { checkDirection } from './direction.ts'
import { checkEscapes } from './escapes.ts'
import { checkExports } from './exports.ts'
import { checkMachinePaths } from './machine-paths.ts'
import { checkLength, checkNames } from './names.ts'
import { checkPackages } from './packages.ts'
import { parseSource } from './source.ts'
import type { Violation } from './violation.ts'

const sourceChecks = [checkDirection, checkPackages, checkAmbient, checkExports, checkEscapes]

/** All that is wrong with one file of the repository; `root` is where the repository stands. */
export function checkFile(path: string, text: string, root: string): Violation[] {
  const violations = checkMachinePaths(path, text, root)
  if (!/\.([cm]?[jt]s)$/.test(path)) return violations
  violations.push(...checkNames(path), ...checkLength(path, text))
  const source = parseSource(path, text)
  return [...violations, ...sourceChecks.flatMap((check) => check(source))]
}
