/** The paper's figures and tables as data: what was measured here under each protocol, beside what is published. */
import type { MeasureWords } from '../measures/words'
import type { Preset, Protocol, Side, Stage, Target } from '../runs/config'

/** A mean over folds (and networks). */
export interface PaperCell {
  value: number
  /** 95%, corrected for folds that share training images; null with fewer than two folds. */
  interval: [number, number] | null
  /** Folds (and seeds) averaged over. */
  n: number
  /** value - published; null where nothing is published. */
  difference: number | null
  /** Where this protocol's number was measured, if that is not where the row says: attacks differ between them. */
  at?: { dataset: string; measure: string }
}

export interface PaperRow {
  /** A network's id, "mean over 2 networks", "ensemble of 2". */
  network: string
  stage: Stage
  /** Null of what no target stands behind: an ensemble, a difference. */
  target: Target | null
  /** What a reader calls it: "fine-tuned on human soft labels". */
  label: string
  /** As in report.json. */
  dataset: string
  measure: string
  /** Our numbers, by protocol; null where no run under it was made. */
  cells: Record<Protocol, PaperCell | null>
  /** The paper's, made under the protocol `released`. */
  published: number | null
  /** Where it stands and how its making differs; empty without one. */
  source: string
}

export interface PaperCurve {
  network: string
  target: Target
  /** Whose: ours under a protocol, or the paper's own. */
  of: Protocol | 'paper'
  measure: 'crossEntropyToLabels' | 'accuracy'
  /** After 0, 1, 2, ... iterations; null where it was not measured. */
  values: (number | null)[]
  /** Runs averaged over; for the paper's, 1. */
  n: number
}

/** An image of Figure 1. */
export interface PaperImage {
  /** Index in the image set. */
  image: number
  /** What people name first; networks on hard labels too, but in the quadrants. */
  top: number
  /** Jensen-Shannon divergence of their distributions, nats. */
  divergence: number
  people: number[]
  networks: number[]
}

export interface PaperFigure {
  /** "figure-2", "table-1". */
  id: string
  title: string
  /** What is shown, and how the paper's own was made. */
  about: string
  rows: PaperRow[]
  curves?: PaperCurve[]
  images?: { title: string; images: PaperImage[] }[]
  /** Which rate (and alpha) a network stands for, in sentences. */
  notes: string[]
  /** What other runs would be needed for, in sentences. */
  missing: string[]
}

/** One line or row of marks in a panel. */
export interface PanelSeries {
  side: Side
  /** Whose: ours under a protocol, or the paper's own. */
  of: Protocol | 'paper'
  /** `at`: a position among `names`, or an iteration. */
  points: { at: number; value: number; interval: [number, number] | null; n: number }[]
}

/** A chart of a figure, as numbers: drawn by the window, the report and files alike. */
export interface PaperPanel {
  /** "Accuracy, mean over 2 networks". */
  title: string
  /** Shares are drawn in percent. */
  unit: MeasureWords['unit']
  /** What stands along the axis, a line break where a name has two lines; null where it counts iterations. */
  names: string[] | null
  /** Of the horizontal axis; empty where the names say it. */
  axis: string
  /** Whether points are joined: by iteration and by data set they are, networks and measures stand apart. */
  joined: boolean
  series: PanelSeries[]
}

/** A column of a table: ours under the protocols that ran, then the paper's with the differences. */
export interface PaperColumn {
  key: string
  words: string
  /** Of its numbers; null where the column is not of one side. */
  side: Side | null
  protocols: Protocol[]
  paper: boolean
}

/** A figure's rows laid out as they are read, by position in `rows`. */
export interface PaperTable {
  /** "Mean over 2 networks"; empty where the figure's title says it. */
  title: string
  /** Head of the first column. */
  first: string
  columns: PaperColumn[]
  /** `measure` is set where the label is a measure's name. */
  lines: { label: string; measure: string | null; cells: (number | null)[] }[]
  /** One of several networks: shown when asked for. */
  folded: boolean
}

/** What of a preset a figure is made of and is not done yet. */
export interface FigurePlan {
  preset: Preset
  /** Empty for all. */
  families: string[]
  /** Not in the project yet, and waiting or running there. */
  runs: number
  waiting: number
  done: number
  kinds: { stage: Stage; target: Target; runs: number }[]
  diskBytes: number
  /** Null where a network's speed is not known. */
  deviceHours: number | null
}

/** A figure with its layout and what would complete it. */
export interface PaperView extends PaperFigure {
  panels: PaperPanel[]
  tables: PaperTable[]
  /** Nothing of it was measured by these runs. */
  bare: boolean
  /** Of the families at hand, then of all eight where those are not all. */
  plans: FigurePlan[]
  /** Data to import, in sentences. */
  imports: string[]
}

/** All of them, and what they are made of. */
export interface PaperViews {
  figures: PaperView[]
  /** Finished runs looked at. */
  runs: number
  /** Whose images Figure 1 shows, and the names of their classes. */
  imageSet: string
  classes: string[]
  licence: string | null
  citation: string | null
}
