import https from 'node:https'
import { text } from 'node:stream/consumers'

/**
 * Prepares a cluster for tests, and looks at what they did: `node:https` with an administrator's
 * token, and nothing of what is tested.
 */
export class AdminClient {
  readonly #url: string
  readonly #agent: https.Agent
  readonly #token: string

  constructor(url: string, certificateAuthorityPem: string, token: string) {
    this.#url = url
    this.#token = token
    this.#agent = new https.Agent({ ca: certificateAuthorityPem, keepAlive: true, maxSockets: 16 })
  }

  /** Whether the server says that it is ready. */
  async isReady(): Promise<boolean> {
    try {
      const { status } = await this.#send('GET', '/readyz', undefined)
      return status === 200
    } catch {
      return false
    }
  }

  /**
   * The object that the server answers with.
   *
   * @throws Error for any answer that is not a success.
   */
  async call(method: string, path: string, body?: object): Promise<Record<string, unknown>> {
    const { status, body: answer } = await this.#send(method, path, body)
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${answer}`)
    // Every success of the API server is an object.
    return JSON.parse(answer) as Record<string, unknown>
  }

  /** A token of a ServiceAccount for ten minutes, the shortest that the server gives. */
  async serviceAccountToken(namespace: string, name: string): Promise<string> {
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`
    const { status } = await this.call('POST', path, { spec: { expirationSeconds: 600 } })
    // TokenRequestStatus.
    return (status as { readonly token: string }).token
  }

  close(): void {
    this.#agent.destroy()
  }

  #send(
    method: string,
    path: string,
    body: object | undefined,
  ): Promise<{ readonly status: number; readonly body: string }> {
    return new Promise((resolve, reject) => {
      const headers = {
        authorization: `Bearer ${this.#token}`,
        'content-type': 'application/json',
      }
      const options = { method, headers, agent: this.#agent, timeout: 10_000 }
      const request = https.request(new URL(path, this.#url), options, (response) => {
        text(response).then((answer) => {
          resolve({ status: response.statusCode ?? 0, body: answer })
        }, reject)
      })
      request.on('timeout', () => request.destroy(new Error('no answer within 10 s')))
      request.on('error', reject)
      request.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }
}
