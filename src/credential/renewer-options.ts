import { systemClock, systemRandom, type Clock, type Random } from './clock.ts'
import type { CooldownPolicy } from './cooldown.ts'
import { shareOfLife, type Schedule } from './schedule.ts'

/** Settings of a {@link Renewer}. */
export interface RenewerOptions {
  /** When a credential is due and when it ends. Default: due at 80 % of its life. */
  readonly schedule?: Schedule | undefined
  /** How long a failing provider is left alone. Default: 1 s, doubling up to 30 s. */
  readonly cooldown?: CooldownPolicy | undefined
  /** Longest renewal that somebody waits for, milliseconds. Default: 300 000, time to log in. */
  readonly deadlineMs?: number | undefined
  /** Longest renewal ahead of need, milliseconds. Default: 60 000. */
  readonly aheadDeadlineMs?: number | undefined
  /** Default: the machine's time. */
  readonly clock?: Clock | undefined
  /** Source of the jitter. Default: the machine's. */
  readonly random?: Random | undefined
}

/** {@link RenewerOptions} with nothing left out. */
export interface RenewerSettings {
  readonly schedule: Schedule
  readonly cooldown: CooldownPolicy
  readonly deadlineMs: number
  readonly aheadDeadlineMs: number
  readonly clock: Clock
  readonly random: Random
}

/**
 * Checks the options and fills in the defaults.
 *
 * @throws TypeError for a time that is no time.
 */
export function readRenewerOptions(options: RenewerOptions): RenewerSettings {
  const { deadlineMs = 300_000, aheadDeadlineMs = 60_000 } = options
  const { firstMs, maxMs } = options.cooldown ?? { firstMs: 1000, maxMs: 30_000 }
  const times = {
    deadlineMs,
    aheadDeadlineMs,
    'cooldown.firstMs': firstMs,
    'cooldown.maxMs': maxMs,
  }
  for (const [name, value] of Object.entries(times)) {
    // Without a cooldown, every caller would run a failing provider again.
    if (!(value > 0)) throw new TypeError(`"${name}" must be more than zero: ${value}`)
  }
  return {
    schedule: options.schedule ?? shareOfLife(0.8),
    cooldown: { firstMs, maxMs },
    deadlineMs,
    aheadDeadlineMs,
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
  }
}
