// What all pages look like, in one table: CSS reads it as --xz-color-text and so on
// (look.ts), Ant Design as its tokens, whose names these are (ant/theme.ts).

// The greys are darker than usual: labels keep the contrast of 4.5:1 that WCAG 2.1 AA asks for.
const light = {
  colorPrimary: '#1c5196',
  colorPrimaryHover: '#2f66ad',
  colorPrimaryBg: '#e6eefa',
  colorPrimaryBgHover: '#d6e4f7',
  colorLink: '#1c5196',
  colorInfo: '#1c5196',
  colorInfoBg: '#e9f1fb',
  colorInfoBorder: '#b5cdeb',
  colorSuccess: '#2e7d32',
  colorSuccessText: '#256b2a',
  colorSuccessBg: '#ebf6ec',
  colorSuccessBorder: '#b3d8b5',
  colorWarning: '#b25e00',
  colorWarningText: '#8f4a00',
  colorWarningBg: '#fff4e3',
  colorWarningBorder: '#efcd9d',
  colorError: '#c62828',
  colorErrorHover: '#a81f1f',
  colorErrorText: '#b3261e',
  colorErrorBg: '#fdeceb',
  colorErrorBorder: '#f0b8b4',
  colorText: 'rgba(0,0,0,0.88)',
  colorTextSecondary: 'rgba(0,0,0,0.70)',
  colorTextTertiary: 'rgba(0,0,0,0.62)',
  colorTextDescription: 'rgba(0,0,0,0.62)',
  colorTextPlaceholder: 'rgba(0,0,0,0.58)',
  colorTextDisabled: 'rgba(0,0,0,0.55)',
  colorTextLightSolid: '#ffffff',
  colorBgLayout: '#f3f5f8',
  colorBgContainer: '#ffffff',
  colorBgElevated: '#ffffff',
  colorBgMask: 'rgba(0,0,0,0.5)',
  colorBorder: '#bcc4ce',
  colorBorderSecondary: '#e2e6ec',
  colorFill: 'rgba(0,0,0,0.15)',
  colorFillSecondary: 'rgba(0,0,0,0.06)',
  colorFillTertiary: 'rgba(0,0,0,0.04)',
  colorFillQuaternary: 'rgba(0,0,0,0.02)',
  colorSeal: '#b3261e',
} as const

/** A colour for each use, under the name of Ant Design's token; colorSeal is ours alone. */
export type Colours = Readonly<Record<keyof typeof light, string>>

const dark: Colours = {
  colorPrimary: '#4f8fe6',
  colorPrimaryHover: '#72a7ef',
  colorPrimaryBg: '#16283f',
  colorPrimaryBgHover: '#1d3553',
  colorLink: '#8ab8f5',
  colorInfo: '#4f8fe6',
  colorInfoBg: '#16283f',
  colorInfoBorder: '#2b4d7a',
  colorSuccess: '#6abf69',
  colorSuccessText: '#81c784',
  colorSuccessBg: '#16281a',
  colorSuccessBorder: '#2f5a34',
  colorWarning: '#f0a94a',
  colorWarningText: '#f0b96a',
  colorWarningBg: '#2e2210',
  colorWarningBorder: '#6b4c1c',
  colorError: '#ff7875',
  colorErrorHover: '#ff9c99',
  colorErrorText: '#ff8a80',
  colorErrorBg: '#351c1b',
  colorErrorBorder: '#7a3734',
  colorText: 'rgba(255,255,255,0.88)',
  colorTextSecondary: 'rgba(255,255,255,0.78)',
  colorTextTertiary: 'rgba(255,255,255,0.70)',
  colorTextDescription: 'rgba(255,255,255,0.70)',
  colorTextPlaceholder: 'rgba(255,255,255,0.62)',
  colorTextDisabled: 'rgba(255,255,255,0.55)',
  colorTextLightSolid: '#06121f',
  colorBgLayout: '#101418',
  colorBgContainer: '#181d23',
  colorBgElevated: '#1f252c',
  colorBgMask: 'rgba(0,0,0,0.6)',
  colorBorder: '#56606b',
  colorBorderSecondary: '#2d343c',
  colorFill: 'rgba(255,255,255,0.18)',
  colorFillSecondary: 'rgba(255,255,255,0.12)',
  colorFillTertiary: 'rgba(255,255,255,0.08)',
  colorFillQuaternary: 'rgba(255,255,255,0.04)',
  colorSeal: '#ff8a80',
}

export const colours = { light, dark } as const

const chinese = '"Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","PingFang SC",sans-serif'

/** Fonts that are there already; none is loaded. */
export const fonts = {
  zh: chinese,
  // Chinese fonts draw English quotation marks as wide as a character.
  en: `"Segoe UI","Noto Sans","Liberation Sans",Arial,${chinese}`,
  code: '"Cascadia Mono","Consolas","Noto Sans Mono CJK SC","DejaVu Sans Mono",monospace',
} as const

/** Sizes in CSS pixels: of text, in the large look too, and of rounded corners. */
export const sizes = { text: 15, large: 18, radius: 8 } as const
