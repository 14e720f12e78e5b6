import { app } from './zh/app'
import { compare } from './zh/compare'
import { batch, confirm, transport } from './zh/confirm'
import { demo } from './zh/demo'
import { keys } from './zh/keys'
import { help, log, settings, systems } from './zh/pages'
import { pin } from './zh/pin'

// The master of all words on the screen. `{name}` is an argument of t().
export const zhCN = { app, batch, compare, confirm, demo, help, keys, log, pin, settings, systems, transport } as const
