/** Composition of the window: styles, stores, router, and the one place where stores start listening. */
// Before the components, whose own styles go over them.
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import './styles/window.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { startStores } from './stores/start'
import { applyTheme } from './lib/theme'

applyTheme()
const app = createApp(App)
app.use(createPinia())
app.use(router)
startStores()
app.mount('#app')
