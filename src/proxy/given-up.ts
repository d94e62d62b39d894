import { KubecredError } from '../errors/kubecred-error.ts'

/** Why a request is given up whose client has gone; nobody is left to be told. */
export function clientGone(): Error {
  return new Error('client gone')
}

/** Why a watch is given up that was ended in good order; its client was told so. */
export function proxyEnds(): Error {
  return new Error('the proxy ends')
}

/** Why a request is given up that got no answer in time; the client is told. */
export function noAnswerIn(ms: number): KubecredError {
  return new KubecredError('ERR_TIMEOUT', `no answer in ${ms / 1000} s`, {
    hint: '--request-timeout sets the limit',
  })
}

/** Why a request is given up that waited in vain for a plugin; the client is told. */
export function noCredentialIn(ms: number, plugin: string): KubecredError {
  const message = `getting credentials: exec plugin ${JSON.stringify(plugin)} gave no credential in ${ms / 1000} s`
  return new KubecredError('ERR_TIMEOUT', message, {
    hint: `run ${plugin} by hand to see what it waits for; --request-timeout sets the limit`,
  })
}
