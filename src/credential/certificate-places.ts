/** A certificate that a source holds at this moment. */
export interface HeldCertificate {
  /** Kind of the source's provider. */
  readonly kind: string | undefined
  /** End of its validity, milliseconds since the epoch. */
  readonly notAfter: number
}

// Those with a certificate in them. Weak, so that a source which nobody closes can go all the same.
const occupied = new Set<WeakRef<CertificatePlace>>()
const abandoned = new FinalizationRegistry<WeakRef<CertificatePlace>>((reference) => {
  occupied.delete(reference)
})

/** Where a source shows which certificate it holds; a gauge over all sources looks there. */
export class CertificatePlace {
  readonly kind: string | undefined
  #notAfter: number | undefined
  #reference: WeakRef<CertificatePlace> | undefined

  /** @param kind Kind of the source's provider. */
  constructor(kind: string | undefined) {
    this.kind = kind
  }

  /** End of the validity of what it holds, milliseconds since the epoch. */
  get notAfter(): number | undefined {
    return this.#notAfter
  }

  /** Shows this certificate from now on, or none: also what a source does that is closed. */
  hold(certificate: { readonly notAfter: number } | undefined): void {
    this.#notAfter = certificate?.notAfter
    if (certificate === undefined) this.#leave()
    else this.#enter()
  }

  #enter(): void {
    if (this.#reference !== undefined) return
    this.#reference = new WeakRef(this)
    occupied.add(this.#reference)
    abandoned.register(this, this.#reference, this)
  }

  #leave(): void {
    if (this.#reference === undefined) return
    occupied.delete(this.#reference)
    abandoned.unregister(this)
    this.#reference = undefined
  }
}

/** The certificates of all sources in this process that are alive, in no order. */
export function heldCertificates(): readonly HeldCertificate[] {
  return [...occupied].flatMap((reference) => {
    const place = reference.deref()
    if (place?.notAfter === undefined) return []
    return [{ kind: place.kind, notAfter: place.notAfter }]
  })
}
