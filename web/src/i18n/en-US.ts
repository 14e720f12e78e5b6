import { app } from './en/app'
import { compare } from './en/compare'
import { batch, confirm, transport } from './en/confirm'
import { demo } from './en/demo'
import { keys } from './en/keys'
import { help, log, settings, systems } from './en/pages'
import { pin } from './en/pin'
import type { Messages } from './messages'

export const enUS: Messages = { app, batch, compare, confirm, demo, help, keys, log, pin, settings, systems, transport }
