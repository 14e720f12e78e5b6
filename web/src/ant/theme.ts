import { theme as antd, type ThemeConfig } from 'antd'
import type { Look } from '../kit/look'
import { colours, fonts, sizes } from '../kit/palette'

/** The look of all pages as Ant Design's tokens. */
export function themed({ dark, large, language }: Look): ThemeConfig {
  const { colorSeal, ...palette } = colours[dark ? 'dark' : 'light']
  return {
    algorithm: dark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    cssVar: { key: dark ? 'xz-dark' : 'xz-light' },
    token: {
      ...palette,
      fontFamily: fonts[language],
      fontFamilyCode: fonts.code,
      fontSize: large ? sizes.large : sizes.text,
      borderRadius: sizes.radius,
      motion: !matchMedia('(prefers-reduced-motion: reduce)').matches,
    },
    components: {
      Table: { rowSelectedBg: 'transparent', rowSelectedHoverBg: palette.colorPrimaryBgHover },
      Menu: { activeBarBorderWidth: 0, itemBg: 'transparent', itemSelectedColor: palette.colorLink, horizontalItemSelectedColor: palette.colorLink },
    },
  }
}
