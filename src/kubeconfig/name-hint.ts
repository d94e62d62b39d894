import { nearestNames } from '../encoding/nearest-names.ts'

const listedAtMost = 8

/** A hint for a name that is not there: the names that look like it, else the names there are. */
export function nameHint(wanted: string, names: Iterable<string>, plural: string): string {
  const known = [...names]
  if (known.length === 0) return `there are no ${plural} in the kubeconfig`
  const near = nearestNames(wanted, known)
  if (near.length > 0) return `did you mean ${near.map(quote).join(' or ')}?`
  const rest = known.length - listedAtMost
  const listed = known.slice(0, listedAtMost).map(quote).join(', ')
  return `the ${plural} are: ${listed}${rest > 0 ? ` and ${rest} more` : ''}`
}

function quote(name: string): string {
  return JSON.stringify(name)
}
