import { createHashRouter, Navigate, RouterProvider } from 'react-router-dom'
import { Ant } from '../ant/Ant'
import { KeysPage } from '../features/keys/KeysPage'
import { show } from '../kit/Page'
import { Session } from './Session'
import { Shell } from './Shell'

// Pages that are opened seldom come in chunks of their own.
const router = () =>
  createHashRouter([
    {
      element: <Shell />,
      children: [
        { path: '/keys/:id?', element: <KeysPage /> },
        { path: '/log', lazy: async () => ({ Component: (await import('../features/log/LogPage')).LogPage }) },
        { path: '/systems', lazy: async () => ({ Component: (await import('../features/systems/SystemsPage')).SystemsPage }) },
        { path: '/settings', lazy: async () => ({ Component: (await import('../features/settings/SettingsPage')).SettingsPage }) },
        { path: '/help', lazy: async () => ({ Component: (await import('../features/help/HelpPage')).HelpPage }) },
        { path: '*', element: <Navigate to="/keys" replace /> },
      ],
    },
  ])

show('app.name', <Ant><Session><Routes /></Session></Ant>)

// The router is made once the ticket has left the address, which it would take for a page.
function Routes() {
  return <RouterProvider router={(made ??= router())} />
}

let made: ReturnType<typeof router> | undefined
