/** What is wrong with a YAML text, in words that quote nothing of it. */
export class YamlProblem extends Error {
  override readonly name: string = 'YamlProblem'
  /** Where, counted in UTF-16 units from the start of the text; undefined when not known. */
  readonly offset: number | undefined

  constructor(message: string, offset: number | undefined) {
    super(message)
    this.offset = offset
  }
}

/** More than is read here, though Kubernetes goes far beyond it: nothing need be wrong with the text. */
export class YamlLimit extends YamlProblem {}
