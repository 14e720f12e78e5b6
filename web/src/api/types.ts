import type { components } from './agent.gen'

// The shapes of api/agent.yaml under short names.
type Shapes = components['schemas']

export type Choice = Shapes['Choice']
export type Comparison = Shapes['Comparison']
export type LogEntry = Shapes['LogEntry']
export type ManagedDevice = Shapes['ManagedDevice']
export type ManagedKey = Shapes['ManagedKey']
export type ManagedKeys = Shapes['ManagedKeys']
export type Origins = Shapes['Origins']
export type PlainCertificate = Shapes['PlainCertificate']
export type Problem = Shapes['Problem']
export type Question = Shapes['Question']
export type Reason = Shapes['Reason']
export type Settings = Shapes['Settings']
export type Shown = Shapes['Shown']
export type Tries = Shapes['Tries']
export type WindowAnswer = Shapes['WindowAnswer']
export type WindowCall = Shapes['WindowCall']
export type WindowProgress = Shapes['WindowProgress']
export type WindowSteer = Shapes['WindowSteer']

export type Kind = ManagedKey['kind']
export type Purpose = NonNullable<Question['purpose']>
