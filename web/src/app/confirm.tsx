import { Asking } from '../features/confirm/Asking'
import { show } from '../kit/Page'
import { windowId } from './windowId'

// The agent opens this page at /confirm.html#ID. Once there is nothing more to ask
// it closes itself; where the browser does not let it, the page says so.
show('confirm.pageTitle', <Asking id={windowId()} ended={({ seen }) => setTimeout(() => window.close(), seen ? 0 : 1200)} />)
