/** The desktop bridge, absent in a browser. */
interface Window {
  /** Set by the preload script: the contract's client as named functions. */
  readonly secondGuess?: import('../shared/contract').Client
}
