/** Numbers, durations and times as people read them. Minus signs are real ones; missing values are an en dash. */

export const NONE = '–'
export const MINUS = '−'
const grouped = new Intl.NumberFormat('en-US')

/** "30,730,000". */
export function count(value: number | null | undefined): string {
  return value === null || value === undefined ? NONE : grouped.format(value)
}

/** "1 image", "12 images". */
export function plural(value: number, word: string, many = `${word}s`): string {
  return `${count(value)} ${value === 1 ? word : many}`
}

/** With a real minus sign, and none on what rounds to zero; a dash for what is no number. */
export function fixed(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE
  const text = Math.abs(value).toFixed(digits)
  return value < 0 && Number(text) !== 0 ? MINUS + text : text
}

/** With its sign: +0.012, −0.004, 0.000. */
export function signed(value: number | null | undefined, digits = 3): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE
  const text = fixed(value, digits)
  return value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text
}

export function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined ? NONE : `${fixed(share * 100, digits)}%`
}

/** "12 MB", "3.4 GB": decimal units, as disks are sold. */
export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return NONE
  if (value >= 1e12) return `${(value / 1e12).toFixed(1)} TB`
  return value >= 1e9 ? `${(value / 1e9).toFixed(1)} GB` : `${count(Math.ceil(value / 1e6))} MB`
}

/** "12 s", "3 min 20 s", "2 h 5 min", "3 days 4 h". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return NONE
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 10) return `${minutes} min ${whole % 60} s`
  if (minutes < 60) return `${minutes} min`
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
  return `${Math.floor(minutes / 1440)} days ${Math.floor((minutes % 1440) / 60)} h`
}

/** Empty where it is not known, and where it is over. */
export function timeLeft(seconds: number | null | undefined): string {
  return seconds === null || seconds === undefined || Math.round(seconds) <= 0 ? '' : `${duration(seconds)} left`
}

export function dateTime(iso: string): string {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' })
}
