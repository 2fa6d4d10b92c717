/** Composition of the window: styles, stores, router, and the one place where stores start listening. */
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { router } from './router'
import { startStores } from './stores/start'
import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/controls.css'
import { applyTheme } from './lib/theme'

applyTheme()
const app = createApp(App)
app.use(createPinia())
app.use(router)
startStores()
app.mount('#app')
