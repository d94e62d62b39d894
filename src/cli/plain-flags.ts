/**
 * Brings flags in the forms that kubectl takes into those that commander takes: `-v=6`,
 * `--insecure-skip-tls-verify=true`.
 *
 * @param switches Names of the flags that take no value, without dashes.
 * @returns The arguments, or the flag whose value is neither true nor false.
 */
export function plainFlags(
  args: readonly string[],
  switches: ReadonlySet<string>,
): { readonly args: readonly string[] } | { readonly refused: string } {
  const plain: string[] = []
  for (const [index, arg] of args.entries()) {
    if (arg === '--') return { args: [...plain, ...args.slice(index)] }
    const { name = '', value = '' } = form.exec(arg)?.groups ?? {}
    if (name === '' || (name.length > 1 && !switches.has(name))) plain.push(arg)
    else if (!switches.has(name)) plain.push(`-${name}`, value)
    else if (trueValues.has(value)) plain.push(name.length === 1 ? `-${name}` : `--${name}`)
    else if (!falseValues.has(value)) return { refused: arg }
  }
  return { args: plain }
}

const form = /^(?:-(?=[^-]=)|--)(?<name>[A-Za-z][A-Za-z\d-]*)=(?<value>.*)$/su

// What Go's strconv.ParseBool takes.
const trueValues = new Set(['1', 't', 'T', 'TRUE', 'true', 'True'])
const falseValues = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False'])
