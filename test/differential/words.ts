import type { Observation } from './observation.ts'

/** What a program says on standard error, in parts that can be compared. */
export type Words = Pick<Observation, 'error' | 'warnings' | 'plugin'>

/** Lines of the suite's plugins on standard error begin so. */
export const pluginLine = 'plugin: '

/** Takes the standard error of kubectl or Kubecred apart. */
export function readWords(stderr: string): Words {
  const lines = stderr.split('\n').filter((line) => !isLog(line))
  const warnings = lines.filter((line) => line.startsWith('Warning: '))
  const plugin = lines.filter((line) => line.startsWith(pluginLine))
  const rest = lines.filter((line) => !warnings.includes(line) && !plugin.includes(line))
  return { error: plainError(rest), warnings, plugin }
}

// A line of klog's: severity, month and day.
function isLog(line: string): boolean {
  return /^[EFIW]\d{4} \d\d:\d\d:\d\d\.\d+ /u.test(line)
}

function plainError(lines: readonly string[]): string {
  const own = lines.filter((line) => !/^(?:cause|hint): /u.test(line))
  const text = own.join('\n').trim()
  const listed = /^(?:error: )?Error in configuration:\s+(?:\* )?(.*)$/su.exec(text)?.[1]
  // client-go names a problem once, kubectl as often as it is found.
  if (listed !== undefined) return [...new Set(listed.split('\n* '))].join(', ')
  const framed = text.replace(frame, '')
  return invalid.exec(framed)?.[1] ?? framed.replace(invalidOne, '')
}

// Who says it, and of which request; both programs then have client-go's words.
const frame =
  /^(?:error: |Error: )?(?:Unable to connect to the server: )?(?:(?:Get|Post|Put|Delete) "[^"]*": )?/u

// client-go's words for what is wrong in a kubeconfig; kubectl has a heading and a list instead.
const invalid = /^invalid configuration: \[(.*)\]$/su
const invalidOne = /^invalid configuration: /u
