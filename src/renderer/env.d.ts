/** The desktop bridge, absent in a browser. */
interface Window {
  /** Set by the preload script: one named function per call. */
  readonly secondGuess?: import('../contract').Bridge
}
