/** All commands of the palette. A new place adds its file here. */
import type { Router } from 'vue-router'
import type { Command, CommandSource, TypedSource } from './command'
import { crowdCommands } from './crowd'
import { dataCommands, imageCommands } from './data'
import { figureCommands } from './figures'
import { homeCommands } from './home'
import { labelCommands } from './label'
import { placeCommands } from './places'
import { trainCommands } from './train'
import { windowCommands } from './window'

const SOURCES: CommandSource[] = [
  placeCommands,
  homeCommands,
  trainCommands,
  crowdCommands,
  labelCommands,
  figureCommands,
  dataCommands,
  windowCommands,
]
const TYPED: TypedSource[] = [imageCommands]

export const allCommands = (router: Router): Command[] => SOURCES.flatMap((source) => source(router))
export const typedCommands = (router: Router, text: string): Command[] =>
  TYPED.flatMap((source) => source(router, text))
