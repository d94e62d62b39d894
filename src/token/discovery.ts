import { elementsOf, membersOf, parseJson } from '../api/json-shape.ts'
import type { TokenClientAnswer } from '../api/token-client.ts'

/** Sends a GET request. */
type Get = (request: {
  readonly method: 'GET'
  readonly path: string
  readonly body: undefined
}) => Promise<TokenClientAnswer>

/** Whether the server says that it has the TokenRequest API; undefined when it does not tell. */
export async function discoversTokenRequest(get: Get): Promise<boolean | undefined> {
  const answer = await get({ method: 'GET', path: '/api/v1', body: undefined }).catch(
    () => undefined,
  )
  if (answer?.statusCode !== 200) return undefined
  const { resources } = membersOf(parseJson(answer.body))
  return elementsOf(resources).some((one) => membersOf(one)['name'] === 'serviceaccounts/token')
}
