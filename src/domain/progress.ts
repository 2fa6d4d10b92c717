/** How far long work is. */
export interface Progress {
  /** What is being done, for a person: "Reading data_batch_3.bin". */
  label: string
  done: number
  total: number | null
  secondsLeft: number | null
}
