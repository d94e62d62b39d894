import { Agent, Client, Pool, type Dispatcher } from 'undici'

import type { PatientHandler } from './undici-waiting-request.ts'

/** Options of a request that say whom to tell whether its connection is a used one. */
interface TellingOptions extends Dispatcher.DispatchOptions {
  /** Beside undici's handler, which version 7 wraps on the way. */
  readonly patient: PatientHandler
}

/** The options of a request for an agent of {@link streamAgent}. */
export function telling(
  options: Dispatcher.DispatchOptions,
  patient: PatientHandler,
): TellingOptions {
  return { ...options, patient }
}

/** undici's agent, with as many connections as are needed; it says which of them were used before. */
export function streamAgent(options: Agent.Options): Agent {
  return new Agent({
    ...options,
    factory: (origin, given: Pool.Options) =>
      new Pool(origin, { ...given, factory: (to, how) => new StreamClient(to, how) }),
  })
}

class StreamClient extends Client {
  #used = false

  constructor(...given: ConstructorParameters<typeof Client>) {
    super(...given)
    this.on('disconnect', () => {
      this.#used = false
    })
  }

  override dispatch(
    options: Dispatcher.DispatchOptions,
    handler: Dispatcher.DispatchHandler,
  ): boolean {
    if (isTelling(options)) options.patient.reused = this.#used
    this.#used = true
    return super.dispatch(options, handler)
  }
}

function isTelling(options: Dispatcher.DispatchOptions): options is TellingOptions {
  return 'patient' in options
}
