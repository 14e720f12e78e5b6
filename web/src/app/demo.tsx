import { Demo } from '../features/demo/Demo'
import { show } from '../kit/Page'

show('demo.pageTitle', <Demo />)
