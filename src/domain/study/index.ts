/**
 * The words of the labelling study (paper, section 4.2): studies, sessions, what quality and agreement are. Plain data
 * that crosses every boundary. Times of a session are milliseconds since it began; moments are ISO 8601 strings.
 */

/** `crowd`: the published protocol, no going back. `personal`: one's own labelling, one key back, revisions kept. */
export const STUDY_KINDS = ['crowd', 'personal'] as const
export type StudyKind = (typeof STUDY_KINDS)[number]

export const RESUME_POLICIES = ['resume', 'restart', 'refuse'] as const
/**
 * After a long interruption: from the start of the block, from the first trial, or not at all. Short ones go on at the
 * trial.
 */
export type ResumePolicy = (typeof RESUME_POLICIES)[number]

export const SMOOTHINGS = ['crisp', 'smooth'] as const
export type Smoothing = (typeof SMOOTHINGS)[number]

export interface StudyProtocol {
  /** Images a participant judges, attention checks not counted; null for every image of the set. */
  imagesPerParticipant: number | null
  /** The same number of each class per participant. */
  balanceClasses: boolean
  /** `even`: fewest judgments first, random among equals. `sequence`: in the order of the image set. */
  order: 'even' | 'sequence'
  /** An unannounced obvious image after this many trials; 0 for none. Also the length of a block. */
  checkEvery: number
  /** Below this share of correct attention checks a participant is excluded. */
  checkThreshold: number
  /** Practice images, each repeated until it is answered as its publisher labelled it; 0 for none. */
  practiceTrials: number
  /** Edge of the image on the screen, CSS pixels. */
  imagePixels: number
  smoothing: Smoothing
  resume: ResumePolicy
  /** Away for longer than this is a long interruption. */
  longInterruptionMinutes: number
}

/** The paper's study. */
export const PAPER_PROTOCOL: StudyProtocol = {
  imagesPerParticipant: 200,
  balanceClasses: true,
  order: 'even',
  checkEvery: 20,
  checkThreshold: 0.75,
  practiceTrials: 10,
  imagePixels: 160,
  smoothing: 'crisp',
  resume: 'resume',
  longInterruptionMinutes: 30,
}

/** Labelling alone: every image in order, nothing checked. */
export const PERSONAL_PROTOCOL: StudyProtocol = {
  ...PAPER_PROTOCOL,
  imagesPerParticipant: null,
  balanceClasses: false,
  order: 'sequence',
  checkEvery: 0,
  practiceTrials: 0,
}

/** Markdown shown around the task; an empty page is passed over. */
export interface StudyPages {
  consent: string
  instructions: string
  debrief: string
}

/** Images of a set, by index: obvious ones for checks and practice, or a selection to label. */
export interface ImagePool {
  imageSet: string
  images: number[]
}

/** What a participant gets at the end, for the service that sent them. */
export interface Completion {
  code: string
  /** Opened by a link on the last screen; empty for none. */
  url: string
}

/** How many people join by the recruitment links, and how fast. */
export interface RecruitmentLimits {
  /** People with a session, those who stopped not counted; null for no limit of the study's own. */
  mostParticipants: number | null
  /** People who join by the link within any minute; the next wait in a line. */
  joinsPerMinute: number
}

/** Also what studies of earlier versions have. */
export const DEFAULT_RECRUITMENT: RecruitmentLimits = { mostParticipants: null, joinsPerMinute: 60 }

export interface StudyConfig {
  name: string
  kind: StudyKind
  imageSet: string
  /** Only these images of the set; null for all. */
  selection: number[] | null
  protocol: StudyProtocol
  pages: StudyPages
  /** Obvious images for attention checks; needed where the protocol checks. */
  checks: ImagePool | null
  /** Images for practice; the checks' where null. */
  practice: ImagePool | null
  completion: Completion
  recruitment: RecruitmentLimits
  /** Fixes layouts and which images are drawn for whom. */
  seed: number
}

export interface StudyInfo extends StudyConfig {
  id: number
  /** A closed study lets nobody begin or go on. */
  state: 'open' | 'closed'
  /** For recruitment services: one link for everybody. */
  joinToken: string
  createdAt: string
  sessions: { invited: number; running: number; finished: number; stopped: number; excluded: number }
  /** Judgments that count now: the newest of each trial, checks and excluded participants left out. */
  judgments: number
  /** Over the images that can be drawn. */
  judgmentsPerImage: { min: number; max: number; mean: number }
}

// ---------------------------------------------------------------- one participant's session

export const SESSION_STAGES = ['consent', 'instructions', 'practice', 'trials', 'finished', 'stopped'] as const
/** `invited` sessions are in their first stage and have not begun. */
export type SessionStage = (typeof SESSION_STAGES)[number]

/** Who answers: somebody invited, the owner, a simulated annotator, or one that came through the door to rehearse. */
export type SessionKind = 'person' | 'owner' | 'simulated' | 'rehearsal'

/** What a recruitment service put into the address. */
export interface External {
  /** `link`: somebody who came by a recruitment link without an identifier; the other fields are empty then. */
  service: 'prolific' | 'mturk' | 'other' | 'link'
  participant: string
  study: string
  session: string
}

/** Recorded once when a session is opened. */
export interface Environment {
  browser: string
  screenWidth: number
  screenHeight: number
  windowWidth: number
  windowHeight: number
  pixelRatio: number
  language: string
  /** Milliseconds between two frames, measured. */
  frameMs: number
}

/** Everything the session screen shows; nothing of the truth, nor which trials are checks. */
export interface SessionView {
  study: string
  kind: StudyKind
  /** "P0007". */
  code: string
  stage: SessionStage
  classes: string[]
  /** Class on each slot; slot 0 is at the top, clockwise. Shuffled once per participant. */
  layout: number[]
  imagePixels: number
  smoothing: Smoothing
  practice: { position: number; total: number }
  /** Checks are trials like any other. */
  trials: { position: number; total: number }
  /** Markdown of the stages consent, instructions and finished. */
  page: string
  /** On finished sessions. */
  completion: Completion | null
  /** Milliseconds of the session before this opening: times go on from here. */
  elapsedMs: number
  /** What opening it again did. */
  resumed: 'trial' | 'block' | 'start' | null
  /** Why a stopped session cannot go on. */
  stopped: 'withdrawn' | 'refused' | 'closed' | null
}

export interface SessionAnswer {
  practice: boolean
  /** From 0, over practice or over trials. */
  trial: number
  chosen: number
  slot: number
  /** From the frame in which the image was painted to the event's own timestamp. */
  reactionTimeMs: number
  onsetMs: number
  elapsedMs: number
  focusLosses: number
}

export interface AnswerReceipt {
  /** Practice only. */
  feedback: { correct: boolean; label: number } | null
  stage: SessionStage
  /** The next trial of the stage. */
  position: number
  /** How many answers this trial has had before this one. */
  revision: number
}

// ---------------------------------------------------------------- quality

/** One participant or annotator, as the quality table shows them. */
export interface AnnotatorQuality {
  /** Index in the table judged. */
  annotator: number
  code: string
  judgments: number
  checks: number
  /** Share of checks answered correctly; null without any. */
  checkScore: number | null
  /** Mean share of the other kept annotators who gave the same label; null where no image was shared. */
  agreement: number | null
  medianReactionTimeMs: number | null
  /**
   * Total variation distance between the slots chosen and chance, which is the slots on which the publishers' labels
   * lay; 0 for none, 1 at most. Null where slots are unknown.
   */
  positionBias: number | null
  excluded: boolean
}

/** What a threshold does to the whole, beside what holds now. */
export interface ThresholdEffect {
  threshold: number
  excluded: number
  judgments: number
  judgmentsPerImage: { min: number; max: number; mean: number }
  meanEntropyNats: number
  /** Mean over images of the total variation distance to the distributions that hold now. */
  totalVariation: number
}

export interface ParticipantInfo {
  number: number
  /** "P0007". */
  code: string
  kind: SessionKind
  /** Kind of simulated annotator. */
  simulated: string | null
  token: string
  external: External | null
  state: 'invited' | 'running' | 'finished' | 'stopped'
  stage: SessionStage
  position: number
  total: number
  /** By hand: `exclude` and `include` go before the rule. */
  verdict: 'exclude' | 'include' | null
  /** Left out of the distributions, by the rule or by hand. */
  excluded: boolean
  environment: Environment | null
  startedAt: string | null
  seenAt: string | null
  finishedAt: string | null
}

export interface StudyQuality {
  rows: (AnnotatorQuality & { number: number })[]
  now: ThresholdEffect
  /** At the threshold asked for. */
  then: ThresholdEffect
}

/**
 * What was decided about whom, and why. Entries are only ever added. An erasure empties the reasons of earlier entries
 * about the participant, because they may say who it is.
 */
export interface LedgerEntry {
  at: string
  kind: 'verdict' | 'threshold' | 'withdrawn' | 'erased' | 'cleared'
  /** Null for the threshold, which is everybody's. */
  participant: string | null
  from: string
  to: string
  reason: string
}

/** What is left of a participant who was erased. */
export interface ErasureInfo {
  /** Never given again in the study. */
  number: number
  at: string
  decidedBy: string
  reason: string
  /** Answers to trials, attention checks and every revision included. */
  answers: number
  practiceAnswers: number
}

/** What erasing a participant did. */
export interface ErasureResult extends Pick<ErasureInfo, 'answers' | 'practiceAnswers'> {
  /** Label sets that held the participant's judgments and were computed again without them. */
  recalculated: string[]
  /** Label sets aggregated by iterating over judgments that are erased now: to be aggregated again by hand. */
  outdated: string[]
  /** Backups of the database that were deleted. */
  backups: number
  /**
   * False while the database file still holds bytes of what was erased: participants or another process are at work.
   */
  clean: boolean
  /** Files exported into the project's folder earlier, which may hold the participant's answers. */
  exports: string[]
}

// ---------------------------------------------------------------- distributions

export const AGGREGATIONS = ['counts', 'majority', 'dawid-skene', 'mace', 'wawa'] as const
export type Aggregation = (typeof AGGREGATIONS)[number]

/** An agreement coefficient with what it rests on; undefined cases are explained, never NaN. */
export interface Coefficient {
  value: number | null
  /** Why there is no value. */
  undefinedBecause: string | null
}

export interface Agreement {
  /** Krippendorff's alpha, nominal. */
  alpha: Coefficient
  /** Fleiss' kappa; images with differing numbers of judgments as generalised by Fleiss, Levin and Paik (2003). */
  kappa: Coefficient
  perClass: { classIndex: number; alpha: Coefficient; kappa: Coefficient }[]
  images: number
  judgments: number
}

/** One image's judgments, as the Data place shows them. */
export interface ImageJudgments {
  image: number
  fileName: string | null
  /** Null where the publisher gave none. */
  label: number | null
  counts: number[] | null
  /** Judgments the distribution was made of; 0 where it only fills the row, null where the number is not known. */
  judged: number | null
  probabilities: number[]
  entropyNats: number
  /** Per class the 95% interval of the Dirichlet posterior (prior 1/K per class); null without counts. */
  intervals: [number, number][] | null
  judgments: {
    annotator: string
    excluded: boolean
    trial: number
    chosen: number
    reactionTimeMs: number
    slot: number | null
    /** Where it is known. */
    answeredAt: string | null
  }[]
}

/** How one image differs between two label sets. */
export interface ImageDifference {
  image: number
  label: number | null
  first: number[]
  second: number[]
  totalVariation: number
  entropyDifferenceNats: number
}

export interface Comparison {
  images: number
  meanTotalVariation: number
  /** Pearson correlation of the two entropies over images; null where one does not vary. */
  entropyCorrelation: number | null
  /** Images whose first choice differs. */
  firstChoiceDiffers: number
  /** Most different first. */
  differences: ImageDifference[]
}

/** Kinds of simulated annotators and how many of each, as shares that sum to 1. */
export interface SimulatedMix {
  /** Answers as people do: a draw from the image's distribution. */
  careful: number
  /** Faster, slips more often. */
  hurried: number
  /** Always the same slot. */
  onePosition: number
  /** Any label. */
  random: number
}

/** Close to the published study, where 16 of 2,571 failed the checks. */
export const DEFAULT_MIX: SimulatedMix = { careful: 0.92, hurried: 0.07, onePosition: 0.005, random: 0.005 }

export interface SimulationResult {
  study: string
  labelSet: string
  participants: number
  excluded: number
  /** Kept judgments. */
  judgments: number
  /** Where the truth came from: a label set's name, or the confusion matrix in words. */
  truth: string
  /** Mean over images of the total variation distance to the truth, and what sampling alone would give. */
  totalVariation: { measured: number; sampling: number }
}
