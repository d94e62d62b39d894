import { setFlagsFromString } from 'node:v8'

/**
 * Keeps the space for new objects from growing any further.
 *
 * V8 lets it grow, whenever enough objects have outlived a collection, up to twice 32 MiB, and under
 * load it always gets there: a third of what a proxy then takes. Nearly all that a request needs is
 * garbage when it is answered, so a small space serves as well.
 *
 * V8 reads this flag each time that it would enlarge the space, so it may be set at any moment; a
 * version that does not know it goes on as before.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}
