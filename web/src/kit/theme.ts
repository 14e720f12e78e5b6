import { theme as antd, type ThemeConfig } from 'antd'
import type { Language } from './preferences'

const chinese = '"Microsoft YaHei","Noto Sans CJK SC","Source Han Sans SC","PingFang SC",sans-serif'
// Chinese fonts draw English quotation marks as wide as a character.
const english = `"Segoe UI","Noto Sans","Liberation Sans",Arial,${chinese}`

/**
 * The look of all pages. The greys are darker than antd's own, whose labels miss
 * the contrast of 4.5:1 that WCAG 2.1 AA asks for.
 */
export function look(dark: boolean, large: boolean, language: Language): ThemeConfig {
  return {
    algorithm: dark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    cssVar: { key: dark ? 'xz-dark' : 'xz-light' },
    token: {
      fontFamily: language === 'zh' ? chinese : english,
      fontFamilyCode: '"Cascadia Mono","Consolas","Noto Sans Mono CJK SC","DejaVu Sans Mono",monospace',
      fontSize: large ? 18 : 15,
      borderRadius: 8,
      colorPrimary: dark ? '#4f8fe6' : '#1c5196',
      colorInfo: dark ? '#4f8fe6' : '#1c5196',
      colorLink: dark ? '#8ab8f5' : '#1c5196',
      colorSuccess: dark ? '#6abf69' : '#2e7d32',
      colorWarning: dark ? '#f0a94a' : '#b25e00',
      colorError: dark ? '#ff7875' : '#c62828',
      colorErrorText: dark ? '#ff8a80' : '#b3261e',
      colorWarningText: dark ? '#f0b96a' : '#8f4a00',
      colorSuccessText: dark ? '#81c784' : '#256b2a',
      colorPrimaryBg: dark ? '#16283f' : '#e6eefa',
      colorPrimaryBgHover: dark ? '#1d3553' : '#d6e4f7',
      colorSuccessBg: dark ? '#16281a' : '#ebf6ec',
      colorWarningBg: dark ? '#2e2210' : '#fff4e3',
      colorErrorBg: dark ? '#351c1b' : '#fdeceb',
      colorInfoBg: dark ? '#16283f' : '#e9f1fb',
      colorBgLayout: dark ? '#101418' : '#f3f5f8',
      colorTextSecondary: dark ? 'rgba(255,255,255,0.78)' : 'rgba(0,0,0,0.70)',
      colorTextTertiary: dark ? 'rgba(255,255,255,0.70)' : 'rgba(0,0,0,0.62)',
      colorTextDescription: dark ? 'rgba(255,255,255,0.70)' : 'rgba(0,0,0,0.62)',
      colorTextPlaceholder: dark ? 'rgba(255,255,255,0.62)' : 'rgba(0,0,0,0.58)',
      colorTextDisabled: dark ? 'rgba(255,255,255,0.55)' : 'rgba(0,0,0,0.55)',
      colorTextLightSolid: dark ? '#06121f' : '#ffffff',
      motion: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    },
    components: {
      Alert: { fontSizeLG: large ? 19 : 16, withDescriptionPadding: '12px 16px', withDescriptionIconSize: 22 },
      Checkbox: { borderRadiusSM: 3 }, // a radio button is round, a box is not
      Table: { rowSelectedBg: 'transparent', rowSelectedHoverBg: dark ? '#1d3553' : '#e6eefa' },
      Menu: { activeBarBorderWidth: 0, itemBg: 'transparent', itemSelectedColor: dark ? '#9cc4fa' : '#1c5196', horizontalItemSelectedColor: dark ? '#9cc4fa' : '#1c5196' },
    },
  }
}
