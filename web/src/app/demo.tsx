import { Ant } from '../ant/Ant'
import { Demo } from '../features/demo/Demo'
import { show } from '../kit/Page'

show('demo.pageTitle', <Ant><Demo /></Ant>)
