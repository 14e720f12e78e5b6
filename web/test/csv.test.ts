import { expect, test } from 'vitest'
import { csv } from '../src/features/log/csv'

test('a spreadsheet reads the log as text', () => {
  expect(csv([['时间', 'a,b'], ['=SUM(A1)', 'say "x"'], ['-1', '+1']])).toBe('\ufeff时间,"a,b"\r\n\'=SUM(A1),"say ""x"""\r\n\'-1,\'+1\r\n')
})
